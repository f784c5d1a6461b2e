//! A barcode that is no number of UiTPAS, such as the one on an identity card.

use std::fmt;
use zeroize::Zeroizing;

/// How long such a barcode can be, in characters. What is shorter was typed by accident.
const LENGTH: std::ops::RangeInclusive<usize> = 6..=40;

/// What a scanner read off something that is no UiTPAS. UiTPAS may know whose it is (`GET /passes`, domain.md §2.4), and nobody else need.
///
/// It may hold a national number, so it is treated as one: it has no `Display`, its `Debug` prints nothing of it, its memory is wiped, and
/// it is sent only after somebody said so.
#[derive(Clone, PartialEq, Eq)]
pub struct Barcode(Zeroizing<String>);

impl Barcode {
    /// Takes 6 to 40 letters, digits and signs without a space, as a barcode of one line holds them; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = LENGTH.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// What it says, for the one request that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Barcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Barcode(•••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_of_signs_is_a_barcode_and_it_is_not_printed() {
        for text in ["592123456789", "80010101392", "<ABC-12/3>", "000000"] {
            assert_eq!(Barcode::parse(text).map(|code| code.reveal().to_owned()), Some(text.to_owned()));
        }
        for text in ["", "12345", "12 34 56 78", "Zoë123456", "1234567\n", &"1".repeat(41)] {
            assert_eq!(Barcode::parse(text), None, "{text}");
        }
        assert_eq!(format!("{:?}", Barcode::parse("80010101392")), "Some(Barcode(•••))");
    }
}
