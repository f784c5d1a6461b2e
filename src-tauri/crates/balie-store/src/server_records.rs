//! Table `server_record`: what UiTPAS registered for each entry.

use crate::entries::Recorded;
use crate::ledger::Ledger;
use crate::open::StoreError;
use crate::rows::Word;
use balie_core::agreement::Verb;
use balie_core::entry::{Act, Cancellation};
use balie_core::money::Cents;
use balie_core::time::Moment;
use sqlx::{Row, Sqlite, Transaction};
use std::collections::HashSet;

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

/// The kind of record that an act makes; nothing for a cancellation.
pub const fn kind_of(act: &Act) -> Option<Verb> {
    match act {
        Act::Sale(_) => Some(Verb::Sell),
        Act::CheckIn(_) => Some(Verb::CheckIn),
        Act::Redemption(_) => Some(Verb::Redeem),
        Act::Cancellation(_) => None,
    }
}

impl Ledger {
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

    /// Whether any record of what is taken back is known, also one that was taken out already. Of what a person booked by hand
    /// none is.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn has_records(&self, cancellation: &Cancellation) -> Result<bool, StoreError> {
        let row = sqlx::query("select exists (select 1 from server_record where receipt = ?)")
            .bind(cancellation.of_receipt.sequence)
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get(0)?)
    }

    /// Notes that UiTPAS took a record out, so that a cancellation that is cut off goes on where it was.
    ///
    /// # Errors
    /// Fails when the file cannot be written; taking it out once more does no harm.
    pub async fn taken_out(&self, kind: Verb, server_id: &str, now: Moment) -> Result<(), StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        for table in ["server_record", "surplus"] {
            let sql = format!("update {table} set taken_out_at = ? where kind = ? and server_id = ?");
            sqlx::query(sqlx::AssertSqlSafe(sql))
                .bind(now.as_millisecond())
                .bind(kind.word())
                .bind(server_id)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Which of these ids are accounted for: they belong to an entry, or are known to be ours and too many.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn accounted<'a>(
        &self,
        kind: Verb,
        ids: impl Iterator<Item = &'a str>,
    ) -> Result<HashSet<String>, StoreError> {
        let mut known = HashSet::new();
        for id in ids {
            let row = sqlx::query(
                "select 1 from server_record where kind = ?1 and server_id = ?2
                 union all select 1 from surplus where kind = ?1 and server_id = ?2 and provable = 1",
            )
            .bind(kind.word())
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
            if row.is_some() {
                known.insert(id.to_owned());
            }
        }
        Ok(known)
    }
}

/// Keeps what UiTPAS registered for an entry. An id that belongs to another entry already is a mistake (I3).
pub(crate) async fn keep(
    tx: &mut Transaction<'static, Sqlite>,
    recorded: &Recorded,
    records: &[ServerRecord],
) -> Result<(), StoreError> {
    let Some(kind) = kind_of(&recorded.entry.act) else { return Ok(()) };
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
        sqlx::query("delete from surplus where kind = ? and server_id = ?")
            .bind(kind.word())
            .bind(&record.id)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}
