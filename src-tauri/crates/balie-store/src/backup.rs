//! Copies of the ledger: one before each migration, one a day, and the way back.
//!
//! A copy is encrypted with the key of the ledger. It carries another mark than the ledger (`machine.rs`), so that a copy
//! that takes the place of the ledger is known as one: nothing is sent from it before a person has decided.

mod copy;
mod restore;
#[cfg(test)]
mod tests;
mod thin;

use crate::ledger::Ledger;
use crate::open::StoreError;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sqlx::migrate::Migrator;
use sqlx::{Row, SqlitePool};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

pub use restore::restore;

/// The name of the ledger in the folder of a profile. Nothing else is copied.
const LEDGER: &str = "ledger.db";

/// Why a copy was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It is the one of its day.
    Daily,
    /// A newer version of the program changed the tables.
    Migration {
        /// Which version they had.
        from: i64,
        /// Which version they were to get.
        to: i64,
    },
    /// Another copy took the place of this ledger.
    Replaced,
}

/// A copy of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Where it is.
    pub file: PathBuf,
    /// Of which day it is; of which day its file is, when its name tells none.
    pub day: Date,
    /// Why it was made.
    pub reason: Reason,
}

/// The folder for the copies, beside the files of the profile.
pub(crate) fn folder_in(profile: &Path) -> PathBuf {
    profile.join("backups")
}

/// The copies of the ledger in the folder of a profile, the newest first.
///
/// # Errors
/// Fails when the folder cannot be read. One that was never made holds no copy.
pub fn backups(folder: &Path) -> Result<Vec<Backup>, StoreError> {
    let entries = match std::fs::read_dir(folder_in(folder)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let Some((reason, day)) = name.to_str().and_then(meaning) else { continue };
        let day = match day {
            Some(day) => day,
            None => day_of(entry.metadata()?.modified()?),
        };
        found.push(Backup { file: entry.path(), day, reason });
    }
    found.sort_by(|one, other| (other.day, &other.file).cmp(&(one.day, &one.file)));
    Ok(found)
}

/// Makes the copy of this day of the open ledger, unless it is there.
///
/// # Errors
/// Fails when the copy cannot be made, for want of room for example. The desk works on; the earlier copies are there.
pub async fn daily(ledger: &Ledger, folder: &Path, today: Date) -> Result<Option<Backup>, StoreError> {
    let file = folder_in(folder).join(format!("ledger-{today}.db"));
    let is_new = !file.exists();
    if is_new {
        copy::write(&ledger.pool, &file).await?;
    }
    Ok(is_new.then_some(Backup { file, day: today, reason: Reason::Daily }))
}

/// Removes the copies that nobody needs any more: all of a week are kept and then one a week, and none for longer than
/// `days`, after which nothing in an act may point to a person. To be called where the day is sure: a clock that stands
/// ahead would remove them all.
///
/// # Errors
/// Fails when one cannot be removed.
pub fn thin_out(folder: &Path, today: Date, days: u32) -> Result<(), StoreError> {
    for old in thin::not_needed(&backups(folder)?, today, i32::try_from(days).unwrap_or(i32::MAX)) {
        std::fs::remove_file(&old.file)?;
    }
    Ok(())
}

/// Copies the ledger that is open here, if this program is to change its tables. One of a newer version is left alone.
pub(crate) async fn before_migrating(pool: &SqlitePool, path: &Path, migrator: &Migrator) -> Result<(), StoreError> {
    let (Some(folder), true) = (path.parent(), path.file_name().is_some_and(|name| name == LEDGER)) else {
        return Ok(());
    };
    let has_tables = "select count(*) from sqlite_schema where name = '_sqlx_migrations'";
    if sqlx::query(has_tables).fetch_one(pool).await?.try_get::<i64, _>(0)? == 0 {
        return Ok(());
    }
    let row = sqlx::query("select max(version) from _sqlx_migrations where success").fetch_one(pool).await?;
    let (from, to) = (row.try_get::<Option<i64>, _>(0)?, migrator.iter().map(|migration| migration.version).max());
    match (from, to) {
        (Some(from), Some(to)) if from < to => {
            copy::write(pool, &folder_in(folder).join(format!("ledger-{from}-before-{to}.db"))).await
        }
        _ => Ok(()),
    }
}

/// Why a file with this name was made, and of which day it is if it says so; nothing for a file that is no copy.
fn meaning(name: &str) -> Option<(Reason, Option<Date>)> {
    let name = name.strip_prefix("ledger-")?.strip_suffix(".db")?;
    if name.strip_prefix("replaced-").is_some_and(|number| number.parse::<u32>().is_ok()) {
        return Some((Reason::Replaced, None));
    }
    if let Some((from, to)) = name.split_once("-before-") {
        return Some((Reason::Migration { from: from.parse().ok()?, to: to.parse().ok()? }, None));
    }
    Some((Reason::Daily, Some(name.parse().ok()?)))
}

fn day_of(time: SystemTime) -> Date {
    let seconds = time.duration_since(UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_secs()).ok());
    let moment = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or(Timestamp::UNIX_EPOCH);
    TimeZone::UTC.to_datetime(moment).date()
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Database(sqlx::Error::Io(error)),
        }
    }
}
