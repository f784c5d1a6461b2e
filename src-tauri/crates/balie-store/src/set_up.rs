//! Table `set_up`: how far the set-up of this desk is.

use crate::ledger::Ledger;
use crate::open::StoreError;
use crate::rows::moment;
use balie_core::time::Moment;
use sqlx::Row;

/// How far the set-up is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SetUp {
    /// When somebody typed the recovery code as they had written it down.
    pub recovery_noted: Option<Moment>,
    /// When it was ended.
    pub ended: Option<Moment>,
}

impl Ledger {
    /// How far the set-up is.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn set_up(&self) -> Result<SetUp, StoreError> {
        let row = sqlx::query("select recovery_noted_at, ended_at from set_up").fetch_optional(&self.pool).await?;
        let Some(row) = row else { return Ok(SetUp::default()) };
        let at = |column| row.try_get::<Option<i64>, _>(column)?.map(moment).transpose();
        Ok(SetUp { recovery_noted: at("recovery_noted_at")?, ended: at("ended_at")? })
    }

    /// Notes that somebody wrote the recovery code down.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn recovery_is_noted(&self, now: Moment) -> Result<(), StoreError> {
        sqlx::query("insert into set_up (one, recovery_noted_at) values (1, ?1) on conflict do update set recovery_noted_at = ?1")
            .bind(now.as_millisecond())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Notes that the set-up was ended.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn set_up_is_ended(&self, now: Moment) -> Result<(), StoreError> {
        sqlx::query("insert into set_up (one, ended_at) values (1, ?1) on conflict do update set ended_at = ?1")
            .bind(now.as_millisecond())
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
