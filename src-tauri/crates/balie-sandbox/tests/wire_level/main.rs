//! The stand-in as a client sees it: over HTTP, and nothing else.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what breaks outside a test function must fail the test that called it"
)]

mod contract;
mod desk;
mod faults;
mod lists;
mod others;
mod passes_and_tariffs;
mod points_and_rewards;
mod sign_in_and_search;
#[path = "../../../../../tests/skip.rs"]
mod skip;
mod ticket_sales;
mod wire;
