//! Table `entry`: what the clerk did. Written once, with its receipt number, before anybody sees a tick.

use crate::ledger::Ledger;
use crate::open::StoreError;
use crate::rows::{Word, moment};
use balie_core::entry::{Entry, EntryId, ReceiptNumber, TicketSale};
use balie_core::event::{EventId, OrganizerId};
use balie_core::money::Cents;
use balie_core::outbox::State;
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::tariff::{PriceSource, TariffId, Use};
use balie_core::time::Moment;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// An entry and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What was done.
    pub entry: Entry,
    /// How it stands.
    pub state: State,
    /// Grows with every step; an update names the version that it read.
    pub version: i64,
    /// How often it was tried.
    pub attempts: u32,
    /// Why UiTPAS did nothing at the last attempt, while it waits.
    pub hold: Option<String>,
    /// The id that UiTPAS gave it.
    pub server_id: Option<String>,
    /// The price that UiTPAS counts.
    pub server_price: Option<Cents>,
    /// The name of the problem, when it was refused or is in doubt.
    pub problem: Option<String>,
    /// What UiTPAS wants to be shown about it.
    pub said: Option<String>,
}

impl Recorded {
    /// An entry as it stands at the moment of its recording.
    const fn fresh(entry: Entry) -> Self {
        Self {
            entry,
            state: State::Queued,
            version: 1,
            attempts: 0,
            hold: None,
            server_id: None,
            server_price: None,
            problem: None,
            said: None,
        }
    }
}

/// The columns of [`Recorded`], in one place for every query.
pub(crate) const RECORDED: &str = "e.*, o.state, o.version, o.attempts, o.hold, o.server_id, o.server_price_cents, \
     o.problem, o.said from entry e join outbox o using (receipt)";

impl Ledger {
    /// Records a sale: takes the next receipt number, writes the entry and queues it, in one durable commit.
    ///
    /// # Errors
    /// When this fails nothing was recorded, and nothing may be promised.
    pub async fn record(&self, id: EntryId, sale: &TicketSale, occurred: Moment) -> Result<Recorded, StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let row = sqlx::query(
            "update desk set next_receipt = next_receipt + 1 returning next_receipt - 1 as receipt, receipt_prefix",
        )
        .fetch_one(&mut *tx)
        .await?;
        let receipt = ReceiptNumber { prefix: row.try_get("receipt_prefix")?, sequence: row.try_get("receipt")? };
        sqlx::query(
            "insert into entry (receipt, receipt_prefix, id, kind, occurred_at, organizer_id, event_id, event_title,
                 uitpas_number, passholder_id, tariff_id, label, regular_cents, charged_cents, price_source, price_as_of)
             values (?, ?, ?, 'sell', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(receipt.sequence)
        .bind(&receipt.prefix)
        .bind(id.0.as_slice())
        .bind(occurred.as_millisecond())
        .bind(&sale.organizer.0)
        .bind(&sale.event.0)
        .bind(&sale.event_title)
        .bind(sale.number.reveal())
        .bind(&sale.passholder.0)
        .bind(sale.tariff.as_ref().map(|tariff| &tariff.0))
        .bind(&sale.label)
        .bind(sale.regular.0)
        .bind(sale.charged.0)
        .bind(sale.source.word())
        .bind(sale.price_as_of.as_millisecond())
        .execute(&mut *tx)
        .await?;
        sqlx::query("insert into outbox (receipt, state, changed_at) values (?, 'queued', ?)")
            .bind(receipt.sequence)
            .bind(occurred.as_millisecond())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        // Nothing may fail after the commit: whoever asked would think that nothing was recorded.
        Ok(Recorded::fresh(Entry { id, receipt, sale: sale.clone(), occurred }))
    }

    /// The newest entries first, at most `most`.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn newest(&self, most: u32) -> Result<Vec<Recorded>, StoreError> {
        static SQL: std::sync::LazyLock<String> =
            std::sync::LazyLock::new(|| format!("select {RECORDED} order by receipt desc limit ?"));
        let rows = sqlx::query(sqlx::AssertSqlSafe(SQL.as_str())).bind(most).fetch_all(&self.pool).await?;
        rows.iter().map(read).collect()
    }

    /// One entry.
    ///
    /// # Errors
    /// Fails when the file cannot be read; an entry that does not exist is `None`.
    pub async fn entry(&self, id: EntryId) -> Result<Option<Recorded>, StoreError> {
        static SQL: std::sync::LazyLock<String> =
            std::sync::LazyLock::new(|| format!("select {RECORDED} where e.id = ?"));
        let row =
            sqlx::query(sqlx::AssertSqlSafe(SQL.as_str())).bind(id.0.as_slice()).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }

    /// When a person used an activity, by our own entries that are neither withdrawn nor refused.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn uses(&self, passholder: &PassholderId, event: &EventId) -> Result<Vec<Use>, StoreError> {
        let rows = sqlx::query(
            "select e.occurred_at, case o.state when 'confirmed' then o.changed_at end
             from entry e join outbox o using (receipt)
             where e.passholder_id = ? and e.event_id = ? and o.state not in ('withdrawn', 'refused')",
        )
        .bind(&passholder.0)
        .bind(&event.0)
        .fetch_all(&self.pool)
        .await?;
        let read = |row: &SqliteRow| {
            let confirmed: Option<i64> = row.try_get(1)?;
            Ok(Use { at: moment(row.try_get(0)?)?, confirmed: confirmed.map(moment).transpose()? })
        };
        rows.iter().map(read).collect()
    }
}

pub(crate) fn read(row: &SqliteRow) -> Result<Recorded, StoreError> {
    let id: &[u8] = row.try_get("id")?;
    let number: &str = row.try_get("uitpas_number")?;
    let sale = TicketSale {
        number: UitpasNumber::parse(number).ok_or(StoreError::Unreadable("number"))?,
        passholder: PassholderId(row.try_get("passholder_id")?),
        organizer: OrganizerId(row.try_get("organizer_id")?),
        event: EventId(row.try_get("event_id")?),
        event_title: row.try_get("event_title")?,
        tariff: row.try_get::<Option<String>, _>("tariff_id")?.map(TariffId),
        label: row.try_get("label")?,
        regular: Cents(row.try_get("regular_cents")?),
        charged: Cents(row.try_get("charged_cents")?),
        source: PriceSource::read(row.try_get("price_source")?)?,
        price_as_of: moment(row.try_get("price_as_of")?)?,
    };
    let entry = Entry {
        id: EntryId(id.try_into().map_err(|_| StoreError::Unreadable("id"))?),
        receipt: ReceiptNumber { prefix: row.try_get("receipt_prefix")?, sequence: row.try_get("receipt")? },
        sale,
        occurred: moment(row.try_get("occurred_at")?)?,
    };
    Ok(Recorded {
        entry,
        state: State::read(row.try_get("state")?)?,
        version: row.try_get("version")?,
        attempts: row.try_get("attempts")?,
        hold: row.try_get("hold")?,
        server_id: row.try_get("server_id")?,
        server_price: row.try_get::<Option<i64>, _>("server_price_cents")?.map(Cents),
        problem: row.try_get("problem")?,
        said: row.try_get("said")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Key;
    use crate::ledger::Environment;

    #[tokio::test]
    async fn an_entry_can_not_be_changed_or_removed() {
        let folder = tempfile::tempdir().unwrap();
        let key = Key::random().unwrap();
        let path = folder.path().join("ledger.db");
        let ledger = Ledger::open(&path, &key, Environment::Test, "B1").await.unwrap();
        let sale = TicketSale {
            number: UitpasNumber::parse("0900000067513").unwrap(),
            passholder: PassholderId("p".to_owned()),
            organizer: OrganizerId("o".to_owned()),
            event: EventId("e".to_owned()),
            event_title: "Zwemmen".to_owned(),
            tariff: None,
            label: "Volwassene".to_owned(),
            regular: Cents(1000),
            charged: Cents(200),
            source: PriceSource::Computed,
            price_as_of: Moment::UNIX_EPOCH,
        };
        let fresh = ledger.record(EntryId([1; 16]), &sale, Moment::UNIX_EPOCH).await.unwrap();
        assert_eq!(ledger.newest(1).await.unwrap(), [fresh], "what is answered is what was written");
        for tampering in ["update entry set charged_cents = 100", "delete from entry"] {
            let refused = sqlx::query(tampering).execute(&ledger.pool).await.unwrap_err();
            assert!(refused.to_string().contains("an entry is never"), "{refused}");
        }
    }
}
