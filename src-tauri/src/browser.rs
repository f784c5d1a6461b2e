//! Signing in and out in the browser of the system, and the deep link that may bring the answer back.

use crate::dto::Problem;
use crate::shell::Shell;
use balie_desk::desk::Desk;
use balie_remote::sign_in::{Attempt, Code, SignInError};
use tokio::sync::broadcast;

/// The longest deep link that is looked at.
const LONGEST: usize = 8 * 1024;

/// What the system hands to us as deep links, to whoever waits for one.
pub struct Links(broadcast::Sender<String>);

impl Default for Links {
    fn default() -> Self {
        Self(broadcast::Sender::new(8))
    }
}

impl Links {
    /// Takes in a link. Nobody waiting for one is fine: anybody can send them.
    pub fn came(&self, link: &str) {
        if link.len() <= LONGEST {
            let _ = self.0.send(link.to_owned());
        }
    }
}

/// Signs somebody in: opens the browser, and waits for its answer or for somebody to give up.
pub async fn sign_in(shell: &Shell, desk: &Desk) -> Result<(), Problem> {
    // Heard from now on, also while the server is still being asked where to go.
    let cancelled = shell.cancelled.notified();
    let mut cancelled = std::pin::pin!(cancelled);
    cancelled.as_mut().enable();
    let answered = async {
        let mut links = shell.links.0.subscribe();
        let attempt = desk.begin_sign_in().await?;
        open(attempt.url())?;
        let code = tokio::select! {
            code = attempt.answer() => code?,
            code = answer_by_link(&mut links, &attempt) => code?,
        };
        Ok::<_, Problem>((attempt, code))
    };
    let (attempt, code) = tokio::select! {
        answered = answered => answered?,
        () = cancelled => return Err(Problem::precondition("signIn.cancelled")),
    };
    // What the browser brought back works once: from here on it is brought to its end.
    Ok(desk.finish_sign_in(&attempt, &code).await?)
}

/// Waits for the link that answers this attempt. Any other is none of its business.
async fn answer_by_link(links: &mut broadcast::Receiver<String>, attempt: &Attempt) -> Result<Code, SignInError> {
    loop {
        match links.recv().await {
            Ok(link) => match attempt.accept(&link) {
                Err(SignInError::NotOurs | SignInError::Callback(_)) => {
                    tracing::info!("a link that is not the answer to this sign-in");
                }
                decided => return decided,
            },
            Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// Opens an address in the browser. It is for nobody else, and stands in no log.
pub fn open(url: &str) -> Result<(), Problem> {
    open::that_detached(url).map_err(|error| {
        tracing::error!(kind = ?error.kind(), "no browser opens");
        Problem::precondition("signIn.noBrowser")
    })
}
