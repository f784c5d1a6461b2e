//! What is written in the trail besides acts: whose pass was looked at, and by whom (security.md S-18). A pass stands there
//! with a keyed mark of its number: whoever has the number and the key of the ledger can prove the look, and nobody can read
//! the number from it.

use crate::ledger::Ledger;
use crate::open::StoreError;
use crate::trail::{self, Actor};
use balie_core::pass::UitpasNumber;
use balie_core::time::Moment;
use ring::hmac;
use std::sync::PoisonError;

impl Ledger {
    /// Who is at the desk from now on, by the id of the sign-in server: it goes along with everything that a person does.
    pub fn is_used_by(&self, subject: Option<String>) {
        *self.subject.lock().unwrap_or_else(PoisonError::into_inner) = subject.unwrap_or_default();
    }

    /// Who is at the desk; empty when nobody is known to be.
    pub(crate) fn subject(&self) -> String {
        self.subject.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes that a pass was looked at.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn viewed(&self, number: &UitpasNumber, now: Moment) -> Result<(), StoreError> {
        let mark = hmac::sign(&self.marks, number.reveal().as_bytes());
        let mark: String = mark.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        self.note("viewed", &format!("{mark} {}", self.subject()), now).await
    }

    /// Writes that very many passes were looked at and nothing was done for anybody.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn viewed_many(&self, count: usize, now: Moment) -> Result<(), StoreError> {
        self.note("viewed_many", &format!("{count} {}", self.subject()), now).await
    }

    /// Writes that somebody wiped what was known of people.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub async fn note_wipe(&self, now: Moment) -> Result<(), StoreError> {
        self.note("wiped", &self.subject(), now).await
    }

    async fn note(&self, action: &str, detail: &str, now: Moment) -> Result<(), StoreError> {
        let mut tx = self.pool.begin_with("begin immediate").await?;
        trail::note(&mut tx, Actor::Clerk, action, None, detail.trim_end(), now).await?;
        tx.commit().await?;
        Ok(())
    }
}
