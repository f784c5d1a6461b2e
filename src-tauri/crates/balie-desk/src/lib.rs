//! What a clerk does at the desk, one verb per file, as straight-line async functions over the core and the edges.
//!
//! Nothing here knows of windows or of readers: cards come in as values, and what changed goes out as [`desk::Change`].

pub mod act;
mod ask;
pub mod check_in;
pub mod choose;
mod compare;
pub mod config;
pub mod connection;
mod decide;
pub mod desk;
mod judge;
pub mod lines;
pub mod person;
mod quote;
pub mod redeem;
pub mod refresh;
mod reverse;
pub mod sell;
pub mod tap;
pub mod undo;
pub mod upload;
