//! The life of one entry, from all tables, in the order in which it went.

use crate::ledger::Ledger;
use crate::open::StoreError;
use crate::rows::moment;
use balie_core::time::Moment;
use sqlx::Row;

/// One thing that happened to an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// When, by the clock of the desk.
    pub at: Moment,
    /// What: `step`, `sent`, `answered`, `looked` or `record`.
    pub what: String,
    /// Of which kind: the word of the step, of the answer or of the verdict.
    pub word: String,
    /// What else is known of it; nothing in it names a person.
    pub detail: String,
}

impl Ledger {
    /// Everything that happened to an entry, the oldest first.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn story(&self, receipt: i64) -> Result<Vec<Happened>, StoreError> {
        let rows = sqlx::query(
            "select at, 'step', action, actor || case detail when '' then '' else ' · ' || detail end, 0 as place, seq
             from trail where receipt = ?1
             union all
             select started_at, 'sent', 'intent', 'batch ' || batch
                 || ' · server ' || coalesce(server_from, '?') || case labelled when 1 then ' · bon' else '' end, 1, id
             from attempt where receipt = ?1
             union all
             select ended_at, 'answered', class, 'batch ' || batch || coalesce(' · HTTP ' || status, '')
                 || coalesce(' · ' || problem, ''), 2, id
             from attempt where receipt = ?1 and phase = 'closed'
             union all
             select at, 'looked', verdict, coalesce(listed || ' rows', 'no list') || coalesce((
                 select ' · ' || group_concat(server_id, ', ') from observed_row where observation = o.id), ''), 3, id
             from observation o where receipt = ?1
             union all
             select coalesce(taken_out_at, created, 0), 'record', case when taken_out_at is null then 'is there' else
                 'taken out' end, kind || ' ' || server_id || coalesce(' · ' || price_cents || ' cent', ''), 4, 0
             from server_record where receipt = ?1
             order by 1, 5, 6",
        )
        .bind(receipt)
        .fetch_all(&self.pool)
        .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            Ok(Happened {
                at: moment(row.try_get(0)?)?,
                what: row.try_get(1)?,
                word: row.try_get(2)?,
                detail: row.try_get(3)?,
            })
        };
        rows.iter().map(read).collect()
    }
}
