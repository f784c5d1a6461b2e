//! The national number (INSZ, rijksregisternummer). It is checked here and nowhere kept.

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

    proptest! {
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
