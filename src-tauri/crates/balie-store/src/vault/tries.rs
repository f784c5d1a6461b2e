//! Opening with the PIN: each try is counted before it is judged.

use super::{Keys, Vault, snapshot_files};
use crate::key::KeyError;
use crate::keyring::Item;
use crate::pin::Pin;
use crate::throttle::{self, WIPED_AFTER};
use std::time::Duration;

/// Why a PIN opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// It is the wrong one.
    #[error("the PIN is wrong; the next one may come after {wait:?}")]
    Wrong {
        /// How long the next one must wait.
        wait: Duration,
        /// How many more wrong ones there may be before the snapshot is wiped.
        left: u32,
    },
    /// It came too soon and was not looked at.
    #[error("the next PIN may come after {wait:?}")]
    Wait {
        /// How long it must still wait.
        wait: Duration,
    },
    /// It is the wrong one, and one too many: what the desk knew of passholders is wiped. The ledger is not.
    #[error("the PIN is wrong and the snapshot is wiped; the next one may come after {wait:?}")]
    SnapshotWiped {
        /// How long the next one must wait.
        wait: Duration,
    },
    /// Something else is wrong than the PIN.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Vault {
    /// Opens a profile with its PIN.
    ///
    /// The try is counted in the keyring before it is judged, so that ending the program in between is no free guess. The
    /// count is not in the file, which could be copied back; and it is not the only thing that slows a thief down who has
    /// the keyring open: each guess costs 64 MiB.
    ///
    /// # Errors
    /// Fails when the PIN is wrong or comes too soon, or the keyring does not have its part.
    pub fn open_with_pin(&mut self, pin: &Pin) -> Result<Keys, PinError> {
        let by = self.by_keyring()?.clone();
        let Some(stretch) = &by.pin else { return Ok(self.open()?) };
        let secret = self.secret(&by)?;
        let wrong = self.wrong_tries()?;
        if wrong >= WIPED_AFTER {
            // The program ended before it came to this.
            self.wipe_snapshot()?;
        }
        if let Some(wait) = self.throttle.left(wrong) {
            return Err(PinError::Wait { wait });
        }
        let wrong = wrong.saturating_add(1);
        self.keyring.set(Item::Tries, &wrong.to_le_bytes())?;
        let stretched = stretch.stretch(pin)?;
        if let Some(keys) = self.unwrap(&secret, Some(&stretched))? {
            self.keyring.set(Item::Tries, &0_u32.to_le_bytes())?;
            return Ok(keys);
        }
        self.throttle.begin_anew();
        let wait = throttle::wait(wrong);
        if wrong < WIPED_AFTER {
            return Err(PinError::Wrong { wait, left: WIPED_AFTER - wrong });
        }
        let is_first = by.snapshot.is_some();
        self.wipe_snapshot()?;
        if is_first { Err(PinError::SnapshotWiped { wait }) } else { Err(PinError::Wrong { wait, left: 0 }) }
    }

    /// Whether this is the PIN, asked while the desk is open: as when it is opened, each try is counted before it is judged
    /// and a wrong one makes the next one wait. Nothing is wiped under an open desk; after ten, that is done at the next
    /// opening.
    ///
    /// # Errors
    /// Fails when the PIN is wrong or comes too soon, or the keyring does not have its part.
    pub fn knows_pin(&mut self, pin: &Pin) -> Result<(), PinError> {
        let by = self.by_keyring()?.clone();
        let Some(stretch) = &by.pin else { return Ok(()) };
        let secret = self.secret(&by)?;
        let wrong = self.wrong_tries()?;
        if let Some(wait) = self.throttle.left(wrong) {
            return Err(PinError::Wait { wait });
        }
        let wrong = wrong.saturating_add(1);
        self.keyring.set(Item::Tries, &wrong.to_le_bytes())?;
        let stretched = stretch.stretch(pin)?;
        if self.unwrap(&secret, Some(&stretched))?.is_some() {
            self.keyring.set(Item::Tries, &0_u32.to_le_bytes())?;
            return Ok(());
        }
        self.throttle.begin_anew();
        Err(PinError::Wrong { wait: throttle::wait(wrong), left: WIPED_AFTER.saturating_sub(wrong) })
    }

    /// How long the next PIN must wait; nothing when it may come.
    ///
    /// # Errors
    /// Fails when there is no keyring or it is locked.
    pub fn pin_waits(&self) -> Result<Option<Duration>, KeyError> {
        if self.has_pin() { Ok(self.throttle.left(self.wrong_tries()?)) } else { Ok(None) }
    }

    /// How many wrong tries there were. A count that somebody took out of the keyring counts as the last but one.
    pub(super) fn wrong_tries(&self) -> Result<u32, KeyError> {
        let kept = self.keyring.get(Item::Tries)?;
        let kept = kept.and_then(|kept| <[u8; 4]>::try_from(kept.as_slice()).ok());
        Ok(kept.map_or(WIPED_AFTER - 1, u32::from_le_bytes))
    }

    /// Forgets the key of the snapshot, then removes what it opened. The ledger stays, locked.
    fn wipe_snapshot(&mut self) -> Result<(), KeyError> {
        if let Some(by) = self.file.keyring.as_mut().filter(|by| by.snapshot.is_some()) {
            by.snapshot = None;
            self.write()?;
        }
        Ok(snapshot_files::remove(&self.folder)?)
    }
}
