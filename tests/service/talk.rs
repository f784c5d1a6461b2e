//! A client of a smart-card service, byte by byte, and above all for holding the stand-in against the real pcscd: both
//! are asked the same and must answer the same, but for the numbers that they draw themselves.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::wire::{Question, SLOTS, Verb};

const LIMIT: Duration = Duration::from_secs(10);
/// A number that the service drew; both services draw others.
const DRAWN: u32 = 0xDDDD_DDDD;
const TABLE: usize = SLOTS * 184;
const SHARED: u32 = 2;
const EXCLUSIVE: u32 = 1;
const T0: u32 = 1;
const ANY: u32 = 3;
const T1: u32 = 2;
const GET_UID: [u8; 5] = [0xFF, 0xCA, 0x00, 0x00, 0x00];

/// What was asked, and every byte of the answer that is not zero, in fours, with its place.
pub type Answers = Vec<(&'static str, String)>;

fn shown(answers: Vec<(&'static str, Vec<u8>)>) -> Answers {
    let fours = |bytes: Vec<u8>| {
        let fours = bytes.chunks(4).enumerate().filter(|(_, four)| four.iter().any(|byte| *byte != 0));
        let fours =
            fours.map(|(at, four)| format!("{at}:{}", four.iter().map(|b| format!("{b:02X}")).collect::<String>()));
        format!("{} bytes {}", bytes.len(), fours.collect::<Vec<_>>().join(" "))
    };
    answers.into_iter().map(|(asked, bytes)| (asked, fours(bytes))).collect()
}

struct Talk {
    stream: UnixStream,
    context: u32,
}

impl Talk {
    fn begin(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(LIMIT))?;
        Ok(Self { stream, context: 0 })
    }

    fn read(&mut self, length: usize) -> io::Result<Vec<u8>> {
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer)?;
        Ok(answer)
    }

    /// Asks, and returns the body of the answer as a question that can be looked into.
    fn ask(&mut self, verb: Verb, words: &[u32], apdu: &[u8]) -> io::Result<Question> {
        let mut question = Question::new(verb);
        words.iter().enumerate().for_each(|(at, word)| question.set(at, *word));
        self.send(question, apdu)
    }

    fn send(&mut self, mut question: Question, apdu: &[u8]) -> io::Result<Question> {
        self.stream.write_all(&[question.message(), apdu.to_vec()].concat())?;
        question.body = self.read(question.body.len())?;
        Ok(question)
    }

    fn table(&mut self, verb: Verb) -> io::Result<Vec<u8>> {
        self.stream.write_all(&Question::new(verb).message())?;
        let mut table = self.read(TABLE)?;
        // What is left of the ATR of a card that is gone is no answer.
        table.chunks_mut(184).filter(|row| row[176] == 0).for_each(|row| row[140..176].fill(0));
        Ok(table)
    }

    fn open(socket: &Path) -> io::Result<Self> {
        let mut talk = Self::begin(socket)?;
        talk.ask(Verb::Version, &[4, 4], &[])?;
        talk.context = talk.ask(Verb::Establish, &[], &[])?.word(1);
        Ok(talk)
    }

    /// Connects, and returns the answer without the number of the connection, and that number.
    fn connect(&mut self, reader: &str, share: u32, protocols: u32) -> io::Result<(Vec<u8>, u32)> {
        let mut question = Question::new(Verb::Connect);
        question.set(0, self.context);
        question.set(33, share);
        question.set(34, protocols);
        question.body[4..4 + reader.len()].copy_from_slice(reader.as_bytes());
        let mut answer = self.send(question, &[])?;
        let number = answer.word(35);
        answer.set(0, DRAWN);
        if number != 0 {
            answer.set(35, DRAWN);
        }
        Ok((answer.body, number))
    }

    /// Asks something of a connection, and returns the answer with what the card said, without the number.
    fn of_card(&mut self, verb: Verb, card: u32, words: &[u32], apdu: &[u8]) -> io::Result<Vec<u8>> {
        let mut answer = self.ask(verb, &[&[card], words].concat(), apdu)?;
        answer.set(0, DRAWN);
        let follows = if verb == Verb::Transmit && answer.word(7) == 0 { answer.word(6) } else { 0 };
        let said = self.read(usize::try_from(follows).map_err(io::Error::other)?)?;
        Ok([answer.body, said].concat())
    }

    fn transmit(&mut self, card: u32, protocol: u32, apdu: &[u8], room: u32) -> io::Result<Vec<u8>> {
        let length = u32::try_from(apdu.len()).map_err(io::Error::other)?;
        self.of_card(Verb::Transmit, card, &[protocol, 16, length, protocol, 16, room], apdu)
    }
}

/// Waits until a card lies on this reader, or none does, as the service sees it.
pub fn until_laid(socket: &Path, slot: usize, lies: bool) -> io::Result<()> {
    let (mut talk, began) = (Talk::open(socket)?, Instant::now());
    while began.elapsed() < LIMIT {
        let state = talk.table(Verb::List)?[184 * slot + 132];
        if (state & 4 != 0) == lies {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(5));
    }
    Err(io::Error::other("the reader does not change"))
}

/// Asks a service all that does not need a card: `empty` is a reader without one.
pub fn about_readers(socket: &Path, empty: &str) -> io::Result<Answers> {
    let mut answers = vec![];
    for (name, minor) in [("protocol 4:4", 4), ("protocol 4:3", 3)] {
        let mut answer = Talk::begin(socket)?.ask(Verb::Version, &[4, minor], &[])?;
        // The newest that is spoken is no matter of the protocol.
        answer.set(1, 0);
        answers.push((name, answer.body));
    }
    let mut talk = Talk::open(socket)?;
    answers.push(("the table", talk.table(Verb::List)?));
    answers.push(("the table to wait by", talk.table(Verb::Wait)?));
    answers.push(("the end of a wait", talk.ask(Verb::Unwait, &[], &[]).and_then(|_| talk.read(8))?));
    answers.push(("no card", talk.connect(empty, SHARED, ANY)?.0));
    answers.push(("no such reader", talk.connect("Nobody", SHARED, ANY)?.0));
    let mut cancel = talk.ask(Verb::Cancel, &[0x7777_7777], &[])?;
    cancel.set(0, 0);
    answers.push(("cancel of nothing", cancel.body));
    // A wait that somebody else cancels is signalled, and then there is nothing to end.
    talk.table(Verb::Wait)?;
    let code = Talk::open(socket)?.ask(Verb::Cancel, &[talk.context], &[])?.word(1);
    answers.push(("cancel", [code.to_ne_bytes().to_vec(), talk.read(8)?].concat()));
    answers.push(("the table after it", talk.table(Verb::List)?));
    let mut release = talk.ask(Verb::Release, &[talk.context], &[])?;
    release.set(0, DRAWN);
    answers.push(("release", release.body));
    Ok(shown(answers))
}

/// Asks a service all that needs a card: one lies on this reader, in this slot of the table.
pub fn about_a_card(socket: &Path, reader: &str, take: impl FnOnce() -> io::Result<()>) -> io::Result<Answers> {
    let (mut talk, mut other) = (Talk::open(socket)?, Talk::open(socket)?);
    let mut answers = vec![("the table", talk.table(Verb::List)?)];
    let (answer, card) = talk.connect(reader, SHARED, ANY)?;
    answers.push(("connect", answer));
    answers.push(("status", talk.of_card(Verb::Status, card, &[], &[])?));
    answers.push(("identifier", talk.transmit(card, T1, &GET_UID, 264)?));
    answers.push(("another APDU", talk.transmit(card, T1, &[0, 0xA4, 4, 0, 0], 264)?));
    answers.push(("another protocol", talk.transmit(card, T0, &GET_UID, 264)?));
    answers.push(("no room", talk.transmit(card, T1, &GET_UID, 4)?));
    answers.push(("alone, while it is shared", other.connect(reader, EXCLUSIVE, ANY)?.0));
    answers.push(("no common protocol", other.connect(reader, SHARED, T0)?.0));
    let (answer, second) = other.connect(reader, SHARED, T1)?;
    answers.push(("connect beside", answer));
    answers.push(("begin", talk.of_card(Verb::Begin, card, &[], &[])?));
    answers.push(("begin beside", other.of_card(Verb::Begin, second, &[], &[])?));
    answers.push(("identifier beside", other.transmit(second, T1, &GET_UID, 264)?));
    answers.push(("end", talk.of_card(Verb::End, card, &[0], &[])?));
    answers.push(("identifier after it", other.transmit(second, T1, &GET_UID, 264)?));
    answers.push(("disconnect with a reset", other.of_card(Verb::Disconnect, second, &[1], &[])?));
    answers.push(("identifier after a reset", talk.transmit(card, T1, &GET_UID, 264)?));
    answers.push(("reconnect", talk.of_card(Verb::Reconnect, card, &[SHARED, ANY, 0], &[])?));
    answers.push(("identifier after reconnect", talk.transmit(card, T1, &GET_UID, 264)?));
    take()?;
    answers.push(("the card was taken", talk.transmit(card, T1, &GET_UID, 264)?));
    answers.push(("disconnect", talk.of_card(Verb::Disconnect, card, &[0], &[])?));
    answers.push(("the table without it", talk.table(Verb::List)?));
    Ok(shown(answers))
}

/// What a card says to these APDUs, one after the other and without anybody between them.
pub fn ask_card(socket: &Path, reader: &str, protocol: u32, apdus: &[&[u8]]) -> io::Result<Vec<Vec<u8>>> {
    let mut talk = Talk::open(socket)?;
    let (_, card) = talk.connect(reader, SHARED, protocol)?;
    talk.of_card(Verb::Begin, card, &[], &[])?;
    let said = apdus.iter().map(|apdu| Ok(talk.transmit(card, protocol, apdu, 264)?.split_off(32)));
    let said = said.collect::<io::Result<_>>()?;
    talk.of_card(Verb::End, card, &[0], &[])?;
    talk.of_card(Verb::Disconnect, card, &[0], &[])?;
    Ok(said)
}
