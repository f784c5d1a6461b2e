//! What a clerk does at the desk, one verb per file, as straight-line async functions over the core and the edges.
//!
//! Nothing here knows of windows or of readers: cards come in as values, and what changed goes out as [`desk::Change`].

pub mod act;
mod ask;
mod at_desk;
mod audit;
pub mod check_in;
pub mod choose;
mod compare;
pub mod config;
pub mod connection;
mod decide;
pub mod desk;
pub mod export;
mod fast;
pub mod hand_over;
mod judge;
pub mod keep;
pub mod lines;
pub mod lists;
pub mod lock;
pub mod machine;
mod outbox;
pub mod person;
pub mod prepare;
mod quote;
pub mod ready;
mod reconcile;
pub mod redeem;
pub mod refresh;
pub mod report;
mod reverse;
mod sample;
pub mod sell;
mod send;
mod set_up;
mod settle_in;
pub mod sign_in;
pub mod stand;
pub mod story;
mod strangers;
mod sum_check;
pub mod tap;
pub mod to_check;
pub mod undo;
pub mod upload;
pub mod waiting;
