//! The published test cards, for a tray of cards in practice mode.

use crate::card_systems::{GENT, PASPARTOE};
use crate::data::passes;
use crate::passes::{CardStatus, Pass, PassType, Standing};
use crate::sandbox::Sandbox;

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
    passes::all().iter().map(card).collect()
}

impl Sandbox {
    /// Lets so many more people with the right to the social tariff hold a card, and shows their cards: for a queue longer
    /// than the published cards make. [`Sandbox::reset`] sends them home.
    pub fn welcome(&self, count: usize) -> Vec<TestCard> {
        self.welcome_named(count, |_| "Robin".to_owned())
    }

    /// The same, and everybody has a name of their own: what it is follows from how many came before.
    pub fn welcome_named(&self, count: usize, name: impl Fn(usize) -> String) -> Vec<TestCard> {
        let crowd = passes::crowd(count, name);
        let cards = crowd.iter().map(card).collect();
        let mut world = self.shared.world();
        world.passes.retain(|known| crowd.iter().all(|new| new.number != known.number));
        world.passes.extend(crowd);
        cards
    }
}

fn card(pass: &Pass) -> TestCard {
    TestCard {
        chip: pass.chip.map(str::to_owned),
        number: pass.number.to_owned(),
        first_name: pass.first_name.to_owned(),
        what: what(pass),
    }
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
