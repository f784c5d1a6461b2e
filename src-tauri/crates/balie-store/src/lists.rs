//! The lists of one folder: read into memory at the start, and exchanged one by one.

use crate::index::Index;
use crate::key::Key;
use crate::list_file::{Head, build, put_in_place, read, read_head, said_again};
use crate::listing::{Hashes, Listing};
use crate::open::StoreError;
use crate::rows::moment;
use crate::snapshot::remove_database;
use crate::social_tariff_list::{HeldList, ImportError, Imported, Listed, SocialTariffList};
use balie_core::pass::{CardSystem, UitpasNumber};
use balie_core::social_tariff::ExportEvidence;
use balie_core::time::Moment;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// A list that shrinks by fewer cards than this may shrink to nothing.
const FEW: usize = 20;

const fn shrinks(before: usize, after: usize) -> bool {
    after.saturating_mul(2) < before && before - after >= FEW
}

/// A list in use.
#[derive(Clone)]
struct InUse {
    head: Head,
    bytes: u64,
    hashes: Arc<Hashes>,
}

/// The lists of one folder, as long as the snapshot is not locked.
pub(crate) struct Lists {
    folder: PathBuf,
    key: Key,
    in_use: RwLock<BTreeMap<i64, Arc<InUse>>>,
    held: RwLock<BTreeMap<i64, HeldList>>,
    /// One import at a time.
    turn: tokio::sync::Mutex<()>,
    closed: AtomicBool,
}

const BEGIN: &str = "social-tariff-";
const END: &str = ".db";
const NEW: &str = "new";
const HELD: &str = "held";

impl Lists {
    /// Reads the lists of a folder into memory. One that cannot be read is no list: it can be asked again.
    pub(crate) async fn load(folder: &Path, key: &Key) -> Self {
        let lists = Self {
            folder: folder.to_owned(),
            key: key.subkey(b"balie social tariff list"),
            in_use: RwLock::default(),
            held: RwLock::default(),
            turn: tokio::sync::Mutex::default(),
            closed: AtomicBool::new(false),
        };
        for name in names(folder) {
            // An import was cut off.
            if name.contains(".db.new") {
                let _ = std::fs::remove_file(folder.join(&name));
            } else if let Some(system) = system_of(&name, END) {
                lists.load_one(system).await;
            } else if let Some(system) = system_of(&name, ".db.held")
                && let Ok(head) = read_head(&lists.path(system, Some(HELD)), &lists.key).await
            {
                write(&lists.held).insert(system, HeldList { as_of: head.as_of, count: head.count });
            }
        }
        lists
    }

    async fn load_one(&self, system: i64) {
        let path = self.path(system, None);
        match read(&path, &self.key).await {
            Ok((head, hashes)) if head.system.id == system => self.take_into_use(system, head, Arc::new(hashes)),
            // Written with another key: nobody can read it any more.
            Ok(_) | Err(StoreError::WrongKey | StoreError::Unreadable(_)) => {
                let _ = remove_database(&path);
            }
            Err(_) => {}
        }
    }

    /// Removes every list of a folder.
    pub(crate) fn remove_all(folder: &Path) -> Result<(), StoreError> {
        for name in names(folder) {
            std::fs::remove_file(folder.join(name)).map_err(|error| StoreError::Database(sqlx::Error::Io(error)))?;
        }
        Ok(())
    }

    /// Lets no import take anything into use any more, and waits until the one that is under way has noticed.
    pub(crate) async fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        drop(self.turn.lock().await);
    }

    /// Takes a download into use, unless it says nothing new or shrank too much.
    pub(crate) async fn import(
        &self,
        index: Arc<Index>,
        system: &CardSystem,
        listing: Listing,
        as_of: Moment,
    ) -> Result<Imported, ImportError> {
        let _turn = self.turn.lock().await;
        if self.closed.load(Ordering::SeqCst) {
            return Err(StoreError::Locked.into());
        }
        // As exact as the file keeps it, so that the same is in memory.
        let as_of = moment(as_of.as_millisecond())?;
        let now = read_lock(&self.in_use).get(&system.id).cloned();
        let before = now.as_ref().map(|list| list.head.count);
        let settling = index.clone();
        let (digest, listing) = aside(move || {
            let mut listing = listing;
            (listing.settle(&settling), listing)
        })
        .await?;
        // Where the file itself is gone, it is written anew.
        if let Some(same) = now.filter(|list| list.head.digest == digest)
            && said_again(&self.path(system.id, None), &self.key, system, as_of).await.is_ok()
        {
            let head = Head { system: system.clone(), as_of, ..same.head.clone() };
            let count = head.count;
            self.take_into_use(system.id, head, same.hashes.clone());
            self.drop_held(system.id)?;
            return Ok(Imported::Unchanged { count });
        }
        let hashes = aside(move || listing.hashed(&index)).await?;
        let head = Head { system: system.clone(), as_of, count: hashes.cards.len(), digest };
        let new = self.path(system.id, Some(NEW));
        let hashes = self.build(&new, &head, hashes).await?;
        let after = head.count;
        if let Some(before) = before.filter(|before| shrinks(*before, after)) {
            put_in_place(new, self.path(system.id, Some(HELD))).await?;
            write(&self.held).insert(system.id, HeldList { as_of, count: after });
            return Err(ImportError::Shrunk { before, after });
        }
        put_in_place(new, self.path(system.id, None)).await?;
        self.take_into_use(system.id, head, Arc::new(hashes));
        self.drop_held(system.id)?;
        Ok(Imported::Replaced { before, after })
    }

    /// Builds a file beside the one in use, and leaves nothing of it when it can not be taken into use.
    async fn build(&self, new: &Path, head: &Head, hashes: Hashes) -> Result<Hashes, StoreError> {
        let built = build(new, &self.key, head, hashes).await;
        let built = if self.closed.load(Ordering::SeqCst) { Err(StoreError::Locked) } else { built };
        if built.is_err() {
            remove_database(new)?;
        }
        built
    }

    /// Takes into use a list that was held back.
    pub(crate) async fn accept(&self, system: i64) -> Result<bool, StoreError> {
        let _turn = self.turn.lock().await;
        let held = self.path(system, Some(HELD));
        if !held.exists() {
            return Ok(false);
        }
        let (head, hashes) = read(&held, &self.key).await?;
        put_in_place(held, self.path(system, None)).await?;
        self.take_into_use(system, head, Arc::new(hashes));
        self.drop_held(system)?;
        Ok(true)
    }

    /// Throws away a list that was held back.
    pub(crate) async fn refuse(&self, system: i64) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        self.drop_held(system)
    }

    /// Forgets the lists that UiTPAS said before a moment.
    pub(crate) async fn forget_older(&self, than: Moment) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        for list in self.all().iter().filter(|list| list.as_of < than) {
            write(&self.in_use).remove(&list.card_system.id);
            remove_database(&self.path(list.card_system.id, None))?;
        }
        let held = read_lock(&self.held).clone();
        held.into_iter().filter(|(_, list)| list.as_of < than).try_for_each(|(system, _)| self.drop_held(system))
    }

    /// Forgets all of them.
    pub(crate) async fn forget_all(&self) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        write(&self.in_use).clear();
        write(&self.held).clear();
        Self::remove_all(&self.folder)
    }

    /// What the list of a card system says of a card.
    pub(crate) fn find(&self, index: &Index, card_system: i64, number: &UitpasNumber) -> Option<Listed> {
        let list = read_lock(&self.in_use).get(&card_system).cloned()?;
        let (listed, tickets) = list.hashes.find(index, number);
        Some(Listed { evidence: ExportEvidence { listed, as_of: list.head.as_of }, tickets })
    }

    /// All lists, told without their people.
    pub(crate) fn all(&self) -> Vec<SocialTariffList> {
        let held = read_lock(&self.held);
        let told = |(system, list): (&i64, &Arc<InUse>)| SocialTariffList {
            card_system: list.head.system.clone(),
            as_of: list.head.as_of,
            count: list.head.count,
            bytes: list.bytes,
            held: held.get(system).copied(),
        };
        read_lock(&self.in_use).iter().map(told).collect()
    }

    fn take_into_use(&self, system: i64, head: Head, hashes: Arc<Hashes>) {
        let bytes = std::fs::metadata(self.path(system, None)).map_or(0, |file| file.len());
        write(&self.in_use).insert(system, Arc::new(InUse { head, bytes, hashes }));
    }

    fn drop_held(&self, system: i64) -> Result<(), StoreError> {
        write(&self.held).remove(&system);
        remove_database(&self.path(system, Some(HELD)))
    }

    fn path(&self, system: i64, state: Option<&str>) -> PathBuf {
        let state = state.map(|state| format!(".{state}")).unwrap_or_default();
        self.folder.join(format!("{BEGIN}{system}{END}{state}"))
    }
}

/// The names of all files of lists in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter_map(|entry| entry.file_name().into_string().ok());
    named.filter(|name| name.starts_with(BEGIN) && name.contains(END)).collect()
}

fn system_of(name: &str, end: &str) -> Option<i64> {
    name.strip_prefix(BEGIN)?.strip_suffix(end)?.parse().ok()
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Database(sqlx::Error::WorkerCrashed))
}

fn read_lock<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
