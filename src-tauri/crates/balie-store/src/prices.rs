//! Tables `static_price` and `refused_price`: what UiTPAS last said the social tariff is for a price, whoever the
//! passholder, and to whom it last refused one.

use crate::open::StoreError;
use crate::rows::moment;
use crate::snapshot::Snapshot;
use balie_core::event::EventId;
use balie_core::group_pass::Turns;
use balie_core::money::Cents;
use balie_core::pass::PassholderId;
use balie_core::tariff::{PriceFact, ServerAnswer, TariffId};
use balie_core::time::Moment;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::collections::HashMap;

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
        .execute(&self.pool()?)
        .await?;
        Ok(())
    }

    /// The last answer for each price of an activity.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn prices(&self, event: &EventId) -> Result<HashMap<Cents, PriceFact>, StoreError> {
        let rows = sqlx::query(
            "select regular_cents, as_of, said, tariff_id, price_cents from static_price where event_id = ?",
        )
        .bind(&event.0)
        .fetch_all(&self.pool()?)
        .await?;
        let read = |row: &SqliteRow| {
            let answer = match (row.try_get(3)?, row.try_get(4)?) {
                (Some(tariff), Some(price)) => {
                    ServerAnswer::Granted { tariff: TariffId(tariff), price: Cents(price), remaining: None }
                }
                _ => ServerAnswer::NotGranted { said: row.try_get(2)? },
            };
            Ok((Cents(row.try_get(0)?), PriceFact { answer, as_of: moment(row.try_get(1)?)? }))
        };
        rows.iter().map(read).collect()
    }

    /// Of every price that was ever asked: of which activity, and when.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn price_dates(&self) -> Result<HashMap<(EventId, Cents), Moment>, StoreError> {
        let rows =
            sqlx::query("select event_id, regular_cents, as_of from static_price").fetch_all(&self.pool()?).await?;
        let read = |row: &SqliteRow| Ok(((EventId(row.try_get(0)?), Cents(row.try_get(1)?)), moment(row.try_get(2)?)?));
        rows.iter().map(read).collect()
    }

    /// Forgets the prices of activities that are on no list any more and that were asked before a moment.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn forget_prices(&self, before: Moment) -> Result<(), StoreError> {
        sqlx::query("delete from static_price where as_of < ? and event_id not in (select id from event)")
            .bind(before.as_millisecond())
            .execute(&self.pool()?)
            .await?;
        Ok(())
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
        query.execute(&self.pool()?).await?;
        Ok(())
    }

    /// Keeps how many turns a group pass has left here, by the newest answer of UiTPAS.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn keep_turns(
        &self,
        group: &PassholderId,
        event: &EventId,
        regular: Cents,
        turns: Turns,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "insert or replace into group_turns (passholder_id, event_id, regular_cents, turns, as_of)
             values (?, ?, ?, ?, ?)",
        )
        .bind(&group.0)
        .bind(&event.0)
        .bind(regular.0)
        .bind(turns.left)
        .bind(turns.as_of.as_millisecond())
        .execute(&self.pool()?)
        .await?;
        Ok(())
    }

    /// The turns that a group pass had left, wherever UiTPAS was asked.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn all_turns(&self, group: &PassholderId) -> Result<Vec<Turns>, StoreError> {
        let rows = sqlx::query("select turns, as_of from group_turns where passholder_id = ?")
            .bind(&group.0)
            .fetch_all(&self.pool()?)
            .await?;
        rows.iter().map(|row| Ok(Turns { left: row.try_get(0)?, as_of: moment(row.try_get(1)?)? })).collect()
    }

    /// The turns that a group pass had left at an activity, by price.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn turns(&self, group: &PassholderId, event: &EventId) -> Result<HashMap<Cents, Turns>, StoreError> {
        let rows =
            sqlx::query("select regular_cents, turns, as_of from group_turns where passholder_id = ? and event_id = ?")
                .bind(&group.0)
                .bind(&event.0)
                .fetch_all(&self.pool()?)
                .await?;
        let read = |row: &SqliteRow| {
            Ok((Cents(row.try_get(0)?), Turns { left: row.try_get(1)?, as_of: moment(row.try_get(2)?)? }))
        };
        rows.iter().map(read).collect()
    }

    /// The refusals that stand for one person at one activity, by price.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn refused_prices(
        &self,
        passholder: &PassholderId,
        event: &EventId,
    ) -> Result<HashMap<Cents, PriceFact>, StoreError> {
        let rows = sqlx::query(
            "select regular_cents, as_of, said from refused_price where passholder_id = ? and event_id = ?",
        )
        .bind(&passholder.0)
        .bind(&event.0)
        .fetch_all(&self.pool()?)
        .await?;
        let read = |row: &SqliteRow| {
            let answer = ServerAnswer::NotGranted { said: row.try_get(2)? };
            Ok((Cents(row.try_get(0)?), PriceFact { answer, as_of: moment(row.try_get(1)?)? }))
        };
        rows.iter().map(read).collect()
    }
}
