//! Locking the desk: what is known of people is put away, with its key; what waits goes on being sent (security.md S-5).

use crate::desk::{Change, Desk};
use balie_store::key::Key;
use balie_store::open::StoreError;

impl Desk {
    /// Whether the desk is locked.
    pub fn is_locked(&self) -> bool {
        self.floor().locked
    }

    /// Locks the desk. The snapshot is closed and its key forgotten; the ledger stays open for what is still to be sent.
    pub async fn lock(&self) {
        {
            let mut floor = self.floor();
            if std::mem::replace(&mut floor.locked, true) {
                return;
            }
            floor.at_desk.clear();
            floor.names.clear();
            floor.listed.clear();
            floor.saved_by_itself.clear();
        }
        self.stop_preparing();
        self.snapshot.lock().await;
        tracing::info!("the desk is locked");
        for change in [Change::Person, Change::Desk] {
            self.tell(change);
        }
    }

    /// Opens a locked desk again, with the key of what is known of people.
    ///
    /// # Errors
    /// The key does not fit, or the file cannot be read; the desk then stays locked.
    pub async fn unlock(&self, key: &Key) -> Result<(), StoreError> {
        match self.snapshot.unlock(key).await {
            // What cannot be read can be fetched again.
            Err(error) if error.is_damage() => {
                tracing::warn!(%error, "the snapshot cannot be read and is begun anew");
                self.snapshot.wipe().await?;
                self.snapshot.unlock(key).await?;
            }
            opened => opened?,
        }
        self.floor().locked = false;
        tracing::info!("the desk is opened");
        for change in [Change::Desk, Change::Events, Change::Person, Change::Lines, Change::Ready] {
            self.tell(change);
        }
        self.freshen.notify_one();
        Ok(())
    }
}
