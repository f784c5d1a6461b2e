//! A card of the stand-in: an ATR, and an answer to any APDU.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// What a MIFARE Ultralight or NTAG shows to a reader, per PC/SC part 3.
const TAG_ATR: [u8; 20] = [
    0x3B, 0x8F, 0x80, 0x01, 0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06, 0x03, 0x00, 0x03, 0x00, 0x00, 0x00, 0x00,
    0x68,
];
const GET_UID: [u8; 5] = [0xFF, 0xCA, 0x00, 0x00, 0x00];
const NOT_SUPPORTED: [u8; 2] = [0x6A, 0x81];

type Answer = dyn FnMut(&[u8]) -> Vec<u8> + Send;

/// A card that can be laid on a reader.
#[derive(Clone)]
pub struct Card {
    pub(super) atr: Vec<u8>,
    /// As in PC/SC: 1 for T=0, 2 for T=1.
    pub(super) protocol: u32,
    pub(super) mute: bool,
    answer: Arc<Mutex<Answer>>,
}

impl Card {
    /// The protocol of contact cards that speak byte by byte.
    pub const T0: u32 = 1;
    /// The protocol of blocks, and of every contactless card.
    pub const T1: u32 = 2;

    /// A card that answers each APDU with what this makes of it. It may take its time: nothing else waits for it.
    pub fn answering(atr: &[u8], protocol: u32, answer: impl FnMut(&[u8]) -> Vec<u8> + Send + 'static) -> Self {
        Self { atr: atr.to_vec(), protocol, mute: false, answer: Arc::new(Mutex::new(answer)) }
    }

    /// A contactless card with this identifier, and nothing else to tell.
    pub fn tag(uid: &[u8]) -> Self {
        let told = [uid, &[0x90, 0x00]].concat();
        Self::saying(vec![(GET_UID.to_vec(), told)])
    }

    /// A contactless card with an answer for each of these APDUs; any other is not supported.
    pub fn saying(answers: Vec<(Vec<u8>, Vec<u8>)>) -> Self {
        Self::answering(&TAG_ATR, Self::T1, move |apdu| {
            let known = answers.iter().find(|(asked, _)| asked == apdu);
            known.map_or_else(|| NOT_SUPPORTED.to_vec(), |(_, answer)| answer.clone())
        })
    }

    /// The same card, unresponsive to its reader.
    pub fn muted(mut self) -> Self {
        self.mute = true;
        self
    }

    /// The same card with another ATR.
    pub fn with_atr(mut self, atr: &[u8]) -> Self {
        self.atr = atr.to_vec();
        self
    }

    pub(super) fn ask(&self, apdu: &[u8]) -> Vec<u8> {
        (self.answer.lock().unwrap_or_else(PoisonError::into_inner))(apdu)
    }
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Card").field("atr", &self.atr).field("mute", &self.mute).finish_non_exhaustive()
    }
}
