//! The keys of the two files: 32 random bytes each, in the keyring of the system and nowhere else.

use crate::machine::Witness;
use rand::TryRngCore;
use sha2::{Digest, Sha256};
use std::fmt;
use std::path::Path;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The name under which the keys stand in the keyring.
const SERVICE: &str = "be.balie.desk";

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
const CODE_SIGNS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// How many of them a code has: 80 bits, so that nobody tries them all.
const CODE_LENGTH: usize = 16;

impl Key {
    /// Draws a code to open a file with that goes to another desk: four groups of four signs.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn draw_code() -> Result<String, KeyError> {
        let mut bytes = [0; CODE_LENGTH];
        rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(|error| KeyError::NoRandom(error.to_string()))?;
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
    const fn name(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::Snapshot => "snapshot",
        }
    }
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The system has no keyring that answers.
    #[error("this computer has no keyring that answers: {0}")]
    NoKeyring(String),
    /// The keyring is locked, or does not let us in.
    #[error("the keyring is locked or refuses access: {0}")]
    Locked(String),
    /// The file is there and its key is not. A new key would make the file unreadable for ever, so none is made.
    #[error("the key of {0} is not in the keyring, and the file already exists")]
    Lost(&'static str),
    /// What stands in the keyring is not one of our keys.
    #[error("what the keyring holds for {0} is not a key of Balie")]
    Damaged(&'static str),
    /// The system gives no random numbers.
    #[error("this computer gives no random numbers: {0}")]
    NoRandom(String),
}

impl Key {
    /// Draws a key. For practice mode and tests; a real desk keeps its keys with [`Key::in_keyring`].
    ///
    /// # Errors
    /// Fails when the system gives no random numbers.
    pub fn random() -> Result<Self, KeyError> {
        let mut key = Self::blank();
        rand::rngs::OsRng.try_fill_bytes(&mut *key.0).map_err(|error| KeyError::NoRandom(error.to_string()))?;
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
    #[cfg(feature = "rehearsal")]
    pub fn known(bytes: [u8; LENGTH]) -> Self {
        Self(Box::new(bytes))
    }

    /// The key of a file from the keyring of the system, made at the first start.
    ///
    /// `profile` tells several profiles of one user apart. The keyring may ask the user to unlock it, so this blocks:
    /// call it where blocking is allowed.
    ///
    /// # Errors
    /// Fails when there is no keyring or it is locked, and never makes a new key for a file that already exists.
    pub fn in_keyring(profile: &str, which: KeyFor, file: &Path) -> Result<Self, KeyError> {
        let name = which.name();
        match place(profile, which)?.get_secret() {
            Ok(secret) => {
                let secret = Zeroizing::new(secret);
                Self::from_slice(&secret).ok_or(KeyError::Damaged(name))
            }
            Err(keyring::Error::NoEntry) if file.exists() => Err(KeyError::Lost(name)),
            Err(keyring::Error::NoEntry) => Self::anew_in_keyring(profile, which),
            Err(error) => Err(no_keyring(error)),
        }
    }

    /// A new key in the place of whatever the keyring held. What was written with the old one can not be read any more,
    /// so this is for a file that is not there, or that can be fetched again.
    ///
    /// # Errors
    /// Fails when there is no keyring or it is locked, or when it does not give back what it was given.
    pub fn anew_in_keyring(profile: &str, which: KeyFor) -> Result<Self, KeyError> {
        let entry = place(profile, which)?;
        let key = Self::random()?;
        entry.set_secret(key.bytes()).map_err(no_keyring)?;
        // Read back: a keyring that forgets would cost the file at the next start.
        match entry.get_secret().map(Zeroizing::new) {
            Ok(kept) if *kept == key.bytes() => Ok(key),
            Ok(_) => Err(KeyError::Damaged(which.name())),
            Err(error) => Err(no_keyring(error)),
        }
    }
}

/// What this computer remembers of the ledger of a profile; nothing when it was never opened here.
///
/// # Errors
/// Fails when there is no keyring or it is locked.
pub fn remembered(profile: &str) -> Result<Option<Witness>, KeyError> {
    match witness(profile)?.get_secret() {
        Ok(secret) => Ok(Witness::try_from(secret.as_slice()).ok()),
        Err(keyring::Error::NoEntry) => Ok(None),
        Err(error) => Err(no_keyring(error)),
    }
}

/// Lets this computer remember the ledger of a profile. It stands in the keyring, which is not copied with the files.
///
/// # Errors
/// Fails when there is no keyring or it is locked.
pub fn remember(profile: &str, what: &Witness) -> Result<(), KeyError> {
    witness(profile)?.set_secret(what).map_err(no_keyring)
}

fn witness(profile: &str) -> Result<keyring::Entry, KeyError> {
    keyring::Entry::new(SERVICE, &format!("{profile}/witness")).map_err(no_keyring)
}

fn place(profile: &str, which: KeyFor) -> Result<keyring::Entry, KeyError> {
    keyring::Entry::new(SERVICE, &format!("{profile}/{}", which.name())).map_err(no_keyring)
}

fn no_keyring(error: keyring::Error) -> KeyError {
    match error {
        keyring::Error::NoStorageAccess(_) => KeyError::Locked(error.to_string()),
        other => match keyring::Entry::store_status() {
            Err(reason) => KeyError::NoKeyring(reason.to_string()),
            Ok(()) => KeyError::NoKeyring(other.to_string()),
        },
    }
}
