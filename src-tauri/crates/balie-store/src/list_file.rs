//! One social tariff list in its own encrypted file: built beside the one in use, read back, and put in its place in one
//! step. Cut off at any moment, the old one or the new one is there.

use crate::durable;
use crate::key::Key;
use crate::listing::Hashes;
use crate::open::{StoreError, connect, open};
use crate::rows::moment;
use crate::snapshot::{files, remove_database};
use balie_core::pass::CardSystem;
use balie_core::time::Moment;
use sqlx::{Row, Sqlite, SqlitePool, Transaction};
use std::path::{Path, PathBuf};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations/social_tariff");

/// How many hashes stand in a row: 64 KiB.
const IN_A_ROW: usize = 8192;

/// What a file says of its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) system: CardSystem,
    pub(crate) as_of: Moment,
    pub(crate) count: usize,
    pub(crate) digest: [u8; 32],
}

/// Writes a list into a file of its own, and gives what was read back from it.
pub(crate) async fn build(path: &Path, key: &Key, head: &Head, hashes: Hashes) -> Result<Hashes, StoreError> {
    remove_database(path)?;
    let pool = open(path, key, &MIGRATIONS).await?;
    let written = write(&pool, head, &hashes).await;
    pool.close().await;
    written?;
    let (found, back) = read(path, key).await?;
    if found != *head || back != hashes {
        return Err(StoreError::Unreadable("list"));
    }
    Ok(back)
}

async fn write(pool: &SqlitePool, head: &Head, hashes: &Hashes) -> Result<(), StoreError> {
    let mut tx = pool.begin_with("begin immediate").await?;
    sqlx::query("insert into list (card_system_id, card_system_name, as_of, count, digest) values (?, ?, ?, ?, ?)")
        .bind(head.system.id)
        .bind(&head.system.name)
        .bind(head.as_of.as_millisecond())
        .bind(i64::try_from(head.count).unwrap_or(i64::MAX))
        .bind(head.digest.to_vec())
        .execute(&mut *tx)
        .await?;
    for (place, cards) in (0_i64..).zip(hashes.cards.chunks(IN_A_ROW)) {
        write_part(&mut tx, "cards", place, cards.iter().flat_map(|card| card.to_be_bytes()).collect()).await?;
    }
    let bytes = |(card, tickets): &(u64, u32)| [&card.to_be_bytes()[..], &tickets.to_be_bytes()[..]].concat();
    for (place, groups) in (0_i64..).zip(hashes.groups.chunks(IN_A_ROW)) {
        write_part(&mut tx, "groups", place, groups.iter().flat_map(bytes).collect()).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn write_part(
    tx: &mut Transaction<'static, Sqlite>,
    kind: &str,
    place: i64,
    bytes: Vec<u8>,
) -> Result<(), StoreError> {
    sqlx::query("insert into part (kind, place, bytes) values (?, ?, ?)")
        .bind(kind)
        .bind(place)
        .bind(bytes)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Reads a list: whole and in order, or not at all. The file is not kept open.
pub(crate) async fn read(path: &Path, key: &Key) -> Result<(Head, Hashes), StoreError> {
    let pool = existing(path, key).await?;
    let read = read_all(&pool).await;
    pool.close().await;
    read
}

/// Reads what a file says of its list.
pub(crate) async fn read_head(path: &Path, key: &Key) -> Result<Head, StoreError> {
    let pool = existing(path, key).await?;
    let head = head(&pool).await;
    pool.close().await;
    head
}

/// Opens a file that is there.
async fn existing(path: &Path, key: &Key) -> Result<SqlitePool, StoreError> {
    std::fs::metadata(path).map_err(|error| StoreError::Database(sqlx::Error::Io(error)))?;
    connect(path, key).await
}

async fn head(pool: &SqlitePool) -> Result<Head, StoreError> {
    let row = sqlx::query("select * from list").fetch_one(pool).await?;
    let unreadable = || StoreError::Unreadable("list");
    Ok(Head {
        system: CardSystem { id: row.try_get("card_system_id")?, name: row.try_get("card_system_name")? },
        as_of: moment(row.try_get("as_of")?)?,
        count: usize::try_from(row.try_get::<i64, _>("count")?).map_err(|_| unreadable())?,
        digest: row.try_get::<&[u8], _>("digest")?.try_into().map_err(|_| unreadable())?,
    })
}

async fn read_all(pool: &SqlitePool) -> Result<(Head, Hashes), StoreError> {
    let head = head(pool).await?;
    let card = |bytes: &[u8; 8]| u64::from_be_bytes(*bytes);
    let group = |bytes: &[u8; 12]| {
        let [a, b, c, d, e, f, g, h, tickets @ ..] = *bytes;
        (u64::from_be_bytes([a, b, c, d, e, f, g, h]), u32::from_be_bytes(tickets))
    };
    let hashes = Hashes {
        cards: read_parts(pool, "cards", head.count, card).await?.into_boxed_slice(),
        groups: read_parts(pool, "groups", 0, group).await?.into_boxed_slice(),
    };
    if hashes.cards.len() != head.count || !hashes.is_ascending() {
        return Err(StoreError::Unreadable("list"));
    }
    Ok((head, hashes))
}

async fn read_parts<T, const N: usize>(
    pool: &SqlitePool,
    kind: &str,
    expected: usize,
    read: impl Fn(&[u8; N]) -> T,
) -> Result<Vec<T>, StoreError> {
    // A damaged count may not ask for more memory than a list can need.
    let mut found = Vec::with_capacity(expected.min(10_000_000));
    for place in 0_i64.. {
        let row = sqlx::query("select bytes from part where kind = ? and place = ?")
            .bind(kind)
            .bind(place)
            .fetch_optional(pool)
            .await?;
        let Some(row) = row else { break };
        let (items, rest) = row.try_get::<&[u8], _>(0)?.as_chunks::<N>();
        if !rest.is_empty() {
            return Err(StoreError::Unreadable("list"));
        }
        found.extend(items.iter().map(&read));
    }
    Ok(found)
}

/// Lets a list hold until another moment: UiTPAS said the same again.
pub(crate) async fn said_again(path: &Path, key: &Key, system: &CardSystem, as_of: Moment) -> Result<(), StoreError> {
    let pool = existing(path, key).await?;
    let written = sqlx::query("update list set as_of = ?, card_system_name = ?")
        .bind(as_of.as_millisecond())
        .bind(&system.name)
        .execute(&pool)
        .await;
    pool.close().await;
    written?;
    Ok(())
}

/// Puts a file that was built in the place of another.
pub(crate) async fn put_in_place(from: PathBuf, to: PathBuf) -> Result<(), StoreError> {
    let put = tokio::task::spawn_blocking(move || replace(&from, &to)).await;
    put.map_err(|_| StoreError::Database(sqlx::Error::WorkerCrashed))?
        .map_err(|error| StoreError::Database(sqlx::Error::Io(error)))
}

fn replace(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::OpenOptions::new().write(true).open(from)?.sync_all()?;
    // The journal of the old file must not be taken for one of the new.
    for journal in files(to).into_iter().skip(1) {
        durable::remove(&journal)?;
    }
    std::fs::rename(from, to)?;
    // The name is on the disk when the folder is.
    durable::sync_folder(to)
}
