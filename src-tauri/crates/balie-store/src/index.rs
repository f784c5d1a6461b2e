//! Keyed hashes of personal numbers. Without the key a hash says nothing; with it, all numbers that exist could be tried
//! in an hour, so the key is as secret as the numbers.

use crate::key::Key;
use balie_core::card::ChipNumber;
use balie_core::pass::UitpasNumber;
use ring::hmac;
use zeroize::Zeroizing;

/// What a learned pass, a pair or a refusal is found by.
pub(crate) type Hash = [u8; 16];

/// The hashes of one snapshot.
///
/// The secret is kept as bytes that are wiped, and made ready for each use, because what ring makes of it is not wiped.
pub(crate) struct Index {
    secret: Zeroizing<[u8; 32]>,
    cards: Zeroizing<[u8; 32]>,
}

impl Index {
    pub(crate) fn of(key: &Key) -> Self {
        Self { secret: key.derive(b"balie people"), cards: key.derive(b"balie social tariff cards") }
    }

    pub(crate) fn of_number(&self, number: &UitpasNumber) -> Hash {
        first(&self.keyed(b"number\0", number.reveal().as_bytes()))
    }

    pub(crate) fn of_chip(&self, chip: ChipNumber) -> Hash {
        first(&self.keyed(b"chip\0", chip.to_hex().as_bytes()))
    }

    /// The key under which a number is sealed for whoever holds the card.
    pub(crate) fn seal_of(&self, chip: ChipNumber) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(first(&self.keyed(b"held by\0", chip.to_hex().as_bytes())))
    }

    /// The key under which the desk seals what it must read again by itself.
    pub(crate) fn own_seal(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(first(&self.keyed(b"own\0", b"")))
    }

    /// The hashes of the lists, made ready for many.
    pub(crate) fn of_lists(&self) -> ListIndex {
        ListIndex(hmac::Key::new(hmac::HMAC_SHA256, self.cards.as_slice()))
    }

    fn keyed(&self, purpose: &[u8], what: &[u8]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_slice()));
        context.update(purpose);
        context.update(what);
        context.sign()
    }
}

fn first<const N: usize>(tag: &hmac::Tag) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.iter_mut().zip(tag.as_ref()).for_each(|(byte, from)| *byte = *from);
    bytes
}

/// The hashes of the social tariff lists.
pub(crate) struct ListIndex(hmac::Key);

impl ListIndex {
    /// The hash of a card by its thirteen digits. Eight bytes: among a million cards, two that share one are a chance of
    /// one in forty million.
    pub(crate) fn of_digits(&self, digits: &[u8; 13]) -> u64 {
        u64::from_be_bytes(first(&hmac::sign(&self.0, digits)))
    }

    /// A hash over all the rows of a list. It begins unlike any thirteen digits.
    pub(crate) fn digest<'a>(&self, rows: impl Iterator<Item = &'a (u64, u32)>, cards: &[u64]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(b"digest of a list\0");
        context.update(&(cards.len() as u64).to_be_bytes());
        cards.iter().for_each(|card| context.update(&card.to_be_bytes()));
        for (card, tickets) in rows {
            context.update(&card.to_be_bytes());
            context.update(&tickets.to_be_bytes());
        }
        first(&context.sign())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_depends_on_the_key_and_on_what_it_is_of() {
        let (one, other) = (Index::of(&Key::random().unwrap()), Index::of(&Key::random().unwrap()));
        let number = UitpasNumber::parse("0900000067513").unwrap();
        let chip = ChipNumber::parse("04363CDAEE3880").unwrap();
        assert_eq!(one.of_number(&number), one.of_number(&number));
        assert_ne!(one.of_number(&number), other.of_number(&number));
        assert_ne!(one.of_number(&number), one.of_number(&UitpasNumber::parse("0900000095902").unwrap()));
        assert_ne!(one.of_chip(chip)[..], one.seal_of(chip)[..16]);
        assert_ne!(one.seal_of(chip), other.seal_of(chip));
        assert_ne!(one.seal_of(chip), one.own_seal());
    }

    #[test]
    fn the_hash_in_a_list_is_not_the_one_of_a_learned_pass() {
        let index = Index::of(&Key::random().unwrap());
        let listed = index.of_lists().of_digits(b"0900000067513").to_be_bytes();
        let learned = index.of_number(&UitpasNumber::parse("0900000067513").unwrap());
        assert_ne!(listed[..], learned[..8], "who is in both can not be seen by comparing them");
    }
}
