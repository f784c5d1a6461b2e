//! Making a copy: whole, encrypted, and known as a copy.

use super::StoreError;
use crate::durable;
use sqlx::{Row, SqliteConnection, SqlitePool};
use std::fs::File;
use std::path::Path;

/// A copy that is not what it should be is not kept.
const NOT_THE_SAME: StoreError = StoreError::Unreadable("the copy is not the same as the ledger");

/// Copies what is open here into a file, which is there whole or not at all. Whatever stands in the journal comes along.
pub(super) async fn write(pool: &SqlitePool, to: &Path) -> Result<(), StoreError> {
    if let Some(folder) = to.parent() {
        durable::private_folder(folder)?;
    }
    let draft = to.with_extension("part");
    remove(&draft)?;
    let written = write_draft(pool, &draft).await;
    let kept = written.and_then(|()| {
        File::options().write(true).open(&draft)?.sync_all()?;
        std::fs::rename(&draft, to)?;
        Ok(durable::sync_folder(to)?)
    });
    if kept.is_err() {
        // What is half there takes room that the desk needs.
        let _ = remove(&draft);
    }
    kept
}

fn remove(draft: &Path) -> Result<(), StoreError> {
    for end in ["", "-journal"] {
        let mut file = draft.as_os_str().to_owned();
        file.push(end);
        durable::remove(file.as_ref())?;
    }
    Ok(())
}

async fn write_draft(pool: &SqlitePool, draft: &Path) -> Result<(), StoreError> {
    let name = draft.to_str().ok_or(StoreError::Unreadable("the name of the folder"))?;
    // One connection for all of it: nobody writes to the ledger between the copy and the count.
    let mut connection = pool.acquire().await?;
    // Both open the other file with the key of this one, and neither has to be told it.
    sqlx::query("vacuum into ?").bind(name).execute(&mut *connection).await?;
    sqlx::query("attach database ? as copy").bind(name).execute(&mut *connection).await?;
    let done = mark_and_check(&mut connection).await;
    sqlx::raw_sql("detach database copy").execute(&mut *connection).await?;
    done
}

/// Gives the copy a mark that no computer remembers, so that it never passes for the ledger; then reads all of it.
async fn mark_and_check(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let has_mark = "select count(*) from pragma_table_info('machine', 'copy') where name like 'witness%'";
    let row = sqlx::query(has_mark).fetch_one(&mut *connection).await?;
    if row.try_get::<i64, _>(0)? == 2 {
        let mark = "update copy.machine set witness = randomblob(16), witness_before = randomblob(16)";
        sqlx::query(mark).execute(&mut *connection).await?;
    }
    let counts = "select (select count(*) from copy.entry) = (select count(*) from main.entry)
                     and (select count(*) from copy.sqlite_schema) = (select count(*) from main.sqlite_schema)";
    let is_same: bool = sqlx::query(counts).fetch_one(&mut *connection).await?.try_get(0)?;
    let sound: String = sqlx::query("pragma copy.quick_check(1)").fetch_one(&mut *connection).await?.try_get(0)?;
    if is_same && sound == "ok" { Ok(()) } else { Err(NOT_THE_SAME) }
}
