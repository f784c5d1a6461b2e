//! The words of the socket between the client library of pcsc-lite and its service: protocol 4:4, spoken by 1.8.24 up to
//! 2.2.3, and 4:5, spoken since 2.3.0.
//!
//! A question is a length, a command and a body of that length; APDUs follow behind the body. The answer is the body with
//! its fields filled in. All numbers have 32 bits in the byte order of the machine, and the last one of a body is the
//! return code.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;

/// The major version of the protocol.
pub(super) const MAJOR: u32 = 4;
/// The minor versions that the stand-in speaks. A newer client asks again with the newest of these.
pub(super) const MINORS: [u32; 2] = [4, 5];
/// How many readers a service has at most.
pub(super) const SLOTS: usize = 16;
/// The longest ATR.
pub(super) const LONGEST_ATR: usize = 33;
const NAME: usize = 128;
const LONGEST_APDU: usize = 4 + 3 + (1 << 16) + 3 + 2;

/// What a client can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// To be let in. No message, only a connection.
    Accept,
    /// Which protocol is spoken.
    Version,
    /// A context.
    Establish,
    /// The end of a context.
    Release,
    /// A connection to a card.
    Connect,
    /// The same connection again.
    Reconnect,
    /// The end of a connection to a card.
    Disconnect,
    /// To have the card alone for a while.
    Begin,
    /// The end of having the card alone.
    End,
    /// An APDU for the card.
    Transmit,
    /// A command for the reader.
    Control,
    /// How the card does.
    Status,
    /// The end of somebody's wait.
    Cancel,
    /// An attribute of the reader.
    Attribute,
    /// The table of readers.
    List,
    /// The table of readers, and a signal when it changes.
    Wait,
    /// No signal any more.
    Unwait,
    /// How many readers came and went.
    Events,
}

/// Each verb with its number on the wire, the length of its body and its word in traces.
const VERBS: [(Verb, u32, usize, &str); 18] = [
    (Verb::Accept, 0, 0, "accept"),
    (Verb::Establish, 0x01, 12, "establish"),
    (Verb::Release, 0x02, 8, "release"),
    (Verb::Connect, 0x04, 24 + NAME, "connect"),
    (Verb::Reconnect, 0x05, 24, "reconnect"),
    (Verb::Disconnect, 0x06, 12, "disconnect"),
    (Verb::Begin, 0x07, 8, "begin"),
    (Verb::End, 0x08, 12, "end"),
    (Verb::Transmit, 0x09, 32, "transmit"),
    (Verb::Control, 0x0A, 24, "control"),
    (Verb::Status, 0x0B, 8, "status"),
    (Verb::Cancel, 0x0D, 8, "cancel"),
    (Verb::Attribute, 0x0F, 280, "attribute"),
    (Verb::Version, 0x11, 12, "version"),
    (Verb::List, 0x12, 0, "list"),
    (Verb::Wait, 0x13, 0, "wait"),
    (Verb::Unwait, 0x14, 0, "unwait"),
    (Verb::Events, 0x15, 0, "events"),
];

impl Verb {
    /// The verb that a trace names.
    pub fn named(word: &str) -> Option<Self> {
        VERBS.iter().find(|(.., name)| *name == word).map(|(verb, ..)| *verb)
    }
}

/// One question of a client.
pub(super) struct Question {
    pub(super) verb: Verb,
    pub(super) body: Vec<u8>,
    /// The bytes for the card or the reader.
    pub(super) apdu: Vec<u8>,
}

impl Question {
    /// A question of zeroes.
    pub(super) fn new(verb: Verb) -> Self {
        let length = VERBS.iter().find(|(known, ..)| *known == verb).map_or(0, |(_, _, length, _)| *length);
        Self { verb, body: vec![0; length], apdu: vec![] }
    }

    /// The question as it goes over the wire, but for the APDU.
    pub(super) fn message(&self) -> Vec<u8> {
        let command = VERBS.iter().find(|(known, ..)| *known == self.verb).map_or(0, |(_, command, ..)| *command);
        let length = u32::try_from(self.body.len()).unwrap_or_default();
        [length.to_ne_bytes().to_vec(), command.to_ne_bytes().to_vec(), self.body.clone()].concat()
    }

    /// Reads the next question; an error when the client left, or says what pcscd would hang up at too.
    pub(super) fn read(mut stream: &UnixStream) -> io::Result<Self> {
        let mut header = [0; 8];
        stream.read_exact(&mut header)?;
        let (size, command) = (word(&header, 0), word(&header, 1));
        let known = VERBS.iter().find(|(_, number, ..)| *number == command && *number != 0);
        let Some((verb, _, length, _)) = known.filter(|(_, _, length, _)| u32::try_from(*length) == Ok(size)) else {
            return Err(io::Error::other(format!("command {command:#x} with {size} bytes")));
        };
        let mut question = Self { verb: *verb, body: vec![0; *length], apdu: vec![] };
        stream.read_exact(&mut question.body)?;
        let follows = match verb {
            Verb::Transmit => question.word(3),
            Verb::Control => question.word(2),
            _ => 0,
        };
        let follows = usize::try_from(follows).map_err(io::Error::other)?;
        if follows > LONGEST_APDU {
            return Err(io::Error::other("an APDU without end"));
        }
        question.apdu = vec![0; follows];
        stream.read_exact(&mut question.apdu)?;
        Ok(question)
    }

    /// The number at this place of the body, counted in numbers.
    pub(super) fn word(&self, at: usize) -> u32 {
        word(&self.body, at)
    }

    /// Fills in the number at this place.
    pub(super) fn set(&mut self, at: usize, value: u32) {
        if let Some(place) = self.body.get_mut(4 * at..4 * at + 4) {
            place.copy_from_slice(&value.to_ne_bytes());
        }
    }

    /// The reader that a connection is asked for.
    pub(super) fn reader(&self) -> String {
        let name = self.body.get(4..4 + NAME).unwrap_or_default();
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        String::from_utf8_lossy(name).into_owned()
    }

    /// The answer: the body with this return code.
    pub(super) fn returns(mut self, code: u32) -> Vec<u8> {
        if self.body.is_empty() {
            return two(0, code);
        }
        self.set(self.body.len() / 4 - 1, code);
        self.body
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    let word = bytes.get(4 * at..4 * at + 4).and_then(|word| word.try_into().ok());
    word.map(u32::from_ne_bytes).unwrap_or_default()
}

/// Two numbers: the answer to a question without a body, and the signal that something changed.
pub(super) fn two(value: u32, code: u32) -> Vec<u8> {
    [value.to_ne_bytes(), code.to_ne_bytes()].concat()
}

/// What the table tells of one reader.
#[derive(Default)]
pub(super) struct Row<'a> {
    pub(super) name: &'a str,
    pub(super) counter: u32,
    pub(super) state: u32,
    pub(super) sharing: i32,
    pub(super) atr: &'a [u8],
    pub(super) protocol: u32,
}

impl Row<'_> {
    /// Writes the row behind the others.
    pub(super) fn write(&self, table: &mut Vec<u8>) {
        // The name ends with a zero, and the ATR is filled up to a multiple of four.
        for (bytes, room) in [(self.name.as_bytes(), NAME - 1), (&[][..], 1)] {
            padded(table, bytes, room);
        }
        for number in [self.counter, self.state, self.sharing.cast_unsigned()] {
            table.extend(number.to_ne_bytes());
        }
        padded(table, self.atr, LONGEST_ATR);
        padded(table, &[], 3);
        // So pcscd marks a place without a reader.
        let length = if self.name.is_empty() { LONGEST_ATR + 1 } else { self.atr.len().min(LONGEST_ATR) };
        let length = u32::try_from(length).unwrap_or_default();
        table.extend([length.to_ne_bytes(), self.protocol.to_ne_bytes()].concat());
    }
}

fn padded(table: &mut Vec<u8>, bytes: &[u8], room: usize) {
    let taken = bytes.len().min(room);
    table.extend(&bytes[..taken]);
    table.resize(table.len() + room - taken, 0);
}
