//! Tables `event`, `event_price`, `event_card_system`, `event_session` and `event_opening`: the activities of the coming days.

use crate::open::StoreError;
use crate::rewards::limit;
use crate::rows::{Word, moment};
use crate::snapshot::Snapshot;
use balie_core::event::{Event, EventId, PriceCategory};
use balie_core::limit::CalendarType;
use balie_core::money::Cents;
use balie_core::pass::CardSystem;
use balie_core::schedule::{OpeningHours, Schedule, Session};
use jiff::civil::{Time, Weekday};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};

impl Snapshot {
    /// Puts a new list of activities in the place of the old one, whole or not at all.
    ///
    /// # Errors
    /// Fails when the file cannot be written; the old list then stays.
    pub async fn keep_events(&self, events: &[Event]) -> Result<(), StoreError> {
        let mut tx = self.pool()?.begin_with("begin immediate").await?;
        sqlx::query("delete from event").execute(&mut *tx).await?;
        for (place, event) in (0_i64..).zip(events) {
            insert(&mut tx, place, event).await?;
            insert_prices_and_systems(&mut tx, event).await?;
            insert_schedule(&mut tx, event).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Keeps the settings and the regions of one activity, in their place in the list. An activity that is not on the list
    /// any more stays off it.
    ///
    /// # Errors
    /// Fails when the file cannot be written; what was known then stays.
    pub async fn keep_details(&self, event: &Event) -> Result<(), StoreError> {
        let mut tx = self.pool()?.begin_with("begin immediate").await?;
        let there = sqlx::query(
            "update event set limit_volume = ?, limit_period = ?, check_in_volume = ?, check_in_period = ?,
                 check_in_points = ?, systems_known = ?, details_as_of = ? where id = ?",
        )
        .bind(event.ticket_limit.map(|limit| limit.volume))
        .bind(event.ticket_limit.map(|limit| limit.period.word()))
        .bind(event.check_in_limit.map(|limit| limit.volume))
        .bind(event.check_in_limit.map(|limit| limit.period.word()))
        .bind(event.check_in_points)
        .bind(event.card_systems.is_some())
        .bind(event.details_as_of.map(|at| at.as_millisecond()))
        .bind(&event.id.0)
        .execute(&mut *tx)
        .await?;
        if there.rows_affected() > 0 {
            sqlx::query("delete from event_card_system where event_id = ?").bind(&event.id.0).execute(&mut *tx).await?;
            insert_systems(&mut tx, event).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The list of activities, in its order.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn events(&self) -> Result<Vec<Event>, StoreError> {
        let rows = sqlx::query("select * from event order by place").fetch_all(&self.pool()?).await?;
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
            .fetch_all(&self.pool()?)
            .await?;
        let price = |row: &SqliteRow| {
            Ok::<_, StoreError>(PriceCategory { label: row.try_get(0)?, regular: Cents(row.try_get(1)?) })
        };
        let systems = sqlx::query("select id, name from event_card_system where event_id = ? order by id")
            .bind(&id)
            .fetch_all(&self.pool()?)
            .await?;
        let system = |row: &SqliteRow| Ok::<_, StoreError>(CardSystem { id: row.try_get(0)?, name: row.try_get(1)? });
        let known: bool = row.try_get("systems_known")?;
        Ok(Event {
            schedule: self.schedule(&id, row).await?,
            id: EventId(id),
            title: row.try_get("title")?,
            calendar: CalendarType::read(row.try_get("calendar")?)?,
            starts: row.try_get::<Option<i64>, _>("starts_at")?.map(moment).transpose()?,
            ends: row.try_get::<Option<i64>, _>("ends_at")?.map(moment).transpose()?,
            prices: prices.iter().map(price).collect::<Result<_, _>>()?,
            card_systems: if known { Some(systems.iter().map(system).collect::<Result<_, _>>()?) } else { None },
            ticket_limit: limit(row, "limit_volume", "limit_period")?,
            check_in_limit: limit(row, "check_in_volume", "check_in_period")?,
            check_in_points: row.try_get("check_in_points")?,
            details_as_of: row.try_get::<Option<i64>, _>("details_as_of")?.map(moment).transpose()?,
            as_of: moment(row.try_get("as_of")?)?,
        })
    }

    async fn schedule(&self, event: &str, row: &SqliteRow) -> Result<Schedule, StoreError> {
        let sessions = sqlx::query("select starts_at, ends_at from event_session where event_id = ? order by place")
            .bind(event)
            .fetch_all(&self.pool()?)
            .await?;
        let session =
            |row: &SqliteRow| Ok::<_, StoreError>(Session::new(moment(row.try_get(0)?)?, moment(row.try_get(1)?)?));
        let opening = sqlx::query(
            "select place, weekday, opens, closes from event_opening where event_id = ? order by place, weekday",
        )
        .bind(event)
        .fetch_all(&self.pool()?)
        .await?;
        let has_opening: bool = row.try_get("has_opening")?;
        let day = |column| {
            let text: Option<&str> = row.try_get(column)?;
            text.map(|text| text.parse().map_err(|_| StoreError::Unreadable("day"))).transpose()
        };
        Ok(Schedule {
            sessions: sessions.iter().map(session).collect::<Result<_, _>>()?,
            opening: if has_opening && opening.is_empty() { vec![NEVER] } else { hours(&opening)? },
            first_day: day("first_day")?,
            last_day: day("last_day")?,
        })
    }
}

/// Opening hours that hold on no day.
const NEVER: OpeningHours = OpeningHours { days: Vec::new(), opens: Time::MIN, closes: Time::MIN };

/// The rows of one place are the days of the week on which the same hours hold.
fn hours(rows: &[SqliteRow]) -> Result<Vec<OpeningHours>, StoreError> {
    let mut found: Vec<(i64, OpeningHours)> = Vec::new();
    for row in rows {
        let place: i64 = row.try_get(0)?;
        let weekday =
            Weekday::from_monday_one_offset(row.try_get(1)?).map_err(|_| StoreError::Unreadable("weekday"))?;
        match found.last_mut() {
            Some((last, hours)) if *last == place => hours.days.push(weekday),
            _ => {
                let (opens, closes) = (time(row.try_get(2)?)?, time(row.try_get(3)?)?);
                found.push((place, OpeningHours { days: vec![weekday], opens, closes }));
            }
        }
    }
    Ok(found.into_iter().map(|(_, hours)| hours).collect())
}

fn time(minutes: i16) -> Result<Time, StoreError> {
    let part = |value: i16| i8::try_from(value).map_err(|_| StoreError::Unreadable("time"));
    Time::new(part(minutes / 60)?, part(minutes % 60)?, 0, 0).map_err(|_| StoreError::Unreadable("time"))
}

fn minutes(time: Time) -> i16 {
    i16::from(time.hour()) * 60 + i16::from(time.minute())
}

async fn insert(tx: &mut Transaction<'static, Sqlite>, place: i64, event: &Event) -> Result<(), StoreError> {
    sqlx::query(
        "insert into event (id, title, calendar, starts_at, ends_at, limit_volume, limit_period, systems_known,
             check_in_volume, check_in_period, check_in_points, first_day, last_day, has_opening, place, as_of,
             details_as_of)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&event.id.0)
    .bind(&event.title)
    .bind(event.calendar.word())
    .bind(event.starts.map(|at| at.as_millisecond()))
    .bind(event.ends.map(|at| at.as_millisecond()))
    .bind(event.ticket_limit.map(|limit| limit.volume))
    .bind(event.ticket_limit.map(|limit| limit.period.word()))
    .bind(event.card_systems.is_some())
    .bind(event.check_in_limit.map(|limit| limit.volume))
    .bind(event.check_in_limit.map(|limit| limit.period.word()))
    .bind(event.check_in_points)
    .bind(event.schedule.first_day.map(|day| day.to_string()))
    .bind(event.schedule.last_day.map(|day| day.to_string()))
    .bind(!event.schedule.opening.is_empty())
    .bind(place)
    .bind(event.as_of.as_millisecond())
    .bind(event.details_as_of.map(|at| at.as_millisecond()))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn insert_prices_and_systems(tx: &mut Transaction<'static, Sqlite>, event: &Event) -> Result<(), StoreError> {
    for (place, price) in (0_i64..).zip(&event.prices) {
        sqlx::query("insert into event_price (event_id, place, label, regular_cents) values (?, ?, ?, ?)")
            .bind(&event.id.0)
            .bind(place)
            .bind(&price.label)
            .bind(price.regular.0)
            .execute(&mut **tx)
            .await?;
    }
    insert_systems(tx, event).await
}

async fn insert_systems(tx: &mut Transaction<'static, Sqlite>, event: &Event) -> Result<(), StoreError> {
    for system in event.card_systems.iter().flatten() {
        sqlx::query("insert into event_card_system (event_id, id, name) values (?, ?, ?)")
            .bind(&event.id.0)
            .bind(system.id)
            .bind(&system.name)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

async fn insert_schedule(tx: &mut Transaction<'static, Sqlite>, event: &Event) -> Result<(), StoreError> {
    for (place, session) in (0_i64..).zip(&event.schedule.sessions) {
        sqlx::query("insert into event_session (event_id, place, starts_at, ends_at) values (?, ?, ?, ?)")
            .bind(&event.id.0)
            .bind(place)
            .bind(session.starts.as_millisecond())
            .bind(session.ends.as_millisecond())
            .execute(&mut **tx)
            .await?;
    }
    for (place, hours) in (0_i64..).zip(&event.schedule.opening) {
        for day in &hours.days {
            sqlx::query(
                "insert or replace into event_opening (event_id, place, weekday, opens, closes) values (?, ?, ?, ?, ?)",
            )
            .bind(&event.id.0)
            .bind(place)
            .bind(day.to_monday_one_offset())
            .bind(minutes(hours.opens))
            .bind(minutes(hours.closes))
            .execute(&mut **tx)
            .await?;
        }
    }
    Ok(())
}
