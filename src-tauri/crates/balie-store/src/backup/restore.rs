//! Putting a copy in the place of the ledger.

use super::{LEDGER, StoreError, folder_in};
use crate::durable;
use crate::key::Key;
use crate::open::connect;
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Puts a copy in the place of the ledger, which nobody has open. The present one is set aside among the copies and never
/// deleted; wherever the current fails, a whole ledger is in its place.
///
/// The desk then knows the ledger as an older copy: nothing is recorded in it and nothing sent from it before a person has
/// decided (`Ledger::work_on_here`).
///
/// # Errors
/// Fails when the key does not open the copy, the copy is damaged, or somebody has the ledger open; the present one then
/// stays where it is.
pub async fn restore(folder: &Path, which: &Path, key: &Key) -> Result<(), StoreError> {
    let (ledger, draft) = (folder.join(LEDGER), folder.join("ledger.db.restored"));
    for end in ["", "-wal", "-shm"] {
        durable::remove(&beside(&draft, end))?;
    }
    copy_whole(which, &draft)?;
    let sound = check(&draft, key).await;
    if let Err(error) = sound {
        for end in ["", "-wal", "-shm"] {
            let _ = durable::remove(&beside(&draft, end));
        }
        return Err(error);
    }
    if ledger.exists() {
        set_aside(folder, &ledger, key).await?;
    }
    for end in ["-wal", "-shm"] {
        durable::remove(&beside(&ledger, end))?;
    }
    std::fs::rename(&draft, &ledger)?;
    Ok(durable::sync_folder(&ledger)?)
}

/// Whether the key opens a file, and every page of it can be read.
async fn check(file: &Path, key: &Key) -> Result<(), StoreError> {
    let pool = connect(file, key).await?;
    let altered = sqlx::query("pragma cipher_integrity_check").fetch_optional(&pool).await;
    let sound = sqlx::query_scalar::<_, String>("pragma integrity_check(1)").fetch_one(&pool).await;
    let entries = sqlx::query_scalar::<_, i64>("select count(*) from entry").fetch_one(&pool).await;
    pool.close().await;
    entries?;
    if altered?.is_none() && sound? == "ok" { Ok(()) } else { Err(StoreError::Unreadable("the copy is damaged")) }
}

/// Copies the ledger as it is, to the last byte, before anything opens it: SQLite throws a journal away that it takes for
/// one of another file, and of a damaged ledger that may be all there is.
async fn set_aside(folder: &Path, ledger: &Path, key: &Key) -> Result<(), StoreError> {
    let copies = folder_in(folder);
    durable::private_folder(&copies)?;
    let free = (1_u32..).map(|number| copies.join(format!("ledger-replaced-{number}.db"))).find(|file| !file.exists());
    let free = free.ok_or(StoreError::DiskFull)?;
    copy_whole(ledger, &free)?;
    durable::sync_folder(&free)?;
    let Ok(pool) = connect(ledger, key).await else { return Ok(()) };
    let alone = "pragma busy_timeout = 0; pragma locking_mode = exclusive; begin exclusive; commit";
    let is_alone = sqlx::raw_sql(alone).execute(&pool).await;
    pool.close().await;
    if let Err(error) = is_alone {
        // Somebody writes in it: what was copied may be half of something.
        durable::remove(&free)?;
        durable::remove(&beside(&free, "-wal"))?;
        return Err(error.into());
    }
    Ok(())
}

/// Copies a file with its journal. The journal comes first, so that none is missing where the file is there.
fn copy_whole(from: &Path, to: &Path) -> Result<(), StoreError> {
    let wal = beside(from, "-wal");
    if wal.exists() {
        copy(&wal, &beside(to, "-wal"))?;
    }
    copy(from, to)
}

fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    std::fs::copy(from, to)?;
    Ok(File::options().write(true).open(to)?.sync_all()?)
}

fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name: OsString = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}
