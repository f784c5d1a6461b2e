//! The vault of a profile: the keys of its files, wrapped.
//!
//! Each file has a random key of its own. `keys.json` holds both, wrapped by a random secret that stands in the keyring of
//! the system and, where the desk has a PIN, by that PIN as well; and the key of the ledger once more, wrapped by a
//! recovery code that was shown once (security.md §3.3). So a keyring that is gone or a PIN that is forgotten costs no
//! sale, and neither the folder nor the keyring opens anything alone.
//!
//! Everything here waits for the disk, the keyring and the PIN: call it where blocking is allowed.

mod file;
mod snapshot_files;
#[cfg(test)]
mod tests;
mod tries;
mod wrap;

use crate::key::{Key, KeyError, KeyFor};
use crate::keyring::{Item, Keyring};
use crate::pin::{Pin, Stretch};
use crate::recovery::RecoveryCode;
use crate::throttle::{Steady, Throttle};
use file::{ByKeyring, KeyFile};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use wrap::Wrap;

pub use file::profile_of;
pub use tries::PinError;

/// The keys of both files.
#[derive(Debug, Clone)]
pub struct Keys {
    /// The key of the ledger.
    pub ledger: Key,
    /// The key of the snapshot.
    pub snapshot: Key,
    /// The key of the snapshot is a new one: the old one is lost, its files were removed, and all of it is asked again.
    pub snapshot_is_new: bool,
}

/// What is needed to open a profile.
#[derive(Debug)]
pub enum Lock {
    /// Nothing was ever kept here: the vault begins.
    New,
    /// Nothing: the keyring opens it.
    Open,
    /// The PIN.
    Pin,
    /// The recovery code, for this reason.
    Recovery(KeyError),
}

/// The wrapped keys of a profile.
pub struct Vault {
    folder: PathBuf,
    keyring: Keyring,
    file: KeyFile,
    /// The key file was there, or was written since.
    is_kept: bool,
    not_kept: Option<KeyError>,
    throttle: Throttle,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Vault {
    /// The vault of this profile in this folder. It is to be kept for as long as the program runs: how long a wrong PIN
    /// makes the next one wait is measured from here.
    ///
    /// # Errors
    /// Fails when the key file cannot be read, or belongs to another profile.
    pub fn at(folder: &Path, profile: &str) -> Result<Self, KeyError> {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        Self::at_with(folder, profile, || START.elapsed().saturating_add(Duration::from_nanos(1)))
    }

    /// The same, with another steady clock than that of the system.
    ///
    /// # Errors
    /// See [`Vault::at`].
    pub fn at_with(folder: &Path, profile: &str, clock: Steady) -> Result<Self, KeyError> {
        Self::with_keyring(folder, Keyring::of(profile), profile, clock)
    }

    fn with_keyring(folder: &Path, keyring: Keyring, profile: &str, clock: Steady) -> Result<Self, KeyError> {
        let file = KeyFile::read(folder, profile)?;
        let (is_kept, throttle) = (file.is_some(), Throttle::begin(clock));
        let file = file.unwrap_or_else(|| KeyFile::new(profile));
        Ok(Self { folder: folder.to_owned(), keyring, file, is_kept, not_kept: None, throttle })
    }

    /// What is needed to open this profile.
    pub fn lock(&self) -> Lock {
        self.look().unwrap_or_else(Lock::Recovery)
    }

    /// Whether the desk has a PIN that opens it. Where the keyring fails, no PIN does, until the next start.
    pub fn has_pin(&self) -> bool {
        self.not_kept.is_none() && self.file.keyring.as_ref().is_some_and(|by| by.pin.is_some())
    }

    /// Whether a recovery code was drawn. One that was drawn and never shown, because the current failed, counts.
    pub fn has_recovery_code(&self) -> bool {
        self.file.recovery.is_some()
    }

    /// Why the last opening with the recovery code holds for this session only, and the code is needed again next time.
    pub fn not_kept(&self) -> Option<&KeyError> {
        self.not_kept.as_ref()
    }

    fn look(&self) -> Result<Lock, KeyError> {
        if !self.is_kept {
            let has_ledger = self.folder.join("ledger.db").exists();
            return match self.keyring.get(Item::Ledger) {
                Ok(Some(_)) => Ok(Lock::Open),
                Ok(None) if has_ledger => Err(self.gone()),
                Err(error) if has_ledger => Err(error),
                // Where there is nothing to lose, a keyring that does not answer is told when the vault begins.
                Ok(None) | Err(_) => Ok(Lock::New),
            };
        }
        let by = self.by_keyring()?;
        let secret = self.secret(by)?;
        if by.pin.is_some() {
            return Ok(Lock::Pin);
        }
        let wrap = Wrap::of_secret(&self.file.profile, &secret, None);
        wrap.open(KeyFor::Ledger, &by.ledger).map(|_| Lock::Open).ok_or(KeyError::Mismatch)
    }

    /// Begins a new profile, or opens one that begun before without a PIN, and draws its recovery code in either case. The
    /// code is never shown again, and an earlier one opens nothing any more.
    ///
    /// # Errors
    /// Fails when there is no keyring, and never begins anew where there is a ledger.
    pub fn begin(&mut self) -> Result<(Keys, RecoveryCode), KeyError> {
        if let Lock::New = self.look()? {
            let (ledger, code) = (Key::random()?, RecoveryCode::draw()?);
            // The ledger may be there by now, and the keyring may only now say that it was asked for nothing.
            if self.keyring.get(Item::Ledger)?.is_none() {
                self.file.recovery = Some(Wrap::of_code(&self.file.profile, &code).seal(KeyFor::Ledger, &ledger)?);
                let keys = self.wrap_anew(ledger, None, None)?;
                return Ok((keys, code));
            }
        }
        let keys = self.open()?;
        let code = self.renew_recovery_code(&keys)?;
        Ok((keys, code))
    }

    /// Opens a profile without a PIN. The keys that an earlier version kept in the keyring itself are taken over.
    ///
    /// # Errors
    /// Fails when a PIN is needed, or the keyring does not open the ledger: then the recovery code is needed.
    pub fn open(&mut self) -> Result<Keys, KeyError> {
        if !self.is_kept {
            return self.take_over();
        }
        let by = self.by_keyring()?;
        if by.pin.is_some() {
            return Err(KeyError::PinNeeded);
        }
        let secret = self.secret(by)?;
        self.unwrap(&secret, None)?.ok_or(KeyError::Mismatch)
    }

    /// Opens the ledger with the recovery code, whatever became of the keyring and the PIN. The keys are wrapped anew
    /// without a PIN; where the keyring does not take a secret, nothing is kept, and [`Vault::not_kept`] says why.
    ///
    /// # Errors
    /// Fails when the code was mistyped, is not the one of this desk, or none was ever drawn.
    pub fn open_with_recovery(&mut self, code: &str) -> Result<Keys, KeyError> {
        let code = RecoveryCode::typed(code)?;
        let sealed = self.file.recovery.as_ref().ok_or(KeyError::NoRecoveryCode)?;
        let wrap = Wrap::of_code(&self.file.profile, &code);
        let ledger = wrap.open(KeyFor::Ledger, sealed).ok_or(KeyError::CodeWrong)?;
        let snapshot = self.snapshot_as_it_is();
        match self.wrap_anew(ledger.clone(), snapshot, None) {
            Ok(keys) => Ok(keys),
            Err(error) => {
                self.not_kept = Some(error);
                Ok(Keys { ledger, snapshot: Key::random()?, snapshot_is_new: true })
            }
        }
    }

    /// Sets another PIN, or none. The secret is drawn anew, so that a key file from before opens nothing.
    ///
    /// # Errors
    /// Fails when the keyring or the disk does not keep it; then all stays as it was.
    pub fn set_pin(&mut self, keys: &Keys, pin: Option<&Pin>) -> Result<(), KeyError> {
        self.wrap_anew(keys.ledger.clone(), Some(keys.snapshot.clone()), pin).map(|_| ())
    }

    /// Draws another recovery code; the earlier one opens nothing any more.
    ///
    /// # Errors
    /// Fails when the disk does not keep it; then the earlier one stays good, unless the new one came to stand there.
    pub fn renew_recovery_code(&mut self, keys: &Keys) -> Result<RecoveryCode, KeyError> {
        let code = RecoveryCode::draw()?;
        self.keep_recovery_code(&keys.ledger, &code)?;
        Ok(code)
    }

    /// Lets a code hold that somebody wrote down; the earlier one opens nothing any more.
    ///
    /// # Errors
    /// Fails when the disk does not say that it keeps it; then one of the two holds.
    pub fn keep_recovery_code(&mut self, ledger: &Key, code: &RecoveryCode) -> Result<(), KeyError> {
        let sealed = Wrap::of_code(&self.file.profile, code).seal(KeyFor::Ledger, ledger)?;
        self.file.recovery = Some(sealed);
        self.write().inspect_err(|_| self.read_again())
    }

    /// Wraps the keys that an earlier version kept in the keyring itself. They are taken out of it only once the key file
    /// is on the disk and opens them: wherever the current fails, one of the two does.
    fn take_over(&mut self) -> Result<Keys, KeyError> {
        let earlier = |which: KeyFor| match self.keyring.get(which.earlier())? {
            Some(bytes) => Key::from_slice(&bytes).map(Some).ok_or(KeyError::Damaged(which.name())),
            None => Ok(None),
        };
        let ledger = earlier(KeyFor::Ledger)?.ok_or_else(|| self.gone())?;
        // The snapshot can be asked again, whatever is wrong with its key.
        let snapshot = earlier(KeyFor::Snapshot).unwrap_or(None);
        self.wrap_anew(ledger, snapshot, None)
    }

    /// Wraps both keys with a new secret: it goes into the place in the keyring that is free, then the file is written,
    /// then the old secret goes. Wherever the current fails, the file and the secret that it names fit.
    fn wrap_anew(&mut self, ledger: Key, snapshot: Option<Key>, pin: Option<&Pin>) -> Result<Keys, KeyError> {
        self.try_to_wrap(ledger, snapshot, pin).inspect_err(|_| self.read_again())
    }

    fn try_to_wrap(&mut self, ledger: Key, snapshot: Option<Key>, pin: Option<&Pin>) -> Result<Keys, KeyError> {
        let place = match &self.file.keyring {
            Some(by) if by.secret == Item::SecretA => Item::SecretB,
            _ => Item::SecretA,
        };
        let secret = Key::random()?;
        self.keyring.set(place, secret.bytes())?;
        let snapshot_is_new = snapshot.is_none();
        let snapshot = match snapshot {
            Some(snapshot) => snapshot,
            None => self.new_snapshot_key()?,
        };
        let stretch = pin.map(|_| Stretch::draw()).transpose()?;
        let stretched = match (pin, &stretch) {
            (Some(pin), Some(stretch)) => Some(stretch.stretch(pin)?),
            _ => None,
        };
        let wrap = Wrap::of_secret(&self.file.profile, &secret, stretched.as_deref());
        let by = ByKeyring {
            secret: place,
            check: Wrap::of_secret(&self.file.profile, &secret, None).check()?,
            pin: stretch,
            ledger: wrap.seal(KeyFor::Ledger, &ledger)?,
            snapshot: Some(wrap.seal(KeyFor::Snapshot, &snapshot)?),
        };
        self.keyring.set(Item::Tries, &0_u32.to_le_bytes())?;
        self.file.keyring = Some(by);
        self.write()?;
        self.not_kept = None;
        self.tidy_up();
        Ok(Keys { ledger, snapshot, snapshot_is_new })
    }

    /// Both keys, or nothing when this is not what they are wrapped with.
    fn unwrap(&mut self, secret: &Key, pin: Option<&[u8; 32]>) -> Result<Option<Keys>, KeyError> {
        let wrap = Wrap::of_secret(&self.file.profile, secret, pin);
        let by = self.by_keyring()?;
        let Some(ledger) = wrap.open(KeyFor::Ledger, &by.ledger) else { return Ok(None) };
        let known = by.snapshot.as_ref().and_then(|sealed| wrap.open(KeyFor::Snapshot, sealed));
        let snapshot_is_new = known.is_none();
        let snapshot = match known {
            Some(snapshot) => snapshot,
            None => {
                let snapshot = self.new_snapshot_key()?;
                let wrap = Wrap::of_secret(&self.file.profile, secret, pin);
                let sealed = wrap.seal(KeyFor::Snapshot, &snapshot)?;
                if let Some(by) = &mut self.file.keyring {
                    by.snapshot = Some(sealed);
                }
                self.write()?;
                snapshot
            }
        };
        self.tidy_up();
        Ok(Some(Keys { ledger, snapshot, snapshot_is_new }))
    }

    /// The key of the snapshot, where the keyring still opens it without a PIN.
    fn snapshot_as_it_is(&self) -> Option<Key> {
        let by = self.file.keyring.as_ref().filter(|by| by.pin.is_none())?;
        let secret = self.secret(by).ok()?;
        Wrap::of_secret(&self.file.profile, &secret, None).open(KeyFor::Snapshot, by.snapshot.as_ref()?)
    }

    /// A new key for the snapshot; what the old one opened goes first.
    fn new_snapshot_key(&self) -> Result<Key, KeyError> {
        snapshot_files::remove(&self.folder)?;
        Key::random()
    }

    /// Takes out of the keyring what the key file does not need any more, and sees that its copy is there. What cannot be
    /// done now is done at the next opening.
    fn tidy_up(&self) {
        let Some(by) = self.file.keyring.as_ref().filter(|_| file::holds(&self.folder, &self.file)) else { return };
        for item in [Item::SecretA, Item::SecretB, Item::Ledger, Item::Snapshot] {
            if item != by.secret && !matches!(self.keyring.get(item), Ok(None)) {
                let _ = self.keyring.remove(item);
            }
        }
        let _ = self.file.write_copy(&self.folder);
    }

    fn write(&mut self) -> Result<(), KeyError> {
        self.file.write(&self.folder)?;
        self.is_kept = true;
        Ok(())
    }

    /// After a write of which nobody knows how far it came: what stands on the disk counts.
    fn read_again(&mut self) {
        if let Ok(file) = KeyFile::read(&self.folder, &self.file.profile) {
            self.is_kept = file.is_some();
            self.file = file.unwrap_or_else(|| KeyFile::new(&self.file.profile));
        }
    }

    fn by_keyring(&self) -> Result<&ByKeyring, KeyError> {
        self.file.keyring.as_ref().ok_or(KeyError::NoKeyFile)
    }

    fn secret(&self, by: &ByKeyring) -> Result<Key, KeyError> {
        let bytes = self.keyring.get(by.secret)?.ok_or_else(|| self.gone())?;
        let secret = Key::from_slice(&bytes).ok_or(KeyError::Damaged(by.secret.name()))?;
        let check = Wrap::of_secret(&self.file.profile, &secret, None).check()?;
        if check == by.check { Ok(secret) } else { Err(KeyError::Mismatch) }
    }

    /// Why what the keyring should hold is not there.
    fn gone(&self) -> KeyError {
        match self.keyring.has_nothing() {
            Ok(true) => KeyError::Emptied,
            Ok(false) => KeyError::Lost(KeyFor::Ledger.name()),
            Err(error) => error,
        }
    }
}
