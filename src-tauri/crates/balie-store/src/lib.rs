//! The encrypted files of the desk.
//!
//! `ledger.db` holds what was done and may never be lost; `snapshot.db` holds what UiTPAS said and can be asked again.
//! Each is a SQLCipher database with a key of its own that lives in the keyring of the system (security.md §3.3).

pub mod agreement;
pub mod entries;
pub mod events;
pub mod key;
pub mod ledger;
pub mod open;
pub mod outbox;
pub mod passes;
pub mod prices;
pub mod rewards;
mod rows;
pub mod server_rows;
pub mod snapshot;
pub mod usage;
