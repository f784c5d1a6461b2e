//! Signing in as a person, in the browser, and out again. The tokens stand in the ledger, and what follows is written in the
//! trail by the id of whoever is signed in.

use crate::desk::{Change, Desk};
use balie_remote::sign_in::{Attempt, Code, KeepError, Keeper, Kept, Secret, SignInError};
use balie_store::ledger::Ledger;
use balie_store::open::StoreError;
use balie_store::session::KeptSession;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInFailed {
    /// The browser or the server did not bring it to an end.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// It could not be kept on this computer.
    #[error("it could not be kept on this computer")]
    NotKept,
}

impl Desk {
    /// Begins to sign in: the attempt holds the address that the browser has to open.
    ///
    /// # Errors
    /// The sign-in server cannot be asked, or nothing can listen for the answer.
    pub async fn begin_sign_in(&self) -> Result<Attempt, SignInFailed> {
        Ok(self.api.begin_sign_in().await?)
    }

    /// Ends signing in with what the browser brought back. What waited for it goes at once.
    ///
    /// # Errors
    /// The answer is not the one to this attempt, or it could not be kept.
    pub async fn finish_sign_in(&self, attempt: &Attempt, code: &Code) -> Result<(), SignInFailed> {
        let session = self.api.finish_sign_in(attempt, code).await?;
        let kept = KeptSession {
            subject: session.subject.clone(),
            refresh_token: session.refresh_token.as_ref().map(secret),
            id_token: Some(secret(&session.id_token)),
        };
        self.ledger.keep_session(&kept, self.now()).await.map_err(|error| {
            tracing::error!(%error, "the sign-in cannot be kept");
            SignInFailed::NotKept
        })?;
        self.api.sign_in_as(session, self.keeper()).await.map_err(|KeepError| SignInFailed::NotKept)?;
        self.ledger.is_used_by(Some(kept.subject));
        tracing::info!("somebody signed in");
        if self.probe().await == crate::connection::Connection::Connected {
            self.freshen.notify_one();
        }
        self.tell(Change::Desk);
        self.bell.notify_one();
        Ok(())
    }

    /// Goes on as whoever was signed in when the program ended.
    pub(crate) async fn stay_signed_in(&self) -> Result<(), StoreError> {
        if !self.is_for_people() {
            return Ok(());
        }
        let Some(session) = self.ledger.session().await? else { return Ok(()) };
        self.ledger.is_used_by(Some(session.subject.clone()));
        let Some(refresh_token) = session.refresh_token else { return Ok(()) };
        let kept = Kept {
            subject: session.subject,
            refresh_token: Secret::new(refresh_token.to_string()),
            id_token: session.id_token.map(|token| Secret::new(token.to_string())),
        };
        // It is kept already, so nothing can go wrong in keeping it.
        let _ = self.api.sign_in_as(kept, self.keeper()).await;
        Ok(())
    }

    /// Signs out here, and gives the address that the browser has to open: without it, it would let the next person in as
    /// this one. What waits stays.
    ///
    /// # Errors
    /// Fails when the ledger cannot be written; whoever was signed in then still is.
    pub async fn sign_out(&self) -> Result<String, StoreError> {
        self.ledger.end_session(self.now()).await?;
        self.ledger.is_used_by(None);
        let url = self.api.sign_out().await;
        // A renewal that was under way kept its token once more before it ended.
        self.ledger.end_session(self.now()).await?;
        self.ledger.is_used_by(None);
        {
            // Whoever comes next starts at an empty desk.
            let mut floor = self.floor();
            floor.at_desk.clear();
            floor.names.clear();
        }
        self.connection_is(crate::connection::Connection::SignInNeeded);
        self.tell(Change::Person);
        self.tell(Change::Desk);
        Ok(url)
    }

    /// Whether people sign in here; else the settings hold the secret of a client of the test environment.
    pub const fn is_for_people(&self) -> bool {
        self.config.person.is_some()
    }

    /// Writes a new refresh token before anything is asked with what came beside it: the old one is worth nothing any more.
    fn keeper(&self) -> Keeper {
        let (ledger, wall): (Ledger, _) = (self.ledger.clone(), Arc::clone(&self.clocks.wall));
        Arc::new(move |kept: Kept| {
            let (ledger, now) = (ledger.clone(), wall());
            Box::pin(async move {
                let session = KeptSession {
                    subject: kept.subject,
                    refresh_token: Some(secret(&kept.refresh_token)),
                    id_token: kept.id_token.as_ref().map(secret),
                };
                ledger.keep_session(&session, now).await.map_err(|error| {
                    tracing::error!(%error, "the new token cannot be kept");
                    KeepError
                })
            })
        })
    }
}

fn secret(secret: &Secret) -> Zeroizing<String> {
    Zeroizing::new(secret.expose().to_owned())
}
