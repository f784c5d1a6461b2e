//! The columns of table `outbox` that the outbox of the core works on.

use crate::open::StoreError;
use crate::rows::{Word, moment};
use balie_core::life::{Dispute, Doubt, Hold, Life, Proof};
use balie_core::outbox::State;
use balie_core::time::Moment;
use balie_core::upload::Change;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};

/// How an entry stands, from a row that has the columns of the outbox.
pub(crate) fn read(row: &SqliteRow) -> Result<Life, StoreError> {
    let dispute: Option<&str> = row.try_get("dispute")?;
    let dispute = dispute.map(|code| Dispute::read(code).ok_or(StoreError::Unreadable("dispute"))).transpose()?;
    Ok(Life {
        state: State::read(row.try_get("state")?)?,
        version: row.try_get("version")?,
        attempts: row.try_get("attempts")?,
        not_before: moment(row.try_get("not_before")?)?,
        hold: row.try_get::<Option<&str>, _>("hold")?.map(Hold::read).transpose()?,
        most: row.try_get("most")?,
        doubt: doubt(row)?,
        dispute,
        cancel_wanted: row.try_get("cancel_wanted")?,
        proof: row.try_get::<Option<&str>, _>("proof")?.map(Proof::read).transpose()?,
        recheck_at: row.try_get::<Option<i64>, _>("recheck_at")?.map(moment).transpose()?,
    })
}

fn doubt(row: &SqliteRow) -> Result<Option<Doubt>, StoreError> {
    let Some(batch) = row.try_get::<Option<i64>, _>("doubt_batch")? else { return Ok(None) };
    Ok(Some(Doubt {
        batch,
        from: moment(row.try_get("doubt_from")?)?,
        until: moment(row.try_get("doubt_until")?)?,
        fresh: row.try_get("doubt_fresh")?,
        labelled: row.try_get("doubt_labelled")?,
        resent: row.try_get("doubt_resent")?,
        limited: row.try_get("doubt_limited")?,
        looks: row.try_get("looks")?,
        look_at: moment(row.try_get("look_at")?)?,
    }))
}

/// Writes how an entry stands, provided that it still stood as it was read. A step makes the version grow by one.
pub(crate) async fn write(
    tx: &mut Transaction<'static, Sqlite>,
    change: &Change,
    was: &Life,
    now: Moment,
) -> Result<(), StoreError> {
    let (life, doubt) = (&change.life, change.life.doubt);
    let flag = |of: fn(&Doubt) -> bool| doubt.as_ref().is_some_and(of);
    let done = sqlx::query(
        "update outbox set state = ?1, version = ?2, attempts = ?3, not_before = ?4, hold = ?5, most = ?6,
             doubt_batch = ?7, doubt_from = ?8, doubt_until = ?9, doubt_fresh = ?10, doubt_labelled = ?11,
             doubt_resent = ?12, doubt_limited = ?13, looks = ?14, look_at = ?15, dispute = ?16, cancel_wanted = ?17,
             proof = ?18, recheck_at = ?19, changed_at = case when ?20 then ?21 else changed_at end,
             confirmed_at = case when ?1 = 'confirmed' then coalesce(confirmed_at, ?21) else confirmed_at end
         where receipt = ?22 and state = ?23 and version = ?24",
    )
    .bind(life.state.word())
    .bind(life.version)
    .bind(life.attempts)
    .bind(life.not_before.as_millisecond())
    .bind(life.hold.map(Word::word))
    .bind(life.most)
    .bind(doubt.map(|doubt| doubt.batch))
    .bind(doubt.map(|doubt| doubt.from.as_millisecond()))
    .bind(doubt.map(|doubt| doubt.until.as_millisecond()))
    .bind(flag(|doubt| doubt.fresh))
    .bind(flag(|doubt| doubt.labelled))
    .bind(flag(|doubt| doubt.resent))
    .bind(flag(|doubt| doubt.limited))
    .bind(doubt.map_or(0, |doubt| doubt.looks))
    .bind(doubt.map_or(0, |doubt| doubt.look_at.as_millisecond()))
    .bind(life.dispute.map(Dispute::code))
    .bind(life.cancel_wanted)
    .bind(life.proof.map(Word::word))
    .bind(life.recheck_at.map(Moment::as_millisecond))
    .bind(change.signal.is_some())
    .bind(now.as_millisecond())
    .bind(change.receipt)
    .bind(was.state.word())
    .bind(was.version)
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Changed) }
}

/// Another program may have looked up, and sold again, what is in doubt here or was sent twice from here: a record that this
/// ledger does not know may be its own. A request that is known by a negative number is not of this ledger alone.
pub(crate) async fn are_known_elsewhere(tx: &mut Transaction<'static, Sqlite>) -> Result<(), StoreError> {
    sqlx::query("update outbox set doubt_batch = -receipt where doubt_batch >= 0").execute(&mut **tx).await?;
    Ok(())
}

/// Overwrites what the outbox holds of people besides how the entry stands. The receipts come as a list of JSON.
pub(crate) async fn forget(tx: &mut Transaction<'static, Sqlite>, receipts: &str) -> Result<(), StoreError> {
    sqlx::query(
        "update outbox set problem = null, said = null, redeem_code = null, redeem_info = null
         where receipt in (select value from json_each(?))",
    )
    .bind(receipts)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
