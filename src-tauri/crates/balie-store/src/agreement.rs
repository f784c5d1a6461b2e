//! Table `agreement`: how often the local answer and the live one stood to each other in a way.

use crate::open::StoreError;
use crate::rows::{Word, moment};
use crate::snapshot::Snapshot;
use balie_core::agreement::{Agreement, Comparison, Verb};
use balie_core::time::Moment;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// How often two answers met. Verbs and codes only, no people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// What was decided about.
    pub verb: Verb,
    /// The local answer: `granted`, or the code of the refusal.
    pub local: String,
    /// The live answer.
    pub live: String,
    /// How they stand.
    pub agreement: Agreement,
    /// How often.
    pub count: u32,
    /// The last time.
    pub last: Moment,
}

impl Snapshot {
    /// Counts a comparison.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn count_comparison(&self, comparison: &Comparison, now: Moment) -> Result<(), StoreError> {
        sqlx::query(
            "insert into agreement (verb, local, live, agreement, count, last_at) values (?, ?, ?, ?, 1, ?)
             on conflict do update set count = count + 1, last_at = excluded.last_at",
        )
        .bind(comparison.verb.word())
        .bind(comparison.local)
        .bind(comparison.live)
        .bind(comparison.agreement.word())
        .bind(now.as_millisecond())
        .execute(&self.pool()?)
        .await?;
        Ok(())
    }

    /// All that was counted, the most frequent first.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn tallies(&self) -> Result<Vec<Tally>, StoreError> {
        let rows = sqlx::query("select * from agreement order by count desc, verb, local, live")
            .fetch_all(&self.pool()?)
            .await?;
        let read = |row: &SqliteRow| {
            Ok(Tally {
                verb: Verb::read(row.try_get("verb")?)?,
                local: row.try_get("local")?,
                live: row.try_get("live")?,
                agreement: Agreement::read(row.try_get("agreement")?)?,
                count: row.try_get("count")?,
                last: moment(row.try_get("last_at")?)?,
            })
        };
        rows.iter().map(read).collect()
    }
}
