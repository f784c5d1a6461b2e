//! What may never be kept, told or left behind about a person (security.md S-6 to S-12 and S-17): each promise on a real desk,
//! its real files, and everything that it logs.
#![expect(clippy::unwrap_used, reason = "a stage that cannot be set up fails the test that asked for it")]

#[path = "privacy/journal.rs"]
mod journal;
#[path = "privacy/logs.rs"]
mod logs;
#[path = "privacy/mistakes.rs"]
mod mistakes;
#[path = "privacy/national.rs"]
mod national;
#[path = "privacy/parcels.rs"]
mod parcels;
#[path = "privacy/planted.rs"]
mod planted;
#[path = "privacy/printed.rs"]
mod printed;
#[path = "privacy/schema.rs"]
mod schema;
#[path = "privacy/terms.rs"]
mod terms;
#[path = "privacy/worlds.rs"]
mod worlds;
