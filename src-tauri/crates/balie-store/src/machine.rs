//! Table `machine`: what a ledger knows of the computer that it is used on.

use crate::entries::{RECORDED, read};
use crate::ledger::Ledger;
use crate::lives;
use crate::open::StoreError;
use crate::outbox::Evidence;
use crate::rows::moment;
use crate::trail::{self, Actor};
use balie_core::life::Attempt;
use balie_core::outbox::Signal;
use balie_core::settle::Settling;
use balie_core::time::Moment;
use balie_core::upload::Change;
use jiff::SignedDuration;
use sqlx::{Row, Sqlite, SqlitePool, Transaction};
use std::sync::LazyLock;

/// What a computer remembers of a ledger that was opened on it, outside the file.
pub type Witness = [u8; 16];

/// Makes whoever opened the ledger last the one that sends.
pub(crate) async fn opened(pool: &SqlitePool, uploader: &[u8; 16]) -> Result<(), StoreError> {
    sqlx::query(
        "insert into machine (one, latest_moment, uploader, settle_seen, settle_lag_ms) values (1, 0, ?1, 0, 0)
         on conflict do update set uploader = ?1",
    )
    .bind(uploader.as_slice())
    .execute(pool)
    .await?;
    Ok(())
}

/// From when on another desk may have sent an act: it is dated by the clock of a desk, which may be wrong by hours, and a
/// record that seems older than its act would be overlooked.
pub fn a_day_before(occurred: Moment) -> Moment {
    occurred.checked_sub(SignedDuration::from_hours(24)).unwrap_or(occurred)
}

impl Ledger {
    /// Holds the ledger against what this computer remembers of it, and gives what it is to remember from now on. A ledger
    /// that was opened elsewhere since, or that is an older copy, gives nothing: it is read and not written any more.
    ///
    /// # Errors
    /// Fails when the file cannot be read or written.
    pub async fn hold_against(&self, remembered: Option<Witness>) -> Result<Option<Witness>, StoreError> {
        let row = sqlx::query("select witness, witness_before from machine").fetch_one(&self.pool).await?;
        let (newest, before): (Option<Vec<u8>>, Option<Vec<u8>>) = (row.try_get(0)?, row.try_get(1)?);
        let remembered = remembered.map(Vec::from);
        // Never opened on any computer that remembers, or opened here last.
        if remembered != newest && (remembered != before || newest.is_none()) {
            self.set_read_only(true);
            return Ok(None);
        }
        self.witnessed(remembered).await.map(Some)
    }

    /// Draws what the computer is to remember. What it remembers now stays good until it has taken in the new one.
    async fn witnessed(&self, remembered: Option<Vec<u8>>) -> Result<Witness, StoreError> {
        let drawn: Witness = rand::random();
        sqlx::query("update machine set witness = ?, witness_before = ?")
            .bind(drawn.as_slice())
            .bind(remembered)
            .execute(&self.pool)
            .await?;
        Ok(drawn)
    }

    /// Fails unless this program is the one that sends: it opened the ledger last, and the ledger is used here alone.
    pub(crate) async fn still_sends(&self, tx: &mut Transaction<'static, Sqlite>) -> Result<(), StoreError> {
        self.is_used_here_alone()?;
        let row = sqlx::query("select uploader from machine").fetch_one(&mut **tx).await?;
        if row.try_get::<&[u8], _>(0)? == self.uploader { Ok(()) } else { Err(StoreError::Replaced) }
    }

    /// Whether this program is the one that sends. A file that cannot be read sends nothing.
    pub async fn sends_from_here(&self) -> bool {
        let Ok(mut tx) = self.pool.begin().await else { return false };
        self.still_sends(&mut tx).await.is_ok()
    }

    /// The latest moment that was ever seen on the clock of this computer.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn latest_moment(&self) -> Result<Moment, StoreError> {
        let row = sqlx::query("select latest_moment from machine").fetch_one(&self.pool).await?;
        moment(row.try_get(0)?)
    }

    /// Notes the moment that the clock shows, if it is the latest so far.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn saw_moment(&self, now: Moment) -> Result<(), StoreError> {
        sqlx::query("update machine set latest_moment = ?1 where latest_moment < ?1")
            .bind(now.as_millisecond())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The clock was set right, by a person who looked at it: what it showed before was wrong.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn clock_is_right(&self, now: Moment) -> Result<(), StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        sqlx::query("update machine set latest_moment = ?").bind(now.as_millisecond()).execute(&mut *tx).await?;
        trail::note(&mut tx, Actor::Clerk, "clock_is_right", None, "", now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What was seen of the lag between an answer and the lists.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn settling(&self) -> Result<Settling, StoreError> {
        let row = sqlx::query("select settle_seen, settle_lag_ms from machine").fetch_one(&self.pool).await?;
        Ok(Settling { seen: row.try_get(0)?, longest_lag_ms: row.try_get(1)? })
    }

    /// Keeps what was seen of that lag.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn keep_settling(&self, settling: &Settling) -> Result<(), StoreError> {
        sqlx::query("update machine set settle_seen = ?, settle_lag_ms = max(settle_lag_ms, ?)")
            .bind(settling.seen)
            .bind(settling.longest_lag_ms)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Works on with a ledger that was also used elsewhere: a person said that it is used here alone from now on. Whatever
    /// waits may have been sent from there, so it is in doubt and looked up first (T22). Gives what this computer is to
    /// remember of it.
    ///
    /// # Errors
    /// Fails when the file cannot be written; then it stays as it was.
    pub async fn work_on_here(&self, now: Moment, server_now: Moment) -> Result<Witness, StoreError> {
        static WAITING: LazyLock<String> = LazyLock::new(|| format!("select {RECORDED} where o.state = 'queued'"));
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let rows = sqlx::query(sqlx::AssertSqlSafe(WAITING.as_str())).fetch_all(&mut *tx).await?;
        for row in &rows {
            let recorded = read(row)?;
            if crate::server_records::kind_of(&recorded.entry.act).is_none() {
                continue;
            }
            let attempt = Attempt {
                batch: -recorded.entry.receipt.sequence,
                from: a_day_before(recorded.entry.occurred),
                until: server_now.max(recorded.entry.occurred),
                fresh: false,
                labelled: false,
            };
            let life = recorded.life.doubted(Signal::TakenOver, &attempt, now)?;
            let change = Change { receipt: recorded.entry.receipt.sequence, signal: Some(Signal::TakenOver), life };
            self.advance(&mut tx, &change, Actor::Clerk, now).await?;
            crate::outbox::keep(&mut tx, &recorded, &Evidence::of_problem("elsewhere")).await?;
        }
        lives::are_known_elsewhere(&mut tx).await?;
        trail::note(&mut tx, Actor::Clerk, "work_on_here", None, "", now).await?;
        tx.commit().await?;
        let witness = self.witnessed(None).await?;
        self.set_read_only(false);
        Ok(witness)
    }
}
