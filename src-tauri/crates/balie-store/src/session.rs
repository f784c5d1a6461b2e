//! Table `session`: who is signed in, and what it takes to stay so.

use crate::ledger::Ledger;
use crate::open::StoreError;
use crate::trail::{self, Actor};
use balie_core::time::Moment;
use sqlx::Row;
use std::fmt;
use zeroize::Zeroizing;

/// Who is signed in. The tokens print nothing of themselves.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptSession {
    /// The id of the person at the sign-in server.
    pub subject: String,
    /// What a new access token is asked with; absent when the server gave none.
    pub refresh_token: Option<Zeroizing<String>>,
    /// What signing out in the browser is asked with.
    pub id_token: Option<Zeroizing<String>>,
}

impl fmt::Debug for KeptSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptSession").finish_non_exhaustive()
    }
}

impl Ledger {
    /// Who is signed in, if anybody.
    ///
    /// # Errors
    /// Fails when the file cannot be read.
    pub async fn session(&self) -> Result<Option<KeptSession>, StoreError> {
        let row =
            sqlx::query("select subject, refresh_token, id_token from session").fetch_optional(&self.pool).await?;
        row.map(|row| {
            let secret = |column| row.try_get::<Option<String>, _>(column).map(|text| text.map(Zeroizing::new));
            Ok(KeptSession {
                subject: row.try_get("subject")?,
                refresh_token: secret("refresh_token")?,
                id_token: secret("id_token")?,
            })
        })
        .transpose()
    }

    /// Keeps who is signed in: before a token that took the place of another one is used, as the old one is worth nothing
    /// any more. That somebody else signed in is written in the trail, by the id and not by a name.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn keep_session(&self, session: &KeptSession, now: Moment) -> Result<(), StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let before = sqlx::query("select subject from session").fetch_optional(&mut *tx).await?;
        let before: Option<String> = before.map(|row| row.try_get(0)).transpose()?;
        sqlx::query(
            "insert or replace into session (one, subject, refresh_token, id_token, since) values (1, ?, ?, ?, ?)",
        )
        .bind(&session.subject)
        .bind(session.refresh_token.as_ref().map(|token| token.as_str()))
        .bind(session.id_token.as_ref().map(|token| token.as_str()))
        .bind(now.as_millisecond())
        .execute(&mut *tx)
        .await?;
        if before.as_ref() != Some(&session.subject) {
            trail::note(&mut tx, Actor::Clerk, "signed_in", None, &session.subject, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Forgets who is signed in. What waits stays.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn end_session(&self, now: Moment) -> Result<(), StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        let gone = sqlx::query("delete from session returning subject").fetch_optional(&mut *tx).await?;
        if let Some(row) = gone {
            let subject: String = row.try_get(0)?;
            trail::note(&mut tx, Actor::Clerk, "signed_out", None, &subject, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
