//! Connections that are cut: the real client and the real stand-in with a [`line::Line`] between them, which passes an
//! exact number of bytes and then fails. What the client says afterwards is held against what the stand-in holds.
//!
//! HTTP/2 runs without TLS, begun by the client (prior knowledge): the bytes that are cut are those of HTTP itself. A cut
//! below TLS is coarser: a record that is not whole is not read at all. Over HTTP/2 headers are packed, so that a token
//! or a port makes a request a byte or two longer or shorter from one stage to the next.

pub mod case;
pub mod desk;
pub mod line;
#[cfg(test)]
mod refusals;
pub mod stage;
pub mod sweep;
pub mod verdict;

use std::error::Error;
use std::fmt;

/// Why a run cannot go on. It says nothing about the client.
pub type Trouble = Box<dyn Error + Send + Sync>;

/// How a connection fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    /// Both ends are told that it is gone (RST).
    Reset,
    /// Both ends are told that nothing more comes (FIN).
    Close,
    /// Nobody is told anything, and nothing more comes.
    Stall,
}

/// Every way in which a connection fails.
pub const WAYS: [Way; 3] = [Way::Reset, Way::Close, Way::Stall];

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Reset => "reset",
            Self::Close => "close",
            Self::Stall => "stall",
        })
    }
}
