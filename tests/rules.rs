//! The local rules, proved row by row: each table in `fixtures` is read beside domain.md and rules.md, and each of its
//! rows is one rule, one boundary or one published example, with its source.
//!
//! A row that asserts nothing is an error, so is a field that nobody reads, and every code of the three enums of reasons
//! must be reached by at least one row.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a broken row fails these tests, also in what they call")]

mod rules {
    pub mod checkins;
    pub mod identification;
    pub mod keys;
    pub mod limits;
    pub mod read;
    pub mod rewards;
    pub mod standing;
    pub mod table;
    pub mod tariffs;
}
