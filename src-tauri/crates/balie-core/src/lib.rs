//! Rules and values of the UiTPAS desk.
//!
//! This crate only answers: it knows no network, no disk, no clock and no floating-point number, and it cannot fail.
//! Facts come in with the moment on which they were true (`as_of`); what comes out is a decision with its reason.
//!
//! Check-ins, rewards, group passes and reconciliation have their place here as `checkin`, `reward`, `group_pass` and
//! `reconcile`; they are not decided locally yet.

pub mod card;
pub mod entry;
pub mod event;
pub mod insz;
pub mod key;
pub mod limit;
pub mod money;
pub mod outbox;
pub mod pass;
pub mod reader;
pub mod social_tariff;
pub mod tariff;
pub mod time;
