//! The edge to the network: the UiTPAS API v4, the search of the UiTdatabank and the sign-in server.
//!
//! One file per resource. Questions (`GET`) may be asked again at any time; a `POST` or `DELETE` is made once per call
//! and answered with an [`outcome::Outcome`], so that only the outbox decides whether anything is ever sent again.

pub mod access;
pub mod ask;
pub mod cancels;
pub mod checkins;
pub mod client;
pub mod endpoint;
pub mod event_settings;
pub mod export;
mod export_rows;
pub mod facts;
mod guarded;
pub mod outcome;
pub mod pages;
pub mod passes;
pub mod permissions;
mod points;
pub mod price;
pub mod problem;
pub mod records;
pub mod redeemed;
pub mod rewards;
pub mod rows;
mod schedule;
pub mod search;
pub mod sign_in;
pub mod tariffs;
pub mod ticket_sales;
