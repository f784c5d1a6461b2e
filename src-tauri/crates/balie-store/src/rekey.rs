//! Changing the key of a file.
//!
//! Every page is written again with the new key in one transaction of the journal, so that a power cut leaves a file that
//! opens with the old key or one that opens with the new key, never half of each. Whoever calls this keeps both keys in
//! the keyring until it has returned, and after a power cut tries both.

use crate::key::Key;
use crate::open::{StoreError, connect};
use sqlx::{Row, SqlitePool};
use std::path::Path;

/// What is in the file is not what the change should have made of it.
const NOT_MADE: StoreError = StoreError::Unreadable("the key was not changed");

/// Changes the key of a ledger or a snapshot that nobody has open.
///
/// When this returns, the file opens with the new key only, also after a power cut, and neither the file nor its journal
/// holds a page that the old key can read. The pages are kept in memory or in the journal meanwhile: the disk needs room
/// for the file twice.
///
/// # Errors
/// Fails when the file is absent, the old key does not fit, or somebody has the file open; it then opens with the old
/// key. After [`StoreError::Unreadable`], which is also what a full disk comes to, and [`StoreError::Database`] both keys
/// must be tried.
pub async fn rekey(path: &Path, old: &Key, new: &Key) -> Result<(), StoreError> {
    if !path.is_file() {
        return Err(StoreError::Database(sqlx::Error::Io(std::io::ErrorKind::NotFound.into())));
    }
    let pool = connect(path, old).await?;
    let changed = change(&pool, new).await;
    pool.close().await;
    changed?;
    // SQLCipher answers "ok" whatever became of it, also on a full disk, so that only opening the file tells.
    let pool = match connect(path, new).await {
        Err(StoreError::WrongKey) => return Err(NOT_MADE),
        opened => opened?,
    };
    let checked = check(&pool).await;
    pool.close().await;
    checked
}

async fn change(pool: &SqlitePool, new: &Key) -> Result<(), StoreError> {
    let mut connection = pool.acquire().await?;
    // Alone: somebody who has the file open with the old key would find pages of the new one, and is not waited for.
    let alone = "pragma busy_timeout = 0; pragma locking_mode = exclusive; begin exclusive; commit";
    sqlx::raw_sql(alone).execute(&mut *connection).await?;
    // This thread waits for as long as it takes, which is why nobody changes a key while a clerk is at work.
    let changed = balie_cipher::rekey(&mut connection.lock_handle().await?, new.bytes());
    changed.map_err(|_| NOT_MADE)
}

/// Reads every page with the key of this connection, and leaves none of another key behind.
async fn check(pool: &SqlitePool) -> Result<(), StoreError> {
    let sound: String = sqlx::query("pragma integrity_check(1)").fetch_one(pool).await?.try_get(0)?;
    // The journal is emptied into the file: what the old key could read is gone from both.
    let busy: i64 = sqlx::query("pragma wal_checkpoint(truncate)").fetch_one(pool).await?.try_get(0)?;
    let foreign = sqlx::query("pragma cipher_integrity_check").fetch_optional(pool).await?;
    if sound == "ok" && busy == 0 && foreign.is_none() { Ok(()) } else { Err(NOT_MADE) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Environment, Ledger};
    use std::path::PathBuf;

    /// A ledger beside a table that does not fit in the page cache.
    async fn large(folder: &tempfile::TempDir, key: &Key) -> PathBuf {
        let path = folder.path().join("ledger.db");
        let ledger = Ledger::open(&path, key, Environment::Test, "B1").await.unwrap();
        let filled =
            "create table large as with recursive n (i) as (select 1 union all select i + 1 from n where i < 6000)
                      select i, randomblob(4000) as filling from n";
        sqlx::query(filled).execute(&ledger.pool).await.unwrap();
        ledger.close().await;
        path
    }

    async fn rows(path: &Path, key: &Key) -> Result<i64, StoreError> {
        let ledger = Ledger::open(path, key, Environment::Test, "B1").await?;
        let count =
            sqlx::query("select count(*) from large where length(filling) = 4000").fetch_one(&ledger.pool).await?;
        ledger.close().await;
        Ok(count.try_get(0)?)
    }

    #[tokio::test]
    async fn after_the_change_only_the_new_key_opens_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (Key::random().unwrap(), Key::random().unwrap());
        let path = large(&folder, &old).await;
        assert!(path.metadata().unwrap().len() > 20_000_000, "larger than what is kept in memory");
        rekey(&path, &old, &new).await.unwrap();
        assert_eq!(rows(&path, &new).await.unwrap(), 6000);
        assert!(matches!(rows(&path, &old).await, Err(StoreError::WrongKey)));
        rekey(&path, &new, &old).await.unwrap();
        assert_eq!(rows(&path, &old).await.unwrap(), 6000, "and back");
    }

    #[tokio::test]
    async fn a_change_that_cannot_be_made_leaves_the_old_key() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (Key::random().unwrap(), Key::random().unwrap());
        let path = large(&folder, &old).await;
        assert!(matches!(rekey(&path, &new, &old).await, Err(StoreError::WrongKey)));
        assert_eq!(rows(&path, &old).await.unwrap(), 6000);

        let other = Ledger::open(&path, &old, Environment::Test, "B1").await.unwrap();
        assert!(rekey(&path, &old, &new).await.is_err(), "somebody has the file open");
        other.close().await;
        assert_eq!(rows(&path, &old).await.unwrap(), 6000);
    }

    #[tokio::test]
    async fn no_file_is_made_where_there_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let (old, new) = (Key::random().unwrap(), Key::random().unwrap());
        assert!(rekey(&path, &old, &new).await.is_err());
        assert!(!path.exists());
    }
}
