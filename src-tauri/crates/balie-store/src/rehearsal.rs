//! What the rehearsals of a power cut need of a ledger and a desk never does. Behind a feature that nothing that ships is
//! built with.

pub mod keys;

use crate::entries::record_in;
use crate::key::Key;
use crate::ledger::{Ledger, MIGRATIONS};
use crate::open::{HELD, StoreError, open};
use crate::snapshot::Snapshot;
use crate::trail::Actor;
use balie_core::entry::{Act, EntryId};
use balie_core::time::Moment;
use sha2::{Digest, Sha256};
use sqlx::{Row, SqlitePool};
use std::path::Path;
use std::sync::PoisonError;

/// Closes every file in a folder that was let go of and not closed.
pub async fn close_all_in(folder: &Path) {
    let is_there = |pool: &SqlitePool| pool.connect_options().get_filename().starts_with(folder);
    let all = HELD.lock().unwrap_or_else(PoisonError::into_inner).clone();
    for pool in all.into_iter().filter(is_there) {
        pool.close().await;
    }
    HELD.lock().unwrap_or_else(PoisonError::into_inner).retain(|held| !held.is_closed());
}

/// Makes a ledger of the first version that holds this many sales: of each four one was sent, one is on its way, and two
/// wait.
///
/// # Errors
/// Fails when the file cannot be written.
pub async fn first_version(path: &Path, key: &Key, sales: u32) -> Result<(), StoreError> {
    let statements = [
        "insert into desk values (1, 'test', 'B1', ?1 + 1)",
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < ?1)
         insert into entry select i, 'B1', randomblob(16), 'sell', 1000 * i, 'o', 'e' || (i % 7), 'Zwemmen',
             '0900000067513', 'p' || i, null, 'Volwassene', 1000, 200, 'computed', 900 from n",
        "insert into outbox (receipt, state, version, changed_at, server_id, server_created, server_price_cents)
         select receipt, case receipt % 4 when 0 then 'confirmed' when 1 then 'sending' else 'queued' end,
             case receipt % 4 when 0 then 3 when 1 then 2 else 1 end, occurred_at,
             case receipt % 4 when 0 then 'first-' || receipt end, occurred_at, 200 from entry where receipt <= ?1",
        "insert into attempt (receipt, started_at, phase, class, ended_at)
         select receipt, changed_at, case state when 'sending' then 'intent' else 'closed' end,
             case state when 'sending' then null else 'accepted' end, changed_at
         from outbox where state in ('sending', 'confirmed') and receipt <= ?1",
    ];
    of_version(1, path, key, &statements, sales).await
}

/// Makes a ledger of the second version that holds this many entries of every kind, in every state that there was.
///
/// # Errors
/// Fails when the file cannot be written.
pub async fn second_version(path: &Path, key: &Key, entries: u32) -> Result<(), StoreError> {
    let statements = [
        "insert into desk values (1, 'test', 'B1', ?1 + 1)",
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < ?1),
             k (i, kind) as (select i, case i % 8 when 2 then 'check_in' when 3 then 'redeem'
                 when 6 then 'cancel' else 'sell' end from n)
         insert into entry select i, 'B1', randomblob(16), kind, 1000 * i, 'o', '0900000067513', 'p' || i, 'Zwemmen', 900,
             case when kind in ('sell', 'check_in') then 'e' || (i % 7) end, case when i % 3 = 0 then 'SOCIALTARIFF' end,
             case kind when 'sell' then 'Volwassene' end, case kind when 'sell' then 1 + i % 3 else 1 end,
             case kind when 'sell' then 1000 end, case kind when 'sell' then 200 end,
             case kind when 'sell' then 'computed' end, case when kind in ('check_in', 'redeem') then 1 end, null,
             case kind when 'redeem' then 'r' || i end, case kind when 'redeem' then 'points' end,
             case kind when 'cancel' then i - 3 end from k",
        "insert into outbox (receipt, state, version, attempts, changed_at, confirmed_at, hold, problem)
         select receipt, case receipt % 8 when 1 then 'sending' when 2 then 'in_doubt' when 4 then 'refused'
                 when 5 then 'queued' when 6 then 'sending' when 7 then 'withdrawn' else 'confirmed' end,
             case receipt % 8 when 5 then 1 when 1 then 2 when 6 then 2 else 3 end, 1, occurred_at,
             case when receipt % 8 in (0, 3) then occurred_at end, case receipt % 8 when 5 then 'wait' end,
             case receipt % 8 when 2 then 'no-answer' when 4 then 'maximum-reached' end
         from entry where receipt <= ?1",
        "insert into server_record (kind, server_id, receipt, created, price_cents)
         select kind, 'second-' || receipt, receipt, occurred_at, charged_cents
         from entry where receipt % 8 in (0, 3) and receipt <= ?1",
        "insert into attempt (receipt, started_at, phase, class, ended_at)
         select receipt, changed_at, case state when 'sending' then 'intent' else 'closed' end,
             case state when 'in_doubt' then 'unknown' when 'refused' then 'refused' when 'confirmed' then 'accepted' end,
             case when state <> 'sending' then changed_at end
         from outbox where state in ('sending', 'confirmed', 'in_doubt', 'refused') and receipt <= ?1",
    ];
    of_version(2, path, key, &statements, entries).await
}

async fn of_version(
    version: usize,
    path: &Path,
    key: &Key,
    statements: &[&'static str],
    count: u32,
) -> Result<(), StoreError> {
    let mut older = sqlx::migrate::Migrator::DEFAULT;
    older.migrations = MIGRATIONS.iter().take(version).cloned().collect::<Vec<_>>().into();
    let pool = open(path, key, &older).await?;
    for statement in statements {
        sqlx::query(*statement).bind(count).execute(&pool).await?;
    }
    pool.close().await;
    Ok(())
}

/// What every table holds, in a line for each: how many rows, and a hash over all of them. Of the machine only what it has
/// learnt: who opened the file last changes with every look at it.
///
/// # Errors
/// Fails when the file cannot be read.
pub async fn contents(ledger: &Ledger) -> Result<String, StoreError> {
    let tables = "select m.name, group_concat('quote(\"' || c.name || '\")', ' || '','' || ')
        from sqlite_master m, pragma_table_info(m.name) c
        where m.type = 'table' and m.name not like 'sqlite\\_%' escape '\\' and m.name <> '_sqlx_migrations'
            and (m.name <> 'machine' or c.name like 'settle%' or c.name = 'latest_moment')
        group by m.name order by m.name";
    let mut told = String::new();
    for table in &sqlx::query(tables).fetch_all(&ledger.pool).await? {
        let (name, columns): (String, String) = (table.try_get(0)?, table.try_get(1)?);
        let all = format!("select {columns} from {name} order by 1");
        let rows = sqlx::query(sqlx::AssertSqlSafe(all)).fetch_all(&ledger.pool).await?;
        let mut hash = Sha256::new();
        for row in &rows {
            hash.update(row.try_get::<&str, _>(0)?);
            hash.update([0]);
        }
        let hash = hash.finalize();
        let sign: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        told.push_str(&format!("{name} {} {sign}\n", rows.len()));
    }
    Ok(told)
}

/// Every text and every blob in a ledger, after the table and the column that it stands in. Blobs are read as text as far as
/// they are.
///
/// # Errors
/// Fails when the file cannot be read.
pub async fn texts_of_ledger(ledger: &Ledger) -> Result<Vec<(String, String)>, StoreError> {
    texts(&ledger.pool).await
}

/// The same of a snapshot.
///
/// # Errors
/// Fails when the file cannot be read.
pub async fn texts_of_snapshot(snapshot: &Snapshot) -> Result<Vec<(String, String)>, StoreError> {
    texts(&snapshot.pool()?).await
}

async fn texts(pool: &SqlitePool) -> Result<Vec<(String, String)>, StoreError> {
    let mut found = Vec::new();
    for place in columns(pool).await? {
        let Some((table, column)) = place.split_once('.') else { continue };
        let all = format!("select cast(\"{column}\" as blob) from \"{table}\" where \"{column}\" is not null");
        for row in &sqlx::query(sqlx::AssertSqlSafe(all)).fetch_all(pool).await? {
            let bytes: &[u8] = row.try_get(0)?;
            found.push((place.clone(), String::from_utf8_lossy(bytes).into_owned()));
        }
    }
    Ok(found)
}

impl Ledger {
    /// How many rows of the trail tell of this.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn trail_count(&self, action: &str) -> Result<u32, StoreError> {
        let row = sqlx::query("select count(*) from trail where action = ?").bind(action).fetch_one(&self.pool).await?;
        Ok(row.try_get(0)?)
    }
}

/// Every column of a ledger: `entry.receipt`.
///
/// # Errors
/// Fails when the file cannot be read.
pub async fn columns_of_ledger(ledger: &Ledger) -> Result<Vec<String>, StoreError> {
    columns(&ledger.pool).await
}

/// The same of a snapshot.
///
/// # Errors
/// Fails when the file cannot be read.
pub async fn columns_of_snapshot(snapshot: &Snapshot) -> Result<Vec<String>, StoreError> {
    columns(&snapshot.pool()?).await
}

async fn columns(pool: &SqlitePool) -> Result<Vec<String>, StoreError> {
    let all = "select m.name || '.' || c.name from sqlite_master m, pragma_table_info(m.name) c
        where m.type = 'table' and m.name <> '_sqlx_migrations' order by 1";
    let rows = sqlx::query(all).fetch_all(pool).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// So many acts go in one commit, so that the journal stays as short as it is in a desk.
const TOGETHER: usize = 100;

/// Records acts as a desk does, many in each commit: a queue that took a long day. `occurred` says when each was, by its place.
///
/// # Errors
/// Fails when the file cannot be written.
pub async fn record_all(
    ledger: &Ledger,
    acts: &[(EntryId, Act)],
    occurred: impl Fn(usize) -> Moment,
) -> Result<(), StoreError> {
    for (part, acts) in acts.chunks(TOGETHER).enumerate() {
        let mut tx = ledger.pool.begin_with("begin immediate").await?;
        for (place, (id, act)) in acts.iter().enumerate() {
            let at = occurred(part * TOGETHER + place);
            record_in(&mut tx, (*id, act, None), at, (Actor::Clerk, "", at)).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Has the journal emptied into the file after so many pages, so that a short rehearsal sees it often.
///
/// # Errors
/// Fails when the file cannot be read.
pub async fn empty_journal_every(ledger: &Ledger, pages: u32) -> Result<(), StoreError> {
    let statement = format!("pragma wal_autocheckpoint = {pages}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&ledger.pool).await?;
    Ok(())
}

/// Somebody who has the key changes what a row of the trail says.
///
/// # Errors
/// Fails when the file cannot be written.
pub async fn change_the_trail(ledger: &Ledger, seq: i64) -> Result<(), StoreError> {
    sqlx::raw_sql("drop trigger trail_is_never_changed").execute(&ledger.pool).await?;
    sqlx::query("update trail set detail = 'changed' where seq = ?").bind(seq).execute(&ledger.pool).await?;
    Ok(())
}

/// What is wrong with the file, if anything: its structure, its references, its receipts, its open attempts, its trail, and
/// the seal of every page. Empties the journal into the file, as the seals are only read there.
///
/// # Errors
/// Fails when the file cannot be read.
pub async fn fault(ledger: &Ledger) -> Result<Option<String>, StoreError> {
    let mut faults = Vec::new();
    let busy: i64 = sqlx::query("pragma wal_checkpoint(truncate)").fetch_one(&ledger.pool).await?.try_get(0)?;
    if busy != 0 {
        faults.push("the journal cannot be emptied".to_owned());
    }
    for (question, wanted) in [
        ("pragma integrity_check", Some("ok")),
        ("pragma foreign_key_check", None),
        ("pragma cipher_integrity_check", None),
        (
            "select 'gap' from (select (select count(*) from entry) as held, coalesce(max(receipt), 0) as last,
                 (select coalesce(sum(cast(detail as integer)), 0) from trail where action = 'removed') as gone from entry)
             where held + gone <> max(last, (select receipts_gone from desk))",
            None,
        ),
        ("select 'no state' from entry where receipt not in (select receipt from outbox)", None),
        (
            "select 'attempt of ' || receipt from outbox
             where (state = 'sending') <> (receipt in (select receipt from attempt where phase = 'intent'))",
            None,
        ),
        // Every step stands in the trail, in the commit that took it. An entry of an older version has no beginning there.
        (
            "select 'trail of ' || receipt from outbox o
             where exists (select 1 from trail where receipt = o.receipt and action = 'recorded') and version <>
                 (select count(*) from trail where receipt = o.receipt and action <> 'found_surplus')",
            None,
        ),
    ] {
        let found = sqlx::query(question).fetch_all(&ledger.pool).await?;
        for row in &found {
            // A row of another kind than text is a fault all the same.
            let told = row.try_get::<String, _>(0).unwrap_or_else(|_| question.to_owned());
            if Some(told.as_str()) != wanted {
                faults.push(told);
            }
        }
    }
    faults.extend(ledger.verify_trail().await.err().map(|fault| fault.to_string()));
    Ok((!faults.is_empty()).then(|| faults.join("; ")))
}
