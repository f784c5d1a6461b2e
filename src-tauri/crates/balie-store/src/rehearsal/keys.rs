//! What the tests of a real keyring need of it and a desk never does.

use crate::key::{Key, KeyError, KeyFor};
use crate::keyring::{Item, Keyring};

/// Puts bytes in the place of an item that a profile has in the keyring, or takes it out. `name` is that of the item.
///
/// # Errors
/// Fails when there is no keyring, or no item has this name.
pub fn spoil(profile: &str, name: &str, bytes: Option<&[u8]>) -> Result<(), KeyError> {
    let item = Item::ALL.into_iter().find(|item| item.name() == name).ok_or(KeyError::Damaged("no item"))?;
    let keyring = Keyring::of(profile);
    match bytes {
        Some(bytes) => keyring.set(item, bytes),
        None => keyring.remove(item),
    }
}

/// A key as an earlier version of this program kept it: in the keyring itself.
///
/// # Errors
/// Fails when there is no keyring, or the system gives no random numbers.
pub fn kept_by_an_earlier_version(profile: &str, which: KeyFor) -> Result<Key, KeyError> {
    let key = Key::random()?;
    Keyring::of(profile).set(which.earlier(), key.bytes())?;
    Ok(key)
}

/// Whether the keyring holds a key itself, as an earlier version kept it.
///
/// # Errors
/// Fails when there is no keyring.
pub fn is_kept_as_earlier(profile: &str, which: KeyFor) -> Result<bool, KeyError> {
    Ok(Keyring::of(profile).get(which.earlier())?.is_some())
}

/// Whether a key can be read in a file: as it is, or as hexadecimal digits or base64 of either alphabet.
pub fn stands_in(key: &Key, file: &[u8]) -> bool {
    Trace::of(key).stands_in(file, file.len()) > 0
}

/// How a key looks wherever it is written.
#[derive(Debug)]
pub struct Trace(Vec<Vec<u8>>);

impl Trace {
    /// No way to write a key takes more bytes than this.
    pub const LONGEST: usize = 64;

    /// The key as it is, as hexadecimal digits, and as base64 of either alphabet.
    pub fn of(key: &Key) -> Self {
        let lower: String = key.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let plain = base64(key.bytes());
        let written = [lower.to_uppercase(), plain.replace('+', "-").replace('/', "_"), lower, plain];
        Self(written.into_iter().map(String::into_bytes).chain([key.bytes().to_vec()]).collect())
    }

    /// How often it begins in the first so many bytes of these.
    pub fn stands_in(&self, bytes: &[u8], begins_before: usize) -> usize {
        let mut firsts = [false; 256];
        for first in self.0.iter().filter_map(|way| way.first()) {
            firsts[usize::from(*first)] = true;
        }
        let begins = bytes.iter().take(begins_before).enumerate().filter(|(_, byte)| firsts[usize::from(**byte)]);
        begins.filter(|(at, _)| self.0.iter().any(|way| bytes[*at..].starts_with(way))).count()
    }
}

/// Without the padding, and without the last sign, which depends on what follows.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1)).collect();
    let sign = |six: &[u8]| char::from(SIGNS[six.iter().fold(0, |value, bit| value << 1 | usize::from(*bit))]);
    bits.chunks_exact(6).map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_however_it_is_written() {
        let key = Key::known(std::array::from_fn(|at| u8::try_from(at * 7 + 3).unwrap_or(0)));
        assert!(base64(key.bytes()).starts_with("AwoRGB8m"));
        for text in [
            "030a11181f262d343b424950575e656c737a81888f969da4abb2b9c0c7ced5dc",
            "AwoRGB8mLTQ7QklQV15lbHN6gYiPlp2kq7K5wMfO1dw=",
        ] {
            assert!(stands_in(&key, format!("{{\"key\": \"{text}\"}}").as_bytes()), "{text}");
        }
        assert!(stands_in(&key, &[&[0], key.bytes().as_slice(), &[0]].concat()));
        assert!(!stands_in(&key, b"030a11181f262d343b"));
        let twice = [key.bytes().as_slice(), key.bytes()].concat();
        assert_eq!((Trace::of(&key).stands_in(&twice, 64), Trace::of(&key).stands_in(&twice, 32)), (2, 1));
        assert!(Trace::of(&key).0.iter().all(|way| way.len() <= Trace::LONGEST));
    }
}
