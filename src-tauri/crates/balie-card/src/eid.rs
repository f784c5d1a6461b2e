//! The national number of a Belgian eID in a contact slot, and nothing else of it.
//!
//! The identity file (`3F00/DF01/4031`) is a row of fields: a tag, a length, a value. It is walked from one head of a field to the
//! next, and only the value of field 6 is read, so that name, birth and address never leave the card. All commands are short ones.

use std::ops::ControlFlow;

use balie_core::insz::Insz;
use zeroize::Zeroizing;

/// SELECT FILE by its path from the master file.
const SELECT_IDENTITY: [u8; 11] = [0x00, 0xA4, 0x08, 0x0C, 0x06, 0x3F, 0x00, 0xDF, 0x01, 0x40, 0x31];
/// SELECT of the program of the card by its name (PKCS#15 of the Belgian registration authority).
const SELECT_PROGRAM: [u8; 17] =
    [0x00, 0xA4, 0x04, 0x0C, 0x0C, 0xA0, 0x00, 0x00, 0x01, 0x77, 0x50, 0x4B, 0x43, 0x53, 0x2D, 0x31, 0x35];
const FINE: [u8; 2] = [0x90, 0x00];
/// The field of the national number, and how many digits it has.
const NUMBER_FIELD: u8 = 6;
const DIGITS: u8 = 11;
/// More fields than any identity file has: a card that goes on is no eID.
const FIELDS: usize = 40;
/// A length that goes on in the next byte, and in how many bytes at most: no field is longer than a thousand.
const GOES_ON: u8 = 0xFF;
const LENGTH_BYTES: usize = 4;

/// What a card answered, status word included. It may hold a national number, so its memory is wiped.
pub type Answer = Zeroizing<Vec<u8>>;

/// Reads the national number; `None` when the card has no such file, or what stands in it is none.
///
/// # Errors
/// Those of `ask`, which sends one command to the card.
pub fn national_number<E>(mut ask: impl FnMut(&[u8]) -> Result<Answer, E>) -> Result<Option<Insz>, E> {
    if *ask(&SELECT_IDENTITY)? != FINE {
        // Applet 1.8 may have another program of the card chosen.
        ask(&SELECT_PROGRAM)?;
        if *ask(&SELECT_IDENTITY)? != FINE {
            return Ok(None);
        }
    }
    let mut at = 0;
    for _ in 0..FIELDS {
        match field(&mut ask, at)? {
            ControlFlow::Continue(next) => at = next,
            ControlFlow::Break(found) => return Ok(found),
        }
    }
    Ok(None)
}

/// Looks at the field at a place: where the next one begins, or what was found.
fn field<E>(ask: &mut impl FnMut(&[u8]) -> Result<Answer, E>, at: u16) -> Result<ControlFlow<Option<Insz>, u16>, E> {
    let Some(head) = read(ask, at, 2)? else { return Ok(ControlFlow::Break(None)) };
    let (tag, mut length, mut value) = (head[0], u16::from(head[1]), at.saturating_add(2));
    let mut last = head[1];
    for _ in 1..LENGTH_BYTES {
        if last != GOES_ON {
            break;
        }
        let Some(more) = read(ask, value, 1)? else { return Ok(ControlFlow::Break(None)) };
        last = more[0];
        (length, value) = (length.saturating_add(u16::from(last)), value.saturating_add(1));
    }
    if tag == NUMBER_FIELD {
        let digits = if length == u16::from(DIGITS) { read(ask, value, DIGITS)? } else { None };
        let number = digits.as_ref().and_then(|digits| std::str::from_utf8(digits).ok()).and_then(Insz::parse);
        return Ok(ControlFlow::Break(number));
    }
    // Two zeros after the first field are what fills the file up.
    let fills = at > 0 && tag == 0 && length == 0;
    let next = value.saturating_add(length);
    Ok(if fills { ControlFlow::Break(None) } else { ControlFlow::Continue(next) })
}

/// READ BINARY of so many bytes at a place; `None` where the file ends before, or the card will not.
fn read<E>(ask: &mut impl FnMut(&[u8]) -> Result<Answer, E>, at: u16, length: u8) -> Result<Option<Answer>, E> {
    let [high, low] = at.to_be_bytes();
    // The highest bit would mean something else.
    if high >= 0x80 {
        return Ok(None);
    }
    let mut answer = ask(&[0x00, 0xB0, high, low, length])?;
    if answer.len() != usize::from(length) + FINE.len() || !answer.ends_with(&FINE) {
        return Ok(None);
    }
    answer.truncate(usize::from(length));
    Ok(Some(answer))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    /// An identity file of somebody who does not exist, with the fields that stand before the name.
    fn file(number: &[u8]) -> Vec<u8> {
        let fields: [(u8, &[u8]); 8] = [
            (0, b"05"),
            (1, b"000000000097"),
            (2, &[0x5A; 16]),
            (3, b"01.01.2024"),
            (4, b"01.01.2034"),
            (5, b"Bredene"),
            (6, number),
            (7, b"Voorbeeld"),
        ];
        let mut file = vec![];
        for (tag, value) in fields {
            file.extend([tag, u8::try_from(value.len()).unwrap()]);
            file.extend(value);
        }
        file.extend([0; 20]);
        file
    }

    /// A card with this identity file, which notes the commands. `chosen` says whether files are open at once.
    fn card<'a>(
        file: &'a [u8],
        heard: &'a RefCell<Vec<Vec<u8>>>,
        mut chosen: bool,
    ) -> impl FnMut(&[u8]) -> Result<Answer, Infallible> + 'a {
        move |command| {
            heard.borrow_mut().push(command.to_vec());
            let answer = match command {
                command if *command == SELECT_PROGRAM => {
                    chosen = true;
                    FINE.to_vec()
                }
                command if *command == SELECT_IDENTITY && chosen => FINE.to_vec(),
                [0x00, 0xB0, high, low, length] if chosen => {
                    let at = usize::from(u16::from_be_bytes([*high, *low]));
                    match file.get(at..at + usize::from(*length)) {
                        Some(part) => [part, &FINE].concat(),
                        None => vec![0x6B, 0x00],
                    }
                }
                _ => vec![0x6A, 0x82],
            };
            Ok(Zeroizing::new(answer))
        }
    }

    #[test]
    fn the_national_number_is_read_and_no_other_value() {
        let (file, heard) = (file(b"80010101392"), RefCell::default());
        let Ok(number) = national_number(card(&file, &heard, true));
        assert_eq!(number, Insz::parse("80010101392"));
        let heard = heard.into_inner();
        assert!(heard.iter().all(|command| command.len() <= 17), "only short commands");
        let lengths: Vec<u8> = heard.iter().skip(1).map(|command| command[4]).collect();
        assert_eq!(lengths, [2, 2, 2, 2, 2, 2, 2, 11], "heads of fields, and one value");
    }

    #[test]
    fn a_card_that_has_another_program_chosen_is_asked_for_this_one() {
        let (file, heard) = (file(b"80010101392"), RefCell::default());
        let Ok(number) = national_number(card(&file, &heard, false));
        assert!(number.is_some());
        assert_eq!(heard.borrow()[..3], [SELECT_IDENTITY.to_vec(), SELECT_PROGRAM.to_vec(), SELECT_IDENTITY.to_vec()]);
    }

    #[test]
    fn what_is_no_national_number_is_none() {
        for wrong in [&b"80010101393"[..], b"8001010139", b"80010101\xFF92", b""] {
            let (file, heard) = (file(wrong), RefCell::default());
            assert_eq!(national_number(card(&file, &heard, true)), Ok(None), "{wrong:?}");
        }
        let heard = RefCell::default();
        assert_eq!(national_number(card(&[], &heard, true)), Ok(None));
        assert_eq!(national_number(card(&[0; 200], &heard, true)), Ok(None));
        assert_eq!(national_number(|_: &[u8]| Ok::<_, Infallible>(Zeroizing::new(vec![0x6A, 0x82]))), Ok(None));
    }

    #[test]
    fn a_long_field_before_the_number_is_passed_over() {
        let heard = RefCell::default();
        let number = [6, 11].iter().chain(b"80010101392").copied();
        let long: Vec<u8> = [5, 0xFF, 0x2D].into_iter().chain([0x41; 300]).chain(number).collect();
        assert_eq!(national_number(card(&long, &heard, true)), Ok(Insz::parse("80010101392")));
    }

    proptest! {
        #[test]
        fn any_file_is_walked_to_an_end(file in prop::collection::vec(any::<u8>(), 0..400)) {
            let heard = RefCell::default();
            let Ok(_) = national_number(card(&file, &heard, true));
            prop_assert!(heard.borrow().len() <= 1 + FIELDS * (1 + LENGTH_BYTES));
        }

        #[test]
        fn any_answers_come_to_an_end(answers in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..50)) {
            let mut answers = answers.iter().cycle().take(100_000);
            let Ok(_) = national_number(|_: &[u8]| {
                Ok::<_, Infallible>(Zeroizing::new(answers.next().cloned().unwrap_or_default()))
            });
        }
    }
}
