//! Tables `outbox` and `attempt`: how each entry stands. Every change is a step of the core, guarded by the state and
//! version that were read, and the intent to send is on the disk before the first byte leaves.

use crate::entries::{PLAIN, RECORDED, Recorded, read, read_plain, record_in};
use crate::ledger::Ledger;
use crate::open::StoreError;
use crate::rows::{Word, moment};
pub use crate::server_records::ServerRecord;
use crate::trail::{self, Actor};
use crate::{lives, server_records, sum_checks, surplus};
use balie_core::entry::{Act, Cancellation, EntryId};
use balie_core::life::{Attempt, Open};
use balie_core::outbox::{IllegalStep, Signal, State};
use balie_core::time::Moment;
use balie_core::upload::{Change, found_open};
use balie_core::waiting::Waiting;
use sqlx::{Row, Sqlite, Transaction};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// What is known of an entry after a step, besides how it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// What UiTPAS registered: one record for each ticket of a sale.
    pub records: Vec<ServerRecord>,
    /// The code that the passholder needs to use a reward.
    pub redeem_code: Option<String>,
    /// What the passholder must know to use a reward.
    pub redeem_info: Option<String>,
    /// The name of the problem.
    pub problem: Option<String>,
    /// What UiTPAS wants to be shown.
    pub said: Option<String>,
}

impl Evidence {
    /// Nothing but the name of a problem.
    pub fn of_problem(name: &str) -> Self {
        Self { problem: Some(name.to_owned()), ..Self::default() }
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Closing {
    /// The request.
    pub batch: i64,
    /// The status of HTTP.
    pub status: Option<u16>,
    /// The clock of UiTPAS in the answer.
    pub server_date: Option<Moment>,
}

/// Changes that are written together, durably, or not at all.
#[derive(Debug, Clone)]
pub struct Steps<'a> {
    /// The changes, in their order.
    pub changes: &'a [Change],
    /// What is known of each entry besides; an entry that is not in it keeps what was known.
    pub evidence: &'a HashMap<i64, Evidence>,
    /// The attempt that ends with them.
    pub closing: Option<Closing>,
    /// Who does it.
    pub actor: Actor,
}

/// How much is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Queued or on their way.
    pub to_send: u32,
    /// Refused, in doubt or disputed: a person must look.
    pub to_check: u32,
    /// The nearest moment after which UiTPAS no longer takes something that waits to be sent.
    pub deadline: Option<Moment>,
    /// When the oldest was done of what is queued or on its way.
    pub waiting: Waiting,
}

/// What waits to be sent. Each condition stands as its index has it (`outbox_open`, `outbox_to_check`), or SQLite reads the
/// whole history.
pub(crate) const WAITING: &str = "select count(*), min(deadline), min(occurred_at),
        min(occurred_at) filter (where kind = 'sell'), min(occurred_at) filter (where kind = 'check_in')
     from outbox join entry using (receipt)
     where state in ('queued', 'sending', 'in_doubt') and state <> 'in_doubt'";

/// How much a person must look at.
pub(crate) const TO_CHECK: &str =
    "select (select count(*) from outbox where state in ('queued', 'sending', 'in_doubt') and state = 'in_doubt')
         + (select count(*) from outbox where (state = 'refused' or dispute is not null) and state <> 'in_doubt')
         + (select count(*) from surplus where taken_out_at is null and seen_at is null)";

impl Ledger {
    /// Everything of which something is still to be done, for the queue of the core.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn open_entries(&self) -> Result<Vec<Open>, StoreError> {
        static OPEN: LazyLock<[String; 2]> = LazyLock::new(|| {
            let plain = "o.state = 'queued' and e.kind in ('sell', 'check_in') and o.doubt_batch is null
                 and o.dispute is null and o.cancel_wanted = 0 and o.proof is null and o.recheck_at is null";
            let open = "(o.state in ('queued', 'sending', 'in_doubt') or o.recheck_at is not null)";
            [format!("select {PLAIN} where {plain}"), format!("select {RECORDED} where {open} and not ({plain})")]
        });
        let mut tx = self.pool.begin().await?;
        let plain = sqlx::query(sqlx::AssertSqlSafe(OPEN[0].as_str())).fetch_all(&mut *tx).await?;
        let others = sqlx::query(sqlx::AssertSqlSafe(OPEN[1].as_str())).fetch_all(&mut *tx).await?;
        drop(tx);
        let others = others.iter().map(|row| Ok(read(row)?.open()));
        let mut open = plain.iter().map(read_plain).chain(others).collect::<Result<Vec<Open>, StoreError>>()?;
        open.sort_unstable_by_key(Open::receipt);
        Ok(open)
    }

    /// Writes the intent to send these entries in one request, durably (T2). Nothing was sent yet when this returns the
    /// number of the request.
    ///
    /// # Errors
    /// Fails when one of them changed meanwhile, when another program sends by now, or when the file cannot be written;
    /// then nothing may be sent.
    pub async fn claim(&self, changes: &[Change], attempt: &Attempt, now: Moment) -> Result<i64, StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        self.still_sends(&mut tx).await?;
        let row = sqlx::query("select coalesce(max(id), 0) + 1 from attempt").fetch_one(&mut *tx).await?;
        let batch: i64 = row.try_get(0)?;
        for change in changes {
            self.advance(&mut tx, change, Actor::Machine, now).await?;
            sqlx::query(
                "insert into attempt (receipt, started_at, phase, batch, labelled, fresh, server_from)
                 values (?, ?, 'intent', ?, ?, ?, ?)",
            )
            .bind(change.receipt)
            .bind(now.as_millisecond())
            .bind(batch)
            .bind(attempt.labelled)
            .bind(attempt.fresh)
            .bind(attempt.from.as_millisecond())
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(batch)
    }

    /// Takes steps, closes the attempt that ends with them, and gives what came of them: the cancellation of an act that
    /// the clerk wanted back while it was under way, and the act that a cancellation took out.
    ///
    /// # Errors
    /// Fails when an entry changed meanwhile, when the ledger was also used elsewhere, or when the file cannot be written;
    /// then nothing changed, and an attempt that is open is found so at the next start.
    pub async fn apply(&self, steps: &Steps<'_>, now: Moment) -> Result<Vec<Open>, StoreError> {
        self.is_used_here_alone()?;
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let (mut came, mut kept) = (Vec::new(), HashSet::new());
        for change in steps.changes {
            let Some(signal) = change.signal else {
                let was = current(&mut tx, change.receipt).await?;
                if was.life.version != change.life.version || was.life.state != change.life.state {
                    return Err(StoreError::Changed);
                }
                lives::write(&mut tx, change, &was.life, now).await?;
                continue;
            };
            let recorded = self.advance(&mut tx, change, steps.actor, now).await?;
            // With its first step; the others follow from the same evidence.
            if let Some(evidence) = steps.evidence.get(&change.receipt).filter(|_| kept.insert(change.receipt)) {
                keep(&mut tx, &recorded, evidence).await?;
            }
            if let Some(closing) = &steps.closing {
                close_attempt(&mut tx, change.receipt, (signal, closing), steps.evidence, now).await?;
            }
            if matches!(signal, Signal::IsThere | Signal::BookedByHand) {
                surplus::is_for_a_person(&mut tx, change.receipt).await?;
            }
            if change.life.state == State::Confirmed && recorded.state != State::Confirmed {
                sum_checks::sold(&mut tx, &recorded.entry, now).await?;
                came.extend(self.follows(&mut tx, &recorded, now).await?);
            }
        }
        tx.commit().await?;
        Ok(came)
    }

    /// What a confirmation brings along.
    async fn follows(
        &self,
        tx: &mut Transaction<'static, Sqlite>,
        recorded: &Recorded,
        now: Moment,
    ) -> Result<Option<Open>, StoreError> {
        if let Act::Cancellation(cancellation) = &recorded.entry.act {
            return self.take_out(tx, cancellation, now).await;
        }
        let Some(cancellation) = Cancellation::of(&recorded.entry).filter(|_| recorded.life.cancel_wanted) else {
            return Ok(None);
        };
        let id = EntryId(rand::random());
        let by = (Actor::Machine, "wish", now);
        let entry = record_in(tx, (id, &Act::Cancellation(cancellation), None), now, by).await?;
        Ok(Some(current(tx, entry.receipt.sequence).await?.open()))
    }

    /// The entry that was taken back is cancelled in the same commit that confirms its cancellation (T14).
    async fn take_out(
        &self,
        tx: &mut Transaction<'static, Sqlite>,
        cancellation: &Cancellation,
        now: Moment,
    ) -> Result<Option<Open>, StoreError> {
        let target = current(tx, cancellation.of_receipt.sequence).await?;
        if target.state == State::Cancelled {
            // Another cancellation was faster: this one was refused once, and sent again by a person.
            return Ok(None);
        }
        let life = target.life.take(Signal::TakenOut)?;
        let change = Change { receipt: target.entry.receipt.sequence, signal: Some(Signal::TakenOut), life };
        self.advance(tx, &change, Actor::Machine, now).await?;
        Ok(Some(Open { life, ..target.open() }))
    }

    /// Takes one step, provided that it is one of the core, from the state and version that the entry has. Gives the entry
    /// as it was.
    pub(crate) async fn advance(
        &self,
        tx: &mut Transaction<'static, Sqlite>,
        change: &Change,
        actor: Actor,
        now: Moment,
    ) -> Result<Recorded, StoreError> {
        let recorded = current(tx, change.receipt).await?;
        let signal = change.signal.unwrap_or(Signal::Undecided);
        if recorded.life.version + 1 != change.life.version {
            return Err(StoreError::Changed);
        }
        // Whatever was worked out before: what is written must be a step (I12).
        if balie_core::outbox::step(recorded.life.state, signal)? != change.life.state {
            return Err(StoreError::IllegalStep(IllegalStep { state: recorded.life.state, signal }));
        }
        lives::write(tx, change, &recorded.life, now).await?;
        trail::note(tx, actor, signal.word(), Some(change.receipt), "", now).await?;
        Ok(recorded)
    }

    /// Puts every entry whose attempt was cut off in doubt (T8). To be called once, before the first upload. `server_now`
    /// is the clock of UiTPAS as far as it is known.
    ///
    /// # Errors
    /// Fails when the file cannot be written; then nothing may be sent.
    pub async fn recover(&self, now: Moment, server_now: Moment) -> Result<u32, StoreError> {
        static OPEN: LazyLock<String> = LazyLock::new(|| format!("select {RECORDED} where o.state = 'sending'"));
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let rows = sqlx::query(sqlx::AssertSqlSafe(OPEN.as_str())).fetch_all(&mut *tx).await?;
        let mut found = 0;
        for row in &rows {
            let recorded = read(row)?;
            let receipt = recorded.entry.receipt.sequence;
            let attempt = open_attempt(&mut tx, receipt, server_now).await?;
            let change = found_open(&recorded.open(), &attempt, now)?;
            let signal = change.signal.unwrap_or(Signal::FoundOpen);
            let problem = (change.life.state == State::InDoubt).then(|| "cut-off".to_owned());
            self.advance(&mut tx, &change, Actor::Machine, now).await?;
            let evidence = Evidence { problem, ..Evidence::default() };
            keep(&mut tx, &recorded, &evidence).await?;
            let closing = Closing::default();
            close_attempt(&mut tx, receipt, (signal, &closing), &HashMap::new(), now).await?;
            found += u32::from(change.life.state == State::InDoubt);
        }
        tx.commit().await?;
        Ok(found)
    }

    /// How much is open. It is counted from the table, never remembered.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        let row = sqlx::query(WAITING).fetch_one(&self.pool).await?;
        let earliest = |column: usize| row.try_get::<Option<i64>, _>(column)?.map(moment).transpose();
        let waiting = Waiting { oldest: earliest(2)?, oldest_sale: earliest(3)?, oldest_check_in: earliest(4)? };
        let to_check = sqlx::query(TO_CHECK).fetch_one(&self.pool).await?.try_get(0)?;
        Ok(Counts { to_send: row.try_get(0)?, to_check, deadline: earliest(1)?, waiting })
    }
}

/// An entry as it stands now.
pub(crate) async fn current(tx: &mut Transaction<'static, Sqlite>, receipt: i64) -> Result<Recorded, StoreError> {
    static ONE: LazyLock<String> = LazyLock::new(|| format!("select {RECORDED} where e.receipt = ?"));
    let row = sqlx::query(sqlx::AssertSqlSafe(ONE.as_str())).bind(receipt).fetch_one(&mut **tx).await?;
    read(&row)
}

pub(crate) async fn keep(
    tx: &mut Transaction<'static, Sqlite>,
    recorded: &Recorded,
    evidence: &Evidence,
) -> Result<(), StoreError> {
    sqlx::query(
        "update outbox set redeem_code = coalesce(?, redeem_code), redeem_info = coalesce(?, redeem_info),
             problem = ?, said = ? where receipt = ?",
    )
    .bind(&evidence.redeem_code)
    .bind(&evidence.redeem_info)
    .bind(&evidence.problem)
    .bind(&evidence.said)
    .bind(recorded.entry.receipt.sequence)
    .execute(&mut **tx)
    .await?;
    server_records::keep(tx, recorded, &evidence.records).await
}

/// The attempt of an entry that was found open, as it was written before it was sent.
async fn open_attempt(
    tx: &mut Transaction<'static, Sqlite>,
    receipt: i64,
    server_now: Moment,
) -> Result<Attempt, StoreError> {
    let row = sqlx::query(
        "select batch, coalesce(server_from, started_at), fresh, labelled from attempt
         where receipt = ? and phase = 'intent'",
    )
    .bind(receipt)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Err(StoreError::Unreadable("attempt")) };
    let from = moment(row.try_get(1)?)?;
    Ok(Attempt {
        batch: row.try_get(0)?,
        from,
        until: server_now.max(from),
        fresh: row.try_get(2)?,
        labelled: row.try_get(3)?,
    })
}

async fn close_attempt(
    tx: &mut Transaction<'static, Sqlite>,
    receipt: i64,
    (signal, closing): (Signal, &Closing),
    evidence: &HashMap<i64, Evidence>,
    now: Moment,
) -> Result<(), StoreError> {
    // A refusal of the whole request names one of them; the trail tells them apart.
    let class = if signal == Signal::RefusedWithBatch { Signal::Refused.word() } else { signal.word() };
    sqlx::query(
        "update attempt set phase = 'closed', class = ?, ended_at = ?, status = ?, server_date = ?, problem = ?
         where receipt = ? and phase = 'intent'",
    )
    .bind(class)
    .bind(now.as_millisecond())
    .bind(closing.status)
    .bind(closing.server_date.map(Moment::as_millisecond))
    .bind(evidence.get(&receipt).and_then(|evidence| evidence.problem.as_deref()))
    .bind(receipt)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
