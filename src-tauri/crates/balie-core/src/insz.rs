//! The national number (INSZ, rijksregisternummer). It is checked here and nowhere kept.

use crate::redact::{TAKEN_OUT, runs};
use std::fmt;
use zeroize::Zeroizing;

/// A national number whose check digits are right.
///
/// It may be sent to UiTPAS to identify a person online, where the organizer allows that, and is then dropped: it has no
/// `Display`, its `Debug` prints nothing of it, and its memory is wiped (security.md S-6).
#[derive(Clone, PartialEq, Eq)]
pub struct Insz(Zeroizing<String>);

impl Insz {
    /// Takes eleven digits; `None` when the check digits are wrong or the month cannot exist.
    ///
    /// The check is `97 - n mod 97` over the first nine digits, with a leading 2 for births from 2000 on; both are
    /// accepted. Months may carry +20 or +40 (BIS numbers), and 00 when the date of birth is unknown (domain.md §2.4).
    pub fn parse(digits: &str) -> Option<Self> {
        if digits.len() != 11 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<u64>().ok();
        let (first_nine, check, month, day) = (number(0..9)?, number(9..11)?, number(2..4)?, number(4..6)?);
        let checks = 97 - first_nine % 97 == check || 97 - (2_000_000_000 + first_nine) % 97 == check;
        let months = matches!(month, 0..=12 | 20..=32 | 40..=52);
        (checks && months && day <= 31).then(|| Self(Zeroizing::new(digits.to_owned())))
    }

    /// The eleven digits, for the one request that needs them.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Insz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Insz(•••)")
    }
}

/// How many digits a national number has.
const DIGITS: usize = 11;

/// A text of UiTPAS without the national numbers that may stand in it, also written in groups or among other digits
/// (security.md S-6). A number of another kind whose digits happen to fit is taken out as well: no text needs it.
///
/// It is for texts that people read, where they come in. What the program looks things up by is never changed.
pub fn mask(text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    for run in runs(&letters) {
        for places in run.windows(DIGITS) {
            let digits: Zeroizing<String> = Zeroizing::new(places.iter().map(|place| letters[*place]).collect());
            if Insz::parse(&digits).is_some() {
                found.extend_from_slice(places);
            }
        }
    }
    found.into_iter().for_each(|place| letters[place] = TAKEN_OUT);
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_published_test_numbers_are_right_by_either_formula() {
        for digits in [
            "83030201540",
            "36051380284",
            "66010101785",
            "71030360442",
            "80010101392",
            "80010170282",
            "91063061055",
            "08091860684",
            "17010180147",
            "10010105762",
            "20010170215",
            "15021760024",
            "00000009007",
        ] {
            assert_eq!(Insz::parse(digits).unwrap().reveal(), digits);
        }
    }

    #[test]
    fn a_mistyped_digit_is_noticed() {
        for digits in ["83030201541", "36051380384", "8303020154", "830302015400", "8303020154a"] {
            assert!(Insz::parse(digits).is_none(), "{digits}");
        }
    }

    #[test]
    fn bis_months_are_accepted_and_impossible_ones_are_not() {
        let with_check = |nine: u64| format!("{nine:09}{:02}", 97 - nine % 97);
        assert!(Insz::parse(&with_check(832302015)).is_some(), "month 23 is March of a BIS number");
        assert!(Insz::parse(&with_check(834302015)).is_some(), "month 43 is March of a BIS number");
        assert!(Insz::parse(&with_check(831502015)).is_none(), "there is no month 15");
    }

    #[test]
    fn nothing_of_it_is_printed() {
        assert_eq!(format!("{:?}", Insz::parse("83030201540")), "Some(Insz(•••))");
    }

    #[test]
    fn the_bounds_of_months_and_days_hold() {
        let accepted = |nine: u64| Insz::parse(&format!("{nine:09}{:02}", 97 - nine % 97)).is_some();
        for (month, exists) in [(0, true), (12, true), (13, false), (19, false), (20, true), (32, true), (33, false)] {
            assert_eq!(accepted(830_002_015 + month * 100_000), exists, "month {month}");
        }
        assert!(!accepted(833_902_015) && accepted(834_002_015) && accepted(835_202_015) && !accepted(835_302_015));
        assert!(accepted(830_331_015) && !accepted(830_332_015), "day 31 and day 32");
    }

    #[test]
    fn a_national_number_is_taken_out_of_a_text_however_it_is_written() {
        for (text, masked) in [
            ("Dag 83030201540!", "Dag •••••••••••!"),
            ("Dag 83.03.02-015.40, tot ziens", "Dag ••.••.••-•••.••, tot ziens"),
            ("RR 83 03 02 015 40", "RR •• •• •• ••• ••"),
            ("x83030201540y36051380284", "x•••••••••••y•••••••••••"),
            ("783030201540", "7•••••••••••"),
        ] {
            assert_eq!(mask(text), masked);
        }
        for kept in ["", "Zwemmen om 10.30", "Maximum bereikt.", "83030201541", "B1-000412/k7qx", "2026-11-21"] {
            assert_eq!(mask(kept), kept);
        }
    }

    proptest! {
        #[test]
        fn no_national_number_is_left_in_a_text(before in "\\PC{0,30}", nine in 0_u64..1_000_000_000, gap in "[ .-]{0,1}", after in "\\PC{0,30}") {
            let digits = format!("{nine:09}{:02}", 97 - nine % 97);
            let grouped: String = digits.chars().flat_map(|digit| [digit.to_string(), gap.clone()]).collect();
            let text = format!("{before}{grouped}{after}");
            let masked = mask(&text);
            prop_assert!(Insz::parse(&digits).is_none() || !masked.contains(grouped.trim_end_matches([' ', '.', '-'])));
            prop_assert_eq!(mask(&masked), masked.clone(), "nothing comes to light by taking out");
            prop_assert_eq!(masked.chars().count(), text.chars().count());
        }

        #[test]
        fn either_formula_is_accepted_and_no_third(year in 0_u64..100, month in 1_u64..=12, day in 1_u64..=31, serial in 0_u64..1_000, by in 1_u64..97) {
            let nine = year * 10_000_000 + month * 100_000 + day * 1_000 + serial;
            let (before, after) = (97 - nine % 97, 97 - (2_000_000_000 + nine) % 97);
            for check in [before, after] {
                let digits = format!("{nine:09}{check:02}");
                prop_assert_eq!(Insz::parse(&digits).map(|insz| insz.reveal().to_owned()), Some(digits));
            }
            let third = (before + by) % 97;
            prop_assume!(third != before % 97 && third != after % 97);
            let wrong = format!("{nine:09}{third:02}");
            prop_assert_eq!(Insz::parse(&wrong), None);
        }
    }
}
