//! The ledger: opening it, and whose it is.

use crate::backup;
use crate::key::Key;
use crate::machine;
use crate::open::{StoreError, connect};
use ring::hmac;
use sqlx::{Row, SqlitePool};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

pub(crate) static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations/ledger");

/// Which world a ledger belongs to. Real acts, test acts and practice never share a file (security.md S-17).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// The real UiTPAS.
    Production,
    /// The test environment of publiq.
    Test,
    /// Nothing leaves this computer.
    Practice,
}

impl Environment {
    /// The word for it in files and on the screen.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Test => "test",
            Self::Practice => "practice",
        }
    }
}

/// The open ledger.
#[derive(Debug, Clone)]
pub struct Ledger {
    pub(crate) pool: SqlitePool,
    /// Whose turn it is to send; drawn at each opening.
    pub(crate) uploader: [u8; 16],
    read_only: Arc<AtomicBool>,
    /// Makes the marks by which the trail tells passes apart.
    pub(crate) marks: hmac::Key,
    /// Where its file is.
    path: Arc<Path>,
    /// Who is at the desk, by the id of the sign-in server; empty when nobody is known to be.
    pub(crate) subject: Arc<Mutex<String>>,
}

impl Ledger {
    /// Opens the ledger, or makes it for this environment with this prefix for its receipts.
    ///
    /// # Errors
    /// Refuses a key that does not fit, a ledger of another environment, and a file of a newer version. One of an earlier
    /// version is copied before its tables are changed, and left as it is when there is no room for the copy.
    pub async fn open(path: &Path, key: &Key, environment: Environment, prefix: &str) -> Result<Self, StoreError> {
        let pool = connect(path, key).await?;
        let migrated = async {
            backup::before_migrating(&pool, path, &MIGRATIONS).await?;
            Ok::<_, StoreError>(MIGRATIONS.run(&pool).await?)
        };
        if let Err(error) = migrated.await {
            pool.close().await;
            return Err(error);
        }
        sqlx::query("insert into desk (one, environment, receipt_prefix) values (1, ?, ?) on conflict do nothing")
            .bind(environment.word())
            .bind(prefix)
            .execute(&pool)
            .await?;
        let found: String = sqlx::query("select environment from desk").fetch_one(&pool).await?.try_get(0)?;
        if found != environment.word() {
            return Err(StoreError::OtherEnvironment { found, wanted: environment.word().to_owned() });
        }
        // A new prefix holds for what is recorded from now on; what was recorded keeps its own, and the numbers go on.
        sqlx::query("update desk set receipt_prefix = ? where receipt_prefix <> ?")
            .bind(prefix)
            .bind(prefix)
            .execute(&pool)
            .await?;
        let uploader = rand::random::<[u8; 16]>();
        machine::opened(&pool, &uploader).await?;
        let marks = hmac::Key::new(hmac::HMAC_SHA256, key.derive(b"marks of the trail").as_slice());
        Ok(Self { pool, uploader, marks, read_only: Arc::default(), path: path.into(), subject: Arc::default() })
    }

    /// The folder that its file is in.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// How much room it takes on the disk, its copies included, in bytes.
    pub fn bytes(&self) -> u64 {
        let size = |path: &Path| path.metadata().map_or(0, |file| file.len());
        let journal = self.path.with_extension("db-wal");
        let copies = backup::backups(self.folder()).unwrap_or_default();
        size(&self.path) + size(&journal) + copies.iter().map(|copy| size(&copy.file)).sum::<u64>()
    }

    /// Whether nothing may be recorded in it and nothing sent from it, because it was also used elsewhere.
    pub fn is_read_only(&self) -> bool {
        self.read_only.load(Ordering::Relaxed)
    }

    /// Fails where nothing may be recorded, sent or settled.
    pub(crate) fn is_used_here_alone(&self) -> Result<(), StoreError> {
        if self.is_read_only() { Err(StoreError::Elsewhere) } else { Ok(()) }
    }

    pub(crate) fn set_read_only(&self, read_only: bool) {
        self.read_only.store(read_only, Ordering::Relaxed);
    }

    /// What is wrong with the file: pages that were altered, tables and indexes that do not agree, rows that point to
    /// nothing. Empty when all is well. Every page is read.
    ///
    /// # Errors
    /// Fails when the file cannot be read at all.
    pub async fn damage(&self) -> Result<Vec<String>, StoreError> {
        let altered = sqlx::query("pragma cipher_integrity_check").fetch_all(&self.pool).await?;
        let mut found = altered.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
        if !found.is_empty() {
            // What stands in such a page cannot be read at all.
            return Ok(found);
        }
        for row in &sqlx::query("pragma integrity_check").fetch_all(&self.pool).await? {
            found.push(row.try_get(0)?);
        }
        found.retain(|line| line != "ok");
        let astray = sqlx::query("pragma foreign_key_check").fetch_all(&self.pool).await?;
        for row in &astray {
            found.push(format!("a row of {} points to nothing", row.try_get::<String, _>(0)?));
        }
        Ok(found)
    }

    /// Closes the file; what was committed is on the disk already.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open::open;
    use balie_core::entry::{Act, EntryId};
    use balie_core::money::Cents;
    use balie_core::outbox::State;
    use balie_core::time::Moment;

    /// What a desk of the first version held: one sale in each of three states, of which one was sent.
    const FIRST_VERSION: &str = "
        insert into desk values (1, 'test', 'B1', 4);
        insert into entry values
            (1, 'B1', x'01010101010101010101010101010101', 'sell', 1000, 'o', 'e', 'Zwemmen', '0900000067513', 'p',
             'SOCIALTARIFF', 'Volwassene', 1000, 200, 'live', 900),
            (2, 'B1', x'02020202020202020202020202020202', 'sell', 2000, 'o', 'e', 'Zwemmen', '0900000067513', 'p',
             null, 'Kind', 500, 100, 'computed', 2000),
            (3, 'B1', x'03030303030303030303030303030303', 'sell', 3000, 'o', 'f', 'Toneel', '0900010959113', 'q',
             'SOCIALTARIFF', 'Volwassene', 1000, 200, 'cached', 900);
        insert into outbox (receipt, state, version, changed_at, server_id, server_created, server_price_cents) values
            (1, 'confirmed', 3, 1500, '17', 1400, 200), (2, 'queued', 1, 2000, null, null, null),
            (3, 'sending', 2, 3000, null, null, null);
        insert into attempt (receipt, started_at, phase, class, ended_at) values
            (1, 1100, 'closed', 'accepted', 1500), (3, 3000, 'intent', null, null);";

    #[tokio::test]
    async fn damage_is_found_wherever_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let (path, key) = (folder.path().join("ledger.db"), Key::random().unwrap());
        let ledger = Ledger::open(&path, &key, Environment::Test, "B1").await.unwrap();
        assert_eq!(ledger.damage().await.unwrap(), Vec::<String>::new());
        let astray =
            "pragma foreign_keys = off; insert into outbox (receipt, state, changed_at) values (7, 'queued', 0)";
        sqlx::raw_sql(astray).execute(&ledger.pool).await.unwrap();
        assert_eq!(ledger.damage().await.unwrap(), ["a row of outbox points to nothing"]);
        ledger.close().await;

        // One bit of every third page in turn: what cannot be opened any more is found as well.
        let whole = std::fs::read(&path).unwrap();
        let (mut opened, page) = (0, 4_096);
        for start in (0..whole.len()).step_by(3 * page) {
            let mut bytes = whole.clone();
            bytes[start + 2_000] ^= 1;
            let path = folder.path().join(format!("{start}.db"));
            std::fs::write(&path, bytes).unwrap();
            let Ok(ledger) = Ledger::open(&path, &key, Environment::Test, "B1").await else { continue };
            opened += 1;
            let found = ledger.damage().await.unwrap();
            assert!(found.len() == 1 && found[0].starts_with("HMAC verification failed"), "{start}: {found:?}");
        }
        assert!(opened > 0, "a page that is not read at the opening was damaged too");
    }

    #[tokio::test]
    async fn a_ledger_of_the_first_version_keeps_all_that_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        let (path, key) = (folder.path().join("ledger.db"), Key::random().unwrap());
        let mut first = sqlx::migrate::Migrator::DEFAULT;
        first.migrations = MIGRATIONS.iter().take(1).cloned().collect::<Vec<_>>().into();
        let pool = open(&path, &key, &first).await.unwrap();
        sqlx::raw_sql(FIRST_VERSION).execute(&pool).await.unwrap();
        pool.close().await;

        let ledger = Ledger::open(&path, &key, Environment::Test, "B1").await.unwrap();
        let held = ledger.newest(10).await.unwrap();
        let states: Vec<_> = held.iter().map(|each| (each.entry.receipt.sequence, each.state, each.version)).collect();
        assert_eq!(states, [(3, State::Sending, 2), (2, State::Queued, 1), (1, State::Confirmed, 3)]);
        let Act::Sale(sale) = &held[2].entry.act else { panic!("a sale") };
        assert_eq!((sale.charged, sale.quantity, held[2].server_price), (Cents(200), 1, Some(Cents(200))));
        assert_eq!(
            ledger.recover(Moment::UNIX_EPOCH, Moment::UNIX_EPOCH).await.unwrap(),
            1,
            "the attempt that was open still is"
        );
        let next = ledger.record(EntryId([4; 16]), &held[1].entry.act, Moment::UNIX_EPOCH).await.unwrap();
        assert_eq!(next.entry.receipt.sequence, 4, "the numbers go on");
        for tampering in ["update entry set charged_cents = 0", "delete from entry where receipt = 1"] {
            assert!(sqlx::query(tampering).execute(&ledger.pool).await.is_err(), "{tampering}");
        }
        let mended = sqlx::query("pragma foreign_key_check").fetch_all(&ledger.pool).await.unwrap();
        assert!(mended.is_empty());
    }
}
