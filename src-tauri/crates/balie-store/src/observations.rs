//! Tables `observation` and `observed_row`: every look at the rows of UiTPAS, and which of them fit.

use crate::ledger::Ledger;
use crate::open::StoreError;
use crate::rows::moment;
use balie_core::money::Cents;
use balie_core::reconcile::Row as ServerRow;
use balie_core::time::Moment;
use sqlx::Row;

/// One look at the rows of UiTPAS for one entry.
#[derive(Debug, Clone, Copy)]
pub struct Observation<'a> {
    /// The entry.
    pub receipt: i64,
    /// The request in which it went.
    pub batch: i64,
    /// The clock of UiTPAS, where it said so.
    pub server_at: Option<Moment>,
    /// How many rows the complete list had; absent when there was none.
    pub listed: Option<usize>,
    /// What it came to.
    pub verdict: &'a str,
    /// The rows that fit the entry.
    pub fitting: &'a [&'a ServerRow],
}

/// A row that fits an entry in doubt, as it was last listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The id that UiTPAS gave it.
    pub id: String,
    /// When UiTPAS made it.
    pub at: Moment,
    /// The price that UiTPAS counts.
    pub price: Option<Cents>,
    /// The name of the price category as it was sent.
    pub label: Option<String>,
}

impl Ledger {
    /// Keeps a look as evidence.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn observed(&self, observation: &Observation<'_>, now: Moment) -> Result<(), StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let listed = observation.listed.and_then(|count| i64::try_from(count).ok());
        let row = sqlx::query(
            "insert into observation (receipt, batch, at, server_at, listed, verdict) values (?, ?, ?, ?, ?, ?)
             returning id",
        )
        .bind(observation.receipt)
        .bind(observation.batch)
        .bind(now.as_millisecond())
        .bind(observation.server_at.map(Moment::as_millisecond))
        .bind(listed)
        .bind(observation.verdict)
        .fetch_one(&mut *tx)
        .await?;
        let id: i64 = row.try_get(0)?;
        for fitting in observation.fitting {
            let sale = fitting.sale.as_ref();
            sqlx::query(
                "insert or replace into observed_row (observation, server_id, created, price_cents, label)
                 values (?, ?, ?, ?, ?)",
            )
            .bind(id)
            .bind(&fitting.id)
            .bind(fitting.at.as_millisecond())
            .bind(sale.and_then(|sale| sale.price).map(|price| price.0))
            .bind(sale.and_then(|sale| sale.label.as_deref()))
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The rows that could be an entry, as they were last listed; those of other entries are left out.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn candidates(&self, receipt: i64) -> Result<Vec<Candidate>, StoreError> {
        let rows = sqlx::query(
            "select r.server_id, r.created, r.price_cents, r.label from observed_row r
             where r.observation = (select max(id) from observation where receipt = ?1 and listed is not null)
               and not exists (select 1 from server_record s join entry e using (receipt)
                               where s.server_id = r.server_id and s.receipt <> ?1
                                 and e.kind = (select kind from entry where receipt = ?1))
             order by r.created",
        )
        .bind(receipt)
        .fetch_all(&self.pool)
        .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            Ok(Candidate {
                id: row.try_get(0)?,
                at: moment(row.try_get(1)?)?,
                price: row.try_get::<Option<i64>, _>(2)?.map(Cents),
                label: row.try_get(3)?,
            })
        };
        rows.iter().map(read).collect()
    }
}
