//! The ledger: opening it, and whose it is.

use crate::key::Key;
use crate::open::{StoreError, open};
use sqlx::{Row, SqlitePool};
use std::path::Path;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations/ledger");

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
}

impl Ledger {
    /// Opens the ledger, or makes it for this environment with this prefix for its receipts.
    ///
    /// # Errors
    /// Refuses a key that does not fit, a ledger of another environment, and a file of a newer version.
    pub async fn open(path: &Path, key: &Key, environment: Environment, prefix: &str) -> Result<Self, StoreError> {
        let pool = open(path, key, &MIGRATIONS).await?;
        sqlx::query("insert into desk (one, environment, receipt_prefix, next_receipt) values (1, ?, ?, 1) on conflict do nothing")
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
        Ok(Self { pool })
    }

    /// Closes the file; what was committed is on the disk already.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
