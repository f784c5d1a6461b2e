//! Tables `outbox` and `attempt`: how each entry stands. Every change is a step of the core, guarded by the state and
//! version that were read, and the intent to send is on the disk before the first byte leaves.

use crate::entries::{RECORDED, Recorded, read};
use crate::ledger::Ledger;
use crate::open::StoreError;
use crate::rows::{Word, moment};
use balie_core::agreement::Verb;
use balie_core::entry::{Act, Cancellation};
use balie_core::money::Cents;
use balie_core::outbox::{Signal, State, step};
use balie_core::time::Moment;
use sqlx::{Row, Sqlite, Transaction};
use std::sync::LazyLock;

/// One record that UiTPAS made for an entry: a ticket sale, a check-in or a redemption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerRecord {
    /// The id that UiTPAS gave it.
    pub id: String,
    /// When UiTPAS registered it, where it says so.
    pub created: Option<Moment>,
    /// The price that UiTPAS counts, for a ticket.
    pub price: Option<Cents>,
}

/// What is known at the end of an attempt, besides the signal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// What UiTPAS registered: one record for each ticket of a sale.
    pub records: Vec<ServerRecord>,
    /// The code that the passholder needs to use a reward.
    pub redeem_code: Option<String>,
    /// What the passholder must know to use a reward.
    pub redeem_info: Option<String>,
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
    /// The nearest moment after which UiTPAS no longer takes something that waits to be sent.
    pub deadline: Option<Moment>,
}

impl Ledger {
    /// Takes the next entry that may be sent and writes the intent, durably (T2). Nothing was sent yet when this returns.
    ///
    /// An entry waits while another one of the same kind, person and activity or reward is on its way or in doubt, so
    /// that the rows of the server can always be told apart (I4). A redemption waits for the points that may pay for it.
    /// What UiTPAS takes for a short time only goes first.
    ///
    /// # Errors
    /// Fails when the file cannot be written; then nothing may be sent.
    pub async fn claim(&self, now: Moment) -> Result<Option<Recorded>, StoreError> {
        static NEXT: LazyLock<String> = LazyLock::new(|| {
            format!(
                "select {RECORDED} where o.state = 'queued' and o.not_before <= ? and not exists (
                     select 1 from outbox other join entry theirs using (receipt)
                     where other.state in ('sending', 'in_doubt')
                       and theirs.passholder_id = e.passholder_id and theirs.kind = e.kind
                       and coalesce(theirs.event_id, theirs.reward_id) = coalesce(e.event_id, e.reward_id))
                   and not (e.kind = 'redeem' and exists (
                     select 1 from outbox other join entry theirs using (receipt)
                     where other.state in ('queued', 'sending') and coalesce(other.hold, '') <> 'forbidden'
                       and theirs.kind = 'check_in'
                       and theirs.passholder_id = e.passholder_id and theirs.receipt < e.receipt))
                 order by e.deadline is null, e.deadline, e.receipt limit 1"
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
        keep_records(&mut tx, recorded, &evidence.records).await?;
        if let (Act::Cancellation(cancellation), State::Confirmed) = (&recorded.entry.act, state) {
            take_out(&mut tx, cancellation, now).await?;
        }
        close_attempt(&mut tx, recorded.entry.receipt.sequence, signal, now).await?;
        tx.commit().await?;
        Ok(state)
    }

    /// The records of UiTPAS that a cancellation still has to take out, with the kind of each.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn to_take_out(&self, cancellation: &Cancellation) -> Result<Vec<(Verb, String)>, StoreError> {
        let rows = sqlx::query(
            "select kind, server_id from server_record where receipt = ? and taken_out_at is null order by server_id",
        )
        .bind(cancellation.of_receipt.sequence)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok((Verb::read(row.try_get(0)?)?, row.try_get(1)?))).collect()
    }

    /// Notes that UiTPAS took a record out, so that a cancellation that is cut off goes on where it was.
    ///
    /// # Errors
    /// Fails when the file cannot be written; taking it out once more does no harm.
    pub async fn taken_out(&self, kind: Verb, server_id: &str, now: Moment) -> Result<(), StoreError> {
        sqlx::query("update server_record set taken_out_at = ? where kind = ? and server_id = ?")
            .bind(now.as_millisecond())
            .bind(kind.word())
            .bind(server_id)
            .execute(&self.pool)
            .await?;
        Ok(())
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
            // Taking something out twice does no harm, so a cancellation is never in doubt.
            let (signal, problem) = match recorded.entry.act {
                Act::Cancellation(_) => (Signal::Repeatable, None),
                Act::Sale(_) | Act::CheckIn(_) | Act::Redemption(_) => (Signal::FoundOpen, Some("cut-off".to_owned())),
            };
            let state = advance(&mut tx, &recorded, signal, &Evidence { problem, ..Evidence::default() }, now).await?;
            close_attempt(&mut tx, recorded.entry.receipt.sequence, signal, now).await?;
            found += u32::from(state == State::InDoubt);
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
                    count(*) filter (where state in ('refused', 'in_doubt')),
                    min(deadline) filter (where state in ('queued', 'sending'))
             from outbox join entry using (receipt)",
        )
        .fetch_one(&self.pool)
        .await?;
        let deadline: Option<i64> = row.try_get(2)?;
        Ok(Counts { to_send: row.try_get(0)?, to_check: row.try_get(1)?, deadline: deadline.map(moment).transpose()? })
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
        "update outbox set state = ?1, version = version + 1, changed_at = ?2,
             confirmed_at = case ?1 when 'confirmed' then ?2 else confirmed_at end, attempts = attempts + ?3,
             not_before = ?4, hold = ?5, redeem_code = coalesce(?6, redeem_code),
             redeem_info = coalesce(?7, redeem_info), problem = ?8, said = ?9
         where receipt = ?10 and state = ?11 and version = ?12",
    )
    .bind(state.word())
    .bind(now.as_millisecond())
    .bind(i64::from(signal == Signal::Claim))
    .bind(evidence.not_before.map_or(0, |at| at.as_millisecond()))
    .bind(evidence.hold)
    .bind(&evidence.redeem_code)
    .bind(&evidence.redeem_info)
    .bind(&evidence.problem)
    .bind(&evidence.said)
    .bind(recorded.entry.receipt.sequence)
    .bind(recorded.state.word())
    .bind(recorded.version)
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 1 { Ok(state) } else { Err(StoreError::Changed) }
}

async fn keep_records(
    tx: &mut Transaction<'static, Sqlite>,
    recorded: &Recorded,
    records: &[ServerRecord],
) -> Result<(), StoreError> {
    let kind = match recorded.entry.act {
        Act::Sale(_) => Verb::Sell,
        Act::CheckIn(_) => Verb::CheckIn,
        Act::Redemption(_) => Verb::Redeem,
        Act::Cancellation(_) => return Ok(()),
    };
    for record in records {
        sqlx::query(
            "insert into server_record (kind, server_id, receipt, created, price_cents) values (?, ?, ?, ?, ?)",
        )
        .bind(kind.word())
        .bind(&record.id)
        .bind(recorded.entry.receipt.sequence)
        .bind(record.created.map(Moment::as_millisecond))
        .bind(record.price.map(|price| price.0))
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// The entry that was taken back is cancelled in the same commit that confirms its cancellation (T14).
async fn take_out(
    tx: &mut Transaction<'static, Sqlite>,
    cancellation: &Cancellation,
    now: Moment,
) -> Result<(), StoreError> {
    static TARGET: LazyLock<String> = LazyLock::new(|| format!("select {RECORDED} where e.id = ?"));
    let row = sqlx::query(sqlx::AssertSqlSafe(TARGET.as_str()))
        .bind(cancellation.of.0.as_slice())
        .fetch_one(&mut **tx)
        .await?;
    advance(tx, &read(&row)?, Signal::TakenOut, &Evidence::default(), now).await?;
    Ok(())
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
        Signal::Repeatable => "repeatable",
        Signal::Unknown | Signal::Claim | Signal::Withdraw | Signal::TakenOut => "unknown",
    };
    sqlx::query("update attempt set phase = 'closed', class = ?, ended_at = ? where receipt = ? and phase = 'intent'")
        .bind(class)
        .bind(now.as_millisecond())
        .bind(receipt)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
