//! The receipt number in the name of a price category, by which a sale is known again among the rows of UiTPAS.
//!
//! UiTPAS echoes `regularPriceLabel`, so what stands there proves whose record it is. It is a setting of the organizer:
//! financial reports show the label too (sync.md §1.2).

use crate::entry::Entry;
use crate::insz;

/// What stands between the name of the category and the receipt.
const BETWEEN: &str = " · bon ";

/// The letters and digits of the mark that tells two desks with the same prefix apart; none can be taken for another.
const LETTERS: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// The receipt of an entry as it stands in a label: its number, and four signs of its id, so that two desks that count
/// with the same prefix are never taken for each other.
pub fn token(entry: &Entry) -> String {
    let [.., one, two, three, four] = entry.id.0;
    let sign = |byte: u8| char::from(LETTERS[usize::from(byte % 31)]);
    format!("{}/{}{}{}{}", entry.receipt, sign(one), sign(two), sign(three), sign(four))
}

/// The label with the receipt.
pub fn with_receipt(label: &str, token: &str) -> String {
    format!("{label}{BETWEEN}{token}")
}

/// The name of the category and the receipt that stand in a label.
pub fn split(label: &str) -> (&str, Option<&str>) {
    label.rsplit_once(BETWEEN).map_or((label, None), |(name, token)| (name, Some(token)))
}

/// A label as UiTPAS lists it, without the national numbers that may stand in it. The receipt stays as it is: a sale is known
/// again by it.
pub fn masked(label: &str) -> String {
    match split(label) {
        (name, Some(token)) if is_token(token) => with_receipt(&insz::mask(name), token),
        _ => insz::mask(label),
    }
}

/// Whether this can be a receipt with its mark: `B1-000412/k7qx`.
fn is_token(token: &str) -> bool {
    let parts = token.split_once('/').and_then(|(receipt, mark)| Some((receipt.rsplit_once('-')?, mark)));
    parts.is_some_and(|((prefix, sequence), mark)| {
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        prefix.len() <= 8 && sequence.len() <= 10 && mark.len() == 4 && [prefix, sequence, mark].into_iter().all(plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_label_without_a_receipt_is_a_name() {
        assert_eq!(split("Volwassene"), ("Volwassene", None));
        let twice = with_receipt("Kind · bon inbegrepen", "B1-000412/k7qx");
        assert_eq!(split(&twice), ("Kind · bon inbegrepen", Some("B1-000412/k7qx")), "the receipt stands last");
        assert_eq!(split(&with_receipt("Kind · 3-12", "B1-000412/k7qx")), ("Kind · 3-12", Some("B1-000412/k7qx")));
    }

    #[test]
    fn a_label_is_masked_and_its_receipt_stays() {
        for (label, shown) in [
            ("Kind 83030201540", "Kind •••••••••••"),
            ("Kind 83030201540 · bon B1-000412/k7qx", "Kind ••••••••••• · bon B1-000412/k7qx"),
            ("Kind · bon 83030201-540001/k7qx", "Kind · bon 83030201-540001/k7qx"),
            ("Kind · bon 83030201540", "Kind · bon •••••••••••"),
            ("Kind · bon x-83030201540/k7qx", "Kind · bon x-•••••••••••/k7qx"),
        ] {
            assert_eq!(masked(label), shown);
        }
    }

    #[test]
    fn two_desks_with_one_prefix_have_two_tokens() {
        let with = |id| {
            let open = crate::tests::open(412, crate::tests::sale(1, "e"));
            token(&Entry { id: crate::entry::EntryId(id), ..(*open.entry).clone() })
        };
        let mut id = [255; 16];
        id[12..].copy_from_slice(&[0, 30, 31, 63]);
        assert_eq!(with(id), "B1-000412/a9ab");
        id[15] = 62;
        assert_ne!(with(id), with([1; 16]));
    }

    proptest! {
        #[test]
        fn every_receipt_is_found_again(name in ".{0,40}", token in "[A-Z0-9-]{1,12}/[a-z2-9]{4}") {
            let label = with_receipt(&name, &token);
            prop_assert_eq!(split(&label), (name.as_str(), Some(token.as_str())));
        }
    }
}
