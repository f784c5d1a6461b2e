//! What our own entries say of a person: how often something was done, which points changed, and what is at risk.

use crate::ledger::Ledger;
use crate::open::StoreError;
use crate::rows::{Word, moment};
use crate::server_records::kind_of;
use balie_core::agreement::Verb;
use balie_core::entry::Entry;
use balie_core::money::Cents;
use balie_core::pass::PassholderId;
use balie_core::points::PointsChange;
use balie_core::policy::OpenRisk;
use balie_core::time::Moment;
use balie_core::usage::{OwnUse, Use};
use sqlx::Row;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a person (?1) did of one kind (?2). Of what was reduced nobody knows whose it is: it is no one's here, and stands in
/// the lists of UiTPAS.
pub(crate) const OWN_USES: &str =
    "select coalesce(e.event_id, e.reward_id), e.occurred_at, o.confirmed_at, e.quantity, r.server_id, r.created
     from entry e join outbox o using (receipt) left join server_record r using (receipt)
     where e.passholder_id = ?1 and e.kind = ?2 and e.passholder_id <> ''
         and o.state not in ('withdrawn', 'refused', 'cancelled', 'written_off', 'handed_over')";

/// Whether the like of an entry (?1), which is of this kind (?2), may have been booked by hand.
pub(crate) const BY_HAND: &str = "select exists (
         select 1 from entry this join entry e on e.passholder_id = this.passholder_id and e.kind = this.kind
             and coalesce(e.event_id, e.reward_id) = coalesce(this.event_id, this.reward_id)
         join outbox o on o.receipt = e.receipt
         where this.receipt = ?1 and this.kind = ?2 and e.receipt <> ?1
             and (o.state in ('refused', 'written_off') or o.proof = 'person'))";

/// What changed the points of a person (?1), as far as can be relied on at a moment (?2).
pub(crate) static POINTS: LazyLock<String> = LazyLock::new(|| {
    // When UiTPAS was first asked for it, and may have done it.
    let asked = "(select min(a.started_at) from attempt a where a.receipt = e.receipt
                  and a.class in ('accepted', 'repeatable', 'unknown', 'found_open'))";
    format!(
        "select e.points, coalesce({asked}, o.confirmed_at)
         from entry e join outbox o using (receipt)
         where e.passholder_id = ?1 and e.passholder_id <> '' and e.kind = 'check_in' and (
             o.state in ('confirmed', 'cancelled')
             or (o.state in ('queued', 'sending') and coalesce(e.deadline, ?2) >= ?2))
         union all
         select -e.points, o.confirmed_at from entry e join outbox o using (receipt)
         where e.passholder_id = ?1 and e.passholder_id <> '' and e.kind = 'redeem'
             and o.state in ('queued', 'sending', 'in_doubt', 'confirmed', 'cancelled')
         union all
         select -t.points, o.confirmed_at
         from entry e join outbox o using (receipt) join entry t on t.receipt = e.cancels
         where e.passholder_id = ?1 and e.passholder_id <> '' and t.kind = 'check_in' and o.state in ('queued', 'sending', 'confirmed')
         union all
         select t.points, coalesce({asked}, o.confirmed_at)
         from entry e join outbox o using (receipt) join entry t on t.receipt = e.cancels
         where e.passholder_id = ?1 and e.passholder_id <> '' and t.kind = 'redeem' and o.state = 'confirmed'
             and coalesce(o.problem, '') <> 'was-gone'"
    )
});

impl Ledger {
    /// What a person did of one kind, by activity or reward, in our own entries that are neither withdrawn, cancelled nor
    /// refused. A sale of several tickets is several uses.
    ///
    /// What UiTPAS accepted counts from the moment that UiTPAS gave it, which is the one that its limits go by.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn own_uses(
        &self,
        kind: Verb,
        passholder: &PassholderId,
    ) -> Result<HashMap<String, Vec<OwnUse>>, StoreError> {
        let rows = sqlx::query(OWN_USES).bind(&passholder.0).bind(kind.word()).fetch_all(&self.pool).await?;
        let mut uses: HashMap<String, Vec<OwnUse>> = HashMap::new();
        for row in &rows {
            let server_id: Option<String> = row.try_get(4)?;
            let (occurred, created): (i64, Option<i64>) = (row.try_get(1)?, row.try_get(5)?);
            let confirmed = row.try_get::<Option<i64>, _>(2)?.map(moment).transpose()?;
            let counted = Use { at: moment(created.unwrap_or(occurred))?, confirmed };
            // With a record for each ticket there is a row for each; without, one row stands for all.
            let times = if server_id.is_some() { 1 } else { row.try_get::<u32, _>(3)? };
            let list = uses.entry(row.try_get(0)?).or_default();
            list.extend((0..times).map(|_| OwnUse { counted, server_id: server_id.clone() }));
        }
        Ok(uses)
    }

    /// Whether a person may have booked the like of an entry at UiTPAS by hand: another act of the same person and the same
    /// activity or reward was refused, or a person said that it is there. No record of it is known here.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn may_be_booked_by_hand(&self, entry: &Entry) -> Result<bool, StoreError> {
        let Some(kind) = kind_of(&entry.act) else { return Ok(false) };
        let row = sqlx::query(BY_HAND).bind(entry.receipt.sequence).bind(kind.word()).fetch_one(&self.pool).await?;
        Ok(row.try_get(0)?)
    }

    /// How our own entries changed the points of a person, as far as can be relied on at a moment. In doubt the desk gives
    /// away too little: a point in doubt, and one whose deadline has passed unsent, is not counted as saved; an exchange
    /// in doubt is counted as spent; and what was gained may have been counted by UiTPAS since it was first asked for.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn points_changes(
        &self,
        passholder: &PassholderId,
        now: Moment,
    ) -> Result<Vec<PointsChange>, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(POINTS.as_str()))
            .bind(&passholder.0)
            .bind(now.as_millisecond())
            .fetch_all(&self.pool)
            .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            let confirmed: Option<i64> = row.try_get(1)?;
            Ok(PointsChange { points: row.try_get(0)?, confirmed: confirmed.map(moment).transpose()? })
        };
        rows.iter().map(read).collect()
    }

    /// The provisional sales that UiTPAS has not confirmed, and the discount that they come to.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn open_risk(&self) -> Result<OpenRisk, StoreError> {
        let row = sqlx::query(
            "select count(*), coalesce(sum((e.regular_cents - e.charged_cents) * e.quantity), 0)
             from outbox o join entry e using (receipt)
             where o.state in ('queued', 'sending', 'in_doubt') and e.kind = 'sell' and e.price_source <> 'live'",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(OpenRisk { count: row.try_get(0)?, discount: Cents(row.try_get(1)?) })
    }
}

#[cfg(test)]
mod tests;
