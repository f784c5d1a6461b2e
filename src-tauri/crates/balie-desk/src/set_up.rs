//! The set-up of a desk, as far as the desk itself knows of it.

use crate::desk::Desk;
use balie_store::open::StoreError;
use balie_store::set_up::SetUp;

impl Desk {
    /// How far the set-up is.
    ///
    /// # Errors
    /// Fails when the ledger cannot be read.
    pub async fn set_up(&self) -> Result<SetUp, StoreError> {
        self.ledger.set_up().await
    }

    /// Whether the set-up is still to be ended. A desk whose settings say who it is and where it stands needs none.
    ///
    /// # Errors
    /// Fails when the ledger cannot be read.
    pub async fn needs_set_up(&self) -> Result<bool, StoreError> {
        let settled = !self.is_for_people() && !self.organizer().0.is_empty();
        Ok(!settled && self.ledger.set_up().await?.ended.is_none())
    }

    /// Notes that somebody wrote the recovery code down.
    ///
    /// # Errors
    /// Fails when the ledger cannot be written.
    pub async fn recovery_is_noted(&self) -> Result<(), StoreError> {
        self.ledger.recovery_is_noted(self.now()).await
    }

    /// Ends the set-up.
    ///
    /// # Errors
    /// Fails when the ledger cannot be written.
    pub async fn end_set_up(&self) -> Result<(), StoreError> {
        self.ledger.set_up_is_ended(self.now()).await
    }
}
