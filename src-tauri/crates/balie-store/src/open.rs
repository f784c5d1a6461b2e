//! Opening an encrypted file: one connection, a durable journal, migrations.

use crate::key::Key;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePoolOptions};
use sqlx::{ConnectOptions, Connection, SqlitePool};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Why a file of the desk could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The key does not fit the file, or the file is damaged.
    #[error("the file cannot be opened with this key")]
    WrongKey,
    /// The file was written by a newer version of the program.
    #[error("the file was written by a newer version of Balie")]
    TooNew,
    /// The ledger belongs to another environment.
    #[error("this ledger belongs to the {found} environment, not to {wanted}")]
    OtherEnvironment {
        /// What the ledger belongs to.
        found: String,
        /// What was asked for.
        wanted: String,
    },
    /// The snapshot is locked: its key is not in memory.
    #[error("the snapshot is locked")]
    Locked,
    /// There is no room on the disk.
    #[error("the disk is full")]
    DiskFull,
    /// A row holds something that this program never wrote.
    #[error("the file holds a row that cannot be read: {0}")]
    Unreadable(&'static str),
    /// The entry changed meanwhile; nothing was done.
    #[error("the entry changed meanwhile")]
    Changed,
    /// The ledger was also used elsewhere, or is an older copy: nothing is recorded in it and nothing is sent from it.
    #[error("this ledger was also used elsewhere, or is an older copy")]
    Elsewhere,
    /// Another program has opened the ledger since, and sends from it.
    #[error("another program sends from this ledger by now")]
    Replaced,
    /// The trail of who did what was changed.
    #[error("the trail is broken at row {seq}")]
    Tampered {
        /// The first row that does not follow from the one before.
        seq: i64,
    },
    /// A step that the outbox does not know.
    #[error(transparent)]
    IllegalStep(#[from] balie_core::outbox::IllegalStep),
    /// Anything else that the database reports.
    #[error("the database reports: {0}")]
    Database(sqlx::Error),
    /// The tables could not be made or brought up to date.
    #[error("the tables could not be brought up to date: {0}")]
    Migrate(sqlx::migrate::MigrateError),
}

/// SQLite's code for a file that is no database, which is what a wrong key makes of it.
const NOT_A_DATABASE: &str = "26";
/// SQLite's code for whatever has no code of its own.
const GENERIC: &str = "1";
/// How often an opening is tried.
const TRIES: usize = 3;
/// SQLite's code for a full disk.
const FULL: &str = "13";
/// SQLite's codes for a file that is at fault itself: no code of its own, which is what SQLCipher says of a page that was
/// altered, a page that makes no sense, and no database at all.
const DAMAGE: [i32; 3] = [1, 11, 26];

impl StoreError {
    /// Whether the file itself is at fault, so that it would be read no better the next time.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::WrongKey | Self::Unreadable(_) | Self::Migrate(_) => true,
            Self::Database(error) => {
                let code = error.as_database_error().and_then(|inner| inner.code()?.parse::<i32>().ok());
                // What stands above the lowest byte only says more of it.
                code.is_some_and(|code| DAMAGE.contains(&(code & 0xff)))
            }
            _ => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|inner| inner.code().map(|code| code.into_owned()));
        match code.as_deref() {
            Some(NOT_A_DATABASE) => Self::WrongKey,
            Some(FULL) => Self::DiskFull,
            _ => Self::Database(error),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::VersionMissing(_) => Self::TooNew,
            sqlx::migrate::MigrateError::Execute(inner) => Self::from(inner),
            other => Self::Migrate(other),
        }
    }
}

/// Opens a file with its key, makes it when absent, and brings its tables up to date.
///
/// There is one connection, so there is one writer. A commit is on the disk when it returns (`synchronous=FULL`).
pub(crate) async fn open(path: &Path, key: &Key, migrator: &Migrator) -> Result<SqlitePool, StoreError> {
    let pool = connect(path, key).await?;
    migrator.run(&pool).await?;
    Ok(pool)
}

/// Opens a file as it is, or makes an empty one when absent.
pub(crate) async fn connect(path: &Path, key: &Key) -> Result<SqlitePool, StoreError> {
    // Whoever starts OpenSSL decides whether it takes itself down at the end of the program. It must not: a connection
    // that is still closing in a thread of its own would find its cipher gone.
    openssl_sys::init();
    // Nothing here may touch the file: the key comes first, and no option of sqlx ever sees it.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .busy_timeout(Duration::from_secs(5))
        // Numbers of people stand in the statements: none is ever logged.
        .disable_statement_logging();
    try_once(&options, key).await?;
    let (key, is_set) = (Arc::new(key.clone()), Arc::new(AtomicBool::new(true)));
    let known_as_set = Arc::clone(&is_set);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(10))
        // Asking whether a file is still there costs a turn of its thread at each use, and tells nothing.
        .test_before_acquire(false)
        // On a disk that is full or broken the settings fail like everything else. The pool would try them again until it
        // gives up, and never tell why: so whoever uses the connection is told by what they do, and the next one gets
        // another. Without its settings a connection is as durable and as strict, only slower.
        .after_connect(move |connection, _| {
            let (key, is_set) = (Arc::clone(&key), Arc::clone(&is_set));
            Box::pin(async move {
                give_key(connection, &key).await?;
                is_set.store(settle(connection).await.is_ok(), Ordering::Relaxed);
                Ok(())
            })
        })
        // A commit that failed, for want of room for example, was undone by SQLite itself. The connection does not know,
        // and would begin nothing any more: it is closed, and another one takes its place.
        .before_acquire(move |connection, _| {
            let is_good = known_as_set.load(Ordering::Relaxed) && !connection.is_in_transaction();
            Box::pin(async move { Ok(is_good) })
        })
        .connect_with(options)
        .await?;
    HELD.lock().unwrap_or_else(PoisonError::into_inner).push(pool.clone());
    let closed = pool.close_event();
    tokio::spawn(async move {
        closed.await;
        HELD.lock().unwrap_or_else(PoisonError::into_inner).retain(|held| !held.is_closed());
    });
    Ok(pool)
}

/// Opens the file once on its own. The pool tries again and again what fails here, and says in the end that it took too
/// long: it would never tell that the key does not fit.
async fn try_once(options: &SqliteConnectOptions, key: &Key) -> Result<(), StoreError> {
    let mut tries = 0;
    loop {
        tries += 1;
        let mut connection = SqliteConnection::connect_with(options).await?;
        let prepared = prepare(&mut connection, key).await;
        connection.close().await?;
        match prepared {
            Err(error) if tries < TRIES && is_not_taken(&error) => {}
            prepared => return Ok(prepared?),
        }
    }
}

/// What holds for every connection, and cannot be said before the key was given; first what needs no disk.
const SETTINGS: &str = "
    pragma foreign_keys = on;
    pragma temp_store = memory;
    pragma secure_delete = on;
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma cache_size = -16384;";

async fn prepare(connection: &mut SqliteConnection, key: &Key) -> Result<(), sqlx::Error> {
    give_key(connection, key).await?;
    settle(connection).await
}

async fn give_key(connection: &mut SqliteConnection, key: &Key) -> Result<(), sqlx::Error> {
    let given = balie_cipher::key(&mut connection.lock_handle().await?, key.bytes());
    given.map_err(|refused| sqlx::Error::Configuration(format!("SQLCipher answers {}", refused.0).into()))
}

async fn settle(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(SETTINGS).execute(connection).await.map(drop)
}

/// Every open connection, until it is closed by name; a closed one would keep the key of its file. A connection that is only
/// let go of closes in a thread of its own, and when the program ends at that moment, SQLCipher has taken itself down under it:
/// the program would crash at its very end.
pub(crate) static HELD: Mutex<Vec<SqlitePool>> = Mutex::new(Vec::new());

/// Once in very many openings, while many others were under way, SQLCipher did not take a good key at the first try. A key
/// that does not fit says so otherwise ([`NOT_A_DATABASE`]).
fn is_not_taken(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|inner| inner.code().as_deref() == Some(GENERIC))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Row;
    use std::io::Write;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn the_key_stands_in_no_log_however_much_is_logged() {
        static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/snapshot");
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        let folder = tempfile::tempdir().unwrap();
        let key = Key::random().unwrap();
        // For all threads: the connection has one of its own.
        tracing::subscriber::set_global_default(subscriber).unwrap();
        tracing::info!("the log is read");
        let pool = open(&folder.path().join("snapshot.db"), &key, &MIGRATIONS).await.unwrap();
        pool.close().await;
        let logged = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(logged.contains("the log is read"));
        let hex: String = key.bytes().iter().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(hex.len(), 64);
        assert!(!logged.to_uppercase().contains(&hex), "{logged}");
        assert!(!logged.to_lowercase().contains("pragma key"), "{logged}");
    }

    #[tokio::test]
    async fn every_connection_is_as_durable_and_as_strict_as_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let pool = connect(&folder.path().join("a.db"), &Key::random().unwrap()).await.unwrap();
        for _ in 0..2 {
            for (setting, column, wanted) in [
                ("journal_mode", "journal_mode", "wal"),
                ("synchronous", "synchronous", "2"),
                ("foreign_keys", "foreign_keys", "1"),
                ("temp_store", "temp_store", "2"),
                ("secure_delete", "secure_delete", "1"),
                ("cache_size", "cache_size", "-16384"),
                ("busy_timeout", "timeout", "5000"),
            ] {
                let asked = format!("select cast({column} as text) from pragma_{setting}");
                let row = sqlx::query(sqlx::AssertSqlSafe(asked)).fetch_one(&pool).await.unwrap();
                assert_eq!(row.get::<String, _>(0), wanted, "{setting}");
            }
            // The pool makes another one.
            pool.acquire().await.unwrap().close().await.unwrap();
        }
        pool.close().await;
    }

    #[tokio::test]
    async fn a_key_that_does_not_fit_is_told_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let pool = connect(&path, &Key::random().unwrap()).await.unwrap();
        sqlx::raw_sql("create table a (b)").execute(&pool).await.unwrap();
        pool.close().await;
        let since = std::time::Instant::now();
        assert!(matches!(connect(&path, &Key::random().unwrap()).await, Err(StoreError::WrongKey)));
        assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
    }

    #[tokio::test]
    async fn a_connection_without_its_settings_is_as_durable_and_as_strict() {
        let folder = tempfile::tempdir().unwrap();
        let (path, key) = (folder.path().join("a.db"), Key::random().unwrap());
        let pool = connect(&path, &key).await.unwrap();
        sqlx::raw_sql("create table a (b)").execute(&pool).await.unwrap();
        pool.close().await;
        let mut connection =
            SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&path)).await.unwrap();
        give_key(&mut connection, &key).await.unwrap();
        for (setting, wanted) in [("synchronous", "2"), ("foreign_keys", "1"), ("journal_mode", "wal")] {
            let asked = format!("select cast({setting} as text) from pragma_{setting}");
            let row = sqlx::query(sqlx::AssertSqlSafe(asked)).fetch_one(&mut connection).await.unwrap();
            assert_eq!(row.get::<String, _>(0), wanted, "{setting}");
        }
        connection.close().await.unwrap();
    }
}
