//! Keyed hashes of personal numbers. Without the key a hash says nothing; with it, all numbers that exist could be tried
//! in an hour, so the key is as secret as the numbers.

use crate::key::Key;
use balie_core::card::ChipNumber;
use balie_core::pass::UitpasNumber;
use ring::hmac;
use sha2::compress256;
use zeroize::Zeroizing;

/// What a learned pass, a pair or a refusal is found by.
pub(crate) type Hash = [u8; 16];

/// The hashes of one snapshot.
///
/// The secret is kept as bytes that are wiped, and made ready for each use, because what ring makes of it is not wiped.
pub(crate) struct Index {
    secret: Zeroizing<[u8; 32]>,
    lists: ListIndex,
}

impl Index {
    pub(crate) fn of(key: &Key) -> Self {
        Self { secret: key.derive(b"balie people"), lists: ListIndex::of(&key.derive(b"balie social tariff cards")) }
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

    /// The hashes of the lists.
    pub(crate) const fn of_lists(&self) -> &ListIndex {
        &self.lists
    }

    /// A keyed hash over all the rows of a list.
    pub(crate) fn digest(&self, cards: &[u64], groups: &[(u64, u32)]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_slice()));
        context.update(b"list\0");
        context.update(&(cards.len() as u64).to_be_bytes());
        cards.iter().for_each(|card| context.update(&card.to_be_bytes()));
        for (card, tickets) in groups {
            context.update(&card.to_be_bytes());
            context.update(&tickets.to_be_bytes());
        }
        first(&context.sign())
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

/// The hashes of the social tariff lists: HMAC-SHA-256 again, of which a million are made in one import.
///
/// What can be computed of the key beforehand is, and unlike what ring would keep of it, this is wiped.
pub(crate) struct ListIndex {
    inner: Zeroizing<[u32; 8]>,
    outer: Zeroizing<[u32; 8]>,
}

/// Where SHA-256 begins (FIPS 180-4 §5.3.3).
const BEGIN: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

impl ListIndex {
    fn of(key: &[u8; 32]) -> Self {
        let after = |pad: u8| {
            let mut block = Zeroizing::new([pad; 64]);
            block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
            let mut state = Zeroizing::new(BEGIN);
            compress256(&mut state, &[(*block).into()]);
            state
        };
        Self { inner: after(0x36), outer: after(0x5c) }
    }

    /// The hash of a card by its thirteen digits. Eight bytes: among a million cards, two that share one are a chance of
    /// one in forty million.
    pub(crate) fn of_digits(&self, digits: &[u8; 13]) -> u64 {
        let inner = last_block(*self.inner, digits);
        let mut bytes = [0; 32];
        bytes.as_chunks_mut().0.iter_mut().zip(inner).for_each(|(to, word)| *to = word.to_be_bytes());
        let [high, low, ..] = last_block(*self.outer, &bytes);
        u64::from(high) << 32 | u64::from(low)
    }
}

/// Ends a hash of which the first block is done with a few bytes more.
fn last_block<const N: usize>(mut state: [u32; 8], bytes: &[u8; N]) -> [u32; 8] {
    const { assert!(N < 56, "with its end, it fits in a block") };
    let mut block = [0_u8; 64];
    block[..N].copy_from_slice(bytes);
    block[N] = 0x80;
    block[56..].copy_from_slice(&((64 + N as u64) * 8).to_be_bytes());
    compress256(&mut state, &[block.into()]);
    state
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
    fn the_hash_of_a_card_is_the_one_of_the_standard() {
        for key in [[0; 32], [0x5c; 32], *Key::random().unwrap().derive(b"cards")] {
            let ready = hmac::Key::new(hmac::HMAC_SHA256, &key);
            for digits in [b"0900000067513", b"1000000520006"] {
                let expected = hmac::sign(&ready, digits);
                assert_eq!(ListIndex::of(&key).of_digits(digits).to_be_bytes(), expected.as_ref()[..8]);
            }
        }
    }

    #[test]
    fn the_hash_in_a_list_is_not_the_one_of_a_learned_pass() {
        let index = Index::of(&Key::random().unwrap());
        let listed = index.of_lists().of_digits(b"0900000067513").to_be_bytes();
        let learned = index.of_number(&UitpasNumber::parse("0900000067513").unwrap());
        assert_ne!(listed[..], learned[..8], "who is in both can not be seen by comparing them");
    }
}
