//! Card readers over PC/SC: a supervised watch loop that fills a channel with core values.
//!
//! [`Watch::start`] is the whole of it. Each file holds one thought:
//!
//! * `watch` keeps the reader thread alive, and lets go of it when the smart-card service hangs;
//! * `session` is the loop of that thread: list the readers, wait, act on what changed;
//! * `presence` remembers what lies where, so that one laying is one event (no IO);
//! * `read` asks one card for its identifier, in a thread of its own, and judges the answer;
//! * `trouble` gives every error of PC/SC a name that the desk can act upon;
//! * `line` is what these share: the channel to the desk, the heartbeat and the wish to stop.
//!
//! What is not here: who the card belongs to (`balie-desk`), and sentences for people (the window). Identifiers of cards
//! are personal numbers and are never logged.

mod line;
mod presence;
mod read;
mod session;
mod trouble;
mod watch;

pub use watch::Watch;
