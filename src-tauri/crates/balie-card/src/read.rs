//! Asking one card for its identifier.
//!
//! One command, `GET DATA` of PC/SC part 3, in shared mode: the reader answers it itself, so nothing on the card is
//! opened, and the card is left as it was found. A single command needs no transaction. Only an eID, whose national number takes several
//! commands, is read in one. Where another program is in a transaction the service lets us wait without end: then the supervisor goes on
//! without this turn, and what it hears later is for nobody.

use std::ffi::CStr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use balie_core::card::{CardKind, Presented};
use balie_core::reader::{Face, ReaderName, ReaderTrouble};
use pcsc::{Card, Context, Disposition, Error, MAX_BUFFER_SIZE, Protocols, ShareMode, Transaction};
use zeroize::Zeroizing;

use crate::eid;
use crate::line::Turn;
use crate::trouble::{retries, trouble};

const GET_UID: [u8; 5] = [0xFF, 0xCA, 0x00, 0x00, 0x00];
const BETWEEN_TRIES: Duration = Duration::from_millis(100);
/// The protocols one by one, where the service and the card do not agree on one by themselves.
const ONE_BY_ONE: [Protocols; 4] = [Protocols::ANY, Protocols::T1, Protocols::T0, Protocols::RAW];

/// A slot with a card in it.
pub(crate) struct Laid<'a> {
    pub(crate) reader: &'a CStr,
    pub(crate) name: &'a ReaderName,
    pub(crate) face: Face,
    /// The answer to reset.
    pub(crate) atr: &'a [u8],
}

/// Reads the card in a slot. The turn beats before each question, so that a driver that hangs is seen.
pub(crate) fn read(turn: &Turn, context: &Context, laid: &Laid<'_>) -> Result<CardKind, ReaderTrouble> {
    let presented = Presented::of_atr(laid.atr);
    let eid = match presented {
        Presented::Eid if !turn.line.may_read_national_number() => return Ok(CardKind::Eid(None)),
        Presented::Eid => true,
        // A card with contacts knows no such question, and is none of ours.
        Presented::Other if laid.face == Face::Contact => return Ok(CardKind::Other { length: 0 }),
        Presented::Contactless | Presented::Other => false,
    };
    let mut tried = 0;
    loop {
        turn.beat();
        let read = if eid { ask_eid(turn, context, laid.reader) } else { ask(turn, context, laid.reader) };
        match read {
            Ok(Some(kind)) => return Ok(kind),
            Ok(None) => return unreadable(laid, presented),
            Err(error) if tried < retries(error) && !turn.over() => {
                tried += 1;
                turn.line.stop.wait(BETWEEN_TRIES);
            }
            Err(error) => {
                tracing::info!(reader = laid.name.0, ?error, tried, "a card was not read");
                return Err(trouble(error, laid.name));
            }
        }
    }
}

/// A card that answers, and does not say what it is. Where its reader may be one for cards that are put in, and it presents itself as such
/// a card, it is one: those know no such question (a badge, a key of the computer).
fn unreadable(laid: &Laid<'_>, presented: Presented) -> Result<CardKind, ReaderTrouble> {
    match (presented, laid.face) {
        (Presented::Other, Face::Unknown) if !laid.atr.is_empty() => Ok(CardKind::Other { length: 0 }),
        _ => Err(ReaderTrouble::Unreadable(laid.name.clone())),
    }
}

fn ask(turn: &Turn, context: &Context, reader: &CStr) -> Result<Option<CardKind>, Error> {
    let mut card = connect(turn, context, reader)?;
    let mut buffer = [0_u8; MAX_BUFFER_SIZE];
    let mut answer = judge(card.get()?.transmit(&GET_UID, &mut buffer)?);
    if let Answer::Length(length) = answer {
        turn.beat();
        let [class, instruction, high, low, _] = GET_UID;
        answer = judge(card.get()?.transmit(&[class, instruction, high, low, length], &mut buffer)?);
    }
    match answer {
        Answer::Is(kind) => Ok(Some(kind)),
        // As if the system had said it: then it is asked once more, and told in the same words.
        Answer::Gone => Err(Error::NotTransacted),
        Answer::HoldLonger => Err(Error::ResetCard),
        Answer::Length(_) | Answer::Nonsense => Ok(None),
    }
}

fn ask_eid(turn: &Turn, context: &Context, reader: &CStr) -> Result<Option<CardKind>, Error> {
    let mut card = connect(turn, context, reader)?;
    // Another program that reads the card at the same time would open other files under our hands.
    let transaction: Transaction<'_> = card.get()?.transaction()?;
    // Waiting for it may have taken long enough for the turn to be left behind, or for the connection to be lost.
    let may_go_on = || !turn.over() && turn.line.may_read_national_number();
    if !may_go_on() {
        return Ok(Some(CardKind::Eid(None)));
    }
    let number = eid::national_number(|command| {
        if !may_go_on() {
            return Err(Error::Cancelled);
        }
        turn.beat();
        let mut buffer = Zeroizing::new([0_u8; MAX_BUFFER_SIZE]);
        transaction.transmit(command, &mut *buffer).map(|answer| Zeroizing::new(answer.to_vec()))
    });
    // The clerk went to another program in the midst of it: that is no fault of the card.
    if !may_go_on() {
        return Ok(Some(CardKind::Eid(None)));
    }
    let number = number?;
    transaction.end(Disposition::LeaveCard).map_err(|(_, error)| error)?;
    Ok(number.map(|number| CardKind::Eid(Some(number))))
}

fn connect(turn: &Turn, context: &Context, reader: &CStr) -> Result<Left, Error> {
    let mut mismatch = Error::ProtoMismatch;
    for protocols in ONE_BY_ONE {
        match context.connect(reader, ShareMode::Shared, protocols) {
            Ok(card) => return Ok(Left(Some(card))),
            Err(error @ Error::ProtoMismatch) => mismatch = error,
            Err(error) => return Err(error),
        }
        turn.beat();
    }
    Err(mismatch)
}

/// What an answer to [`GET_UID`] says.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// The identifier.
    Is(CardKind),
    /// The identifier has this length, and must be asked for with it (`6Cxx`).
    Length(u8),
    /// The reader asked the card, which did not answer: it moves (`6300`, `6400`, `6401`).
    HoldLonger,
    /// There is not even a status word: some drivers report a card that left midway like this.
    Gone,
    /// Any other status word, and nonsense.
    Nonsense,
}

/// Judges the answer of a card by its status word.
pub fn judge(answer: &[u8]) -> Answer {
    match answer {
        [] | [_] => Answer::Gone,
        [0x90, 0x00] => Answer::Nonsense,
        [uid @ .., 0x90, 0x00] => Answer::Is(CardKind::of_uid(uid)),
        [0x6C, length] if *length > 0 => Answer::Length(*length),
        [0x63, 0x00] | [0x64, 0x00 | 0x01] => Answer::HoldLonger,
        _ => Answer::Nonsense,
    }
}

/// A connected card that is left without a reset on every way out: the binding's own drop would reset it under the
/// hands of other programs.
struct Left(Option<Card>);

impl Left {
    fn get(&mut self) -> Result<&mut Card, Error> {
        self.0.as_mut().ok_or(Error::InvalidHandle)
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        let Some(card) = self.0.take() else { return };
        // Also while a panic of the binding unwinds, in which another one would end the program.
        if let Some(Err((_, error))) = known(|| card.disconnect(Disposition::LeaveCard)) {
            tracing::debug!(?error, "a card had gone before it was let go");
        }
    }
}

/// Does something of the binding, which panics at protocols that it does not know and, when it is built for debugging, at such return
/// codes; `None` then. They are the fault of a driver, and no reason to begin anew: the card would still lie there.
pub(crate) fn known<T>(does: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(does)).ok()
}

#[cfg(test)]
mod tests {
    use balie_core::card::ChipNumber;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_identifier_stands_before_the_status_word() {
        let uid = [0x04, 0x36, 0x3C, 0xDA, 0xEE, 0x38, 0x80];
        let answer = [uid.as_slice(), &[0x90, 0x00]].concat();
        assert_eq!(judge(&answer), Answer::Is(CardKind::UitpasLike(ChipNumber::new(uid))));
        assert_eq!(judge(&[0x08, 1, 2, 3, 0x90, 0x00]), Answer::Is(CardKind::RandomId));
        assert_eq!(judge(&[7; 10]), Answer::Nonsense);
    }

    #[test]
    fn status_words_are_judged() {
        for (answer, expected) in [
            ([].as_slice(), Answer::Gone),
            (&[0x90], Answer::Gone),
            (&[0x90, 0x00], Answer::Nonsense),
            (&[0x63, 0x00], Answer::HoldLonger),
            (&[0x64, 0x00], Answer::HoldLonger),
            (&[0x64, 0x01], Answer::HoldLonger),
            (&[0x64, 0x02], Answer::Nonsense),
            (&[0x6C, 0x07], Answer::Length(7)),
            (&[0x6C, 0x00], Answer::Nonsense),
            (&[0x6A, 0x81], Answer::Nonsense),
            (&[0x04, 1, 2, 3, 4, 5, 6, 0x62, 0x82], Answer::Nonsense),
            (&[0xFF; 264], Answer::Nonsense),
        ] {
            assert_eq!(judge(answer), expected, "{answer:02X?}");
        }
    }

    proptest! {
        #[test]
        fn any_answer_is_judged_and_only_a_good_one_is_an_identifier(answer in prop::collection::vec(any::<u8>(), 0..300)) {
            let good = answer.len() > 2 && answer.ends_with(&[0x90, 0x00]);
            prop_assert_eq!(matches!(judge(&answer), Answer::Is(_)), good);
        }
    }

    #[test]
    fn answers_of_any_length_are_judged() {
        for length in 0..=300 {
            let answer = [vec![0x55; length], vec![0x90, 0x00]].concat();
            let expected = match length {
                0 => Answer::Nonsense,
                7 => Answer::Is(CardKind::UitpasLike(ChipNumber::new([0x55; 7]))),
                _ => Answer::Is(CardKind::Other { length }),
            };
            assert_eq!(judge(&answer), expected);
        }
    }
}
