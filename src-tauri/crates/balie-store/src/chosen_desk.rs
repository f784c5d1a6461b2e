//! Table `chosen_desk`: the organizer whose desk was chosen last.

use crate::ledger::Ledger;
use crate::open::StoreError;
use crate::trail::{self, Actor};
use balie_core::event::OrganizerId;
use balie_core::time::Moment;
use sqlx::Row;

impl Ledger {
    /// The desk that was chosen last, and its name.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn chosen_desk(&self) -> Result<Option<(OrganizerId, String)>, StoreError> {
        let row = sqlx::query("select organizer_id, name from chosen_desk").fetch_optional(&self.pool).await?;
        row.map(|row| Ok((OrganizerId(row.try_get(0)?), row.try_get(1)?))).transpose()
    }

    /// Keeps which desk was chosen. What was recorded at another one stays that one's.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn choose_desk(&self, organizer: &OrganizerId, name: &str, now: Moment) -> Result<(), StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        sqlx::query("insert or replace into chosen_desk (one, organizer_id, name) values (1, ?, ?)")
            .bind(&organizer.0)
            .bind(name)
            .execute(&mut *tx)
            .await?;
        trail::note(&mut tx, Actor::Clerk, "desk_chosen", None, &organizer.0, now).await?;
        tx.commit().await?;
        Ok(())
    }
}
