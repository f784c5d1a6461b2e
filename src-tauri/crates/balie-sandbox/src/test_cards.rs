//! The published test cards, for a tray of cards in practice mode.

use crate::card_systems::{GENT, PASPARTOE};
use crate::data::passes;
use crate::passes::{CardStatus, Pass, PassType, Standing};

/// One published test card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCard {
    /// The chip number that a reader would give; a digital card has none.
    pub chip: Option<String>,
    /// The UiTPAS number, as printed on the card.
    pub number: String,
    /// The first name of the holder or the name of the group; empty for a card in stock.
    pub first_name: String,
    /// What the card is good for: `active`, `none`, `expired`, `blocked`, `other_region`, `unregistered`, `group` or
    /// `group_coupons`. These words are stable.
    pub what: &'static str,
}

/// Every test card that the sandbox knows, the published table first.
#[must_use]
pub fn test_cards() -> Vec<TestCard> {
    let card = |p: Pass| TestCard {
        chip: p.chip.map(str::to_owned),
        number: p.number.to_owned(),
        first_name: p.first_name.to_owned(),
        what: what(&p),
    };
    passes::all().into_iter().map(card).collect()
}

fn what(pass: &Pass) -> &'static str {
    let at_home = [GENT, PASPARTOE].contains(&pass.card_system);
    match (pass.card, pass.pass_type, pass.standing) {
        (CardStatus::LocalStock, ..) => "unregistered",
        (CardStatus::Blocked, ..) => "blocked",
        (_, PassType::Group, Standing::Active) => "group",
        (_, PassType::Group, _) => "group_coupons",
        (_, _, Standing::Active) if !at_home => "other_region",
        (_, _, Standing::Active) => "active",
        (_, _, Standing::Expired) => "expired",
        (_, _, Standing::None) => "none",
    }
}
