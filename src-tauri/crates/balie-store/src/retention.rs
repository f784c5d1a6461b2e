//! How long what was done is kept (security.md S-8): what came to its end is first reduced, so that nothing in it points to a
//! person, and after the term of the organizer removed. What is open is never touched, however old it is.

use crate::ledger::Ledger;
use crate::lives;
use crate::open::StoreError;
use crate::trail::{self, Actor};
use balie_core::entry::EntryId;
use balie_core::time::Moment;
use jiff::SignedDuration;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};
use std::collections::HashSet;
use std::fmt::Write;
use std::sync::LazyLock;

/// For how many days after its last step what was done is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionPolicy {
    /// With all that is known of the person.
    pub reduce_after_days: u32,
    /// At all; the term of the organizer. One that is shorter than the other takes that one's place.
    pub delete_after_days: u32,
}

impl Default for RetentionPolicy {
    fn default() -> Self {
        Self { reduce_after_days: 30, delete_after_days: 400 }
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retained {
    /// So many entries were reduced.
    pub reduced: u32,
    /// So many entries were removed.
    pub deleted: u32,
}

/// So many receipts are looked at in one turn, so that nobody at the desk waits for it.
const TOGETHER: i64 = 250;

/// Nothing is left to do about an entry, and nothing can come to light any more. The doubt of what was handed over is that of
/// the other desk.
fn closed(outbox: &str) -> String {
    format!(
        "({outbox}.state in ('confirmed', 'withdrawn', 'cancelled', 'written_off', 'handed_over')
          and {outbox}.dispute is null and {outbox}.recheck_at is null
          and ({outbox}.doubt_batch is null or {outbox}.state = 'handed_over'))"
    )
}

/// What came to its end before a moment (?3), among some receipts (?1 to ?2). Also what hangs on it must have: a request, a
/// record too many, and a cancellation, which needs to know what it takes back.
static ENDED: LazyLock<String> = LazyLock::new(|| {
    let (closed, cancelled) = (closed("o"), closed("co"));
    format!(
        "select e.receipt, e.uitpas_number = '0000000000000' as is_reduced, o.changed_at
         from entry e join outbox o using (receipt)
         where e.receipt between ?1 and ?2 and o.changed_at < ?3 and {closed}
             and not exists (select 1 from attempt a where a.receipt = e.receipt and a.phase = 'intent')
             and not exists (select 1 from entry c join outbox co using (receipt)
                             where c.cancels = e.receipt and not {cancelled})
             and e.receipt not in (select receipt from surplus s
                                   where s.receipt is not null and s.taken_out_at is null
                                     and (s.seen_at is null or s.provable = 1))
         order by e.receipt"
    )
});

/// The receipts of one turn of which something is to be done.
#[derive(Default)]
struct Turn {
    reduce: Vec<i64>,
    remove: Vec<i64>,
}

/// Before these moments it is reduced, and removed.
#[derive(Clone, Copy)]
struct Terms {
    reduce: i64,
    remove: i64,
}

impl Terms {
    fn of(policy: &RetentionPolicy, now: Moment) -> Self {
        let before = |days: u32| {
            let term = SignedDuration::from_hours(24 * i64::from(days));
            now.checked_sub(term).unwrap_or(Moment::MIN).as_millisecond()
        };
        let reduce = before(policy.reduce_after_days);
        Self { reduce, remove: before(policy.delete_after_days).min(reduce) }
    }
}

impl Ledger {
    /// Reduces what came to its end and whose term has passed, and removes what is older still. It is done in turns of some
    /// hundred receipts, each a commit of its own: the program may end between any two, and goes on the next time.
    ///
    /// A reduced entry keeps its receipt, what was done and for how much, when, and the id that UiTPAS gave it; its number
    /// is forgotten, so it can neither be taken back nor sent again. `now` must be a moment that UiTPAS said: a clock of
    /// the desk that is years ahead would end every term.
    ///
    /// # Errors
    /// Fails when the file cannot be written, or was also used elsewhere; what was done by then stays done.
    pub async fn retain(&self, now: Moment, policy: &RetentionPolicy) -> Result<Retained, StoreError> {
        self.is_used_here_alone()?;
        let (terms, mut retained) = (Terms::of(policy, now), Retained::default());
        let lost = self.not_given_away().await?;
        let row = sqlx::query("select coalesce(min(receipt), 1), coalesce(max(receipt), 0) from entry");
        let row = row.fetch_one(&self.pool).await?;
        let (first, mut last): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        // From the last to the first: a cancellation comes after what it takes back, and goes before it.
        while last >= first {
            let receipts = (last.saturating_sub(TOGETHER - 1).max(first), last);
            let done = self.retain_some(receipts, terms, &lost, now).await?;
            retained.reduced = retained.reduced.saturating_add(done.reduced);
            retained.deleted = retained.deleted.saturating_add(done.deleted);
            last = receipts.0 - 1;
        }
        let others = self.retain_others(terms).await?;
        if retained != Retained::default() || others > 0 {
            // The journal still holds the pages as they were. Whoever reads at this moment keeps it for now.
            sqlx::query("pragma wal_checkpoint(truncate)").fetch_all(&self.pool).await?;
        }
        Ok(retained)
    }

    async fn retain_some(
        &self,
        (from, to): (i64, i64),
        terms: Terms,
        lost: &HashSet<i64>,
        now: Moment,
    ) -> Result<Retained, StoreError> {
        let ended = || {
            let query = sqlx::query(sqlx::AssertSqlSafe(ENDED.as_str())).bind(from).bind(to);
            query.bind(terms.reduce)
        };
        // Most turns find nothing: nobody is kept from writing for that.
        if Turn::of(&ended().fetch_all(&self.pool).await?, terms, lost)?.is_empty() {
            return Ok(Retained::default());
        }
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let turn = Turn::of(&ended().fetch_all(&mut *tx).await?, terms, lost)?;
        reduce(&mut tx, &turn.reduce, now).await?;
        let removed = removable(&mut tx, &turn.remove).await?;
        remove(&mut tx, &removed, now).await?;
        tx.commit().await?;
        let count = |list: &[i64]| u32::try_from(list.len()).unwrap_or(u32::MAX);
        Ok(Retained { reduced: count(&turn.reduce), deleted: count(&removed) })
    }

    /// Records too many of which nothing is open, and the sums of activities that are long over. Gives how many rows changed.
    async fn retain_others(&self, terms: Terms) -> Result<u64, StoreError> {
        let settled = "(taken_out_at < ?1 or (provable = 0 and taken_out_at is null and seen_at < ?1))";
        let which = |more: &str| {
            format!("(kind, server_id) in (select kind, server_id from surplus where {settled}{more} limit {TOGETHER})")
        };
        let forget = format!(
            "update surplus set uitpas_number = '0000000000000' where {}",
            which(" and uitpas_number <> '0000000000000'")
        );
        let mut changed = 0;
        for (sql, term) in [
            (forget, terms.reduce),
            (format!("delete from surplus where {}", which("")), terms.remove),
            ("delete from sum_check where due_at is null and checked_at < ?1".to_owned(), terms.remove),
        ] {
            loop {
                let query = sqlx::query(sqlx::AssertSqlSafe(sql.as_str())).bind(term);
                let rows = query.execute(&self.pool).await?.rows_affected();
                changed += rows;
                if rows == 0 {
                    break;
                }
            }
        }
        Ok(changed)
    }
}

impl Turn {
    /// What went into a file that never came into its place can be written once more, and stays until then.
    fn of(rows: &[SqliteRow], terms: Terms, lost: &HashSet<i64>) -> Result<Self, StoreError> {
        let mut turn = Self::default();
        for row in rows {
            let (receipt, is_reduced, changed): (i64, bool, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            if lost.contains(&receipt) && !is_reduced {
                continue;
            }
            if !is_reduced {
                turn.reduce.push(receipt);
            }
            if changed < terms.remove {
                turn.remove.push(receipt);
            }
        }
        Ok(turn)
    }

    fn is_empty(&self) -> bool {
        self.reduce.is_empty() && self.remove.is_empty()
    }
}

/// Overwrites what points to a person.
async fn reduce(tx: &mut Transaction<'static, Sqlite>, receipts: &[i64], now: Moment) -> Result<(), StoreError> {
    if receipts.is_empty() {
        return Ok(());
    }
    let list = list(receipts);
    lives::forget(tx, &list).await?;
    for sql in [
        "update attempt set problem = null where receipt in (select value from json_each(?1)) and problem is not null",
        // They may be of other people.
        "delete from observed_row where observation in (
             select id from observation where receipt in (select value from json_each(?1)))",
        "update entry set uitpas_number = '0000000000000', passholder_id = ''
         where receipt in (select value from json_each(?1))",
    ] {
        sqlx::query(sql).bind(&list).execute(&mut **tx).await?;
    }
    trail::note(tx, Actor::Machine, "reduced", None, &told(receipts), now).await
}

/// Of these receipts the ones that no other entry points to that stays.
async fn removable(tx: &mut Transaction<'static, Sqlite>, receipts: &[i64]) -> Result<Vec<i64>, StoreError> {
    let rows = sqlx::query(
        "select value from json_each(?1) where not exists (
             select 1 from entry c where c.cancels = value and c.receipt not in (select value from json_each(?1)))",
    )
    .bind(list(receipts))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Removes reduced entries and all that hangs on them. The trail stays, and says which receipts went.
async fn remove(tx: &mut Transaction<'static, Sqlite>, receipts: &[i64], now: Moment) -> Result<(), StoreError> {
    if receipts.is_empty() {
        return Ok(());
    }
    let list = list(receipts);
    for sql in [
        "delete from observed_row where observation in (
             select id from observation where receipt in (select value from json_each(?1)))",
        "delete from observation where receipt in (select value from json_each(?1))",
        "delete from attempt where receipt in (select value from json_each(?1))",
        "delete from server_record where receipt in (select value from json_each(?1))",
        "delete from surplus where receipt in (select value from json_each(?1))",
        "delete from outbox where receipt in (select value from json_each(?1))",
        "update desk set receipts_gone = max(receipts_gone, (select max(value) from json_each(?1)))",
        // What is taken back goes after what takes it back.
        "delete from entry where cancels is not null and receipt in (select value from json_each(?1))",
        "delete from entry where receipt in (select value from json_each(?1))",
    ] {
        sqlx::query(sql).bind(&list).execute(&mut **tx).await?;
    }
    trail::note(tx, Actor::Machine, "removed", None, &told(receipts), now).await
}

/// Removes what was handed over from here under this id and was reduced since: it comes back, with the number that is forgotten
/// here, and is recorded anew.
pub(crate) async fn make_room(
    tx: &mut Transaction<'static, Sqlite>,
    id: EntryId,
    now: Moment,
) -> Result<(), StoreError> {
    let row = sqlx::query(
        "select e.receipt from entry e join outbox o using (receipt)
         where e.id = ? and o.state = 'handed_over' and e.uitpas_number = '0000000000000'",
    )
    .bind(id.0.as_slice())
    .fetch_optional(&mut **tx)
    .await?;
    match row {
        Some(row) => remove(tx, &[row.try_get(0)?], now).await,
        None => Ok(()),
    }
}

/// The receipts as a list of JSON, which a statement takes as one value.
fn list(receipts: &[i64]) -> String {
    let numbers: Vec<String> = receipts.iter().map(i64::to_string).collect();
    format!("[{}]", numbers.join(","))
}

/// How many receipts, and which: `5: 1-4 7`.
fn told(receipts: &[i64]) -> String {
    let mut told = format!("{}:", receipts.len());
    for run in receipts.chunk_by(|one, next| one + 1 == *next) {
        // Writing to a text cannot fail.
        let _ = match run {
            [first, .., last] => write!(told, " {first}-{last}"),
            [only] => write!(told, " {only}"),
            [] => Ok(()),
        };
    }
    told
}

#[cfg(test)]
mod tests;
