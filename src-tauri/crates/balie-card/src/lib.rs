//! Card readers over PC/SC: a supervised watch loop that fills a channel with core values.
//!
//! [`Watch::start`] is the whole of it. Each file holds one thought:
//!
//! * `watch` keeps the reader thread alive, and lets go of it when the smart-card service hangs;
//! * `session` is the loop of that thread: list the readers, wait, act on what changed;
//! * `presence` remembers what lies where, so that one laying is one event (no IO);
//! * `debounce` tells a second tap from a card that trembles, and one card from two (no IO);
//! * `device` tells which slots are of one reader, by their names (no IO);
//! * `faces` learns from cards what a slot takes whose name does not tell (no IO);
//! * `read` asks one card for its identifier and judges the answer; `eid` reads the national number of an eID, where that is allowed;
//! * `trouble` gives every error of PC/SC a name that the desk can act upon;
//! * `look` sees how the service, the drivers and the USB bus stand, for whoever asks why a reader does not work;
//! * `system` says how the service of Linux, Windows or macOS behaves;
//! * `line` is what these share: the channel to the desk, the heartbeat and the wish to stop.
//!
//! What judges bytes and names that come from outside is public, so that it can be tried on any: [`judge`], [`national_number`] and
//! [`readers`].
//!
//! What is not here: who the card belongs to (`balie-desk`), and sentences for people (the window). Identifiers of cards
//! are personal numbers and are never logged.

mod debounce;
mod device;
mod eid;
mod faces;
mod line;
mod look;
mod presence;
mod read;
mod session;
mod system;
mod trouble;
mod watch;

pub use device::readers;
pub use eid::{Answer as EidAnswer, national_number};
pub use look::{look, look_at};
pub use read::{Answer, judge};
pub use system::System;
pub use watch::Watch;
