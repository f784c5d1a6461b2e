//! Tables `permitted_desk`, `permission`, `listed_region` and `fetched`: where this desk may work, and what it fetched.

use crate::open::StoreError;
use crate::rows::moment;
use crate::snapshot::Snapshot;
use balie_core::event::OrganizerId;
use balie_core::pass::CardSystem;
use balie_core::time::Moment;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// A desk that whoever is signed in may stand at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermittedDesk {
    /// The organizer.
    pub organizer: OrganizerId,
    /// Its name.
    pub name: String,
    /// The names of the permissions, as the API writes them.
    pub granted: Vec<String>,
    /// The regions of which the list of kansentarieven may be fetched.
    pub listed_regions: Vec<CardSystem>,
}

/// A part of what the desk works with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchedPart {
    /// The activities of the coming days.
    Events,
    /// Their prices, limits and regions.
    Prices,
    /// The rewards.
    Rewards,
    /// The lists of kansentarieven.
    Lists,
}

impl FetchedPart {
    const fn word(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Prices => "prices",
            Self::Rewards => "rewards",
            Self::Lists => "lists",
        }
    }
}

impl Snapshot {
    /// Puts the desks that may be stood at in the place of those that were known.
    ///
    /// # Errors
    /// Fails when the file cannot be written; the old ones then stay.
    pub async fn keep_desks(&self, desks: &[PermittedDesk], now: Moment) -> Result<(), StoreError> {
        let mut tx = self.pool()?.begin_with("begin immediate").await?;
        sqlx::query("delete from permitted_desk").execute(&mut *tx).await?;
        for (place, desk) in (0_i64..).zip(desks) {
            sqlx::query("insert or ignore into permitted_desk (organizer_id, name, place, as_of) values (?, ?, ?, ?)")
                .bind(&desk.organizer.0)
                .bind(&desk.name)
                .bind(place)
                .bind(now.as_millisecond())
                .execute(&mut *tx)
                .await?;
            for id in &desk.granted {
                sqlx::query("insert or ignore into permission (organizer_id, id) values (?, ?)")
                    .bind(&desk.organizer.0)
                    .bind(id)
                    .execute(&mut *tx)
                    .await?;
            }
            for region in &desk.listed_regions {
                sqlx::query("insert or ignore into listed_region (organizer_id, id, name) values (?, ?, ?)")
                    .bind(&desk.organizer.0)
                    .bind(region.id)
                    .bind(&region.name)
                    .execute(&mut *tx)
                    .await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// The desks that may be stood at, as UiTPAS last said, in its order.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn desks(&self) -> Result<Vec<PermittedDesk>, StoreError> {
        let rows = sqlx::query("select organizer_id, name from permitted_desk order by place")
            .fetch_all(&self.pool()?)
            .await?;
        let mut desks = Vec::with_capacity(rows.len());
        for row in &rows {
            let id: String = row.try_get(0)?;
            let granted = sqlx::query("select id from permission where organizer_id = ? order by id")
                .bind(&id)
                .fetch_all(&self.pool()?)
                .await?;
            let regions = sqlx::query("select id, name from listed_region where organizer_id = ? order by id")
                .bind(&id)
                .fetch_all(&self.pool()?)
                .await?;
            let region =
                |row: &SqliteRow| Ok::<_, StoreError>(CardSystem { id: row.try_get(0)?, name: row.try_get(1)? });
            desks.push(PermittedDesk {
                organizer: OrganizerId(id),
                name: row.try_get(1)?,
                granted: granted.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?,
                listed_regions: regions.iter().map(region).collect::<Result<_, _>>()?,
            });
        }
        Ok(desks)
    }

    /// Notes that a part was fetched whole, or that it may not be.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn note_fetched(&self, part: FetchedPart, as_of: Option<Moment>) -> Result<(), StoreError> {
        sqlx::query(
            "insert into fetched (part, as_of, forbidden) values (?1, ?2, ?2 is null)
             on conflict do update set as_of = coalesce(?2, as_of), forbidden = ?2 is null",
        )
        .bind(part.word())
        .bind(as_of.map(Moment::as_millisecond))
        .execute(&self.pool()?)
        .await?;
        Ok(())
    }

    /// Forgets when anything was fetched: it was for another desk.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn forget_fetched(&self) -> Result<(), StoreError> {
        sqlx::query("delete from fetched").execute(&self.pool()?).await?;
        Ok(())
    }

    /// When a part was last fetched whole, and whether this desk may not have it.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn fetched(&self, part: FetchedPart) -> Result<(Option<Moment>, bool), StoreError> {
        let row = sqlx::query("select as_of, forbidden from fetched where part = ?")
            .bind(part.word())
            .fetch_optional(&self.pool()?)
            .await?;
        let Some(row) = row else { return Ok((None, false)) };
        Ok((row.try_get::<Option<i64>, _>(0)?.map(moment).transpose()?, row.try_get(1)?))
    }
}
