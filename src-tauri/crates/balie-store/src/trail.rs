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

/// The end of the trail. Whoever knows it, on paper for example, sees also when rows are cut off behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrailHead {
    /// How many rows there are.
    pub rows: i64,
    /// The hash of the last one, which all that came before went into.
    pub hash: [u8; 32],
}

impl TrailHead {
    /// As it stands on the slip of the day: `200-3f2a9c41d07e55aa`. It is short enough to read aloud, and too long to be met
    /// by trying.
    pub fn short(&self) -> String {
        let sign: String = self.hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        format!("{}-{sign}", self.rows)
    }
}

/// So many rows are read at a time: a trail is never cut, so one day it is long.
const TOGETHER: usize = 5_000;

/// Texts as the bytes that they are stored as: what is no text any more was changed too.
const ROWS: &str = "select seq, at, cast(actor as blob), cast(action as blob), receipt, cast(detail as blob), hash
     from trail where seq > ? order by seq limit ?";

impl Ledger {
    /// Whether the trail is whole: every row follows from the one before (I13).
    ///
    /// # Errors
    /// [`StoreError::Tampered`] names the first row that does not.
    pub async fn verify_trail(&self) -> Result<(), StoreError> {
        self.walk_trail(|_| {}).await.map(|_| ())
    }

    /// The end of the trail, which must be whole.
    ///
    /// # Errors
    /// As [`Ledger::verify_trail`].
    pub async fn trail_head(&self) -> Result<TrailHead, StoreError> {
        self.walk_trail(|_| {}).await
    }

    /// Whether the trail is whole and goes on from the end that it had once, as [`TrailHead::short`] told it.
    ///
    /// # Errors
    /// As [`Ledger::verify_trail`]; where rows were cut off or all of them were made anew, the row after the last one is named.
    pub async fn verify_trail_since(&self, known: &str) -> Result<(), StoreError> {
        let mut is_there = known == (TrailHead { rows: 0, hash: BEGIN }).short();
        let head = self.walk_trail(|head| is_there |= head.short() == known).await?;
        if is_there { Ok(()) } else { Err(StoreError::Tampered { seq: head.rows + 1 }) }
    }

    /// Follows the trail to its end, and shows each row as the end that it once was.
    async fn walk_trail(&self, mut each: impl FnMut(&TrailHead)) -> Result<TrailHead, StoreError> {
        let mut head = TrailHead { rows: 0, hash: BEGIN };
        let mut after = i64::MIN;
        loop {
            let most = i64::try_from(TOGETHER).unwrap_or(i64::MAX);
            let rows = sqlx::query(ROWS).bind(after).bind(most).fetch_all(&self.pool).await?;
            for row in &rows {
                head = followed(row, &head)?;
                each(&head);
            }
            if rows.len() < TOGETHER {
                return Ok(head);
            }
            after = head.rows;
        }
    }
}

/// The end after one more row, which must follow from the one before.
fn followed(row: &SqliteRow, before: &TrailHead) -> Result<TrailHead, StoreError> {
    let tampered = || StoreError::Tampered { seq: row.try_get(0).unwrap_or(before.rows + 1) };
    let text = |column: usize| row.try_get::<&[u8], _>(column).ok().and_then(|bytes| str::from_utf8(bytes).ok());
    let (Some(actor), Some(action), Some(detail)) = (text(2), text(3), text(5)) else { return Err(tampered()) };
    let link = Link { seq: row.try_get(0)?, at: row.try_get(1)?, actor, action, receipt: row.try_get(4)?, detail };
    let hash = link.hash(&before.hash);
    // No receipt and receipt 0 would have the same hash, and no entry ever had that number.
    let is_next = link.seq == before.rows + 1 && link.receipt.is_none_or(|receipt| receipt > 0);
    if !is_next || row.try_get::<&[u8], _>(6)? != hash {
        return Err(tampered());
    }
    Ok(TrailHead { rows: link.seq, hash })
}

#[cfg(test)]
mod tests;
