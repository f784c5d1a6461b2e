//! Table `trail`: who did what, in a chain of hashes. Nothing in it names a person.

use crate::ledger::Ledger;
use crate::open::StoreError;
use balie_core::time::Moment;
use sha2::{Digest, Sha256};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Row, Sqlite, Transaction};
use std::sync::LazyLock;

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The person at the desk.
    Clerk,
    /// The program by itself.
    Machine,
}

impl Actor {
    const fn word(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Machine => "machine",
        }
    }
}

/// The hash before the first row.
const BEGIN: [u8; 32] = [0; 32];

struct Link<'a> {
    seq: i64,
    at: i64,
    actor: &'a str,
    action: &'a str,
    receipt: Option<i64>,
    detail: &'a str,
}

impl Link<'_> {
    fn hash(&self, before: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(before);
        hash.update(self.seq.to_be_bytes());
        hash.update(self.at.to_be_bytes());
        hash.update(self.receipt.unwrap_or(0).to_be_bytes());
        for text in [self.actor, self.action, self.detail] {
            // The length goes along, so that nothing can move from one field to the next.
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(text);
        }
        hash.finalize().into()
    }
}

/// The row that the next one follows from, among the columns of any query.
pub(crate) const LAST: &str = "(select seq from trail order by seq desc limit 1) as last_seq, \
     (select hash from trail order by seq desc limit 1) as last_hash";

/// Writes a [`Next`].
pub(crate) const INSERT: &str =
    "insert into trail (seq, at, actor, action, receipt, detail, hash) values (?, ?, ?, ?, ?, ?, ?)";

/// A row to be written.
pub(crate) struct Next<'a> {
    link: Link<'a>,
    hash: [u8; 32],
}

impl<'a> Next<'a> {
    /// The row after the one that a query found with [`LAST`].
    pub(crate) fn after(
        last: &SqliteRow,
        (actor, action, detail): (Actor, &'a str, &'a str),
        receipt: Option<i64>,
        now: Moment,
    ) -> Result<Self, StoreError> {
        let before: Option<&[u8]> = last.try_get("last_hash")?;
        let seq = last.try_get::<Option<i64>, _>("last_seq")?.unwrap_or(0) + 1;
        let link = Link { seq, at: now.as_millisecond(), actor: actor.word(), action, receipt, detail };
        let hash = link.hash(before.unwrap_or(&BEGIN));
        Ok(Self { link, hash })
    }

    /// Gives it to a statement, after what was given before.
    pub(crate) fn bind<'q>(&'q self, query: Query<'q, Sqlite, SqliteArguments>) -> Query<'q, Sqlite, SqliteArguments> {
        let Self { link, hash } = self;
        let query = query.bind(link.seq).bind(link.at).bind(link.actor).bind(link.action).bind(link.receipt);
        query.bind(link.detail).bind(hash.as_slice())
    }
}

/// Adds a row, in the transaction of what it is about.
pub(crate) async fn note(
    tx: &mut Transaction<'static, Sqlite>,
    actor: Actor,
    action: &str,
    receipt: Option<i64>,
    detail: &str,
    now: Moment,
) -> Result<(), StoreError> {
    static SQL: LazyLock<String> = LazyLock::new(|| format!("select {LAST}"));
    let last = sqlx::query(sqlx::AssertSqlSafe(SQL.as_str())).fetch_one(&mut **tx).await?;
    let next = Next::after(&last, (actor, action, detail), receipt, now)?;
    next.bind(sqlx::query(INSERT)).execute(&mut **tx).await?;
    Ok(())
}

impl Ledger {
    /// Whether the trail is whole: every row follows from the one before (I13).
    ///
    /// # Errors
    /// [`StoreError::Tampered`] names the first row that does not.
    pub async fn verify_trail(&self) -> Result<(), StoreError> {
        let rows = sqlx::query("select seq, at, actor, action, receipt, detail, hash from trail order by seq")
            .fetch_all(&self.pool)
            .await?;
        let mut before = BEGIN;
        for (position, row) in rows.iter().enumerate() {
            let link = Link {
                seq: row.try_get(0)?,
                at: row.try_get(1)?,
                actor: row.try_get(2)?,
                action: row.try_get(3)?,
                receipt: row.try_get(4)?,
                detail: row.try_get(5)?,
            };
            let hash = link.hash(&before);
            if usize::try_from(link.seq) != Ok(position + 1) || row.try_get::<&[u8], _>(6)? != hash {
                return Err(StoreError::Tampered { seq: link.seq });
            }
            before = hash;
        }
        Ok(())
    }
}
