//! What a reader can see of a card: its unique identifier, and nothing else.

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
        /// How many bytes the identifier had.
        length: usize,
    },
}

impl CardKind {
    /// Judges the identifier that a reader returned.
    pub fn of_uid(uid: &[u8]) -> Self {
        match (<[u8; 7]>::try_from(uid), uid) {
            (Ok(bytes), _) => Self::UitpasLike(ChipNumber::new(bytes)),
            (Err(_), [0x08, _, _, _]) => Self::RandomId,
            (Err(_), other) => Self::Other { length: other.len() },
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

    proptest! {
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
