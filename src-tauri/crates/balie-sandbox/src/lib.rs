//! Stand-in of the UiTPAS API v4, the UiTdatabank search and the sign-in server, over real HTTP.
//!
//! It keeps what it was told, applies rules of its own, and can be asked to misbehave at the wire. The rules are
//! written here a second time on purpose: this crate never uses `balie-core`, so that a mistake there cannot hide
//! behind the same mistake here. It knows only the published test cards and never leaves the loopback address.
//!
//! What is not here: registration of passholders, kiosks, associations, financial reports; the desk does not call them.

mod card_systems;
mod checkins;
mod clock;
mod control;
mod data;
mod event_calendar;
mod event_settings;
mod events;
mod fault;
mod gate;
mod gzip;
mod habits;
mod ids;
mod late;
mod money;
mod other_desk;
mod passes;
mod permissions;
mod port;
mod problem;
mod query;
mod redeemed;
mod reward_rules;
mod rewards;
mod routes;
mod sandbox;
mod search;
mod sign_in;
mod social_tariff_cards;
mod tariff_rules;
mod tariffs;
mod test_cards;
mod ticket_sales;
mod tokens;
mod torn;
mod world;

pub use checkins::HeldCheckin;
pub use fault::{FaultAction, FaultRule};
pub use habits::{Habits, Order};
pub use other_desk::OtherDeskSale;
pub use redeemed::HeldRedemption;
pub use sandbox::Sandbox;
pub use test_cards::{TestCard, test_cards};
pub use ticket_sales::HeldTicketSale;
