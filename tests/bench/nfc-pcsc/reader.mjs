// Tells the identifier of every card with npm nfc-pcsc, as its own manual does it. The lines are those of the watch; at the
// end of a card stands the moment at which its event ran, in nanoseconds of the monotonic clock.
import nfc from 'nfc-pcsc'

const readers = []
const fails = (why) => {
  console.error(why)
  process.exit(1)
}

new nfc.NFC()
  .on('error', fails)
  .on('reader', (reader) => {
    reader.on('card', (card) => {
      const at = process.hrtime.bigint()
      console.log(`card\t${reader.name}\t${card.uid.toUpperCase()}\t${at}`)
    })
    reader.on('card.off', () => console.log(`removed\t${reader.name}`))
    reader.on('error', fails)
    readers.push(reader.name)
    console.log(['readers', ...readers].join('\t'))
  })

process.stdin.resume().on('end', () => process.exit(0))
