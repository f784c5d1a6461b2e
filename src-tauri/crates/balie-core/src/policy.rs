//! How far a desk may go without a connection; the organizer bears the risk, so the organizer sets the limits.

use crate::money::Cents;
use crate::reward::OfflineRewards;

/// The limits of an organizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfflinePolicy {
    /// How old the evidence of a kansenstatuut may be, in days.
    pub standing_max_age_days: i64,
    /// How many provisional sales may wait to be sent.
    pub most_open: u32,
    /// How much discount the provisional sales that wait to be sent may come to.
    pub most_discount: Cents,
    /// Which rewards may be redeemed.
    pub rewards: OfflineRewards,
}

impl Default for OfflinePolicy {
    fn default() -> Self {
        Self {
            standing_max_age_days: 7,
            most_open: 1_000,
            most_discount: Cents(500_000),
            rewards: OfflineRewards::default(),
        }
    }
}

/// The provisional sales that wait to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpenRisk {
    /// How many there are.
    pub count: u32,
    /// The discount that they come to.
    pub discount: Cents,
}
