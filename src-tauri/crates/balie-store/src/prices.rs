//! Tables `static_price` and `refused_price`: what UiTPAS last said the social tariff is for a price, whoever the
//! passholder, and to whom it last refused one.

use crate::open::StoreError;
use crate::rows::moment;
use crate::snapshot::Snapshot;
use balie_core::event::EventId;
use balie_core::money::Cents;
use balie_core::pass::PassholderId;
use balie_core::tariff::{PriceFact, ServerAnswer, TariffId};
use sqlx::Row;

impl Snapshot {
    /// Keeps an answer.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn keep_price(&self, event: &EventId, regular: Cents, fact: &PriceFact) -> Result<(), StoreError> {
        let (tariff, price, said) = match &fact.answer {
            ServerAnswer::Granted { tariff, price, .. } => (Some(&tariff.0), Some(price.0), None),
            ServerAnswer::NotGranted { said } => (None, None, said.as_ref()),
        };
        sqlx::query(
            "insert or replace into static_price (event_id, regular_cents, tariff_id, price_cents, said, as_of)
             values (?, ?, ?, ?, ?, ?)",
        )
        .bind(&event.0)
        .bind(regular.0)
        .bind(tariff)
        .bind(price)
        .bind(said)
        .bind(fact.as_of.as_millisecond())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The last answer for a price of an activity.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn price(&self, event: &EventId, regular: Cents) -> Result<Option<PriceFact>, StoreError> {
        let row = sqlx::query(
            "select tariff_id, price_cents, said, as_of from static_price where event_id = ? and regular_cents = ?",
        )
        .bind(&event.0)
        .bind(regular.0)
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let tariff: Option<String> = row.try_get(0)?;
        let price: Option<i64> = row.try_get(1)?;
        let answer = match (tariff, price) {
            (Some(tariff), Some(price)) => {
                ServerAnswer::Granted { tariff: TariffId(tariff), price: Cents(price), remaining: None }
            }
            _ => ServerAnswer::NotGranted { said: row.try_get(2)? },
        };
        Ok(Some(PriceFact { answer, as_of: moment(row.try_get(3)?)? }))
    }

    /// Keeps what UiTPAS answered one person about a price: a refusal stands until a newer answer takes it away.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn keep_answer(
        &self,
        passholder: &PassholderId,
        event: &EventId,
        regular: Cents,
        fact: &PriceFact,
    ) -> Result<(), StoreError> {
        let query = match &fact.answer {
            ServerAnswer::Granted { .. } => {
                sqlx::query("delete from refused_price where passholder_id = ? and event_id = ? and regular_cents = ?")
                    .bind(&passholder.0)
                    .bind(&event.0)
                    .bind(regular.0)
            }
            ServerAnswer::NotGranted { said } => sqlx::query(
                "insert or replace into refused_price (passholder_id, event_id, regular_cents, said, as_of)
                 values (?, ?, ?, ?, ?)",
            )
            .bind(&passholder.0)
            .bind(&event.0)
            .bind(regular.0)
            .bind(said)
            .bind(fact.as_of.as_millisecond()),
        };
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// The refusal that stands for one person and price.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn refused_price(
        &self,
        passholder: &PassholderId,
        event: &EventId,
        regular: Cents,
    ) -> Result<Option<PriceFact>, StoreError> {
        let row = sqlx::query(
            "select said, as_of from refused_price where passholder_id = ? and event_id = ? and regular_cents = ?",
        )
        .bind(&passholder.0)
        .bind(&event.0)
        .bind(regular.0)
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let answer = ServerAnswer::NotGranted { said: row.try_get(0)? };
        Ok(Some(PriceFact { answer, as_of: moment(row.try_get(1)?)? }))
    }
}
