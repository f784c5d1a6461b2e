//! The keyring of the system, as far as a profile has anything in it.

use crate::key::KeyError;
use keyring_core::{CredentialStore, Entry, Error};
use std::sync::{Arc, Mutex, PoisonError};
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
        Ok(self.ask(item, Entry::get_secret)?.map(Zeroizing::new))
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
        self.ask(item, |entry| entry.set_secret(secret)).map(drop)
    }

    /// Takes an item out, if it is there.
    pub(crate) fn remove(&self, item: Item) -> Result<(), KeyError> {
        crate::durable::step()?;
        #[cfg(test)]
        if let Some(pretended) = &self.pretended {
            return pretended::put(pretended, &self.profile, item, None);
        }
        self.ask(item, Entry::delete_credential).map(drop)
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

    /// Asks the keyring something about an item; nothing when there is no such item.
    fn ask<T>(&self, item: Item, what: impl Fn(&Entry) -> keyring_core::Result<T>) -> Result<Option<T>, KeyError> {
        let name = format!("{}/{}", self.profile, item.name());
        let ask = || {
            let (store, is_new) = store()?;
            let answer = store.build(SERVICE, &name, None).and_then(|entry| what(&entry));
            Ok::<_, KeyError>((answer, is_new))
        };
        let (mut answer, is_new) = ask()?;
        if is_failure(&answer) {
            forget_store();
            // Whoever keeps secrets here may have been started anew since, and knows nothing of what it was told before.
            if !is_new {
                answer = ask()?.0;
            }
        }
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(Error::NoEntry) => Ok(None),
            Err(error @ Error::NoStorageAccess(_)) => Err(KeyError::Locked(error.to_string())),
            Err(error) => Err(KeyError::NoKeyring(error.to_string())),
        }
    }
}

/// Whether the keyring did not do what it was asked for another reason than that it is locked.
fn is_failure<T>(answer: &keyring_core::Result<T>) -> bool {
    matches!(answer, Err(error) if !matches!(error, Error::NoEntry | Error::NoStorageAccess(_)))
}

/// What keeps secrets on this system, once it was reached.
static STORE: Mutex<Option<Arc<CredentialStore>>> = Mutex::new(None);

/// The store of the system, and whether it was reached only now. One that could not be reached is tried again each time: it
/// may come up later than we do.
fn store() -> Result<(Arc<CredentialStore>, bool), KeyError> {
    let mut known = STORE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(store) = known.as_ref() {
        return Ok((Arc::clone(store), false));
    }
    let store = reach().map_err(|error| {
        let reason = error.to_string();
        if is_nobody(&reason) { KeyError::NoService(reason) } else { KeyError::NoKeyring(reason) }
    })?;
    *known = Some(Arc::clone(&store));
    Ok((store, true))
}

fn forget_store() {
    *STORE.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

#[cfg(target_os = "linux")]
fn reach() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(windows)]
fn reach() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn reach() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
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
