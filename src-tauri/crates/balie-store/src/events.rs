//! Tables `event`, `event_price` and `event_card_system`: the activities of today.

use crate::open::StoreError;
use crate::rows::{Word, moment};
use crate::snapshot::Snapshot;
use balie_core::event::{Event, EventId, PriceCategory};
use balie_core::limit::{CalendarType, Limit};
use balie_core::money::Cents;
use balie_core::pass::CardSystem;
use balie_core::time::Period;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

impl Snapshot {
    /// Puts a new list of activities in the place of the old one, whole or not at all.
    ///
    /// # Errors
    /// Fails when the file cannot be written; the old list then stays.
    pub async fn keep_events(&self, events: &[Event]) -> Result<(), StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        sqlx::query("delete from event").execute(&mut *tx).await?;
        for (place, event) in (0_i64..).zip(events) {
            let limit = event.ticket_limit;
            sqlx::query(
                "insert into event (id, title, calendar, starts_at, ends_at, limit_volume, limit_period, systems_known,
                     place, as_of) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(&event.id.0)
            .bind(&event.title)
            .bind(event.calendar.word())
            .bind(event.starts.map(|at| at.as_millisecond()))
            .bind(event.ends.map(|at| at.as_millisecond()))
            .bind(limit.map(|limit| limit.volume))
            .bind(limit.map(|limit| limit.period.word()))
            .bind(event.card_systems.is_some())
            .bind(place)
            .bind(event.as_of.as_millisecond())
            .execute(&mut *tx)
            .await?;
            for (place, price) in (0_i64..).zip(&event.prices) {
                sqlx::query("insert into event_price (event_id, place, label, regular_cents) values (?, ?, ?, ?)")
                    .bind(&event.id.0)
                    .bind(place)
                    .bind(&price.label)
                    .bind(price.regular.0)
                    .execute(&mut *tx)
                    .await?;
            }
            for system in event.card_systems.iter().flatten() {
                sqlx::query("insert into event_card_system (event_id, id, name) values (?, ?, ?)")
                    .bind(&event.id.0)
                    .bind(system.id)
                    .bind(&system.name)
                    .execute(&mut *tx)
                    .await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// The list of activities, in its order.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn events(&self) -> Result<Vec<Event>, StoreError> {
        let rows = sqlx::query("select * from event order by place").fetch_all(&self.pool).await?;
        let mut events = Vec::with_capacity(rows.len());
        for row in &rows {
            events.push(self.complete(row).await?);
        }
        Ok(events)
    }

    async fn complete(&self, row: &SqliteRow) -> Result<Event, StoreError> {
        let id: String = row.try_get("id")?;
        let prices = sqlx::query("select label, regular_cents from event_price where event_id = ? order by place")
            .bind(&id)
            .fetch_all(&self.pool)
            .await?;
        let price = |row: &SqliteRow| {
            Ok::<_, StoreError>(PriceCategory { label: row.try_get(0)?, regular: Cents(row.try_get(1)?) })
        };
        let systems = sqlx::query("select id, name from event_card_system where event_id = ? order by id")
            .bind(&id)
            .fetch_all(&self.pool)
            .await?;
        let system = |row: &SqliteRow| Ok::<_, StoreError>(CardSystem { id: row.try_get(0)?, name: row.try_get(1)? });
        let volume: Option<u32> = row.try_get("limit_volume")?;
        let period: Option<&str> = row.try_get("limit_period")?;
        let known: bool = row.try_get("systems_known")?;
        Ok(Event {
            id: EventId(id),
            title: row.try_get("title")?,
            calendar: CalendarType::read(row.try_get("calendar")?)?,
            starts: row.try_get::<Option<i64>, _>("starts_at")?.map(moment).transpose()?,
            ends: row.try_get::<Option<i64>, _>("ends_at")?.map(moment).transpose()?,
            prices: prices.iter().map(price).collect::<Result<_, _>>()?,
            card_systems: if known { Some(systems.iter().map(system).collect::<Result<_, _>>()?) } else { None },
            ticket_limit: match (volume, period) {
                (Some(volume), Some(period)) => Some(Limit { volume, period: Period::read(period)? }),
                _ => None,
            },
            as_of: moment(row.try_get("as_of")?)?,
        })
    }
}
