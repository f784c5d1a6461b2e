//! What is taken out of a text before it is kept or logged. Pure functions: nothing here knows where the text goes.

use std::panic::PanicHookInfo;

/// What stands in the place of a digit that is taken out.
pub(crate) const TAKEN_OUT: char = '•';

/// A number of a person has at least so many digits: a national number eleven, a UiTPAS number thirteen. No code, price,
/// receipt or year has.
const LONG: usize = 9;

/// A chip has so many hexadecimal digits.
const CHIP: usize = 14;

/// The places of the digits of a text, run by run. Digits that only spaces, points, dashes and slashes stand between are one
/// run: people write numbers in groups.
pub(crate) fn runs(letters: &[char]) -> Vec<Vec<usize>> {
    let (mut runs, mut run) = (Vec::new(), Vec::new());
    for (place, letter) in letters.iter().enumerate() {
        let is_between = letter.is_whitespace() || matches!(letter, '.' | '-' | '/');
        if letter.is_ascii_digit() {
            run.push(place);
        } else if !is_between && !run.is_empty() {
            runs.push(std::mem::take(&mut run));
        }
    }
    runs.push(run);
    runs
}

/// A name or a code without any number of a person that may have slipped into it: every long run of digits, and whatever could
/// be the number of a chip.
pub fn numbers(text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for run in runs(&letters).into_iter().filter(|run| run.len() >= LONG) {
        run.into_iter().for_each(|place| letters[place] = TAKEN_OUT);
    }
    for part in letters.chunk_by_mut(|one, next| one.is_ascii_hexdigit() && next.is_ascii_hexdigit()) {
        if part.len() >= CHIP {
            part.fill(TAKEN_OUT);
        }
    }
    letters.into_iter().collect()
}

/// What may be said of a panic: where it was, and nothing of its message, which may hold a number or a name (security.md
/// S-11). A hook prints this line and nothing else.
pub fn panic_line(info: &PanicHookInfo<'_>) -> String {
    match info.location() {
        Some(place) => format!("a mistake in the program, at {}:{}", place.file(), place.line()),
        None => "a mistake in the program".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_stay_and_numbers_of_people_go() {
        for kept in [
            "uitpas/maximum-reached",
            "B1-000412/k7qx",
            "HTTP 400",
            "2026-11-21",
            "facade",
            "e6b0a9d2-3c14-4a75-8f21-90d4c7b5e103",
            "",
        ] {
            assert_eq!(numbers(kept), kept);
        }
        for (text, told) in [
            ("pass 0900000067513", "pass •••••••••••••"),
            ("pass 0900 000 067 513!", "pass •••• ••• ••• •••!"),
            ("83.03.02-015.40", "••.••.••-•••.••"),
            ("chip 04363CDAEE3880", "chip ••••••••••••••"),
        ] {
            assert_eq!(numbers(text), told);
        }
    }

    proptest! {
        #[test]
        fn no_number_is_left_whatever_stands_around_it(before in "\\PC{0,20}", digits in "[0-9]{9,20}", after in "\\PC{0,20}") {
            let told = numbers(&format!("{before}{digits}{after}"));
            prop_assert!(!told.contains(&digits));
            prop_assert_eq!(numbers(&told), told);
        }

        #[test]
        fn what_has_no_digits_stays(text in "[^0-9a-fA-F]{0,60}") {
            prop_assert_eq!(numbers(&text), text);
        }
    }
}
