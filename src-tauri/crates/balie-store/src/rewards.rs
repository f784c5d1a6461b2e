//! Tables `reward`, `reward_card_system`, `reward_organizer` and `granted_welcome`: what can be redeemed, and which
//! welcome advantages were seen as granted.

use crate::open::StoreError;
use crate::rows::{Word, moment};
use crate::snapshot::Snapshot;
use balie_core::event::OrganizerId;
use balie_core::limit::Limit;
use balie_core::pass::{CardSystem, PassholderId};
use balie_core::reward::{Reward, RewardId, RewardKind};
use balie_core::time::{Moment, Period};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};
use std::collections::HashMap;

impl Snapshot {
    /// Puts a new list of rewards in the place of the old one, whole or not at all.
    ///
    /// # Errors
    /// Fails when the file cannot be written; the old list then stays.
    pub async fn keep_rewards(&self, rewards: &[Reward]) -> Result<(), StoreError> {
        let mut tx = self.pool()?.begin_with("begin immediate").await?;
        sqlx::query("delete from reward").execute(&mut *tx).await?;
        for (place, reward) in (0_i64..).zip(rewards) {
            insert(&mut tx, place, reward).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The list of rewards, in its order.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn rewards(&self) -> Result<Vec<Reward>, StoreError> {
        let rows = sqlx::query("select * from reward order by place").fetch_all(&self.pool()?).await?;
        let mut rewards = Vec::with_capacity(rows.len());
        for row in &rows {
            rewards.push(self.complete_reward(row).await?);
        }
        Ok(rewards)
    }

    /// Keeps which welcome advantages UiTPAS says that a person can redeem; what is not among them is granted no more.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn keep_granted(
        &self,
        passholder: &PassholderId,
        granted: &[RewardId],
        now: Moment,
    ) -> Result<(), StoreError> {
        let mut tx = self.pool()?.begin_with("begin immediate").await?;
        sqlx::query("delete from granted_welcome where passholder_id = ?")
            .bind(&passholder.0)
            .execute(&mut *tx)
            .await?;
        for reward in granted {
            sqlx::query("insert or replace into granted_welcome (passholder_id, reward_id, as_of) values (?, ?, ?)")
                .bind(&passholder.0)
                .bind(&reward.0)
                .bind(now.as_millisecond())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The welcome advantages that were last seen as granted to a person, and when.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn granted(&self, passholder: &PassholderId) -> Result<HashMap<RewardId, Moment>, StoreError> {
        let rows = sqlx::query("select reward_id, as_of from granted_welcome where passholder_id = ?")
            .bind(&passholder.0)
            .fetch_all(&self.pool()?)
            .await?;
        rows.iter().map(|row| Ok((RewardId(row.try_get(0)?), moment(row.try_get(1)?)?))).collect()
    }

    async fn complete_reward(&self, row: &SqliteRow) -> Result<Reward, StoreError> {
        let id: String = row.try_get("id")?;
        let all_systems: bool = row.try_get("all_systems")?;
        let systems = sqlx::query("select id, name from reward_card_system where reward_id = ? order by id")
            .bind(&id)
            .fetch_all(&self.pool()?)
            .await?;
        let system = |row: &SqliteRow| Ok::<_, StoreError>(CardSystem { id: row.try_get(0)?, name: row.try_get(1)? });
        let organizers = sqlx::query("select organizer_id from reward_organizer where reward_id = ? order by 1")
            .bind(&id)
            .fetch_all(&self.pool()?)
            .await?;
        let organizer = |row: &SqliteRow| Ok::<_, StoreError>(OrganizerId(row.try_get(0)?));
        let moment_of = |column| row.try_get::<Option<i64>, _>(column)?.map(moment).transpose();
        Ok(Reward {
            id: RewardId(id),
            title: row.try_get("title")?,
            kind: RewardKind::read(row.try_get("kind")?)?,
            points: row.try_get("points")?,
            active: row.try_get("active")?,
            from: moment_of("from_at")?,
            until: moment_of("until_at")?,
            card_systems: if all_systems { None } else { Some(systems.iter().map(system).collect::<Result<_, _>>()?) },
            organizers: organizers.iter().map(organizer).collect::<Result<_, _>>()?,
            limit: limit(row, "limit_volume", "limit_period")?,
            stock: row.try_get("stock")?,
            taken: row.try_get("taken")?,
            online: row.try_get("online")?,
            practical: row.try_get("practical")?,
            as_of: moment(row.try_get("as_of")?)?,
        })
    }
}

/// A limit from its two columns; `None` when either is absent.
pub(crate) fn limit(row: &SqliteRow, volume: &str, period: &str) -> Result<Option<Limit>, StoreError> {
    let (volume, period): (Option<u32>, Option<&str>) = (row.try_get(volume)?, row.try_get(period)?);
    match (volume, period) {
        (Some(volume), Some(period)) => Ok(Some(Limit { volume, period: Period::read(period)? })),
        _ => Ok(None),
    }
}

async fn insert(tx: &mut Transaction<'static, Sqlite>, place: i64, reward: &Reward) -> Result<(), StoreError> {
    sqlx::query(
        "insert into reward (id, title, kind, points, active, from_at, until_at, all_systems, limit_volume,
             limit_period, stock, taken, online, practical, place, as_of)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&reward.id.0)
    .bind(&reward.title)
    .bind(reward.kind.word())
    .bind(reward.points)
    .bind(reward.active)
    .bind(reward.from.map(Moment::as_millisecond))
    .bind(reward.until.map(Moment::as_millisecond))
    .bind(reward.card_systems.is_none())
    .bind(reward.limit.map(|limit| limit.volume))
    .bind(reward.limit.map(|limit| limit.period.word()))
    .bind(reward.stock)
    .bind(reward.taken)
    .bind(reward.online)
    .bind(&reward.practical)
    .bind(place)
    .bind(reward.as_of.as_millisecond())
    .execute(&mut **tx)
    .await?;
    for system in reward.card_systems.iter().flatten() {
        sqlx::query("insert or replace into reward_card_system (reward_id, id, name) values (?, ?, ?)")
            .bind(&reward.id.0)
            .bind(system.id)
            .bind(&system.name)
            .execute(&mut **tx)
            .await?;
    }
    for organizer in &reward.organizers {
        sqlx::query("insert or replace into reward_organizer (reward_id, organizer_id) values (?, ?)")
            .bind(&reward.id.0)
            .bind(&organizer.0)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}
