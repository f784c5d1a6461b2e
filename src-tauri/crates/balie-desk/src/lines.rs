//! What was done, newest first.

use crate::desk::Desk;
use balie_store::entries::Recorded;
use balie_store::open::StoreError;

/// How many lines the desk shows.
const SHOWN: u32 = 20;

impl Desk {
    /// The newest entries, and how each stands.
    ///
    /// # Errors
    /// Fails when the ledger cannot be read.
    pub async fn lines(&self) -> Result<Vec<Recorded>, StoreError> {
        self.ledger.newest(SHOWN).await
    }
}
