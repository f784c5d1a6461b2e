//! What a clerk does at the desk, one verb per file, as straight-line async functions over the core and the edges.
//!
//! Nothing here knows of windows or of readers: cards come in as values, and what changed goes out as [`desk::Change`].

pub mod choose;
pub mod config;
pub mod connection;
pub mod desk;
pub mod lines;
pub mod person;
pub mod quote;
pub mod refresh;
pub mod sell;
pub mod tap;
pub mod undo;
pub mod upload;
