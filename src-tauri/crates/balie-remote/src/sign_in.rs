//! Signing in as a person: the browser of the computer asks who it is, and we get tokens for it (OpenID Connect, the
//! authorization code flow with PKCE). No password ever passes through here.
//!
//! [`Api::begin_sign_in`](crate::client::Api::begin_sign_in) draws the secrets of one [`Attempt`] and says which address
//! the browser has to open; the answer comes back over the loopback interface or as a deep link, and
//! [`Api::finish_sign_in`](crate::client::Api::finish_sign_in) makes a [`Session`] of it.

pub(crate) mod attempt;
pub(crate) mod callback;
mod loopback;
mod page;
pub(crate) mod provider;
mod redirect;
mod secret;
mod verify;
pub(crate) mod who;

pub use attempt::{Attempt, Code};
pub use callback::{Callback, CallbackError, read_callback};
pub use redirect::{Redirect, RedirectError};
pub use secret::Secret;

use crate::ask::AskError;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// How long the browser may take.
const TEN_MINUTES: Duration = Duration::from_secs(600);

/// The languages of the sign-in page and of the page that says that it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Dutch.
    #[default]
    Nl,
    /// French.
    Fr,
    /// English.
    En,
}

impl Language {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::Fr => "fr",
            Self::En => "en",
        }
    }
}

/// What time it is. Only the id token is held against it: the term of an access token is measured, so that a wrong clock
/// of the computer does not matter.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// How a person signs in at this desk. The id of the client is that of the
/// [`Credentials`](crate::access::Credentials).
#[derive(Clone)]
pub struct Person {
    /// The secret of the client, for a server that wants one besides PKCE.
    pub client_secret: Option<Secret>,
    /// How the answer of the browser comes back.
    pub redirect: Redirect,
    /// What we ask for, separated by spaces. Without `offline_access` the session ends with its first access token.
    pub scopes: String,
    /// Asks for the password also when the browser knows somebody already: a desk is shared.
    pub prompt_login: bool,
    /// The language of the pages.
    pub language: Language,
    /// What else goes along to the sign-in page.
    pub extra: Vec<(String, String)>,
    /// Where the browser goes after signing out; registered at the server.
    pub post_logout_redirect: Option<String>,
    /// How long the browser may take.
    pub patience: Duration,
    /// The clock that id tokens are held against.
    pub clock: Clock,
}

impl Default for Person {
    fn default() -> Self {
        Self {
            client_secret: None,
            redirect: Redirect::default(),
            scopes: "openid offline_access".to_owned(),
            prompt_login: true,
            language: Language::default(),
            extra: vec![("referrer".to_owned(), "uitpas".to_owned())],
            post_logout_redirect: None,
            patience: TEN_MINUTES,
            clock: Arc::new(SystemTime::now),
        }
    }
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person")
            .field("redirect", &self.redirect)
            .field("scopes", &self.scopes)
            .field("prompt_login", &self.prompt_login)
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

/// Somebody has signed in.
#[derive(Debug)]
pub struct Session {
    /// Who, as the sign-in server names them.
    pub subject: String,
    /// What the API wants to see.
    pub access_token: Secret,
    /// Until when; `None` when the server did not say.
    pub ends: Option<Instant>,
    /// What the next access token is fetched with; it works once.
    pub refresh_token: Option<Secret>,
    /// What the browser shows when signing out.
    pub id_token: Secret,
}

/// What has to survive a restart for somebody to stay signed in. It goes into the encrypted ledger and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Who.
    pub subject: String,
    /// What the next access token is fetched with; it works once.
    pub refresh_token: Secret,
    /// What the browser shows when signing out.
    pub id_token: Option<Secret>,
}

/// With what a desk becomes somebody's: fresh from the browser, or kept from earlier.
#[derive(Debug)]
pub enum Who {
    /// Fresh from the browser; not kept yet.
    Session(Session),
    /// Kept from earlier.
    Kept(Kept),
}

impl From<Session> for Who {
    fn from(session: Session) -> Self {
        Self::Session(session)
    }
}

impl From<Kept> for Who {
    fn from(kept: Kept) -> Self {
        Self::Kept(kept)
    }
}

/// The keeping of a sign-in, under way.
pub type Keeping = Pin<Box<dyn Future<Output = Result<(), KeepError>> + Send>>;

/// Writes a sign-in where it survives a restart. An access token is used only after its refresh token was kept: a refresh
/// token works once, and one that is lost signs the desk out.
pub type Keeper = Arc<dyn Fn(Kept) -> Keeping + Send + Sync>;

/// The sign-in could not be kept. It is still in memory, and keeping it is tried again before it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sign-in could not be kept on this computer")]
pub struct KeepError;

/// Why nobody signed in. None of these says anything of a token, a code or an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The sign-in server could not be asked, or answers with something else than was agreed.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The port for the answer of the browser is taken.
    #[error("there is no free port for the answer of the browser")]
    NoPort,
    /// The answer cannot be read.
    #[error("the answer of the browser cannot be read: {0}")]
    Callback(#[from] CallbackError),
    /// The answer belongs to another attempt, or to nobody.
    #[error("the answer of the browser is not one to this question")]
    NotOurs,
    /// The sign-in server, or the person, said no.
    #[error("the sign-in was refused or given up in the browser")]
    Denied,
    /// Nobody answered in time.
    #[error("nobody signed in within the time for it")]
    TimedOut,
    /// The server does not accept the code, or not any more.
    #[error("the sign-in server does not accept this sign-in any more")]
    Refused,
    /// The id token is not one of this server, for us, for this attempt.
    #[error("what the sign-in server says of the person is not proven")]
    Unproven,
    /// The id token is right, but not of this time: one of the two clocks is wrong by more than two minutes.
    #[error("the clock of this computer and that of the sign-in server are too far apart")]
    Clock,
}
