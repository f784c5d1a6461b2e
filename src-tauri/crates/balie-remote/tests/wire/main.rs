//! The client against the stand-in, over real HTTP: what the two say of each other, where neither knows the other's rules.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what breaks must fail the test that called it")]

mod acts;
mod bench;
mod contract;
mod export;
mod faults;
mod lists;
mod person;
mod questions;
#[path = "../../../../../tests/skip.rs"]
mod skip;
