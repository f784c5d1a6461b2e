//! Rules and values of the UiTPAS desk.
//!
//! This crate only answers: it knows no network, no disk, no clock and no floating-point number, and it cannot fail.
//! Facts come in with the moment on which they were true (`as_of`); what comes out is a decision with its reason.
//!
//! Each verb of the desk has one pure function and one closed enum of reasons: [`tariff::quote`], [`checkin::check_in`]
//! and [`reward::redeem`]. What was decided goes to UiTPAS by [`outbox::step`]: [`queue`] says what goes next, [`upload`] what an
//! answer means, and [`reconcile`] what the rows of UiTPAS say when there was none.

pub mod agreement;
pub mod barcode;
pub mod card;
pub mod checkin;
pub mod clock;
pub mod coupon;
pub mod day;
pub mod entry;
pub mod event;
pub mod group_pass;
pub mod insz;
pub mod key;
pub mod keys;
pub mod label;
pub mod life;
pub mod limit;
pub mod money;
pub mod outbox;
pub mod pace;
pub mod pass;
pub mod points;
pub mod policy;
pub mod queue;
pub mod reader;
pub mod reader_check;
pub mod ready;
pub mod reconcile;
pub mod redact;
pub mod refusal;
pub mod reward;
pub mod schedule;
pub mod settle;
pub mod social_tariff;
pub mod tariff;
pub mod time;
pub mod upload;
pub mod usage;
pub mod waiting;

#[cfg(test)]
mod tests;
