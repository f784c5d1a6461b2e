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

    /// Closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
