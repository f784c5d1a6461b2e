//! Every function that turns the bytes of an answer into facts, reachable without a network. The methods of
//! [`crate::client::Api`] read with these and with nothing else; none of them may panic, whatever the bytes.

pub use crate::cancels::judge_cancel;
pub use crate::checkins::{read_check_in_status, read_registered_check_in};
pub use crate::event_settings::{read_event_card_systems, read_event_settings};
pub use crate::export::read_social_tariff;
pub use crate::outcome::judge;
pub use crate::passes::{moment, read_pass};
pub use crate::permissions::read_permissions;
pub use crate::records::{read_check_in_records, read_redemption_records, read_sale_records};
pub use crate::redeemed::read_registered_redemption;
pub use crate::rewards::{read_redeem_status, read_redeemable, read_rewards};
pub use crate::rows::{read_event_rows, read_reward_rows};
pub use crate::search::read_events;
pub use crate::sign_in::read_callback;
pub use crate::tariffs::read_tariffs;
pub use crate::ticket_sales::{read_registered_batch, read_registered_sales};
