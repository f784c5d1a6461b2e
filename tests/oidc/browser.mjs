// The browser of the system, played for the tests of the window: `node browser.mjs ADDRESS`.
//
// BALIE_BROWSER names a folder. Each address goes into `opened`; `who` holds who sits there: nobody signs in while it is
// not there, and whoever has no name gives up. What the server knows the browser by stays in `cookies.json`.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const at = (name) => join(process.env.BALIE_BROWSER, name)
const read = (name) => (existsSync(at(name)) ? readFileSync(at(name), 'utf8') : undefined)
const address = process.argv[2]
const who = read('who')
const cookies = JSON.parse(read('cookies.json') ?? '{}')

async function go(url, form) {
  const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${value}`)
  const answer = await fetch(url, {
    method: form === undefined ? 'GET' : 'POST',
    body: form,
    redirect: 'manual',
    headers: {
      cookie: cookie.join('; '),
      'content-type': 'application/x-www-form-urlencoded'
    }
  })
  for (const set of answer.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(set)
    if (value === '') delete cookies[name]
    else cookies[name] = value
  }
  const place = answer.headers.get('location')
  return { next: place && new URL(place, url).href, body: await answer.text() }
}

// Presses the one button of a page, if it has one.
async function press(page) {
  const action = /action="([^"]+)"/.exec(page.body)?.[1]
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1]
  return action && xsrf ? go(action, `xsrf=${xsrf}&logout=yes`) : undefined
}

appendFileSync(at('opened'), `${address}\n`)
if (who !== undefined) {
  let page = await go(address)
  while (page) {
    if (page.next === null) page = await press(page)
    // A page of the world outside, or of a program of this computer: this browser has seen enough.
    else if (!page.next.startsWith('http://127.0.0.1:')) page = undefined
    else if (page.next.includes('/interaction/')) page = await go(`${page.next}${who === '' ? '' : `?as=${who}`}`, '')
    else page = await go(page.next)
  }
  writeFileSync(at('cookies.json'), JSON.stringify(cookies))
}
