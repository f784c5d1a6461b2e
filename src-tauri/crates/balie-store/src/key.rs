//! The keys of the two files: 32 random bytes each, which leave this program only wrapped (`vault.rs`).

use crate::keyring::{Item, Keyring};
use crate::machine::Witness;
use rand::TryRngCore;
use ring::hmac;
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const LENGTH: usize = 32;

/// A raw database key. It prints nothing of itself, stays in one place however often it is moved, and is wiped when
/// dropped.
#[derive(Clone)]
pub struct Key(Box<[u8; LENGTH]>);

impl Drop for Key {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl ZeroizeOnDrop for Key {}

/// The letters and digits of a code that is read aloud and typed; none can be taken for another.
pub(crate) const CODE_SIGNS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// How many of them a code has: 80 bits, so that nobody tries them all.
const CODE_LENGTH: usize = 16;

impl Key {
    /// Draws a code to open a file with that goes to another desk: four groups of four signs.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn draw_code() -> Result<String, KeyError> {
        let mut bytes = [0; CODE_LENGTH];
        fill(&mut bytes)?;
        let signs: Vec<char> = bytes.iter().map(|byte| char::from(CODE_SIGNS[usize::from(byte % 32)])).collect();
        Ok(signs.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-"))
    }

    /// The key that a code stands for, however it is typed: in small letters, with spaces or without dashes.
    pub fn of_code(code: &str) -> Self {
        let plain: String =
            code.chars().filter(char::is_ascii_alphanumeric).map(|sign| sign.to_ascii_uppercase()).collect();
        let mut hash = Sha256::new();
        hash.update(b"balie hand-over\0");
        hash.update(plain);
        let mut key = Self::blank();
        hash.finalize_into((&mut *key.0).into());
        key
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(•••)")
    }
}

/// Which file a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFor {
    /// What was done.
    Ledger,
    /// What UiTPAS said.
    Snapshot,
}

impl KeyFor {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::Snapshot => "snapshot",
        }
    }

    /// Where earlier versions kept the key itself.
    pub(crate) const fn earlier(self) -> Item {
        match self {
            Self::Ledger => Item::Ledger,
            Self::Snapshot => Item::Snapshot,
        }
    }
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The system has no keyring that answers.
    #[error("this computer has no keyring that answers: {0}")]
    NoKeyring(String),
    /// The session is there, and no program in it keeps secrets.
    #[error("no program of this session keeps secrets: {0}")]
    NoService(String),
    /// The keyring is locked, or does not let us in.
    #[error("the keyring is locked or refuses access: {0}")]
    Locked(String),
    /// The file is there and what opens it is gone from the keyring. A new key would make the file unreadable for ever, so
    /// none is made.
    #[error("what opens {0} is not in the keyring, and the file already exists")]
    Lost(&'static str),
    /// The keyring holds nothing at all of this desk: it was emptied, made anew, or is that of another user.
    #[error("the keyring holds nothing of this desk")]
    Emptied,
    /// What stands in the keyring is nothing that Balie wrote.
    #[error("what the keyring holds as {0} was not written by Balie")]
    Damaged(&'static str),
    /// The secret in the keyring is one of ours, and not the one of this folder.
    #[error("the secret in the keyring does not belong to these files")]
    Mismatch,
    /// The key file belongs to another profile.
    #[error("the key file belongs to another profile")]
    OtherProfile,
    /// The key file is gone, and only the recovery code opens the ledger.
    #[error("the key file is gone")]
    NoKeyFile,
    /// The key file holds something that this version cannot read.
    #[error("the key file cannot be read: {0}")]
    KeyFile(String),
    /// The key file could not be read or written.
    #[error("the disk does not let the key file be read or written: {0}")]
    File(#[from] std::io::Error),
    /// The PIN is needed.
    #[error("the PIN is needed")]
    PinNeeded,
    /// No recovery code was ever drawn for this desk.
    #[error("this desk has no recovery code")]
    NoRecoveryCode,
    /// What was typed is no recovery code at all.
    #[error("this is no recovery code: it was mistyped")]
    CodeMistyped,
    /// What was typed is a recovery code, and not the one of this desk.
    #[error("this recovery code is not, or no longer, the one of this desk")]
    CodeWrong,
    /// The system gives no random numbers.
    #[error("this computer gives no random numbers: {0}")]
    NoRandom(String),
}

/// Fills a place with random bytes.
pub(crate) fn fill(place: &mut [u8]) -> Result<(), KeyError> {
    rand::rngs::OsRng.try_fill_bytes(place).map_err(|error| KeyError::NoRandom(error.to_string()))
}

impl Key {
    /// Draws a key. A real desk keeps its keys in a [`Vault`](crate::vault::Vault).
    ///
    /// # Errors
    /// Fails when the system gives no random numbers.
    pub fn random() -> Result<Self, KeyError> {
        let mut key = Self::blank();
        fill(&mut *key.0)?;
        Ok(key)
    }

    /// A place for a key, to be filled where it stands.
    fn blank() -> Self {
        Self(Box::new([0; LENGTH]))
    }

    /// A key from bytes that are there already; nothing when they are not as many as a key has.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut key = Self::blank();
        (bytes.len() == LENGTH).then(|| {
            key.0.copy_from_slice(bytes);
            key
        })
    }

    /// The bytes, for the one that needs them.
    pub(crate) fn bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    /// A key that a rehearsal knows, so that one program can open what another one wrote.
    #[cfg(any(test, feature = "rehearsal"))]
    pub fn known(bytes: [u8; LENGTH]) -> Self {
        Self(Box::new(bytes))
    }
}

/// What this computer remembers of the ledger of a profile; nothing when it was never opened here.
///
/// # Errors
/// Fails when there is no keyring or it is locked.
pub fn remembered(profile: &str) -> Result<Option<Witness>, KeyError> {
    let kept = Keyring::of(profile).get(Item::Witness)?;
    Ok(kept.and_then(|kept| Witness::try_from(kept.as_slice()).ok()))
}

/// Lets this computer remember the ledger of a profile. It stands in the keyring, which is not copied with the files.
///
/// # Errors
/// Fails when there is no keyring or it is locked.
pub fn remember(profile: &str, what: &Witness) -> Result<(), KeyError> {
    Keyring::of(profile).set(Item::Witness, what)
}

impl Key {
    /// Another 32 bytes that only whoever has this key can make, and that tell nothing of it: HKDF-SHA-256 (RFC 5869)
    /// without salt. One block is all that is taken, which is two keyed hashes and cannot fail.
    pub(crate) fn derive(&self, purpose: &[u8]) -> Zeroizing<[u8; LENGTH]> {
        let keyed = |key: &[u8], what: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), what);
        let drawn = keyed(&[0; LENGTH], self.0.as_slice());
        let block = keyed(drawn.as_ref(), &[purpose, &[1]].concat());
        let mut bytes = Zeroizing::new([0; LENGTH]);
        bytes.copy_from_slice(block.as_ref());
        bytes
    }

    /// The same as the key of another file.
    pub(crate) fn subkey(&self, purpose: &[u8]) -> Self {
        let mut key = self.clone();
        key.0.copy_from_slice(self.derive(purpose).as_slice());
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::hkdf::{HKDF_SHA256, Salt};

    #[test]
    fn what_is_derived_is_what_the_standard_says() {
        let key = Key::random().unwrap();
        let drawn = Salt::new(HKDF_SHA256, &[]).extract(key.0.as_slice());
        for purpose in ["people", "social tariff", ""] {
            let mut expected = [0; LENGTH];
            drawn.expand(&[purpose.as_bytes()], HKDF_SHA256).unwrap().fill(&mut expected).unwrap();
            assert_eq!(*key.derive(purpose.as_bytes()), expected, "{purpose}");
        }
    }

    #[test]
    fn each_purpose_and_each_key_has_its_own() {
        let (one, other) = (Key::random().unwrap(), Key::random().unwrap());
        assert_ne!(one.derive(b"people"), one.derive(b"lists"));
        assert_ne!(one.derive(b"people"), other.derive(b"people"));
        assert_ne!(one.subkey(b"lists").0, one.0);
        assert_eq!(one.subkey(b"lists").0, one.subkey(b"lists").0);
    }
}
