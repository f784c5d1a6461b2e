//! How long the snapshot keeps what it knows of people.

use crate::open::StoreError;
use crate::snapshot::Snapshot;
use balie_core::time::Moment;

/// Everything about people that is as old as it says itself; lists of rows first, as they are as old as their listing.
const OLDER: [&str; 8] = [
    "delete from server_row where exists (select 1 from server_listing l where l.kind = server_row.kind
         and l.passholder_id = server_row.passholder_id and l.as_of < ?)",
    "delete from server_listing where as_of < ?",
    "delete from pass where as_of < ?",
    "delete from refused_pass where as_of < ?",
    "delete from typed_pair where at < ?",
    "delete from refused_price where as_of < ?",
    "delete from group_turns where as_of < ?",
    "delete from granted_welcome where as_of < ?",
];

impl Snapshot {
    /// Forgets everything about people that UiTPAS said before a moment, the social tariff lists included. Activities,
    /// prices and rewards stay.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn forget_older(&self, than: Moment) -> Result<(), StoreError> {
        self.delete_older(than.as_millisecond()).await?;
        self.social_tariff()?.forget_older(than).await
    }

    /// Forgets everything about people, however new it is.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn wipe_people(&self) -> Result<(), StoreError> {
        self.delete_older(i64::MAX).await?;
        // What stood in the journal goes as well.
        sqlx::query("pragma wal_checkpoint(truncate)").execute(&self.pool()?).await?;
        self.social_tariff()?.forget_all().await
    }

    async fn delete_older(&self, than: i64) -> Result<(), StoreError> {
        let mut tx = self.pool()?.begin_with("begin immediate").await?;
        for statement in OLDER {
            sqlx::query(statement).bind(than).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
