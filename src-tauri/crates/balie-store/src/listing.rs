//! A social tariff list on its way in: gathered row by row, in memory alone, then put in order and hashed.

use crate::index::{Index, ListIndex};
use balie_core::pass::UitpasNumber;
use std::fmt;
use std::mem::take;
use zeroize::Zeroize;

/// The rows of one download. What is gathered is wiped when it is let go of.
#[derive(Default)]
pub struct Listing {
    /// The numbers as such; they come out as hashes.
    cards: Vec<u64>,
    /// The group passes among them, with their available tickets.
    groups: Vec<(u64, u32)>,
}

impl fmt::Debug for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Listing({} cards)", self.cards.len())
    }
}

impl Extend<(UitpasNumber, Option<u32>)> for Listing {
    fn extend<T: IntoIterator<Item = (UitpasNumber, Option<u32>)>>(&mut self, rows: T) {
        for (number, tickets) in rows {
            self.add(&number, tickets);
        }
    }
}

impl Drop for Listing {
    fn drop(&mut self) {
        self.cards.zeroize();
        self.groups.zeroize();
    }
}

impl Listing {
    /// Adds a card; of a group pass, with the tickets that it has left.
    pub fn add(&mut self, number: &UitpasNumber, tickets: Option<u32>) {
        let number = number.reveal().bytes().fold(0, |sum, digit| sum * 10 + u64::from(digit.wrapping_sub(b'0')));
        self.cards.push(number);
        if let Some(tickets) = tickets {
            self.groups.push((number, tickets));
        }
    }

    /// Puts the rows in order, each card once. Of a group that is listed twice, the fewer tickets count.
    ///
    /// What comes back is the same for every download that says the same, in whatever order.
    pub(crate) fn settle(&mut self, index: &Index) -> [u8; 32] {
        settle(&mut self.cards, &mut self.groups);
        index.digest(&self.cards, &self.groups)
    }

    /// The hashes of the cards, in order.
    pub(crate) fn hashed(mut self, index: &Index) -> Hashes {
        let index = index.of_lists();
        // Most of the work of an import, and each card by itself: two cores share it.
        let half = self.cards.len() / 2;
        let (one, other) = self.cards.split_at_mut(half);
        let hash_all = |cards: &mut [u64]| cards.iter_mut().for_each(|card| *card = hash(index, *card));
        std::thread::scope(|scope| {
            scope.spawn(|| hash_all(one));
            hash_all(other);
        });
        for (card, _) in &mut self.groups {
            *card = hash(index, *card);
        }
        settle(&mut self.cards, &mut self.groups);
        Hashes { cards: take(&mut self.cards).into_boxed_slice(), groups: take(&mut self.groups).into_boxed_slice() }
    }
}

fn settle(cards: &mut Vec<u64>, groups: &mut Vec<(u64, u32)>) {
    cards.sort_unstable();
    cards.dedup();
    groups.sort_unstable();
    groups.dedup_by_key(|(card, _)| *card);
}

fn hash(index: &ListIndex, number: u64) -> u64 {
    let (mut digits, mut rest) = ([b'0'; 13], number);
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    index.of_digits(&digits)
}

/// A list as it is looked up: hashes in ascending order, each once. It is wiped when it is let go of.
#[derive(PartialEq, Eq)]
pub(crate) struct Hashes {
    pub(crate) cards: Box<[u64]>,
    pub(crate) groups: Box<[(u64, u32)]>,
}

impl Drop for Hashes {
    fn drop(&mut self) {
        self.cards.zeroize();
        self.groups.zeroize();
    }
}

impl Hashes {
    pub(crate) fn is_ascending(&self) -> bool {
        self.cards.is_sorted_by(|one, next| one < next) && self.groups.is_sorted_by(|one, next| one.0 < next.0)
    }

    /// Whether a card is listed, and the tickets that it has left when it is a group pass.
    pub(crate) fn find(&self, index: &Index, number: &UitpasNumber) -> (bool, Option<u32>) {
        let Ok(digits) = <&[u8; 13]>::try_from(number.reveal().as_bytes()) else { return (false, None) };
        let card = index.of_lists().of_digits(digits);
        let group = place_of(&self.groups, card, |(card, _)| *card).and_then(|place| self.groups.get(place));
        (place_of(&self.cards, card, |card| *card).is_some(), group.map(|(_, tickets)| *tickets))
    }
}

/// How far a row may be from where it is looked for.
const NEAR: usize = 16;

/// Finds a hash among many in order. Hashes lie evenly, so that its share of all hashes tells nearly where it is, and what
/// is found there tells the rest: three places in memory are fetched instead of twenty.
fn place_of<T>(rows: &[T], card: u64, of: impl Fn(&T) -> u64) -> Option<usize> {
    let share = (u128::from(card) * rows.len() as u128) >> 64;
    let mut at = usize::try_from(share).ok()?;
    let apart = u64::MAX / rows.len().max(1) as u64;
    for _ in 0..2 {
        let found = of(rows.get(at)?);
        let away = usize::try_from(found.abs_diff(card) / apart).unwrap_or(usize::MAX);
        at = if found > card { at.saturating_sub(away) } else { at.saturating_add(away).min(rows.len() - 1) };
    }
    let start = at.saturating_sub(NEAR);
    match rows.get(start..(at + NEAR).min(rows.len())) {
        Some(near @ [first, .., last]) if (of(first)..=of(last)).contains(&card) => {
            near.binary_search_by_key(&card, of).ok().map(|place| start + place)
        }
        _ => rows.binary_search_by_key(&card, of).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Key;

    fn number(digits: &str) -> UitpasNumber {
        UitpasNumber::parse(digits).unwrap()
    }

    #[test]
    fn the_order_of_a_download_and_its_duplicates_do_not_matter() {
        let index = Index::of(&Key::random().unwrap());
        let rows = [("0900000067513", None), ("1000000520006", Some(7)), ("0900000095902", None)];
        let gathered = |rows: &[(&str, Option<u32>)]| {
            let mut listing = Listing::default();
            listing.extend(rows.iter().map(|(digits, tickets)| (number(digits), *tickets)));
            let digest = listing.settle(&index);
            (digest, listing.hashed(&index))
        };
        let (digest, hashes) = gathered(&rows);
        let (again, same) = gathered(&[rows[1], rows[2], rows[0], rows[1], rows[2], ("1000000520006", Some(9))]);
        assert_eq!(digest, again);
        assert!(hashes == same && hashes.is_ascending() && hashes.cards.len() == 3);
        assert_eq!(hashes.find(&index, &number("0900000067513")), (true, None));
        assert_eq!(hashes.find(&index, &number("1000000520006")), (true, Some(7)));
        assert_eq!(hashes.find(&index, &number("0900000031618")), (false, None));
        assert_ne!(gathered(&rows[..2]).0, digest);
        assert_ne!(gathered(&[rows[0], ("1000000520006", Some(6)), rows[2]]).0, digest, "the tickets count as well");
    }

    #[test]
    fn a_hash_is_found_wherever_it_lies() {
        let even = |count: u64| (0..count).map(|at| at * (u64::MAX / count.max(1)) + 7).collect::<Vec<_>>();
        let crowded = |count: u64| (0..count).map(|at| u64::MAX - 3 * (count - at)).collect::<Vec<_>>();
        for cards in [0, 1, 2, 3, 10, 1000].into_iter().flat_map(|count| [even(count), crowded(count)]) {
            for (place, card) in cards.iter().enumerate() {
                assert_eq!(place_of(&cards, *card, |card| *card), Some(place));
            }
            for card in cards.iter().flat_map(|card| [card - 1, card + 1]).chain([0, u64::MAX]) {
                assert_eq!(
                    place_of(&cards, card, |card| *card),
                    cards.binary_search(&card).ok(),
                    "{card} in {}",
                    cards.len()
                );
            }
        }
    }

    #[test]
    fn a_list_prints_no_numbers() {
        let mut listing = Listing::default();
        listing.add(&number("0900000067513"), None);
        assert_eq!(format!("{listing:?}"), "Listing(1 cards)");
    }
}
