//! The PIN of a desk: a few digits that slow a thief down, never the only thing between him and the data.

use crate::key::KeyError;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// The fewest and the most digits of a PIN.
const DIGITS: std::ops::RangeInclusive<usize> = 4..=12;

/// The PIN of a desk. It prints nothing of itself and is wiped when dropped.
#[derive(Clone)]
pub struct Pin(Zeroizing<Box<[u8]>>);

impl Pin {
    /// A PIN as it was typed; nothing unless it is 4 to 12 digits.
    pub fn new(typed: &str) -> Option<Self> {
        let is_pin = DIGITS.contains(&typed.len()) && typed.bytes().all(|sign| sign.is_ascii_digit());
        is_pin.then(|| Self(Zeroizing::new(typed.as_bytes().into())))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(•••)")
    }
}

/// How a PIN is made costly to guess. It stands in the key file, so that a later version may ask more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stretch {
    function: String,
    pub(crate) memory_kib: u32,
    pub(crate) passes: u32,
    pub(crate) lanes: u32,
    salt: [u8; 16],
}

const ARGON2ID: &str = "argon2id";
/// What one guess costs at least (security.md §3.2): a tenth of a second and 64 MiB. No file talks us into less.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// The most that a file may ask for, so that a spoilt one does not take the whole computer.
const MOST: (u32, u32) = (1024 * 1024, 32);

impl Stretch {
    /// What a new PIN is stretched with.
    pub(crate) fn draw() -> Result<Self, KeyError> {
        let mut salt = [0; 16];
        crate::key::fill(&mut salt)?;
        Ok(Self { function: ARGON2ID.to_owned(), memory_kib: MEMORY_KIB, passes: PASSES, lanes: 1, salt })
    }

    /// The key that a PIN stands for.
    pub(crate) fn stretch(&self, pin: &Pin) -> Result<Zeroizing<[u8; 32]>, KeyError> {
        let costs_enough = (MEMORY_KIB..=MOST.0).contains(&self.memory_kib) && (PASSES..=MOST.1).contains(&self.passes);
        if self.function != ARGON2ID || self.lanes != 1 || !costs_enough {
            return Err(KeyError::KeyFile("a PIN is kept in a way that this version does not know".to_owned()));
        }
        let failed = |error: argon2::Error| KeyError::KeyFile(error.to_string());
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).map_err(failed)?;
        let mut blocks = vec![Block::default(); params.block_count()];
        let mut stretched = Zeroizing::new([0; 32]);
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let done = argon.hash_password_into_with_memory(&pin.0, &self.salt, &mut *stretched, &mut blocks);
        blocks.iter_mut().for_each(Zeroize::zeroize);
        done.map_err(failed)?;
        Ok(stretched)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_four_to_twelve_digits_and_prints_none() {
        for good in ["0000", "123456", "123456789012"] {
            assert!(Pin::new(good).is_some(), "{good}");
        }
        for bad in ["", "123", "1234567890123", "12a4", " 1234", "١٢٣٤"] {
            assert!(Pin::new(bad).is_none(), "{bad}");
        }
        assert_eq!(format!("{:?}", Pin::new("4321").unwrap()), "Pin(•••)");
    }

    #[test]
    fn a_pin_costs_64_mib_three_times_over_and_a_file_cannot_make_it_cheaper() {
        let stretch = Stretch::draw().unwrap();
        assert_eq!((stretch.memory_kib, stretch.passes, stretch.lanes), (65_536, 3, 1));
        assert_ne!(stretch, Stretch::draw().unwrap(), "each has a salt of its own");
        let pin = Pin::new("1234").unwrap();
        let key = stretch.stretch(&pin).unwrap();
        assert_eq!(*key, *stretch.stretch(&pin).unwrap());
        assert_ne!(*key, *stretch.stretch(&Pin::new("1235").unwrap()).unwrap());
        for cheaper in [
            Stretch { memory_kib: 65_535, ..stretch.clone() },
            Stretch { passes: 2, ..stretch.clone() },
            Stretch { memory_kib: u32::MAX, ..stretch.clone() },
            Stretch { passes: u32::MAX, ..stretch.clone() },
            Stretch { lanes: 4, ..stretch.clone() },
            Stretch { function: "none".to_owned(), ..stretch },
        ] {
            assert!(matches!(cheaper.stretch(&pin), Err(KeyError::KeyFile(_))), "{cheaper:?}");
        }
    }
}
