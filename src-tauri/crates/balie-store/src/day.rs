//! The books of one day in Brussels: what was done on it, what UiTPAS counts of that, and when the day was closed.
//!
//! A closing is a row of the trail, so it is never changed and names who did it. It closes nothing: acts of the day may follow,
//! and then it is closed once more.

use crate::entries::{RECORDED, Recorded, read};
use crate::ledger::Ledger;
use crate::open::StoreError;
use crate::rows::{Word, moment, number};
use crate::sum_checks::{self, Checked};
use crate::trail::{self, Actor};
use balie_core::day::{Kind, Line, Place};
use balie_core::entry::ReceiptNumber;
use balie_core::event::EventId;
use balie_core::life::Dispute;
use balie_core::money::Cents;
use balie_core::outbox::State;
use balie_core::pass::UitpasNumber;
use balie_core::time::{Moment, date_of, start_of};
use jiff::civil::Date;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::sync::LazyLock;

/// What is written in the trail when a day is closed.
const CLOSED: &str = "day_closed";

/// What UiTPAS counts for the sales of a day. Beginning with the day (`cross join` keeps that order) it never reads the records of
/// other days.
const COUNTED: &str = "select count(*), coalesce(sum(r.price_cents), 0), count(*) - count(r.price_cents),
    count(*) filter (where r.price_cents <> e.charged_cents)
    from entry e cross join outbox o using (receipt) cross join server_record r using (receipt)
    where e.occurred_at >= ? and e.occurred_at < ? and e.kind = 'sell' and r.kind = 'sell'
    and o.state = 'confirmed' and (o.dispute is null or o.dispute = 'price') and r.taken_out_at is null";

/// Tickets that UiTPAS has of the sales of a day, by the records that are known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// How many.
    pub tickets: u32,
    /// What it counts for them together.
    pub cents: Cents,
    /// Of so many tickets it did not say the price; they are not in the amount.
    pub unpriced: u32,
    /// Of so many it counts another price than was charged: what is too much for one may be too little for another.
    pub differing: u32,
}

/// A day was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// The place of its row in the trail.
    pub seq: i64,
    /// When, by the clock of the desk.
    pub at: Moment,
}

/// The milliseconds of a day in Brussels: its first, and the first after it.
fn bounds(day: Date) -> (i64, i64) {
    let first = |day: Date| start_of(day).map(Moment::as_millisecond);
    (first(day).unwrap_or(i64::MIN), day.tomorrow().ok().and_then(first).unwrap_or(i64::MAX))
}

impl Ledger {
    /// Every act of a day, the newest first, as far as the books need it. Ten thousand take no longer than a look.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn lines_of(&self, day: Date) -> Result<Vec<Line>, StoreError> {
        let (from, to) = bounds(day);
        let rows = sqlx::query(
            "select e.receipt, e.receipt_prefix, e.kind, e.occurred_at, e.event_id, e.title, e.label, e.quantity,
                 e.regular_cents, e.charged_cents, e.points, e.cancels, o.state, o.dispute,
                 coalesce(t.charged_cents * t.quantity, 0)
             from entry e join outbox o using (receipt) left join entry t on t.receipt = e.cancels
             where e.occurred_at >= ? and e.occurred_at < ? order by e.receipt desc",
        )
        .bind(from)
        .bind(to)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(line).collect()
    }

    /// Entries by their receipts, the newest first.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn recorded_of(&self, receipts: &[i64]) -> Result<Vec<Recorded>, StoreError> {
        static SQL: LazyLock<String> = LazyLock::new(|| {
            format!("select {RECORDED} where e.receipt in (select value from json_each(?)) order by e.receipt desc")
        });
        let list: Vec<String> = receipts.iter().map(i64::to_string).collect();
        let query = sqlx::query(sqlx::AssertSqlSafe(SQL.as_str())).bind(format!("[{}]", list.join(",")));
        query.fetch_all(&self.pool).await?.iter().map(read).collect()
    }

    /// The numbers that UiTPAS has sales of on a day, by receipt. A number whose term has passed is left out.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn numbers_of(&self, day: Date) -> Result<Vec<(i64, UitpasNumber)>, StoreError> {
        let (from, to) = bounds(day);
        let rows = sqlx::query(
            "select receipt, uitpas_number from entry join outbox using (receipt)
             where occurred_at >= ? and occurred_at < ? and kind = 'sell' and state = 'confirmed'
                 and uitpas_number <> '0000000000000'",
        )
        .bind(from)
        .bind(to)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, number(row.try_get(1)?)?))).collect()
    }

    /// The days on which something was done, the newest first, at most `most` and from a day on backwards.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn days(&self, until: Date, most: usize) -> Result<Vec<Date>, StoreError> {
        let (mut days, mut before) = (Vec::new(), bounds(until).1);
        while days.len() < most {
            // One step in the index for each day, however much was done on it.
            let row = sqlx::query("select max(occurred_at) from entry where occurred_at < ?").bind(before);
            let Some(last) = row.fetch_one(&self.pool).await?.try_get::<Option<i64>, _>(0)? else { break };
            let day = date_of(moment(last)?);
            days.push(day);
            before = bounds(day).0;
        }
        Ok(days)
    }

    /// What UiTPAS counts for the sales of a day that it has.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn counted_of(&self, day: Date) -> Result<Counted, StoreError> {
        let (from, to) = bounds(day);
        let row = sqlx::query(COUNTED).bind(from).bind(to).fetch_one(&self.pool).await?;
        Ok(Counted {
            tickets: row.try_get(0)?,
            cents: Cents(row.try_get(1)?),
            unpriced: row.try_get(2)?,
            differing: row.try_get(3)?,
        })
    }

    /// The newest check of every activity at which something was sold on a day.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn sums_of(&self, day: Date) -> Result<Vec<(EventId, Checked)>, StoreError> {
        let (from, to) = bounds(day);
        let rows = sqlx::query(
            "select title, checked_at, listed, ours, surplus, other, missing, event_id from sum_check
             where checked_at is not null and event_id in
                 (select event_id from entry where occurred_at >= ? and occurred_at < ? and kind = 'sell')",
        )
        .bind(from)
        .bind(to)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok((EventId(row.try_get(7)?), sum_checks::read(row)?))).collect()
    }

    /// When a day was closed, the first time first.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn closings_of(&self, day: Date) -> Result<Vec<Closed>, StoreError> {
        closings(&mut *self.pool.acquire().await?, day).await
    }

    /// How many acts of a day were done, or took a step, after a closing of it.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn changed_since(&self, day: Date, closing: Closed) -> Result<u32, StoreError> {
        changed(&mut *self.pool.acquire().await?, day, closing).await
    }

    /// Writes that a day was closed, and by whom. Where nothing of the day changed since it was closed the last time, that is
    /// the closing, and nothing is written.
    ///
    /// # Errors
    /// Fails when the file cannot be written, or was also used elsewhere.
    pub async fn close_day(&self, day: Date, now: Moment) -> Result<Closed, StoreError> {
        self.is_used_here_alone()?;
        let mut tx = self.pool.begin_with("begin immediate").await?;
        if let Some(last) = closings(&mut tx, day).await?.pop()
            && changed(&mut tx, day, last).await? == 0
        {
            return Ok(last);
        }
        let detail = format!("{day} {}", self.subject());
        trail::note(&mut tx, Actor::Clerk, CLOSED, None, detail.trim_end(), now).await?;
        let seq = sqlx::query("select max(seq) from trail").fetch_one(&mut *tx).await?.try_get(0)?;
        tx.commit().await?;
        Ok(Closed { seq, at: now })
    }
}

async fn closings(connection: &mut SqliteConnection, day: Date) -> Result<Vec<Closed>, StoreError> {
    let rows = sqlx::query(
        "select seq, at from trail where action = 'day_closed' and detail >= ?1 and detail < ?1 || '~' order by seq",
    )
    .bind(day.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok(Closed { seq: row.try_get(0)?, at: moment(row.try_get(1)?)? })).collect()
}

async fn changed(connection: &mut SqliteConnection, day: Date, closing: Closed) -> Result<u32, StoreError> {
    let (from, to) = bounds(day);
    let row = sqlx::query(
        "select count(distinct e.receipt) from trail t join entry e on e.receipt = t.receipt
         where t.seq > ? and e.occurred_at >= ? and e.occurred_at < ?",
    )
    .bind(closing.seq)
    .bind(from)
    .bind(to)
    .fetch_one(connection)
    .await?;
    Ok(row.try_get(0)?)
}

fn line(row: &SqliteRow) -> Result<Line, StoreError> {
    let (kind, points): (&str, Option<i64>) = (row.try_get("kind")?, row.try_get("points")?);
    let kind = match kind {
        "sell" => Kind::Sale,
        "check_in" => Kind::CheckIn,
        "redeem" => Kind::Redemption,
        "cancel" => Kind::Cancellation,
        _ => return Err(StoreError::Unreadable("kind")),
    };
    let dispute: Option<&str> = row.try_get("dispute")?;
    let dispute = dispute.map(|code| Dispute::read(code).ok_or(StoreError::Unreadable("dispute"))).transpose()?;
    let cents = |column| Ok::<_, StoreError>(Cents(row.try_get::<Option<i64>, _>(column)?.unwrap_or(0)));
    Ok(Line {
        receipt: ReceiptNumber { prefix: row.try_get("receipt_prefix")?, sequence: row.try_get("receipt")? },
        kind,
        place: Place::of(State::read(row.try_get("state")?)?, dispute),
        at: moment(row.try_get("occurred_at")?)?,
        event: row.try_get::<Option<String>, _>("event_id")?.map(EventId),
        title: row.try_get("title")?,
        label: row.try_get::<Option<String>, _>("label")?.unwrap_or_default(),
        tickets: if kind == Kind::Sale { row.try_get("quantity")? } else { 0 },
        regular: cents("regular_cents")?,
        charged: cents("charged_cents")?,
        points: match kind {
            Kind::CheckIn => points.unwrap_or(0),
            Kind::Redemption => -points.unwrap_or(0),
            Kind::Sale | Kind::Cancellation => 0,
        },
        given_back: Cents(row.try_get(14)?),
        takes_back: row.try_get("cancels")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Key;
    use crate::ledger::Environment;

    #[tokio::test]
    async fn the_tickets_of_a_day_are_found_by_the_day() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let ledger = Ledger::open(&path, &Key::random().unwrap(), Environment::Test, "B1").await.unwrap();
        let plan = sqlx::query(sqlx::AssertSqlSafe(format!("explain query plan {COUNTED}"))).bind(0).bind(1);
        let plan: Vec<String> =
            plan.fetch_all(&ledger.pool).await.unwrap().iter().map(|row| row.try_get("detail").unwrap()).collect();
        assert!(plan[0].contains("entry_by_moment"), "{plan:?}");
        assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{plan:?}");
    }
}
