//! The snapshot: opening, locking and removing it.

use crate::durable;
use crate::index::Index;
use crate::key::Key;
use crate::lists::Lists;
use crate::open::{StoreError, open};
use sqlx::SqlitePool;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations/snapshot");

/// The snapshot. What is cloned is one and the same: locked for one, it is locked for all.
#[derive(Clone)]
pub struct Snapshot {
    path: Arc<Path>,
    slot: Arc<RwLock<Option<Opened>>>,
}

/// What is in memory as long as the snapshot is not locked.
#[derive(Clone)]
struct Opened {
    pool: SqlitePool,
    index: Arc<Index>,
    lists: Arc<Lists>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_locked() { "Snapshot(locked)" } else { "Snapshot(open)" })
    }
}

impl Opened {
    async fn at(path: &Path, key: &Key) -> Result<Self, StoreError> {
        let pool = open(path, key, &MIGRATIONS).await?;
        let lists = Lists::load(folder_of(path), key).await;
        Ok(Self { pool, index: Arc::new(Index::of(key)), lists: Arc::new(lists) })
    }
}

impl Snapshot {
    /// Opens the snapshot and the lists beside it, or makes an empty one.
    ///
    /// # Errors
    /// Refuses a key that does not fit and a file of a newer version.
    pub async fn open(path: &Path, key: &Key) -> Result<Self, StoreError> {
        let opened = Opened::at(path, key).await?;
        Ok(Self { path: path.into(), slot: Arc::new(RwLock::new(Some(opened))) })
    }

    /// Opens the snapshot, or begins it anew where any page of it cannot be read: what was in it can be asked again, and no
    /// desk stays shut for it. Says what was wrong with the old one.
    ///
    /// # Errors
    /// Refuses a file of a newer version; fails when the disk is full, or the old file cannot be removed.
    pub async fn open_or_begin_anew(path: &Path, key: &Key) -> Result<(Self, Option<StoreError>), StoreError> {
        let damage = match Self::open(path, key).await {
            Ok(snapshot) => match snapshot.look_through().await {
                Ok(()) => return Ok((snapshot, None)),
                Err(error) => {
                    snapshot.close().await;
                    error
                }
            },
            Err(error) => error,
        };
        if !damage.is_damage() {
            return Err(damage);
        }
        Ok((Self::begin_anew(path, key).await?, Some(damage)))
    }

    /// Reads every page, and the rows that a desk opens with.
    async fn look_through(&self) -> Result<(), StoreError> {
        let said: String = sqlx::query_scalar("pragma quick_check(1)").fetch_one(&self.pool()?).await?;
        if said != "ok" {
            return Err(StoreError::Unreadable("a page"));
        }
        self.desks().await?;
        self.events().await?;
        self.rewards().await?;
        Ok(())
    }

    /// Puts an empty snapshot in the place of one that cannot be read: what was in it can be asked again.
    ///
    /// # Errors
    /// Fails when the old file cannot be removed or the new one cannot be made.
    pub async fn begin_anew(path: &Path, key: &Key) -> Result<Self, StoreError> {
        remove(path)?;
        Self::open(path, key).await
    }

    /// Closes the file, and takes the keys and the lists out of memory. Until [`Snapshot::unlock`], every question is
    /// answered with [`StoreError::Locked`]; one that was being answered still is.
    pub async fn lock(&self) {
        let opened = self.slot.write().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(opened) = opened {
            opened.lists.close().await;
            opened.pool.close().await;
        }
    }

    /// Opens it again. One that is open stays as it is.
    ///
    /// # Errors
    /// As [`Snapshot::open`]; it is then still locked.
    pub async fn unlock(&self, key: &Key) -> Result<(), StoreError> {
        if !self.is_locked() {
            return Ok(());
        }
        let opened = Opened::at(&self.path, key).await?;
        let surplus = {
            let mut slot = self.slot.write().unwrap_or_else(PoisonError::into_inner);
            // Somebody else was faster: one connection is enough.
            if slot.is_some() { Some(opened) } else { slot.replace(opened) }
        };
        if let Some(surplus) = surplus {
            surplus.pool.close().await;
        }
        Ok(())
    }

    /// Whether it is locked.
    pub fn is_locked(&self) -> bool {
        self.slot.read().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// Locks it and removes its files and the lists beside it. Unlocked again, with whatever key, it is empty.
    ///
    /// # Errors
    /// Fails when a file cannot be removed.
    pub async fn wipe(&self) -> Result<(), StoreError> {
        self.lock().await;
        remove(&self.path)
    }

    /// Closes the file.
    pub async fn close(&self) {
        self.lock().await;
    }

    pub(crate) fn pool(&self) -> Result<SqlitePool, StoreError> {
        self.opened(|opened| opened.pool.clone())
    }

    pub(crate) fn index(&self) -> Result<Arc<Index>, StoreError> {
        self.opened(|opened| opened.index.clone())
    }

    pub(crate) fn social_tariff(&self) -> Result<Arc<Lists>, StoreError> {
        self.opened(|opened| opened.lists.clone())
    }

    /// The files of the snapshot itself.
    pub(crate) fn files(&self) -> [PathBuf; 3] {
        files(&self.path)
    }

    fn opened<T>(&self, what: impl FnOnce(&Opened) -> T) -> Result<T, StoreError> {
        self.slot.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(what).ok_or(StoreError::Locked)
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

/// A file of a database, and what SQLite may put beside it.
pub(crate) fn files(path: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|end| {
        let mut file = path.as_os_str().to_owned();
        file.push(end);
        file.into()
    })
}

/// Removes a file of a database with what stands beside it, where it is there.
pub(crate) fn remove_database(path: &Path) -> Result<(), StoreError> {
    for file in files(path) {
        durable::remove(&file)?;
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), StoreError> {
    remove_database(path)?;
    Lists::remove_all(folder_of(path))
}

#[cfg(test)]
mod tests;
