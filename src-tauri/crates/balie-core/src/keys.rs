//! The distribution keys of an organizer: the manual key that the editor of an activity chose, and the automatic ones
//! that apply by themselves (domain.md §3.2).

use crate::key::{DistributionKey, KeyFacts, Split};

/// A manual key: one split for passholders of the organizer's own municipality, one for those of any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManualKey {
    /// For passholders of the same municipality.
    pub own: DistributionKey,
    /// For all others.
    pub other: DistributionKey,
}

/// All keys that an organizer uses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keys {
    /// The one that was chosen for the activity; it goes before all others.
    pub manual: Option<ManualKey>,
    /// Those that apply by their conditions, in the order of the organizer.
    pub automatic: Vec<DistributionKey>,
}

impl Keys {
    /// The default key and nothing else: 20 % for the passholder, 40 % each for organizer and municipality.
    pub fn standard() -> Self {
        Self { manual: None, automatic: vec![DistributionKey::standard()] }
    }

    /// Who pays what of a ticket, by the first key that applies; `None` when none does. What is not known does not
    /// apply: with a manual key, a passholder of an unknown municipality gets no computed price.
    pub fn split(&self, facts: KeyFacts) -> Option<Split> {
        let key = match &self.manual {
            Some(manual) if facts.own_municipality? => Some(&manual.own),
            Some(manual) => Some(&manual.other),
            None => self.automatic.iter().find(|key| key.applies(facts)),
        };
        key.filter(|key| key.applies(facts)).map(|key| key.split(facts.regular))
    }

    /// Whether who pays what also depends on the passholder, and not on the price alone.
    pub fn ask_about_the_person(&self) -> bool {
        self.manual.is_some() || self.automatic.iter().any(DistributionKey::asks_about_the_person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{Condition, Share};
    use crate::money::Cents;

    fn fixed(conditions: Vec<Condition>, cents: i64) -> DistributionKey {
        DistributionKey::new(conditions, Share::Fixed(Cents(cents)), Share::Rest, Share::OfPrice(1)).unwrap()
    }

    fn facts(regular: i64, own: Option<bool>) -> KeyFacts {
        KeyFacts { regular: Cents(regular), own_municipality: own, own_card_system: true }
    }

    fn price(keys: &Keys, facts: KeyFacts) -> Option<i64> {
        keys.split(facts).map(|split| split.passholder.0)
    }

    #[test]
    fn the_first_automatic_key_that_applies_decides() {
        let low = fixed(vec![Condition::PriceBelow(Cents(1001))], 200);
        let keys = Keys { manual: None, automatic: vec![low, fixed(Vec::new(), 500)] };
        assert_eq!(price(&keys, facts(1000, None)), Some(200));
        assert_eq!(price(&keys, facts(1001, None)), Some(500));
        assert_eq!(price(&Keys::default(), facts(1000, None)), None);
    }

    #[test]
    fn a_manual_key_goes_first_and_asks_where_the_passholder_lives() {
        let manual = ManualKey { own: fixed(Vec::new(), 150), other: fixed(Vec::new(), 300) };
        let keys = Keys { manual: Some(manual), ..Keys::standard() };
        assert_eq!(price(&keys, facts(1000, Some(true))), Some(150));
        assert_eq!(price(&keys, facts(1000, Some(false))), Some(300));
        assert_eq!(price(&keys, facts(1000, None)), None);
    }

    #[test]
    fn only_some_keys_ask_about_the_person() {
        let one = |condition| Keys { manual: None, automatic: vec![fixed(vec![condition], 200)] };
        assert!(one(Condition::OwnMunicipality(false)).ask_about_the_person());
        assert!(one(Condition::OwnCardSystem).ask_about_the_person());
        assert!(!one(Condition::PriceBelow(Cents(1))).ask_about_the_person());
        assert!(!Keys::standard().ask_about_the_person());
        let manual = ManualKey { own: fixed(Vec::new(), 150), other: fixed(Vec::new(), 300) };
        assert!(Keys { manual: Some(manual), ..Keys::standard() }.ask_about_the_person());
    }

    #[test]
    fn the_conditions_of_a_manual_key_hold_too() {
        let dear = fixed(vec![Condition::PriceAbove(Cents(1000))], 150);
        let keys = Keys { manual: Some(ManualKey { own: dear.clone(), other: dear }), automatic: Vec::new() };
        assert_eq!(price(&keys, facts(1000, Some(true))), None);
        assert_eq!(price(&keys, facts(1001, Some(true))), Some(150));
    }
}
