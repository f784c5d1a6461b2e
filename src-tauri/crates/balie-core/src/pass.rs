//! Passes and the numbers that identify them.

use crate::barcode::Barcode;
use crate::card::ChipNumber;
use crate::insz::Insz;
use crate::time::Moment;
use std::fmt;
use zeroize::Zeroizing;

/// The digits of [`UitpasNumber::forgotten`].
const FORGOTTEN: &str = "0000000000000";

/// A UiTPAS number: thirteen digits of which the last is a Luhn check digit over all (domain.md §2.1).
///
/// It is a personal number: `Debug` and [`UitpasNumber::masked`] hide its middle, and it has no `Display`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UitpasNumber(String);

impl UitpasNumber {
    /// Takes thirteen digits of which the check digit is right; `None` otherwise. Thirteen zeros are nobody's number.
    pub fn parse(digits: &str) -> Option<Self> {
        let well_formed = digits.len() == 13 && digits.bytes().all(|byte| byte.is_ascii_digit());
        (well_formed && digits != FORGOTTEN && luhn_holds(digits.as_bytes())).then(|| Self(digits.to_owned()))
    }

    /// What stands in the place of a number that was forgotten after its term (security.md S-8). It identifies nobody: it
    /// cannot be typed, scanned or sent.
    pub fn forgotten() -> Self {
        Self(FORGOTTEN.to_owned())
    }

    /// Whether the number was forgotten after its term.
    pub fn is_forgotten(&self) -> bool {
        self.0 == FORGOTTEN
    }

    /// The thirteen digits, for the requests and the files that need them.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The number for the eye, in groups of 4-3-3-3 with its middle masked: `0900 ••• ••7 513`. Of one that was forgotten
    /// nothing is left to see.
    pub fn masked(&self) -> String {
        if self.is_forgotten() {
            return "•••• ••• ••• •••".to_owned();
        }
        format!("{} ••• ••{} {}", &self.0[..4], &self.0[9..10], &self.0[10..])
    }

    /// Its last four digits, as a file of the desk shows it: `…7513`. Of one that was forgotten nothing is left to see.
    pub fn ending(&self) -> String {
        if self.is_forgotten() { "…".to_owned() } else { format!("…{}", &self.0[9..]) }
    }
}

impl fmt::Debug for UitpasNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UitpasNumber(…{})", &self.0[9..])
    }
}

fn luhn_holds(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0');
            match (place % 2, value * 2) {
                (0, _) => value,
                (_, doubled) if doubled > 9 => doubled - 9,
                (_, doubled) => doubled,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// What a person can be identified by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identifier {
    /// The chip of a card.
    Chip(ChipNumber),
    /// The number that is printed on a card or shown in the app.
    Number(UitpasNumber),
    /// The national number; only where the organizer allows it, only online, never kept.
    Insz(Insz),
    /// What a scanner read off something else, for example an identity card; as the national number, and only after somebody said so.
    Barcode(Barcode),
}

/// Why a typed or scanned text identifies nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Thirteen digits whose check digit is wrong: a digit was mistyped.
    #[error("the check digit of this number is wrong")]
    CheckDigit,
    /// Eleven digits whose check digits are wrong.
    #[error("the check digits of this national number are wrong")]
    InszCheckDigits,
    /// Digits, but not as many as any number has.
    #[error("a UiTPAS number has 13 digits, this one has {digits}")]
    Length {
        /// How many there are.
        digits: usize,
    },
    /// Something else than digits.
    #[error("this is no number")]
    NotANumber,
}

impl Identifier {
    /// Reads what was typed or scanned. Spaces, points and dashes are left out; the length tells the rest.
    ///
    /// # Errors
    /// Says what is wrong with the number; see [`IdentifierError`].
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        // It may be a national number, whose memory is wiped.
        let bare: Zeroizing<String> =
            Zeroizing::new(text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect());
        if let Some(chip) = ChipNumber::parse(&bare) {
            return Ok(Self::Chip(chip));
        }
        if bare.is_empty() || !bare.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(IdentifierError::NotANumber);
        }
        match bare.len() {
            13 => UitpasNumber::parse(&bare).map(Self::Number).ok_or(IdentifierError::CheckDigit),
            11 => Insz::parse(&bare).map(Self::Insz).ok_or(IdentifierError::InszCheckDigits),
            digits => Err(IdentifierError::Length { digits }),
        }
    }
}

/// The id that UiTPAS gives to a passholder or a group. Its `Debug` prints the last four signs only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PassholderId(pub String);

/// What the id of somebody begins with whom UiTPAS was never asked about here.
const STRANGER: &str = "number:";

impl PassholderId {
    /// What stands for the id of somebody of whom only the number is known, until UiTPAS says it.
    pub fn of_stranger(number: &UitpasNumber) -> Self {
        Self(format!("{STRANGER}{}", number.reveal()))
    }

    /// Whether this is no id of UiTPAS, but stands for one.
    pub fn is_of_stranger(&self) -> bool {
        self.0.starts_with(STRANGER)
    }
}

impl fmt::Debug for PassholderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Of a short one that would be all of it.
        let shown = self.0.char_indices().rev().nth(3).filter(|(at, _)| *at >= 8).and_then(|(at, _)| self.0.get(at..));
        write!(f, "PassholderId(…{})", shown.unwrap_or_default())
    }
}

/// A region of UiTPAS. Which there are is data, never a constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardSystem {
    /// Its id.
    pub id: i64,
    /// Its name, for example `UiTPAS Gent`.
    pub name: String,
}

/// Whose pass it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassKind {
    /// One person.
    Individual,
    /// A group, with a number of turns a year.
    Group,
}

/// What a pass answer says of the kansenstatuut (contract: `Pass.socialTariff.status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassTariffStatus {
    /// Entitled, be it within the term or in grace.
    Active,
    /// No longer entitled.
    Expired,
    /// Never entitled.
    None,
    /// UiTPAS was never asked about this pass here: only its number is known.
    Unknown,
}

/// Whether the card itself may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardStatus {
    /// In use.
    Active,
    /// Blocked by staff, for example after a loss.
    Blocked,
    /// Not yet given to a person, or taken out of use.
    NotActive,
}

/// What UiTPAS said of a pass, and when. Its `Debug` prints nothing that tells who it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Pass {
    /// The passholder.
    pub passholder: PassholderId,
    /// One person or a group.
    pub kind: PassKind,
    /// The number to register acts with.
    pub number: UitpasNumber,
    /// The first name, kept for the session only.
    pub first_name: Option<String>,
    /// The balance of points.
    pub points: Option<i64>,
    /// The kansenstatuut.
    pub status: PassTariffStatus,
    /// When the kansenstatuut ends, where UiTPAS says so.
    pub ends: Option<Moment>,
    /// The region that the pass belongs to.
    pub card_system: Option<CardSystem>,
    /// The postal code of the passholder; it tells the own municipality from another.
    pub postal_code: Option<String>,
    /// Whether the card may be used.
    pub card: CardStatus,
    /// What UiTPAS wants to be shown to the person.
    pub messages: Vec<String>,
    /// When UiTPAS said all this.
    pub as_of: Moment,
}

impl Pass {
    /// A pass of which only the number is known, and since when the desk knows it. What UiTPAS would say of it is unknown:
    /// it can save points, which hold for whoever has a pass, and has the standing that a list gives it (rules.md,
    /// Identification).
    pub fn of_stranger(number: UitpasNumber, as_of: Moment) -> Self {
        Self {
            passholder: PassholderId::of_stranger(&number),
            kind: PassKind::Individual,
            number,
            first_name: None,
            points: None,
            status: PassTariffStatus::Unknown,
            ends: None,
            card_system: None,
            postal_code: None,
            card: CardStatus::Active,
            messages: Vec::new(),
            as_of,
        }
    }

    /// Whether UiTPAS was never asked about it here.
    pub fn is_stranger(&self) -> bool {
        self.status == PassTariffStatus::Unknown
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pass")
            .field("passholder", &self.passholder)
            .field("kind", &self.kind)
            .field("number", &self.number)
            .field("status", &self.status)
            .field("card", &self.card)
            .field("messages", &self.messages.len())
            .field("as_of", &self.as_of)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every number that publiq published for tests (domain.md §2.1, appendix A).
    const PUBLISHED: [&str; 24] = [
        "0900000095902",
        "0900000067513",
        "0900000031618",
        "0900010959113",
        "0900000002312",
        "0900000058918",
        "1000000520006",
        "0900000093204",
        "0900004518305",
        "0900011902815",
        "0900011903417",
        "0900000074519",
        "0900000020405",
        "0900000045410",
        "0900000191800",
        "0900000036112",
        "0900000075706",
        "0900000672312",
        "0900010888817",
        "0900010630813",
        "0930012345615",
        "0945000057915",
        "0945000058012",
        "1000000397215",
    ];

    #[test]
    fn every_published_number_holds_and_the_placeholders_of_the_documentation_do_not() {
        for digits in PUBLISHED {
            assert_eq!(UitpasNumber::parse(digits).unwrap().reveal(), digits);
        }
        for digits in ["0560002524314", "0930002523422", "0985002524385", "0940002524123"] {
            assert!(UitpasNumber::parse(digits).is_none(), "{digits}");
        }
    }

    #[test]
    fn what_is_typed_is_told_apart_by_its_length() {
        let number = |text: &str| matches!(Identifier::parse(text), Ok(Identifier::Number(_)));
        assert!(number("0900000067513"));
        assert!(number(" 0900 000 067 513 "));
        assert!(number("0900-000.067 513"));
        assert!(matches!(Identifier::parse("04:36"), Err(IdentifierError::NotANumber)));
        assert!(matches!(Identifier::parse("04363cdaee3880"), Ok(Identifier::Chip(_))));
        assert!(matches!(Identifier::parse("83.03.02-015.40"), Ok(Identifier::Insz(_))));
    }

    #[test]
    fn each_mistake_has_its_own_name() {
        assert_eq!(Identifier::parse("0900000067514"), Err(IdentifierError::CheckDigit));
        assert_eq!(Identifier::parse("83030201541"), Err(IdentifierError::InszCheckDigits));
        assert_eq!(Identifier::parse("090000006751"), Err(IdentifierError::Length { digits: 12 }));
        assert_eq!(Identifier::parse(""), Err(IdentifierError::NotANumber));
        assert_eq!(Identifier::parse("Yasmina"), Err(IdentifierError::NotANumber));
    }

    #[test]
    fn a_number_has_thirteen_digits_however_well_its_check_digit_fits() {
        for digits in ["", "0", "000000000000", "00000000000000", "18", "090000006751a"] {
            assert_eq!(UitpasNumber::parse(digits), None, "{digits}");
        }
        for digits in [10, 12, 14, 15] {
            let typed = "1".repeat(digits);
            let expected = if digits == 14 { None } else { Some(IdentifierError::Length { digits }) };
            assert_eq!(Identifier::parse(&typed).err(), expected, "fourteen digits are a chip");
        }
    }

    #[test]
    fn a_number_shows_its_last_four_digits_only() {
        let number = UitpasNumber::parse("0900000067513").unwrap();
        assert_eq!((number.masked(), number.ending()), ("0900 ••• ••7 513".to_owned(), "…7513".to_owned()));
        assert_eq!(UitpasNumber::forgotten().ending(), "…");
        assert_eq!(format!("{number:?}"), "UitpasNumber(…7513)");
    }

    #[test]
    fn nothing_that_is_printed_of_a_pass_tells_who_it_is() {
        let pass = Pass {
            passholder: PassholderId("e6b0a9d2-3c14-4a75-8f21-90d4c7b5e103".to_owned()),
            kind: PassKind::Individual,
            number: UitpasNumber::parse("0900000067513").unwrap(),
            first_name: Some("Yasmina".to_owned()),
            points: Some(77),
            status: PassTariffStatus::Active,
            ends: None,
            card_system: None,
            postal_code: Some("9051".to_owned()),
            card: CardStatus::Active,
            messages: vec!["Dag Yasmina".to_owned()],
            as_of: Moment::UNIX_EPOCH,
        };
        let printed = format!("{pass:?}");
        for secret in ["Yasmina", "9051", "e6b0a9d2", "0900000067513", "77"] {
            assert!(!printed.contains(secret), "{printed}");
        }
        assert!(printed.contains("PassholderId(…e103)") && printed.contains("UitpasNumber(…7513)"), "{printed}");
        for short in ["", "p", "person-1", "éééé"] {
            assert_eq!(format!("{:?}", PassholderId(short.to_owned())), "PassholderId(…)");
        }
    }

    #[test]
    fn a_forgotten_number_identifies_nobody_and_shows_nothing() {
        let forgotten = UitpasNumber::forgotten();
        assert!(forgotten.is_forgotten() && !UitpasNumber::parse("0900000067513").unwrap().is_forgotten());
        assert_eq!(forgotten.masked(), "•••• ••• ••• •••");
        assert!(luhn_holds(forgotten.reveal().as_bytes()), "the check digit alone would let it pass");
        assert_eq!(UitpasNumber::parse(forgotten.reveal()), None);
        assert_eq!(Identifier::parse("0000 000 000 000"), Err(IdentifierError::CheckDigit));
    }

    proptest! {
        #[test]
        fn one_mistyped_digit_is_always_noticed(stem in "[0-9]{12}", place in 0_usize..13, by in 1_u8..10) {
            let number = (0..=9).map(|last| format!("{stem}{last}")).find(|n| UitpasNumber::parse(n).is_some()).unwrap();
            let mut digits = number.into_bytes();
            digits[place] = b'0' + (digits[place] - b'0' + by) % 10;
            prop_assert!(UitpasNumber::parse(std::str::from_utf8(&digits).unwrap()).is_none());
        }

        #[test]
        fn what_identifies_can_be_read_back_however_it_is_grouped(stem in "[0-9]{12}", uid: [u8; 7], gap in "[ .-]") {
            let number = (0..=9).find_map(|last| UitpasNumber::parse(&format!("{stem}{last}"))).unwrap();
            let grouped: String = number.reveal().chars().flat_map(|digit| [digit.to_string(), gap.clone()]).collect();
            prop_assert_eq!(Identifier::parse(number.reveal()), Ok(Identifier::Number(number.clone())));
            prop_assert_eq!(Identifier::parse(&grouped), Ok(Identifier::Number(number)));
            let chip = ChipNumber::new(uid);
            prop_assert_eq!(Identifier::parse(&chip.to_hex()), Ok(Identifier::Chip(chip)));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = Identifier::parse(&text);
        }
    }
}
