//! The distribution keys of the organizer, as they stand in the settings.

use balie_core::key::{Condition, DistributionKey, Share};
use balie_core::keys::{Keys, ManualKey};
use balie_core::money::Cents;
use serde::Deserialize;
use std::borrow::Cow;

/// Who pays which part of a ticket, as the organizer chose it: off and the default key, until it does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Distribution {
    /// Prices are computed where UiTPAS does not answer and never said them.
    pub computes: bool,
    /// The keys of the organizer count. Otherwise the default key does, and its own are kept for when they count again.
    pub uses_own: bool,
    /// The organizer's own keys.
    pub own: Keys,
}

impl Distribution {
    /// The keys that count: the day estimates with them who bears a discount.
    pub fn keys(&self) -> Cow<'_, Keys> {
        if self.uses_own { Cow::Borrowed(&self.own) } else { Cow::Owned(Keys::standard()) }
    }

    /// The keys to compute prices with; `None` where the organizer did not switch that on.
    pub fn computing(&self) -> Option<Cow<'_, Keys>> {
        self.computes.then(|| self.keys())
    }

    /// Whether the organizer has keys of its own, also while they do not count.
    pub fn has_own(&self) -> bool {
        self.own.manual.is_some() || !self.own.automatic.is_empty()
    }
}

/// What a table of the file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It applies by its conditions.
    Automatic,
    /// It is chosen for the activities, for passholders of the organizer's own municipality.
    ManualOwn,
    /// The same, for those of another.
    ManualOther,
}

/// One key. Amounts are euro as text (`"1.50"`), shares are `"20 %"` or `"50 % of remainder"`, and `"rest"` is all that is
/// left.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyTable {
    passholder: String,
    organizer: String,
    /// What the core calls the part of the municipality.
    government: String,
    price_below: Option<String>,
    price_is: Option<String>,
    price_above: Option<String>,
    /// `own` or `other`; without it the key holds for both.
    municipality: Option<Municipality>,
    /// Only for standing in the organizer's own card system.
    #[serde(default)]
    own_card_system: bool,
    /// Chosen for the activities, and not by its conditions: one for `own` and one for `other`.
    #[serde(default)]
    manual: bool,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Municipality {
    Own,
    Other,
}

/// What each table of the file is for, and its key.
pub(super) fn rows(tables: &[KeyTable]) -> Result<Vec<(Role, DistributionKey)>, String> {
    let row = |(place, table): (usize, &KeyTable)| {
        let numbered = |reason: String| format!("number {}: {reason}", place + 1);
        Ok((table.role().map_err(numbered)?, table.read().map_err(numbered)?))
    };
    tables.iter().enumerate().map(row).collect()
}

/// The organizer's own keys.
pub(super) fn own(tables: &[KeyTable]) -> Result<Keys, String> {
    let mut keys = Keys::default();
    let (mut own, mut other) = (None, None);
    for (role, key) in rows(tables)? {
        match role {
            Role::Automatic => keys.automatic.push(key),
            Role::ManualOwn => own = Some(key),
            Role::ManualOther => other = Some(key),
        }
    }
    keys.manual = match (own, other) {
        (Some(own), Some(other)) => Some(ManualKey { own, other }),
        (None, None) => None,
        _ => return Err("a manual key has a split for `own` and one for `other`".to_owned()),
    };
    Ok(keys)
}

impl KeyTable {
    fn role(&self) -> Result<Role, String> {
        match (self.manual, self.municipality) {
            (false, _) => Ok(Role::Automatic),
            (true, Some(Municipality::Own)) => Ok(Role::ManualOwn),
            (true, Some(Municipality::Other)) => Ok(Role::ManualOther),
            (true, None) => Err("a manual key names its municipality".to_owned()),
        }
    }

    fn read(&self) -> Result<DistributionKey, String> {
        let mut conditions = Vec::new();
        for (amount, condition) in [
            (&self.price_below, Condition::PriceBelow as fn(Cents) -> Condition),
            (&self.price_is, Condition::PriceIs),
            (&self.price_above, Condition::PriceAbove),
        ] {
            if let Some(text) = amount {
                conditions.push(condition(euro(text)?));
            }
        }
        // The municipality of a manual key chooses the split; it is no condition of it.
        if let (Some(municipality), false) = (self.municipality, self.manual) {
            conditions.push(Condition::OwnMunicipality(municipality == Municipality::Own));
        }
        if self.own_card_system {
            conditions.push(Condition::OwnCardSystem);
        }
        let key = DistributionKey::new(
            conditions,
            share(&self.passholder)?,
            share(&self.organizer)?,
            share(&self.government)?,
        );
        key.map_err(|error| error.to_string())
    }
}

/// An amount as it stands in the file.
pub(super) fn euro(text: &str) -> Result<Cents, String> {
    Cents::parse_price(text.trim()).map_err(|error| format!("`{text}`: {error}"))
}

/// A share as it stands in the file.
pub(super) fn share(text: &str) -> Result<Share, String> {
    if text.trim() == "rest" {
        return Ok(Share::Rest);
    }
    let Some((number, of)) = text.split_once('%') else { return euro(text).map(Share::Fixed) };
    // Hundredths of a percent are written like cents of a euro.
    let part = euro(number).and_then(|part| u32::try_from(part.0).map_err(|error| error.to_string()))?;
    match of.trim() {
        "" => Ok(Share::OfPrice(part)),
        "of remainder" => Ok(Share::OfRemainder(part)),
        other => Err(format!("`{other}` is not known here; write `of remainder` or nothing")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use balie_core::key::KeyFacts;

    #[derive(Deserialize)]
    struct Tables {
        distribution_keys: Vec<KeyTable>,
    }

    fn parse(text: &str) -> Result<Keys, String> {
        let tables: Tables = toml::from_str(text).unwrap();
        own(&tables.distribution_keys)
    }

    #[test]
    fn the_default_key_counts_until_the_organizer_has_its_own_and_wants_them_to() {
        let own = parse(DE_WERF).unwrap();
        let mut chosen = Distribution::default();
        assert_eq!((chosen.keys().into_owned(), chosen.computing(), chosen.has_own()), (Keys::standard(), None, false));
        chosen = Distribution { computes: true, uses_own: false, own: own.clone() };
        assert_eq!(chosen.computing().map(Cow::into_owned), Some(Keys::standard()), "its own are set aside");
        assert!(chosen.has_own());
        chosen.uses_own = true;
        assert_eq!(chosen.computing().map(Cow::into_owned), Some(own.clone()));
        chosen.computes = false;
        assert_eq!((chosen.computing(), chosen.keys().into_owned()), (None, own), "the day estimates with them still");
    }

    const DE_WERF: &str = r#"
        [[distribution_keys]]
        manual = true
        municipality = "own"
        passholder = "1.50"
        organizer = "rest"
        government = "50 %"
        [[distribution_keys]]
        manual = true
        municipality = "other"
        passholder = "1.50"
        organizer = "rest"
        government = "70 %""#;

    #[test]
    fn the_manual_key_of_de_werf_splits_by_municipality() {
        let keys = parse(DE_WERF).unwrap();
        let split = |own| {
            let facts = KeyFacts { regular: Cents(1000), own_municipality: Some(own), own_card_system: true };
            let split = keys.split(facts).unwrap();
            (split.passholder.0, split.organizer.0, split.municipality.0)
        };
        assert_eq!(split(true), (150, 350, 500));
        assert_eq!(split(false), (150, 150, 700));
    }

    #[test]
    fn an_automatic_key_has_conditions() {
        let text = r#"
            [[distribution_keys]]
            price_below = "10.01"
            municipality = "own"
            own_card_system = true
            passholder = "2.00"
            organizer = "50 % of remainder"
            government = "rest""#;
        let keys = parse(text).unwrap();
        let price = |regular, own| {
            let facts = KeyFacts { regular: Cents(regular), own_municipality: own, own_card_system: true };
            keys.split(facts).map(|split| (split.passholder.0, split.organizer.0))
        };
        assert_eq!(price(1000, Some(true)), Some((200, 400)));
        assert_eq!(price(1001, Some(true)), None);
        assert_eq!(price(1000, None), None);
    }

    #[test]
    fn a_mistake_is_named_with_the_key_that_it_is_in() {
        let complaint = |from: &str, to: &str| parse(&DE_WERF.replacen(from, to, 1)).unwrap_err();
        assert!(complaint("50 %", "50 % of what").starts_with("number 1: `of what` is not known"));
        assert!(complaint("1.50", "1,50").contains("`1,50`"));
        assert!(complaint("\"rest\"", "\"1.00\"").contains("exactly one"));
        assert!(complaint("municipality = \"own\"", "").contains("names its municipality"));
        assert!(complaint("\"other\"", "\"own\"").contains("one for `other`"));
    }
}
