//! What the commands reach: the desk, once it is open, or why it could not be opened.

use crate::dto::Problem;
use crate::practice::Practice;
use balie_desk::desk::Desk;
use std::sync::Arc;
use tokio::sync::watch;

/// An open desk, with the stand-in when it is a practice desk.
#[derive(Clone)]
pub struct Opened {
    /// The desk.
    pub desk: Arc<Desk>,
    /// The practice tray; absent at a real desk.
    pub practice: Option<Arc<Practice>>,
    /// The name of the profile in the keyring; absent in practice.
    pub profile: Option<String>,
}

/// The state of the program. The window is there before the desk is, so every command waits for the desk.
pub struct Shell {
    opening: watch::Receiver<Option<Result<Opened, Problem>>>,
}

impl Shell {
    /// A shell, and the place where the desk is to be put.
    pub fn new() -> (Self, watch::Sender<Option<Result<Opened, Problem>>>) {
        let (sender, opening) = watch::channel(None);
        (Self { opening }, sender)
    }

    /// The desk, as soon as it is open.
    pub async fn opened(&self) -> Result<Opened, Problem> {
        let mut opening = self.opening.clone();
        match opening.wait_for(Option::is_some).await {
            Ok(answer) => answer.clone().unwrap_or_else(|| Err(Problem::fault("setup.failed"))),
            // The one who opens the desk is gone without a word: a mistake in the program.
            Err(_) => Err(Problem::fault("setup.failed")),
        }
    }

    /// Brings the desk to rest before the program ends: the attempt that is open is waited for, practice is removed.
    pub async fn rest(&self) {
        let opened = self.opening.borrow().clone();
        if let Some(Ok(opened)) = opened {
            opened.desk.stop_sending().await;
            if let Some(practice) = &opened.practice {
                practice.end();
            }
        }
    }

    /// The desk alone.
    pub async fn desk(&self) -> Result<Arc<Desk>, Problem> {
        Ok(self.opened().await?.desk)
    }
}
