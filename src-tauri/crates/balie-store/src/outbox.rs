//! Tables `outbox` and `attempt`: how each entry stands. Every change is a step of the core, guarded by the state and
//! version that were read, and the intent to send is on the disk before the first byte leaves.

use crate::entries::{RECORDED, Recorded, read};
use crate::ledger::Ledger;
use crate::open::StoreError;
use crate::rows::Word;
use balie_core::money::Cents;
use balie_core::outbox::{Signal, State, step};
use balie_core::time::Moment;
use sqlx::{Row, Sqlite, Transaction};
use std::sync::LazyLock;

/// What is known at the end of an attempt, besides the signal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The id that UiTPAS gave.
    pub server_id: Option<String>,
    /// When UiTPAS registered it.
    pub server_created: Option<Moment>,
    /// The price that UiTPAS counts.
    pub server_price: Option<Cents>,
    /// Why UiTPAS did nothing, while the entry waits.
    pub hold: Option<&'static str>,
    /// The name of the problem.
    pub problem: Option<String>,
    /// What UiTPAS wants to be shown.
    pub said: Option<String>,
    /// Not to be tried again before this moment.
    pub not_before: Option<Moment>,
}

/// How much is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Queued or on their way.
    pub to_send: u32,
    /// Refused or in doubt: a person must look.
    pub to_check: u32,
}

impl Ledger {
    /// Takes the next entry that may be sent and writes the intent, durably (T2). Nothing was sent yet when this returns.
    ///
    /// An entry waits while another one of the same person and activity is on its way or in doubt, so that the rows of
    /// the server can always be told apart (I4).
    ///
    /// # Errors
    /// Fails when the file cannot be written; then nothing may be sent.
    pub async fn claim(&self, now: Moment) -> Result<Option<Recorded>, StoreError> {
        static NEXT: LazyLock<String> = LazyLock::new(|| {
            format!(
                "select {RECORDED} where o.state = 'queued' and o.not_before <= ? and not exists (
                     select 1 from outbox other join entry theirs using (receipt)
                     where other.state in ('sending', 'in_doubt')
                       and theirs.passholder_id = e.passholder_id and theirs.event_id = e.event_id)
                 order by receipt limit 1"
            )
        });
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let row =
            sqlx::query(sqlx::AssertSqlSafe(NEXT.as_str())).bind(now.as_millisecond()).fetch_optional(&mut *tx).await?;
        let Some(mut recorded) = row.as_ref().map(read).transpose()? else { return Ok(None) };
        recorded.state = advance(&mut tx, &recorded, Signal::Claim, &Evidence::default(), now).await?;
        recorded.version += 1;
        sqlx::query("insert into attempt (receipt, started_at, phase) values (?, ?, 'intent')")
            .bind(recorded.entry.receipt.sequence)
            .bind(now.as_millisecond())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Some(recorded))
    }

    /// Closes the open attempt of an entry and moves the entry, in one durable commit.
    ///
    /// # Errors
    /// Fails when the entry changed meanwhile, or the file cannot be written; the attempt then stays open, and the entry
    /// is found in doubt at the next start.
    pub async fn settle(
        &self,
        recorded: &Recorded,
        signal: Signal,
        evidence: &Evidence,
        now: Moment,
    ) -> Result<State, StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let state = advance(&mut tx, recorded, signal, evidence, now).await?;
        close_attempt(&mut tx, recorded.entry.receipt.sequence, signal, now).await?;
        tx.commit().await?;
        Ok(state)
    }

    /// Takes back an entry that was not sent (T13).
    ///
    /// # Errors
    /// Fails when it was sent, or is being sent, meanwhile; then nothing changes.
    pub async fn withdraw(&self, recorded: &Recorded, now: Moment) -> Result<State, StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let state = advance(&mut tx, recorded, Signal::Withdraw, &Evidence::default(), now).await?;
        tx.commit().await?;
        Ok(state)
    }

    /// Puts every entry whose attempt was cut off in doubt (T8). To be called once, before the first upload.
    ///
    /// # Errors
    /// Fails when the file cannot be written; then nothing may be sent.
    pub async fn recover(&self, now: Moment) -> Result<u32, StoreError> {
        static OPEN: LazyLock<String> = LazyLock::new(|| format!("select {RECORDED} where o.state = 'sending'"));
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let rows = sqlx::query(sqlx::AssertSqlSafe(OPEN.as_str())).fetch_all(&mut *tx).await?;
        let mut found = 0;
        for row in &rows {
            let recorded = read(row)?;
            let evidence = Evidence { problem: Some("cut-off".to_owned()), ..Evidence::default() };
            advance(&mut tx, &recorded, Signal::FoundOpen, &evidence, now).await?;
            close_attempt(&mut tx, recorded.entry.receipt.sequence, Signal::FoundOpen, now).await?;
            found += 1;
        }
        tx.commit().await?;
        Ok(found)
    }

    /// Lets waiting entries be tried at once: the network is back, or somebody signed in.
    ///
    /// Entries that the server asked to wait keep waiting.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn stop_waiting(&self) -> Result<(), StoreError> {
        sqlx::query(
            "update outbox set not_before = 0
             where state = 'queued' and not_before > 0 and coalesce(hold, '') <> 'wait'",
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// How much is open. It is counted from the table, never remembered.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        let row = sqlx::query(
            "select count(*) filter (where state in ('queued', 'sending')),
                    count(*) filter (where state in ('refused', 'in_doubt')) from outbox",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Counts { to_send: row.try_get(0)?, to_check: row.try_get(1)? })
    }
}

/// Takes one step of the core and writes it, provided that the entry is still as it was read.
async fn advance(
    tx: &mut Transaction<'static, Sqlite>,
    recorded: &Recorded,
    signal: Signal,
    evidence: &Evidence,
    now: Moment,
) -> Result<State, StoreError> {
    let state = step(recorded.state, signal)?;
    let done = sqlx::query(
        "update outbox set state = ?, version = version + 1, changed_at = ?, attempts = attempts + ?,
             not_before = ?, hold = ?, server_id = ?, server_created = ?, server_price_cents = ?, problem = ?, said = ?
         where receipt = ? and state = ? and version = ?",
    )
    .bind(state.word())
    .bind(now.as_millisecond())
    .bind(i64::from(signal == Signal::Claim))
    .bind(evidence.not_before.map_or(0, |at| at.as_millisecond()))
    .bind(evidence.hold)
    .bind(&evidence.server_id)
    .bind(evidence.server_created.map(|at| at.as_millisecond()))
    .bind(evidence.server_price.map(|price| price.0))
    .bind(&evidence.problem)
    .bind(&evidence.said)
    .bind(recorded.entry.receipt.sequence)
    .bind(recorded.state.word())
    .bind(recorded.version)
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 1 { Ok(state) } else { Err(StoreError::Changed) }
}

async fn close_attempt(
    tx: &mut Transaction<'static, Sqlite>,
    receipt: i64,
    signal: Signal,
    now: Moment,
) -> Result<(), StoreError> {
    let class = match signal {
        Signal::Accepted => "accepted",
        Signal::NotSent => "not_sent",
        Signal::NotProcessed => "not_processed",
        Signal::Refused | Signal::RefusedWithBatch => "refused",
        Signal::FoundOpen => "found_open",
        Signal::Unknown | Signal::Claim | Signal::Withdraw => "unknown",
    };
    sqlx::query("update attempt set phase = 'closed', class = ?, ended_at = ? where receipt = ? and phase = 'intent'")
        .bind(class)
        .bind(now.as_millisecond())
        .bind(receipt)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
