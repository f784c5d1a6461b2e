//! The encrypted files of the desk.
//!
//! `ledger.db` holds what was done and may never be lost; `snapshot.db` holds what UiTPAS said and can be asked again.
//! Each is a SQLCipher database with a key of its own, which `vault.rs` keeps wrapped (security.md §3.3).

pub mod agreement;
mod audit;
pub mod backup;
pub mod chosen_desk;
pub mod day;
pub mod durable;
pub mod entries;
pub mod events;
mod forget;
pub mod hand_over;
mod index;
pub mod kept;
pub mod key;
mod keyring;
pub mod ledger;
mod list_file;
pub mod listing;
mod lists;
mod lives;
pub mod machine;
pub mod memory;
pub mod observations;
pub mod open;
pub mod outbox;
pub mod passes;
pub mod permitted;
pub mod pin;
pub mod prices;
pub mod recovery;
#[cfg(any(test, feature = "rehearsal"))]
pub mod rehearsal;
pub mod rekey;
pub mod retention;
pub mod rewards;
mod rows;
mod seal;
pub mod server_records;
pub mod server_rows;
pub mod session;
pub mod set_up;
pub mod snapshot;
pub mod social_tariff_list;
pub mod story;
mod strangers;
pub mod sum_checks;
pub mod surplus;
pub mod throttle;
pub mod trail;
pub mod typed_pairs;
pub mod usage;
pub mod vault;
