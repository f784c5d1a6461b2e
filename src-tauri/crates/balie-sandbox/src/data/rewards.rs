//! The published test rewards and a few for practice. Their periods are told in days from today.

use crate::card_systems::{DENDER, GENT, PASPARTOE};
use crate::clock::Period;
use crate::rewards::{Constraint, Reward, RewardType};

const HOME: &[crate::card_systems::CardSystem] = &[GENT, PASPARTOE];

/// A reward that can be redeemed all year; the lines below say where one differs.
const REWARD: Reward = Reward {
    id: "",
    title: "",
    kind: RewardType::Points,
    description: "",
    practical: "Haal je voordeel af aan de balie.",
    points: 0,
    category: "Doen",
    owning_card_system: GENT,
    applicable: None,
    days: (-90, 275),
    max_units: None,
    units_taken_before: 0,
    constraint: None,
    for_kids: false,
    sport: false,
    featured: false,
    online: false,
};

/// Every reward that the sandbox knows.
pub(crate) fn all() -> Vec<Reward> {
    let mut rewards = published();
    rewards.extend(practice());
    rewards
}

fn published() -> Vec<Reward> {
    let expired = Reward { days: (-400, -35), points: 1, ..REWARD };
    vec![
        Reward {
            id: "5687",
            title: "[TEST] Omruilvoordeel",
            description: "Een omruilvoordeel om te testen.",
            points: 1,
            ..REWARD
        },
        Reward {
            id: "5688",
            title: "[TEST] Welkomstvoordeel",
            kind: RewardType::Welcome,
            description: "Een welkomstvoordeel om te testen.",
            applicable: Some(HOME),
            constraint: Some(Constraint { volume: 1, period: Period::Absolute }),
            ..REWARD
        },
        Reward {
            id: "5823",
            title: "[TEST] Omruilvoordeel, 1 per week",
            description: "Een pashouder kan dit een keer per week omruilen.",
            points: 2,
            constraint: Some(Constraint { volume: 1, period: Period::Week }),
            ..REWARD
        },
        Reward {
            id: "5824",
            title: "[TEST] Online voordeel, 10 per dag",
            description: "Een online voordeel om te testen.",
            practical: "Je ontvangt je code meteen.",
            points: 1,
            constraint: Some(Constraint { volume: 10, period: Period::Day }),
            online: true,
            ..REWARD
        },
        Reward {
            id: "5825",
            title: "[TEST] Vervallen omruilvoordeel",
            description: "Dit voordeel is vervallen.",
            ..expired.clone()
        },
        Reward {
            id: "5826",
            title: "[TEST] Vervallen welkomstvoordeel",
            kind: RewardType::Welcome,
            description: "Dit welkomstvoordeel is vervallen.",
            points: 0,
            ..expired
        },
    ]
}

fn practice() -> Vec<Reward> {
    vec![
        Reward {
            id: "9001",
            title: "Gratis koffie of thee",
            description: "Een warme drank in het café van het cultuurcentrum.",
            points: 5,
            category: "Eten en drinken",
            constraint: Some(Constraint { volume: 1, period: Period::Day }),
            featured: true,
            ..REWARD
        },
        Reward {
            id: "9002",
            title: "Drinkbus van UiTPAS",
            description: "Een drinkbus van een halve liter, zolang de voorraad strekt.",
            points: 15,
            category: "Gadget of item",
            max_units: Some(40),
            units_taken_before: 37,
            constraint: Some(Constraint { volume: 1, period: Period::Year }),
            sport: true,
            ..REWARD
        },
        Reward {
            id: "9003",
            title: "Gratis zwembeurt voor een vriend",
            description: "Neem een vriend mee naar het zwembad.",
            points: 30,
            constraint: Some(Constraint { volume: 2, period: Period::Month }),
            for_kids: true,
            sport: true,
            ..REWARD
        },
        Reward {
            id: "9004",
            title: "Uitverkochte knuffelbeer",
            description: "De voorraad van dit voordeel is op.",
            points: 2,
            category: "Gadget of item",
            max_units: Some(10),
            units_taken_before: 10,
            for_kids: true,
            ..REWARD
        },
        Reward {
            id: "9005",
            title: "Korting in de Denderstreek",
            description: "Alleen voor leden van UiTPAS Dender.",
            points: 4,
            owning_card_system: DENDER,
            applicable: Some(&[DENDER]),
            ..REWARD
        },
    ]
}
