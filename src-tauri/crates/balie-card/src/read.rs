//! Asking one card for its identifier.
//!
//! One command, `GET DATA` of PC/SC part 3, in shared mode: the reader answers it itself, so nothing on the card is
//! opened, and the card is left as it was found. There is no transaction: a single command is atomic, and waiting for
//! another program's transaction would have no end.

use std::collections::BTreeMap;
use std::ffi::CStr;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use balie_core::card::CardKind;
use balie_core::reader::{ReaderName, ReaderTrouble};
use pcsc::{Card, Context, Disposition, Error, MAX_BUFFER_SIZE, Protocols, Scope, ShareMode};

use crate::line::{Latch, SetAtEnd};
use crate::trouble::{retries, trouble};

const GET_UID: [u8; 5] = [0xFF, 0xCA, 0x00, 0x00, 0x00];
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// Reads cards, each in a thread and a context of its own, because a driver may never return.
///
/// A reader whose driver hangs costs one thread and is not asked again until that thread is back; the other readers
/// stay in use.
#[derive(Default)]
pub(crate) struct Readings {
    running: BTreeMap<ReaderName, Arc<Reading>>,
}

#[derive(Default)]
struct Reading {
    /// Nobody waits for the outcome any more.
    given_up: Latch,
    ended: Latch,
}

impl Readings {
    /// Reads the card on a reader, and gives up after `limit`.
    pub(crate) fn read(
        &mut self,
        reader: &CStr,
        name: &ReaderName,
        limit: Duration,
    ) -> Result<CardKind, ReaderTrouble> {
        // A reading that was given up ends when its card is taken, so it may be on its way out just now.
        if self.running.get(name).is_some_and(|before| !before.ended.wait(limit)) {
            return Err(ReaderTrouble::Unreadable(name.clone()));
        }
        let reading = Arc::new(Reading::default());
        let (answer, answered) = mpsc::sync_channel(1);
        let (device, label, own) = (reader.to_owned(), name.clone(), Arc::clone(&reading));
        let thread = thread::Builder::new().name("balie-card-read".to_owned()).spawn(move || {
            let _ended = SetAtEnd(&own.ended);
            drop(answer.send(read(&device, &label, &own.given_up)));
        });
        if let Err(error) = thread {
            tracing::error!(%error, "no thread to read a card");
            return Err(ReaderTrouble::NoService);
        }
        self.running.insert(name.clone(), Arc::clone(&reading));
        answered.recv_timeout(limit).unwrap_or_else(|_| {
            tracing::warn!(reader = name.0, "the reader does not answer");
            reading.given_up.set();
            Err(ReaderTrouble::Unreadable(name.clone()))
        })
    }
}

fn read(reader: &CStr, name: &ReaderName, given_up: &Latch) -> Result<CardKind, ReaderTrouble> {
    let context = Context::establish(Scope::User).map_err(|error| trouble(error, name))?;
    let mut tried = 0;
    loop {
        match ask(&context, reader) {
            Ok(Some(kind)) => return Ok(kind),
            Ok(None) => return Err(ReaderTrouble::Unreadable(name.clone())),
            Err(error) if tried < retries(error) && !given_up.wait(BETWEEN_TRIES) => tried += 1,
            Err(error) => {
                tracing::info!(reader = name.0, ?error, tried, "a card was not read");
                return Err(trouble(error, name));
            }
        }
    }
}

fn ask(context: &Context, reader: &CStr) -> Result<Option<CardKind>, Error> {
    let card = Left(Some(context.connect(reader, ShareMode::Shared, Protocols::ANY)?));
    let mut buffer = [0_u8; MAX_BUFFER_SIZE];
    match card.transmit(&GET_UID, &mut buffer)? {
        // No status word, so no answer: some drivers report a card that left midway like this.
        [] | [_] => Err(Error::NotTransacted),
        answer => Ok(judge(answer)),
    }
}

/// Takes the identifier out of the card's answer; `None` for any other status word, and for nonsense.
fn judge(answer: &[u8]) -> Option<CardKind> {
    match answer {
        [0x90, 0x00] => None,
        [uid @ .., 0x90, 0x00] => Some(CardKind::of_uid(uid)),
        _ => None,
    }
}

/// A connected card that is left without a reset on every way out: the binding's own drop would reset it under the
/// hands of other programs.
struct Left(Option<Card>);

impl Left {
    fn transmit<'a>(&self, command: &[u8], buffer: &'a mut [u8]) -> Result<&'a [u8], Error> {
        self.0.as_ref().ok_or(Error::InvalidHandle)?.transmit(command, buffer)
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        if let Some(Err((_, error))) = self.0.take().map(|card| card.disconnect(Disposition::LeaveCard)) {
            tracing::debug!(?error, "a card had gone before it was let go");
        }
    }
}

#[cfg(test)]
mod tests {
    use balie_core::card::ChipNumber;

    use super::*;

    #[test]
    fn the_identifier_stands_before_the_status_word() {
        let uid = [0x04, 0x36, 0x3C, 0xDA, 0xEE, 0x38, 0x80];
        let answer = [uid.as_slice(), &[0x90, 0x00]].concat();
        assert_eq!(judge(&answer), Some(CardKind::UitpasLike(ChipNumber::new(uid))));
        assert_eq!(judge(&[0x08, 1, 2, 3, 0x90, 0x00]), Some(CardKind::RandomId));
        assert_eq!(judge(&[7; 10]), None);
    }

    #[test]
    fn other_status_words_and_nonsense_are_no_identifier() {
        for answer in [
            [].as_slice(),
            &[0x90],
            &[0x00],
            &[0x90, 0x00],
            &[0x63, 0x00],
            &[0x6A, 0x81],
            &[0x04, 1, 2, 3, 4, 5, 6, 0x62, 0x82],
            &[0xFF; 264],
        ] {
            assert_eq!(judge(answer), None, "{answer:02X?}");
        }
    }

    #[test]
    fn answers_of_any_length_are_judged() {
        for length in 0..=300 {
            let answer = [vec![0x55; length], vec![0x90, 0x00]].concat();
            let expected = match length {
                0 => None,
                7 => Some(CardKind::UitpasLike(ChipNumber::new([0x55; 7]))),
                _ => Some(CardKind::Other { length }),
            };
            assert_eq!(judge(&answer), expected);
        }
    }
}
