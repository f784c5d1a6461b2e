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

/// What a MIFARE Ultralight or NTAG shows to a reader, per PC/SC part 3.
const ATR: [u8; 20] = [
    0x3B, 0x8F, 0x80, 0x01, 0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06, 0x03, 0x00, 0x03, 0x00, 0x00, 0x00, 0x00,
    0x68,
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
    loop {
        let message = receive(stream)?;
        if message == TELL_ATR {
            send(stream, &ATR)?;
            continue;
        }
        heard.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
        if message.len() == 1 {
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
