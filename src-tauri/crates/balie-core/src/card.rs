//! What a reader can see of a card: its unique identifier and how it presents itself; of an eID its national number, where that is asked.

use crate::insz::Insz;
use std::fmt;

/// The chip number of a UiTPAS card: the 7-byte unique identifier of its NFC chip.
///
/// UiTPAS writes it as 14 uppercase hexadecimal digits (domain.md §2.3). It is a personal number: its `Debug` prints the
/// last four digits only.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChipNumber([u8; 7]);

impl ChipNumber {
    /// Takes the seven bytes as the reader gave them.
    pub const fn new(uid: [u8; 7]) -> Self {
        Self(uid)
    }

    /// Parses 14 hexadecimal digits in either case; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 14 {
            return None;
        }
        let mut bytes = [0_u8; 7];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = hex_digit(pair[0])? << 4 | hex_digit(pair[1])?;
        }
        Some(Self(bytes))
    }

    /// The number in the notation of the API: 14 uppercase hexadecimal digits.
    pub fn to_hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02X}")).collect()
    }
}

impl fmt::Debug for ChipNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChipNumber(…{:02X}{:02X})", self.0[5], self.0[6])
    }
}

const fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// What lay on the reader, told apart by the length and first byte of its identifier (rules.md, Identification).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardKind {
    /// Seven bytes: a chip of the family that UiTPAS uses.
    UitpasLike(ChipNumber),
    /// Four bytes that start with `08`: drawn at random for every touch by telephones and bank cards.
    RandomId,
    /// Any other identifier: some other pass, whose number is nobody's business here.
    Other {
        /// How many bytes the identifier had; none for a card in a contact slot, which has none to tell.
        length: usize,
    },
    /// A Belgian eID in a contact slot. Its national number is absent where this desk may not read it: then nothing on the card was
    /// opened.
    Eid(Option<Insz>),
}

impl CardKind {
    /// Whether it told its identifier, as cards do that are laid on a reader; one that is put into a slot has none to tell.
    pub const fn is_laid(&self) -> bool {
        !matches!(self, Self::Eid(_) | Self::Other { length: 0 })
    }

    /// Judges the identifier that a reader returned.
    pub fn of_uid(uid: &[u8]) -> Self {
        match (<[u8; 7]>::try_from(uid), uid) {
            (Ok(bytes), _) => Self::UitpasLike(ChipNumber::new(bytes)),
            (Err(_), [0x08, _, _, _]) => Self::RandomId,
            (Err(_), other) => Self::Other { length: other.len() },
        }
    }
}

/// What the answer to reset of a card says before anything is asked: how to go on with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presented {
    /// A contactless card: its reader made the answer up, in the form of PC/SC part 3, and knows its identifier.
    Contactless,
    /// A Belgian eID, of applet 1.7 (until 2021, T=0) or 1.8 (since, T=1).
    Eid,
    /// Some other card with contacts, or a driver with a form of its own.
    Other,
}

/// The answers to reset of eID cards: the byte, and whether it counts. Of applet 1.7 the bytes that name speed and version differ from one
/// batch to the next.
const EID_1_7: [Option<u8>; 13] = [
    Some(0x3B),
    Some(0x98),
    None,
    Some(0x40),
    None,
    Some(0xA5),
    Some(0x03),
    Some(0x01),
    Some(0x01),
    Some(0x01),
    Some(0xAD),
    Some(0x13),
    None,
];
const EID_1_8: [u8; 20] = [
    0x3B, 0x7F, 0x96, 0x00, 0x00, 0x80, 0x31, 0x80, 0x65, 0xB0, 0x85, 0x04, 0x01, 0x20, 0x12, 0x0F, 0xFF, 0x82, 0x90,
    0x00,
];

impl Presented {
    /// Judges an answer to reset.
    pub fn of_atr(atr: &[u8]) -> Self {
        let is_1_7 = atr.len() == EID_1_7.len()
            && atr.iter().zip(EID_1_7).all(|(byte, expected)| expected.is_none_or(|expected| *byte == expected));
        match atr {
            _ if is_1_7 || atr == EID_1_8 => Self::Eid,
            [0x3B, format, 0x80, 0x01, ..] if format & 0xF0 == 0x80 => Self::Contactless,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn chip_numbers_round_trip_in_the_notation_of_the_api() {
        let chip = ChipNumber::parse("04363cdaee3880").unwrap();
        assert_eq!(chip.to_hex(), "04363CDAEE3880");
        assert_eq!(ChipNumber::parse("04363CDAEE388"), None);
        assert_eq!(ChipNumber::parse("04363CDAEE388G"), None);
        assert_eq!(ChipNumber::parse("é4363CDAEE388"), None);
    }

    #[test]
    fn a_chip_number_is_not_printed_whole() {
        let printed = format!("{:?}", ChipNumber::parse("04363CDAEE3880").unwrap());
        assert_eq!(printed, "ChipNumber(…3880)");
    }

    #[test]
    fn telephones_and_other_cards_are_told_apart() {
        assert_eq!(CardKind::of_uid(&[0x08, 1, 2, 3]), CardKind::RandomId);
        assert_eq!(CardKind::of_uid(&[0x12, 1, 2, 3]), CardKind::Other { length: 4 });
        assert_eq!(CardKind::of_uid(&[]), CardKind::Other { length: 0 });
        assert!(matches!(CardKind::of_uid(&[4, 1, 2, 3, 4, 5, 6]), CardKind::UitpasLike(_)));
        assert_eq!(CardKind::of_uid(&[0x08, 1, 2]), CardKind::Other { length: 3 });
    }

    #[test]
    fn cards_are_told_apart_by_their_answer_to_reset() {
        let bytes = |hex: &str| -> Vec<u8> {
            (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
        };
        for (atr, expected) in [
            ("3B8F8001804F0CA000000306030003000000006B", Presented::Contactless),
            ("3B8180018080", Presented::Contactless),
            ("3B9813400AA503010101AD1311", Presented::Eid),
            ("3B9894400AA503010101AD1310", Presented::Eid),
            ("3B989440FFA503010101AD1310", Presented::Eid),
            ("3B7F96000080318065B085040120120FFF829000", Presented::Eid),
            // Another card of the same family, and a bank card.
            ("3B7F96000080318065B0850401FF120FFF829000", Presented::Other),
            ("3B6500002063CB6600", Presented::Other),
            ("3B9813400AA503010101AD13", Presented::Other),
            ("3B", Presented::Other),
            ("", Presented::Other),
        ] {
            assert_eq!(Presented::of_atr(&bytes(atr)), expected, "{atr}");
        }
    }

    #[test]
    fn the_national_number_of_an_eid_is_not_printed() {
        let kind = CardKind::Eid(Insz::parse("80010101392"));
        assert!(matches!(kind, CardKind::Eid(Some(_))));
        assert_eq!(format!("{kind:?}"), "Eid(Some(Insz(•••)))");
    }

    proptest! {
        #[test]
        fn any_answer_to_reset_is_judged(atr: Vec<u8>) {
            Presented::of_atr(&atr);
        }

        #[test]
        fn what_is_printed_can_be_read_back_in_either_case(uid: [u8; 7]) {
            let chip = ChipNumber::new(uid);
            prop_assert_eq!(ChipNumber::parse(&chip.to_hex()), Some(chip));
            prop_assert_eq!(ChipNumber::parse(&chip.to_hex().to_lowercase()), Some(chip));
            prop_assert_eq!(CardKind::of_uid(&uid), CardKind::UitpasLike(chip));
        }

        #[test]
        fn any_other_character_is_noticed(uid: [u8; 7], place in 0_usize..14, other in "[^0-9a-fA-F]") {
            let mut text: Vec<char> = ChipNumber::new(uid).to_hex().chars().collect();
            text[place] = other.chars().next().unwrap();
            prop_assert_eq!(ChipNumber::parse(&text.iter().collect::<String>()), None);
        }
    }
}
