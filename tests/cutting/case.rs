//! One cut: what is done, over what, and where and how the line fails. Written as words, so that it can be repeated.

use super::{WAYS, Way};
use std::fmt;
use std::str::FromStr;

/// What the client asks of UiTPAS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Act {
    /// One ticket.
    Sale,
    /// Three tickets on a group pass, in one request.
    Group,
    /// A point.
    CheckIn,
    /// A reward.
    Redemption,
    /// Taking a sale out again.
    Cancel,
}

/// Every act.
pub const ACTS: [Act; 5] = [Act::Sale, Act::Group, Act::CheckIn, Act::Redemption, Act::Cancel];

/// What is spoken on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protocol {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2.
    Http2,
}

/// What is spoken on the line, in every version.
pub const PROTOCOLS: [Protocol; 2] = [Protocol::Http1, Protocol::Http2];

/// On which connection the act goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Connection {
    /// One that is opened for it.
    Fresh,
    /// One that has carried a question before.
    Kept,
}

/// Both kinds of connection.
pub const CONNECTIONS: [Connection; 2] = [Connection::Fresh, Connection::Kept];

/// Where the line fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// Before there is a connection: it is refused.
    Connect,
    /// After so many bytes of the request.
    Request,
    /// After so many bytes of the response.
    Response,
    /// While nothing was on its way, so many turns of the scheduler after the act began.
    Idle,
}

const PLACES: [Place; 4] = [Place::Connect, Place::Request, Place::Response, Place::Idle];

/// One cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Case {
    /// What is done.
    pub act: Act,
    /// What is spoken.
    pub protocol: Protocol,
    /// On which connection.
    pub connection: Connection,
    /// How the line fails.
    pub way: Way,
    /// Where.
    pub place: Place,
    /// After how many bytes, or turns.
    pub after: u64,
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Sale => "sale",
            Self::Group => "group",
            Self::CheckIn => "check-in",
            Self::Redemption => "redemption",
            Self::Cancel => "cancel",
        })
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Http1 => "http1",
            Self::Http2 => "http2",
        })
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Fresh => "fresh",
            Self::Kept => "kept",
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Connect => "connect",
            Self::Request => "request",
            Self::Response => "response",
            Self::Idle => "idle",
        })
    }
}

/// Prints `sale/http1/fresh/reset/request/17`.
impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { act, protocol, connection, way, place, after } = self;
        write!(f, "{act}/{protocol}/{connection}/{way}/{place}/{after}")
    }
}

impl FromStr for Case {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a cut such as sale/http1/fresh/reset/request/17");
        let words: Vec<&str> = text.split('/').collect();
        let [act, protocol, connection, way, place, after] = words[..] else { return Err(wrong()) };
        Ok(Self {
            act: named(&ACTS, act).ok_or_else(wrong)?,
            protocol: named(&PROTOCOLS, protocol).ok_or_else(wrong)?,
            connection: named(&CONNECTIONS, connection).ok_or_else(wrong)?,
            way: named(&WAYS, way).ok_or_else(wrong)?,
            place: named(&PLACES, place).ok_or_else(wrong)?,
            after: after.parse().map_err(|_| wrong())?,
        })
    }
}

fn named<T: Copy + fmt::Display>(all: &[T], name: &str) -> Option<T> {
    all.iter().copied().find(|each| each.to_string() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_is_read_as_it_is_written() {
        for text in ["sale/http1/fresh/reset/request/0", "cancel/http2/kept/stall/response/901"] {
            assert_eq!(text.parse::<Case>().unwrap().to_string(), text);
        }
        for text in ["", "sale", "sale/http1/fresh/reset/request/-1", "sale/http3/fresh/reset/request/1"] {
            assert!(text.parse::<Case>().is_err(), "{text}");
        }
    }
}
