//! The way in, in the real window: setting a desk up, its PIN and its lock, its recovery code, signing in and out, being
//! ready for offline, and what this computer keeps. A real keyring, a certified sign-in server, and UiTPAS over HTTP.
#![cfg(target_os = "linux")]

#[path = "way_in/entrance.rs"]
mod entrance;
#[path = "way_in/left_behind.rs"]
mod left_behind;
#[path = "way_in/lock.rs"]
mod lock;
#[path = "way_in/memory.rs"]
mod memory;
#[path = "way_in/offline.rs"]
mod offline;
#[path = "way_in/recovery.rs"]
mod recovery;
#[path = "way_in/set_up.rs"]
mod set_up;
#[path = "way_in/sign_out.rs"]
mod sign_out;
