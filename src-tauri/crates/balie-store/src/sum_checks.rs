//! Table `sum_check`: for each activity, what UiTPAS lists against what is known here (I10). A difference is shown, never
//! smoothed.

use crate::ledger::Ledger;
use crate::open::StoreError;
use crate::rows::moment;
use balie_core::entry::{Act, Entry};
use balie_core::event::{EventId, OrganizerId};
use balie_core::time::Moment;
use jiff::SignedDuration;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};

/// An activity is checked so long after its last sale, in minutes.
const AFTER_THE_LAST_MINUTES: i64 = 15;

/// And once more so many hours after that: the next morning.
const NEXT_MORNING_HOURS: i64 = 16;

/// An activity whose sums are to be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The activity.
    pub event: EventId,
    /// Whose activity it is.
    pub organizer: OrganizerId,
    /// Its title.
    pub title: String,
}

/// The sums of an activity: `ours + surplus + other = listed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// What UiTPAS lists.
    pub listed: u32,
    /// Of those, what belongs to our entries.
    pub ours: u32,
    /// Of those, what is ours and too many.
    pub surplus: u32,
    /// Of those, what is not ours.
    pub other: u32,
    /// What our entries have and UiTPAS does not list.
    pub missing: u32,
}

/// The newest check of an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The title of the activity.
    pub title: String,
    /// When it was checked.
    pub at: Moment,
    /// What it came to.
    pub sums: Sums,
}

/// A ticket was sold: the activity is to be checked when it has been quiet for a while.
pub(crate) async fn sold(tx: &mut Transaction<'static, Sqlite>, entry: &Entry, now: Moment) -> Result<(), StoreError> {
    let Act::Sale(sale) = &entry.act else { return Ok(()) };
    let due = now.saturating_add(SignedDuration::from_mins(AFTER_THE_LAST_MINUTES)).unwrap_or(now);
    sqlx::query(
        "insert into sum_check (event_id, organizer_id, title, due_at) values (?, ?, ?, ?)
         on conflict do update set due_at = excluded.due_at, made = 0",
    )
    .bind(&sale.event.0)
    .bind(&sale.holder.organizer.0)
    .bind(&sale.event_title)
    .bind(due.as_millisecond())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

impl Ledger {
    /// The activity whose sums are to be checked now: nothing of it is open any more.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn sum_due(&self, now: Moment) -> Result<Option<Due>, StoreError> {
        let row = sqlx::query(
            "select event_id, organizer_id, title from sum_check s where due_at <= ? and not exists (
                 select 1 from outbox o join entry e using (receipt)
                 where o.state in ('queued', 'sending', 'in_doubt') and o.dispute is null
                   and e.kind = 'sell' and e.event_id = s.event_id)
             order by due_at limit 1",
        )
        .bind(now.as_millisecond())
        .fetch_optional(&self.pool)
        .await?;
        let read = |row: &SqliteRow| {
            Ok(Due { event: EventId(row.try_get(0)?), organizer: OrganizerId(row.try_get(1)?), title: row.try_get(2)? })
        };
        row.as_ref().map(read).transpose()
    }

    /// The ids of the tickets of an activity that UiTPAS has of ours, with the receipt of each.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn sold_at(&self, event: &EventId) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = sqlx::query(
            "select r.server_id, r.receipt from server_record r join entry e using (receipt)
             where r.kind = 'sell' and e.event_id = ? and r.taken_out_at is null",
        )
        .bind(&event.0)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    /// Keeps the sums of an activity. It is checked once more the next morning.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn checked(&self, event: &EventId, sums: &Sums, now: Moment) -> Result<(), StoreError> {
        let again = now.saturating_add(SignedDuration::from_hours(NEXT_MORNING_HOURS)).unwrap_or(now);
        sqlx::query(
            "update sum_check set checked_at = ?1, listed = ?2, ours = ?3, other = ?4, surplus = ?5, missing = ?6,
                 due_at = case when made = 0 then ?7 end, made = made + 1 where event_id = ?8",
        )
        .bind(now.as_millisecond())
        .bind(sums.listed)
        .bind(sums.ours)
        .bind(sums.other)
        .bind(sums.surplus)
        .bind(sums.missing)
        .bind(again.as_millisecond())
        .bind(&event.0)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The check could not be made now: it is tried again later.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn check_later(&self, event: &EventId, now: Moment) -> Result<(), StoreError> {
        let due = now.saturating_add(SignedDuration::from_mins(AFTER_THE_LAST_MINUTES)).unwrap_or(now);
        sqlx::query("update sum_check set due_at = ? where event_id = ?")
            .bind(due.as_millisecond())
            .bind(&event.0)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The newest check of every activity, the newest first.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn sums(&self) -> Result<Vec<Checked>, StoreError> {
        let rows = sqlx::query(
            "select title, checked_at, listed, ours, surplus, other, missing from sum_check
             where checked_at is not null order by checked_at desc limit 50",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read).collect()
    }
}

/// Reads a row that begins with the title and when it was checked.
pub(crate) fn read(row: &SqliteRow) -> Result<Checked, StoreError> {
    let sums = Sums {
        listed: row.try_get(2)?,
        ours: row.try_get(3)?,
        surplus: row.try_get(4)?,
        other: row.try_get(5)?,
        missing: row.try_get(6)?,
    };
    Ok(Checked { title: row.try_get(0)?, at: moment(row.try_get(1)?)?, sums })
}
