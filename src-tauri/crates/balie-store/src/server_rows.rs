//! Tables `server_row` and `server_listing`: what UiTPAS last listed for a person who came by.

use crate::open::StoreError;
use crate::rows::{Word, moment};
use crate::snapshot::Snapshot;
use balie_core::agreement::Verb;
use balie_core::pass::PassholderId;
use balie_core::time::Moment;
use balie_core::usage::ServerRow;
use sqlx::Row;
use std::collections::HashMap;

impl Snapshot {
    /// Puts a complete list of one kind in the place of the one before. Each row comes with its activity or reward.
    ///
    /// # Errors
    /// Fails when the file cannot be written; the old list then stays.
    pub async fn keep_rows(
        &self,
        kind: Verb,
        passholder: &PassholderId,
        rows: &[(String, ServerRow)],
        now: Moment,
    ) -> Result<(), StoreError> {
        let mut tx = self.pool()?.begin_with("begin immediate").await?;
        sqlx::query("delete from server_row where kind = ? and passholder_id = ?")
            .bind(kind.word())
            .bind(&passholder.0)
            .execute(&mut *tx)
            .await?;
        for (subject, row) in rows {
            sqlx::query(
                "insert or replace into server_row (kind, passholder_id, subject_id, server_id, at)
                 values (?, ?, ?, ?, ?)",
            )
            .bind(kind.word())
            .bind(&passholder.0)
            .bind(subject)
            .bind(&row.id)
            .bind(row.at.as_millisecond())
            .execute(&mut *tx)
            .await?;
        }
        sqlx::query("insert or replace into server_listing (kind, passholder_id, as_of) values (?, ?, ?)")
            .bind(kind.word())
            .bind(&passholder.0)
            .bind(now.as_millisecond())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Forgets a row that UiTPAS took out at our request.
    ///
    /// # Errors
    /// Fails when the file cannot be written; the row then counts until the next list.
    pub async fn forget_row(&self, kind: Verb, passholder: &PassholderId, server_id: &str) -> Result<(), StoreError> {
        sqlx::query("delete from server_row where kind = ? and passholder_id = ? and server_id = ?")
            .bind(kind.word())
            .bind(&passholder.0)
            .bind(server_id)
            .execute(&self.pool()?)
            .await?;
        Ok(())
    }

    /// The rows of one kind for a person, by activity or reward.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn rows(
        &self,
        kind: Verb,
        passholder: &PassholderId,
    ) -> Result<HashMap<String, Vec<ServerRow>>, StoreError> {
        let found =
            sqlx::query("select subject_id, server_id, at from server_row where kind = ? and passholder_id = ?")
                .bind(kind.word())
                .bind(&passholder.0)
                .fetch_all(&self.pool()?)
                .await?;
        let mut rows: HashMap<String, Vec<ServerRow>> = HashMap::new();
        for row in &found {
            let listed = ServerRow { id: row.try_get(1)?, at: moment(row.try_get(2)?)? };
            rows.entry(row.try_get(0)?).or_default().push(listed);
        }
        Ok(rows)
    }
}
