//! The keyring of the system, as far as a profile has anything in it.

use crate::key::KeyError;
use zeroize::Zeroizing;

/// The name under which everything of ours stands in the keyring.
const SERVICE: &str = "be.balie.desk";

/// What a profile keeps in the keyring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Item {
    /// One of two places for the secret: a new one is written beside the old one before that is given up.
    SecretA,
    /// The other.
    SecretB,
    /// How many wrong PINs there were.
    Tries,
    /// What this computer remembers of the ledger.
    Witness,
    /// The key of the ledger itself, as earlier versions kept it.
    Ledger,
    /// The key of the snapshot itself, as earlier versions kept it.
    Snapshot,
}

impl Item {
    pub(crate) const ALL: [Self; 6] =
        [Self::SecretA, Self::SecretB, Self::Tries, Self::Witness, Self::Ledger, Self::Snapshot];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::SecretA => "secret-a",
            Self::SecretB => "secret-b",
            Self::Tries => "tries",
            Self::Witness => "witness",
            Self::Ledger => "ledger",
            Self::Snapshot => "snapshot",
        }
    }
}

/// The keyring, as one profile sees it. All of it waits for the system, which may ask the user for a password.
#[derive(Clone)]
pub(crate) struct Keyring {
    profile: String,
    #[cfg(test)]
    pub(crate) pretended: Option<pretended::Shared>,
}

impl Keyring {
    pub(crate) fn of(profile: &str) -> Self {
        Self {
            profile: profile.to_owned(),
            #[cfg(test)]
            pretended: None,
        }
    }

    /// What stands there; nothing when there is no such item.
    pub(crate) fn get(&self, item: Item) -> Result<Option<Zeroizing<Vec<u8>>>, KeyError> {
        #[cfg(test)]
        if let Some(pretended) = &self.pretended {
            return pretended::get(pretended, &self.profile, item);
        }
        match self.entry(item)?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(refused(&error)),
        }
    }

    /// Keeps this, and reads it back: a keyring that forgets would cost the file at the next start.
    pub(crate) fn set(&self, item: Item, secret: &[u8]) -> Result<(), KeyError> {
        crate::durable::step()?;
        self.put(item, secret)?;
        crate::durable::step()?;
        match self.get(item)? {
            Some(kept) if *kept == secret => Ok(()),
            _ => Err(KeyError::Damaged(item.name())),
        }
    }

    fn put(&self, item: Item, secret: &[u8]) -> Result<(), KeyError> {
        #[cfg(test)]
        if let Some(pretended) = &self.pretended {
            return pretended::put(pretended, &self.profile, item, Some(secret));
        }
        self.entry(item)?.set_secret(secret).map_err(|error| refused(&error))
    }

    /// Takes an item out, if it is there.
    pub(crate) fn remove(&self, item: Item) -> Result<(), KeyError> {
        crate::durable::step()?;
        #[cfg(test)]
        if let Some(pretended) = &self.pretended {
            return pretended::put(pretended, &self.profile, item, None);
        }
        match self.entry(item)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(refused(&error)),
        }
    }

    /// Whether there is nothing at all of this profile.
    pub(crate) fn has_nothing(&self) -> Result<bool, KeyError> {
        for item in Item::ALL {
            if self.get(item)?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn entry(&self, item: Item) -> Result<keyring::Entry, KeyError> {
        let user = format!("{}/{}", self.profile, item.name());
        keyring::Entry::new(SERVICE, &user).map_err(|error| refused(&error))
    }
}

/// Why the keyring does not do what it is asked.
fn refused(error: &keyring::Error) -> KeyError {
    if let keyring::Error::NoStorageAccess(_) = error {
        return KeyError::Locked(error.to_string());
    }
    match keyring::Entry::store_status() {
        Err(reason) if is_nobody(&reason.to_string()) => KeyError::NoService(reason.to_string()),
        Err(reason) => KeyError::NoKeyring(reason.to_string()),
        Ok(()) => KeyError::NoKeyring(error.to_string()),
    }
}

/// Whether the bus is there and nobody on it keeps secrets.
fn is_nobody(reason: &str) -> bool {
    ["ServiceUnknown", "no secret service provider", "not provided by any .service files"]
        .iter()
        .any(|sign| reason.contains(sign))
}

/// A keyring for rehearsals of a power cut, which no keyring of a system can be stopped in. The real ones are in
/// `tests/keyring.rs`.
#[cfg(test)]
pub(crate) mod pretended {
    use super::{Item, KeyError, Zeroizing};
    use std::collections::HashMap;
    use std::sync::{Arc, Mutex};

    #[derive(Default)]
    pub(crate) struct Pretended {
        pub(crate) items: HashMap<(String, Item), Vec<u8>>,
        pub(crate) is_locked: bool,
    }

    pub(crate) type Shared = Arc<Mutex<Pretended>>;

    pub(super) fn get(shared: &Shared, profile: &str, item: Item) -> Result<Option<Zeroizing<Vec<u8>>>, KeyError> {
        let held = shared.lock().unwrap();
        if held.is_locked {
            return Err(KeyError::Locked("pretended".to_owned()));
        }
        Ok(held.items.get(&(profile.to_owned(), item)).cloned().map(Zeroizing::new))
    }

    pub(super) fn put(shared: &Shared, profile: &str, item: Item, secret: Option<&[u8]>) -> Result<(), KeyError> {
        let mut held = shared.lock().unwrap();
        if held.is_locked {
            return Err(KeyError::Locked("pretended".to_owned()));
        }
        let place = (profile.to_owned(), item);
        match secret {
            Some(secret) => held.items.insert(place, secret.to_vec()),
            None => held.items.remove(&place),
        };
        Ok(())
    }
}
