//! Table `surplus`: records of UiTPAS that no act explains. What is provably ours is taken out; the rest is shown.

use crate::ledger::Ledger;
use crate::open::StoreError;
use crate::rows::{Word, moment, number};
use crate::trail::{self, Actor};
use balie_core::agreement::Verb;
use balie_core::money::Cents;
use balie_core::pass::UitpasNumber;
use balie_core::reconcile::Row as ServerRow;
use balie_core::time::Moment;
use sqlx::{Row, Sqlite, Transaction};

/// A record too many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// Its kind.
    pub kind: Verb,
    /// The id that UiTPAS gave it.
    pub id: String,
    /// The entry that it looks like, where there is one.
    pub receipt: Option<i64>,
    /// The activity or the reward.
    pub title: String,
    /// The number on which it was made.
    pub number: UitpasNumber,
    /// When UiTPAS made it.
    pub at: Moment,
    /// The price that UiTPAS counts.
    pub price: Option<Cents>,
}

/// What a record too many looks like.
#[derive(Debug, Clone, Copy)]
pub struct Looks<'a> {
    /// Its kind.
    pub kind: Verb,
    /// The entry, where there is one.
    pub receipt: Option<i64>,
    /// The activity or the reward.
    pub title: &'a str,
    /// It is provably ours.
    pub provable: bool,
}

impl Ledger {
    /// Notes a record too many, before anything is done about it (I9). One that was shown beside an entry stays so: what a
    /// person may have booked is not ours for what is known later.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn found_surplus(&self, row: &ServerRow, looks: &Looks<'_>, now: Moment) -> Result<(), StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let done = sqlx::query(
            "insert into surplus (kind, server_id, receipt, title, uitpas_number, created, price_cents, provable, found_at)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict do update set provable = excluded.provable, receipt = excluded.receipt,
                 uitpas_number = excluded.uitpas_number
                 where excluded.provable > provable and receipt is null",
        )
        .bind(looks.kind.word())
        .bind(&row.id)
        .bind(looks.receipt)
        .bind(looks.title)
        .bind(row.number.reveal())
        .bind(row.at.as_millisecond())
        .bind(row.sale.as_ref().and_then(|sale| sale.price).map(|price| price.0))
        .bind(looks.provable)
        .bind(now.as_millisecond())
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 1 {
            trail::note(&mut tx, Actor::Machine, "found_surplus", looks.receipt, &row.id, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Records too many that are provably ours and still at UiTPAS, with the entry that they are of.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn to_compensate(&self) -> Result<Vec<Extra>, StoreError> {
        self.extras("provable = 1 and taken_out_at is null").await
    }

    /// Records too many that are shown: perhaps they are of another desk.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn extras_to_show(&self) -> Result<Vec<Extra>, StoreError> {
        self.extras("provable = 0 and taken_out_at is null and seen_at is null").await
    }

    async fn extras(&self, which: &'static str) -> Result<Vec<Extra>, StoreError> {
        let sql = format!(
            "select kind, server_id, receipt, title, uitpas_number, created, price_cents from surplus where {which}
             order by created"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&self.pool).await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            Ok(Extra {
                kind: Verb::read(row.try_get(0)?)?,
                id: row.try_get(1)?,
                receipt: row.try_get(2)?,
                title: row.try_get(3)?,
                number: number(row.try_get(4)?)?,
                at: moment(row.try_get(5)?)?,
                price: row.try_get::<Option<i64>, _>(6)?.map(Cents),
            })
        };
        rows.iter().map(read).collect()
    }

    /// UiTPAS does not take a record out: from now on it is shown to a person.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn surplus_stays(&self, extra: &Extra, now: Moment) -> Result<(), StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        sqlx::query("update surplus set provable = 0 where kind = ? and server_id = ?")
            .bind(extra.kind.word())
            .bind(&extra.id)
            .execute(&mut *tx)
            .await?;
        trail::note(&mut tx, Actor::Machine, "surplus_stays", extra.receipt, &extra.id, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A clerk knows of a record too many.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn seen_extra(&self, id: &str, now: Moment) -> Result<(), StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let done = sqlx::query("update surplus set seen_at = ? where server_id = ? and seen_at is null")
            .bind(now.as_millisecond())
            .bind(id)
            .execute(&mut *tx)
            .await?;
        // The trail is kept for ever, so it repeats no text of which nothing is known here.
        if done.rows_affected() > 0 {
            trail::note(&mut tx, Actor::Clerk, "seen_extra", None, id, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// A person said that an entry is at UiTPAS: any record that looks like it may be the one that was meant, so none is taken out.
pub(crate) async fn is_for_a_person(tx: &mut Transaction<'static, Sqlite>, receipt: i64) -> Result<(), StoreError> {
    sqlx::query("update surplus set provable = 0 where receipt = ? and taken_out_at is null")
        .bind(receipt)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
