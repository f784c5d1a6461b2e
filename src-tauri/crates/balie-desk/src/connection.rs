//! How the connection with UiTPAS stands, from real exchanges and nothing else.

use crate::desk::{Change, Desk};
use balie_remote::ask::AskError;

/// How the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// Nothing was asked yet.
    Unknown,
    /// The last exchange went well.
    Connected,
    /// UiTPAS answers later than the desk can wait.
    Slow,
    /// UiTPAS cannot be reached.
    Offline,
    /// UiTPAS does not accept who we are.
    SignInNeeded,
}

impl Desk {
    /// How the connection stands.
    pub fn connection(&self) -> Connection {
        self.floor().connection
    }

    /// Notes what an exchange says of the connection. An answer that we do not like is a connection too.
    pub(crate) fn saw<T>(&self, answer: &Result<T, AskError>) {
        self.hear_the_time();
        let connection = match answer {
            Ok(_) | Err(AskError::Problem(_) | AskError::Forbidden | AskError::RateLimited) => Connection::Connected,
            Err(AskError::Offline) => Connection::Offline,
            // An answer that nobody at UiTPAS wrote comes from something before it, which would swallow a sale as well.
            Err(AskError::Slow | AskError::Unexpected { .. } | AskError::Garbled(_)) => Connection::Slow,
            // Nothing was asked: what could not be kept on this computer is not used, and tried again.
            Err(AskError::NotKept) => Connection::Slow,
            Err(AskError::SignIn) => Connection::SignInNeeded,
        };
        self.connection_is(connection);
    }

    pub(crate) fn connection_is(&self, connection: Connection) {
        let before = std::mem::replace(&mut self.floor().connection, connection);
        if before != connection {
            self.tell(Change::Desk);
            self.freshen.notify_one();
        }
    }

    /// Asks the smallest question there is, to see whether the network is back. When it is, what waits may go.
    pub(crate) async fn probe(&self) -> Connection {
        let answer = self.api.permissions().await;
        self.saw(&answer);
        let connection = self.connection();
        if connection == Connection::Connected
            && let Err(error) = self.hurry().await
        {
            tracing::error!(%error, "waiting entries could not be released");
        }
        connection
    }
}
