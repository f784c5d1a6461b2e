//! A card made of software, laid on a virtual reader of [`crate::pcscd`].
//!
//! vpcd speaks over TCP: every message is a length of two bytes and that many bytes. One byte alone is a command to the
//! card's power (off, on, reset, or tell your ATR), anything longer is meant for the card. Connecting lays the card,
//! closing takes it away.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::os::linux::net::TcpStreamExt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

/// The same card that comes back within a second and a half of being taken is no tap; after this long it is one.
pub const A_SECOND_TAP: Duration = Duration::from_millis(1700);

/// What a MIFARE Ultralight or NTAG shows to a reader, per PC/SC part 3.
const ATR: [u8; 20] = [
    0x3B, 0x8F, 0x80, 0x01, 0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06, 0x03, 0x00, 0x03, 0x00, 0x00, 0x00, 0x00,
    0x68,
];
/// What a Belgian eID shows, by its applet.
const ATR_EID_1_7: [u8; 13] = [0x3B, 0x98, 0x13, 0x40, 0x0A, 0xA5, 0x03, 0x01, 0x01, 0x01, 0xAD, 0x13, 0x11];
const ATR_EID_1_8: [u8; 20] = [
    0x3B, 0x7F, 0x96, 0x00, 0x00, 0x80, 0x31, 0x80, 0x65, 0xB0, 0x85, 0x04, 0x01, 0x20, 0x12, 0x0F, 0xFF, 0x82, 0x90,
    0x00,
];
const TELL_ATR: [u8; 1] = [0x04];
const GET_UID: [u8; 4] = [0xFF, 0xCA, 0x00, 0x00];
const NOT_SUPPORTED: [u8; 2] = [0x6A, 0x81];

/// How a card answers when it is asked for its identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// With this identifier, of any length.
    Honest(Vec<u8>),
    /// With this identifier, after a while.
    Late(Duration, Vec<u8>),
    /// With exactly these bytes: an error status, half an answer, garbage.
    Says(Vec<u8>),
    /// Not at all.
    Silent,
    /// It is gone at that very moment.
    Leaves,
    /// As a Belgian eID: files, of which one is the identity file.
    Eid(EidCard),
}

/// A Belgian eID of somebody who does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EidCard {
    /// Whether it has applet 1.8, where the program must be chosen before its files; else it is 1.7.
    pub newer: bool,
    /// Its identity file.
    pub identity: Vec<u8>,
}

impl EidCard {
    /// The identity file of an invented person with this national number, with the fields in the order of a real one.
    pub fn of(number: &str, newer: bool) -> Self {
        let fields: [(u8, &[u8]); 14] = [
            (0, b"05"),
            (1, b"000000000097"),
            (2, &[0x53, 0x4C, 0x49, 0x4E, 0x33, 0x66, 0x00, 0x29, 0x6C, 0xFF, 0x2A, 0x13, 0x3B, 0x10, 0x51, 0x2C]),
            (3, b"01.02.2024"),
            (4, b"01.02.2034"),
            (5, b"Voorbeeldgem"),
            (6, number.as_bytes()),
            (7, b"Verzonnen"),
            (8, "Zoë An".as_bytes()),
            (9, b"P"),
            (10, b"Belg"),
            (11, b"Voorbeeldgem"),
            (12, b"01 JAN  1980"),
            (13, b"V"),
        ];
        let mut identity = vec![];
        for (tag, value) in fields {
            identity.extend([tag, u8::try_from(value.len()).unwrap_or_default()]);
            identity.extend(value);
        }
        Self { newer, identity }
    }

    fn atr(&self) -> &'static [u8] {
        if self.newer { &ATR_EID_1_8 } else { &ATR_EID_1_7 }
    }

    /// Answers one command, as the card does that was told what is open so far.
    fn answer(&self, command: &[u8], open: &mut Open) -> Vec<u8> {
        const FINE: [u8; 2] = [0x90, 0x00];
        const NOT_FOUND: [u8; 2] = [0x6A, 0x82];
        match command {
            [0x00, 0xA4, 0x04, 0x0C, _, aid @ ..] if *aid == *b"\xA0\x00\x00\x01\x77PKCS-15" => {
                open.program = true;
                FINE.to_vec()
            }
            [0x00, 0xA4, 0x08, 0x0C, 6, 0x3F, 0x00, 0xDF, 0x01, 0x40, 0x31] if open.program || !self.newer => {
                open.file = true;
                FINE.to_vec()
            }
            [0x00, 0xA4, ..] => NOT_FOUND.to_vec(),
            [0x00, 0xB0, high, low, length] if open.file => {
                let at = usize::from(u16::from_be_bytes([*high, *low]));
                match self.identity.get(at..) {
                    None | Some([]) => vec![0x6B, 0x00],
                    Some(rest) if rest.len() < usize::from(*length) => {
                        vec![0x6C, u8::try_from(rest.len()).unwrap_or_default()]
                    }
                    Some(rest) => [&rest[..usize::from(*length)], &FINE].concat(),
                }
            }
            _ => vec![0x6D, 0x00],
        }
    }
}

/// What was opened on an eID since it has power.
#[derive(Debug, Default)]
struct Open {
    program: bool,
    file: bool,
}

impl Behaviour {
    /// An honest card with the identifier in hexadecimal digits; anything else in the text counts as zero.
    pub fn honest(uid: &str) -> Self {
        let digits: Vec<u32> = uid.chars().map(|digit| digit.to_digit(16).unwrap_or_default()).collect();
        let byte = |pair: &[u32]| pair.iter().fold(0, |byte, digit| byte << 4 | digit);
        Self::Honest(digits.chunks(2).map(|pair| u8::try_from(byte(pair)).unwrap_or_default()).collect())
    }
}

/// A card that lies on a reader until it is dropped.
#[derive(Debug)]
pub struct VirtualCard {
    stream: TcpStream,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
    told: Arc<OnceLock<SystemTime>>,
    thread: Option<JoinHandle<()>>,
}

impl VirtualCard {
    /// Lays a card on the reader that waits on this port.
    pub fn lay(port: u16, behaviour: Behaviour) -> io::Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nodelay(true)?;
        let heard = Arc::new(Mutex::new(vec![]));
        let told = Arc::new(OnceLock::new());
        let (side, notes, when) = (stream.try_clone()?, Arc::clone(&heard), Arc::clone(&told));
        let thread = thread::Builder::new().name("virtual-card".into()).spawn(move || {
            // It ends when either side closes; a test sees what mattered at its reader.
            let _ = serve(&side, &behaviour, &notes, &when);
            let _ = side.shutdown(Shutdown::Both);
        })?;
        Ok(Self { stream, heard, told, thread: Some(thread) })
    }

    /// Takes the card away; dropping it does the same.
    pub fn take(self) {}

    /// When the card told its identifier, if it did: from then on the program knows who is there.
    pub fn told(&self) -> Option<SystemTime> {
        self.told.get().copied()
    }

    /// Every message that the reader sent so far, without the questions for the ATR: `[0]` is power off, `[1]` power
    /// on, `[2]` reset, longer ones are commands.
    pub fn heard(&self) -> Vec<Vec<u8>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for VirtualCard {
    fn drop(&mut self) {
        // Already closed when the card left by itself.
        let _ = self.stream.shutdown(Shutdown::Both);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(
    stream: &TcpStream,
    behaviour: &Behaviour,
    heard: &Mutex<Vec<Vec<u8>>>,
    told: &OnceLock<SystemTime>,
) -> io::Result<()> {
    let mut open = Open::default();
    loop {
        let message = receive(stream)?;
        if message == TELL_ATR {
            send(stream, if let Behaviour::Eid(eid) = behaviour { eid.atr() } else { &ATR })?;
            continue;
        }
        heard.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
        if message.len() == 1 {
            open = Open::default();
            continue;
        }
        if let Behaviour::Eid(eid) = behaviour {
            send(stream, &eid.answer(&message, &mut open))?;
            continue;
        }
        if !message.starts_with(&GET_UID) {
            send(stream, &NOT_SUPPORTED)?;
            continue;
        }
        match behaviour {
            Behaviour::Honest(uid) => {
                told.get_or_init(SystemTime::now);
                send(stream, &[uid.as_slice(), &[0x90, 0x00]].concat())?;
            }
            Behaviour::Late(delay, uid) => {
                thread::sleep(*delay);
                send(stream, &[uid.as_slice(), &[0x90, 0x00]].concat())?;
            }
            Behaviour::Says(bytes) => send(stream, bytes)?,
            Behaviour::Silent => {}
            Behaviour::Leaves => return Ok(()),
            Behaviour::Eid(_) => {}
        }
    }
}

fn receive(mut stream: &TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0_u8; 2];
    acknowledge_at_once(stream);
    stream.read_exact(&mut length)?;
    let mut message = vec![0_u8; usize::from(u16::from_be_bytes(length))];
    acknowledge_at_once(stream);
    stream.read_exact(&mut message)?;
    Ok(message)
}

/// vpcd sends the length and the message apart, and the system holds the second back until the first is acknowledged:
/// 40 ms for every message, unless each acknowledgement is sent at once. The wish must be repeated for every read.
fn acknowledge_at_once(stream: &TcpStream) {
    // Without it the card is slow, not wrong.
    let _ = stream.set_quickack(true);
}

fn send(mut stream: &TcpStream, message: &[u8]) -> io::Result<()> {
    let length = u16::try_from(message.len()).map_err(io::Error::other)?;
    stream.write_all(&[length.to_be_bytes().as_slice(), message].concat())
}
