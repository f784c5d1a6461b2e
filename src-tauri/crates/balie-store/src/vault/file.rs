//! `keys.json`: the wrapped keys of a profile. Nothing in it opens anything by itself.

use super::wrap::Sealed;
use crate::durable;
use crate::key::KeyError;
use crate::keyring::Item;
use crate::pin::Stretch;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The name of the file in the folder of the profile.
pub(super) const NAME: &str = "keys.json";
/// What the recovery code opens once more, beside the copies of the ledger: without it those would be of no use to a desk
/// that lost its folder, and neither would the code.
const COPY: &str = "recovery.json";

const VERSION: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeyFile {
    version: u32,
    pub(super) profile: String,
    /// Absent in the copy, and where there was no keyring.
    pub(super) keyring: Option<ByKeyring>,
    /// Absent until a code was drawn.
    pub(super) recovery: Option<Sealed>,
}

/// The keys as the secret in the keyring opens them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ByKeyring {
    /// Where the secret stands.
    pub(super) secret: Item,
    /// What tells whether it is the one that this was written with.
    pub(super) check: String,
    /// How the PIN is stretched; absent when there is none.
    pub(super) pin: Option<Stretch>,
    pub(super) ledger: Sealed,
    /// Absent once it was wiped.
    pub(super) snapshot: Option<Sealed>,
}

impl KeyFile {
    pub(super) fn new(profile: &str) -> Self {
        Self { version: VERSION, profile: profile.to_owned(), keyring: None, recovery: None }
    }

    /// The file of this folder, else what the copy holds of it; nothing when there is neither.
    pub(super) fn read(folder: &Path, profile: &str) -> Result<Option<Self>, KeyError> {
        let first = read(&folder.join(NAME), profile);
        match first {
            Ok(Some(file)) => Ok(Some(file)),
            Err(error @ (KeyError::OtherProfile | KeyError::File(_))) => Err(error),
            Ok(None) | Err(_) => match read(&copy_in(folder), profile) {
                Ok(Some(copy)) => Ok(Some(Self { keyring: None, ..copy })),
                _ => first,
            },
        }
    }

    /// Writes the file durably, and what the recovery code opens once more beside the copies of the ledger.
    pub(super) fn write(&self, folder: &Path) -> Result<(), KeyError> {
        durable::write(&folder.join(NAME), &self.text()?)?;
        // Without it the desk works; it is tried again at each opening.
        let _ = self.write_copy(folder);
        Ok(())
    }

    /// Writes the copy, if it does not hold this already.
    pub(super) fn write_copy(&self, folder: &Path) -> Result<(), KeyError> {
        let (file, copy) = (copy_in(folder), Self { keyring: None, ..self.clone() });
        if self.recovery.is_none() || read(&file, &self.profile).is_ok_and(|there| there.as_ref() == Some(&copy)) {
            return Ok(());
        }
        durable::private_folder(&crate::backup::folder_in(folder))?;
        Ok(durable::write(&file, &copy.text()?)?)
    }

    fn text(&self) -> Result<Vec<u8>, KeyError> {
        serde_json::to_vec_pretty(self).map_err(|error| KeyError::KeyFile(error.to_string()))
    }
}

/// The name of the profile whose keys stand in a folder, or that of its recovery code; nothing where there are none.
pub fn profile_of(folder: &Path) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Named {
        profile: String,
    }
    let named = |file: PathBuf| serde_json::from_slice::<Named>(&std::fs::read(file).ok()?).ok();
    let found = named(folder.join(NAME)).or_else(|| named(copy_in(folder)));
    found.map(|named| named.profile).filter(|profile| !profile.is_empty())
}

/// Whether this is what stands on the disk.
pub(super) fn holds(folder: &Path, file: &KeyFile) -> bool {
    read(&folder.join(NAME), &file.profile).is_ok_and(|there| there.as_ref() == Some(file))
}

fn copy_in(folder: &Path) -> PathBuf {
    crate::backup::folder_in(folder).join(COPY)
}

fn read(file: &Path, profile: &str) -> Result<Option<KeyFile>, KeyError> {
    let text = match std::fs::read(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        text => text?,
    };
    let read: KeyFile = serde_json::from_slice(&text).map_err(|error| KeyError::KeyFile(error.to_string()))?;
    if read.version != VERSION {
        return Err(KeyError::KeyFile(format!("it is of version {}", read.version)));
    }
    let is_secret = |by: &ByKeyring| matches!(by.secret, Item::SecretA | Item::SecretB);
    if !read.keyring.as_ref().is_none_or(is_secret) {
        return Err(KeyError::KeyFile("it names no secret".to_owned()));
    }
    if read.profile == profile { Ok(Some(read)) } else { Err(KeyError::OtherProfile) }
}
