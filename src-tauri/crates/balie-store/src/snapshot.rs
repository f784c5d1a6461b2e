//! The snapshot: opening it.

use crate::key::Key;
use crate::open::{StoreError, open};
use sqlx::SqlitePool;
use std::path::Path;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations/snapshot");

/// The open snapshot.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(crate) pool: SqlitePool,
}

impl Snapshot {
    /// Opens the snapshot, or makes an empty one.
    ///
    /// # Errors
    /// Refuses a key that does not fit and a file of a newer version.
    pub async fn open(path: &Path, key: &Key) -> Result<Self, StoreError> {
        Ok(Self { pool: open(path, key, &MIGRATIONS).await? })
    }

    /// Puts an empty snapshot in the place of one that cannot be read: what was in it can be asked again.
    ///
    /// # Errors
    /// Fails when the old file cannot be removed or the new one cannot be made.
    pub async fn begin_anew(path: &Path, key: &Key) -> Result<Self, StoreError> {
        for end in ["", "-wal", "-shm"] {
            let mut file = path.as_os_str().to_owned();
            file.push(end);
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::Database(sqlx::Error::Io(error)));
                }
                _ => {}
            }
        }
        Self::open(path, key).await
    }

    /// Closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
