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

const INSERT: &str = "insert into trail (receipt, action, seq, at, actor, detail, hash) values (?, ?, ?, ?, ?, ?, ?)";

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

    /// Gives it to a statement that knows what it is about, after what was given before.
    pub(crate) fn bind<'q>(&'q self, query: Query<'q, Sqlite, SqliteArguments>) -> Query<'q, Sqlite, SqliteArguments> {
        let Self { link, hash } = self;
        query.bind(link.seq).bind(link.at).bind(link.actor).bind(link.detail).bind(hash.as_slice())
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
    next.bind(sqlx::query(INSERT).bind(receipt).bind(action)).execute(&mut **tx).await?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Key;
    use crate::ledger::Environment;

    /// A ledger whose trail has three rows, of which the first says this.
    async fn three_rows(path: &std::path::Path, first: &str) -> Ledger {
        let ledger = Ledger::open(path, &Key::random().unwrap(), Environment::Test, "B1").await.unwrap();
        for detail in [first, "the same", "the same"] {
            let mut tx = ledger.pool.begin_with("begin immediate").await.unwrap();
            note(&mut tx, Actor::Clerk, "seen_extra", None, detail, Moment::UNIX_EPOCH).await.unwrap();
            tx.commit().await.unwrap();
        }
        ledger
    }

    async fn changed(ledger: &Ledger, sql: &'static str) -> Option<i64> {
        sqlx::raw_sql("drop trigger trail_is_never_changed; drop trigger trail_is_never_removed")
            .execute(&ledger.pool)
            .await
            .unwrap();
        sqlx::raw_sql(sql).execute(&ledger.pool).await.unwrap();
        match ledger.verify_trail().await {
            Ok(()) => None,
            Err(StoreError::Tampered { seq }) => Some(seq),
            Err(other) => panic!("{other}"),
        }
    }

    #[tokio::test]
    async fn whatever_is_changed_in_the_trail_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        for (number, (sql, seq)) in [
            ("select 1", None),
            ("update trail set detail = 'another' where seq = 2", Some(2)),
            ("update trail set at = 1 where seq = 3", Some(3)),
            ("delete from trail where seq = 2", Some(3)),
            ("delete from trail where seq = 1", Some(2)),
        ]
        .into_iter()
        .enumerate()
        {
            let ledger = three_rows(&folder.path().join(format!("{number}.db")), "one").await;
            assert_eq!(changed(&ledger, sql).await, seq, "{sql}");
        }
    }

    #[tokio::test]
    async fn a_row_of_another_trail_does_not_fit_in() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = three_rows(&folder.path().join("ledger.db"), "one").await;
        let other = three_rows(&folder.path().join("other.db"), "another").await;
        let theirs: Vec<u8> =
            sqlx::query("select hash from trail where seq = 2").fetch_one(&other.pool).await.unwrap().get(0);
        sqlx::raw_sql("drop trigger trail_is_never_changed").execute(&ledger.pool).await.unwrap();
        sqlx::query("update trail set hash = ? where seq = 2").bind(theirs).execute(&ledger.pool).await.unwrap();
        assert!(
            matches!(ledger.verify_trail().await, Err(StoreError::Tampered { seq: 2 })),
            "it says the same, after something else"
        );
    }
}
