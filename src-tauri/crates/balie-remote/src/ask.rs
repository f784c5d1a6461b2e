//! Questions: requests that change nothing, so that they may be asked again.

use crate::problem::Problem;
use serde::Deserialize;
use std::error::Error;

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// The server cannot be reached.
    #[error("the server cannot be reached")]
    Offline,
    /// The server can be reached, but did not answer in time.
    #[error("the server did not answer in time")]
    Slow,
    /// We are not signed in, or not any more.
    #[error("signing in is needed")]
    SignIn,
    /// We are signed in, but that could not be kept on this computer, and so is not used. Keeping it is tried again first.
    #[error("the sign-in could not be kept on this computer")]
    NotKept,
    /// We are signed in, but have no permission for this.
    #[error("there is no permission for this")]
    Forbidden,
    /// We asked too much.
    #[error("the server asks to wait")]
    RateLimited,
    /// UiTPAS has something against the question; this is an answer too.
    #[error("UiTPAS answers {}", .0.name)]
    Problem(Problem),
    /// Another status: the server, or something before it, is out of order.
    #[error("the server answers with status {status}")]
    Unexpected {
        /// The status.
        status: u16,
    },
    /// An answer that is not what the contract says; names the resource.
    #[error("the answer about {0} is not what was agreed")]
    Garbled(&'static str),
}

impl AskError {
    /// What a failed exchange means for a question. The text of the error is dropped: it holds the address, and the
    /// address holds a number.
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        if error.is_timeout() && !error.is_connect() { Self::Slow } else { Self::Offline }
    }

    /// What a status other than success means for a question.
    pub(crate) fn of_status(status: u16, body: &[u8]) -> Self {
        match (status, Problem::parse(body)) {
            (401, _) => Self::SignIn,
            (403, _) => Self::Forbidden,
            (429, _) => Self::RateLimited,
            (400..=499, Some(problem)) => Self::Problem(problem),
            (status, _) => Self::Unexpected { status },
        }
    }
}

/// Reads the JSON of an answer. The text of an error is dropped: it repeats what stands in the answer.
pub(crate) fn json<'a, T: Deserialize<'a>>(about: &'static str, body: &'a [u8]) -> Result<T, AskError> {
    serde_json::from_slice(body).map_err(|_| AskError::Garbled(about))
}

/// Whether an error of the local side kept every byte of a request on this computer.
///
/// reqwest calls all of resolving, connecting, the TLS handshake and a proxy's refusal "connect"; a request that could
/// not even be built never left either. Everything else may have been sent.
pub(crate) fn never_left(error: &reqwest::Error) -> bool {
    error.is_connect() || error.is_builder() || was_not_looked_at(error)
}

// An HTTP/2 server that refuses a stream did not look at it (RFC 9113 §8.7), and neither did one that was going away in
// peace before it came (§6.8): a stream that came before that fails with the connection, in other words. The source
// chain is where reqwest keeps it.
fn was_not_looked_at(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        let told = cause.to_string();
        if told.contains("refused stream") || told.starts_with("connection error received: not a result of an error") {
            return true;
        }
        source = cause.source();
    }
    false
}
