//! Distribution keys (verdeelsleutels): who pays which part of a ticket (rules.md, Price; domain.md §3.2).

use crate::money::Cents;

/// One part of a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// A fixed amount.
    Fixed(Cents),
    /// A share of the whole price, in hundredths of a percent.
    OfPrice(u32),
    /// A share of what the fixed amounts and the shares of the price leave, in hundredths of a percent.
    OfRemainder(u32),
    /// All that is left.
    Rest,
}

impl Share {
    /// Whether it can be a part of a price.
    ///
    /// # Errors
    /// Refuses a share of more than the whole, and a fixed amount that is no price.
    pub const fn check(self) -> Result<(), KeyError> {
        match self {
            Self::Fixed(amount) if !amount.is_price() => Err(KeyError::Amount),
            Self::OfPrice(part) | Self::OfRemainder(part) if part > 10_000 => Err(KeyError::Share),
            Self::Fixed(_) | Self::OfPrice(_) | Self::OfRemainder(_) | Self::Rest => Ok(()),
        }
    }
}

/// When a key applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// The regular price is below the amount.
    PriceBelow(Cents),
    /// The regular price is the amount.
    PriceIs(Cents),
    /// The regular price is above the amount.
    PriceAbove(Cents),
    /// The passholder lives in the municipality of the organizer, or (false) in another.
    OwnMunicipality(bool),
    /// The pass has standing in the card system of the organizer; otherwise any card system will do.
    OwnCardSystem,
}

impl Condition {
    /// Whether a regular price is what it asks; what asks nothing of the price takes any.
    fn suits(self, regular: Cents) -> bool {
        match self {
            Self::PriceBelow(amount) => regular < amount,
            Self::PriceIs(amount) => regular == amount,
            Self::PriceAbove(amount) => regular > amount,
            Self::OwnMunicipality(_) | Self::OwnCardSystem => true,
        }
    }
}

/// What a key is explained by, where it asks nothing of the price.
const EXAMPLE: Cents = Cents(1_000);

/// What a key asks about a person and an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyFacts {
    /// The regular price.
    pub regular: Cents,
    /// Whether the passholder lives in the municipality of the organizer; `None` when not known.
    pub own_municipality: Option<bool>,
    /// Whether the pass has standing in the card system of the organizer.
    pub own_card_system: bool,
}

/// A key: its conditions, and the part of each payer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistributionKey {
    conditions: Vec<Condition>,
    passholder: Share,
    organizer: Share,
    municipality: Share,
}

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The parts do not always add up to the price: exactly one payer takes the rest, and it is not the passholder.
    #[error("exactly one of organizer and municipality takes the rest of the price")]
    Rest,
    /// A share is more than the whole.
    #[error("a share is at most 100 percent")]
    Share,
    /// A fixed amount is no price: nobody pays less than nothing, or more than the desk takes.
    #[error("a fixed amount is no price")]
    Amount,
}

/// Who pays what of one ticket; the three always add up to the regular price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// What the passholder pays at the desk.
    pub passholder: Cents,
    /// What the organizer bears.
    pub organizer: Cents,
    /// What the municipality pays back.
    pub municipality: Cents,
}

impl DistributionKey {
    /// Makes a key.
    ///
    /// # Errors
    /// Refuses parts that do not always add up to the price, and amounts that are none.
    pub fn new(
        conditions: Vec<Condition>,
        passholder: Share,
        organizer: Share,
        municipality: Share,
    ) -> Result<Self, KeyError> {
        let rests = [organizer, municipality].iter().filter(|share| **share == Share::Rest).count();
        if rests != 1 || passholder == Share::Rest {
            return Err(KeyError::Rest);
        }
        for share in [passholder, organizer, municipality] {
            share.check()?;
        }
        Ok(Self { conditions, passholder, organizer, municipality })
    }

    /// The default key: 20 % for the passholder, 40 % for the organizer, the rest for the municipality.
    pub const fn standard() -> Self {
        Self {
            conditions: Vec::new(),
            passholder: Share::OfPrice(2_000),
            organizer: Share::OfPrice(4_000),
            municipality: Share::Rest,
        }
    }

    /// When it applies; always, when there is none.
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// The parts of the passholder, of the organizer and of the municipality.
    pub const fn shares(&self) -> [Share; 3] {
        [self.passholder, self.organizer, self.municipality]
    }

    /// Whether all conditions hold. What is not known does not hold.
    pub fn applies(&self, facts: KeyFacts) -> bool {
        self.conditions.iter().all(|condition| match *condition {
            Condition::OwnMunicipality(own) => facts.own_municipality == Some(own),
            Condition::OwnCardSystem => facts.own_card_system,
            of_price => of_price.suits(facts.regular),
        })
    }

    /// A price to explain it by: ten euro, or one near what it asks of the price. `None` when no price is what it asks.
    pub fn example(&self) -> Option<Cents> {
        let near = self.conditions.iter().filter_map(|condition| match *condition {
            Condition::PriceBelow(amount) => Some(amount - Cents(1)),
            Condition::PriceIs(amount) => Some(amount),
            Condition::PriceAbove(amount) => Some(amount + Cents(1)),
            Condition::OwnMunicipality(_) | Condition::OwnCardSystem => None,
        });
        std::iter::once(EXAMPLE)
            .chain(near)
            .find(|price| *price >= Cents(1) && self.conditions.iter().all(|condition| condition.suits(*price)))
    }

    /// Whether it depends on the passholder, and not on the price alone.
    pub(crate) fn asks_about_the_person(&self) -> bool {
        let is_of_person =
            |condition: &Condition| matches!(condition, Condition::OwnMunicipality(_) | Condition::OwnCardSystem);
        self.conditions.iter().any(is_of_person)
    }

    /// Splits a price. The passholder pays at least one cent and never more than the regular price.
    pub fn split(&self, regular: Cents) -> Split {
        let direct = |share: Share| match share {
            Share::Fixed(amount) => amount,
            Share::OfPrice(part) => regular.share(part),
            Share::OfRemainder(_) | Share::Rest => Cents::ZERO,
        };
        let remainder =
            Cents((regular - direct(self.passholder) - direct(self.organizer) - direct(self.municipality)).0.max(0));
        let part = |share: Share| match share {
            Share::OfRemainder(part) => remainder.share(part),
            other => direct(other),
        };
        let passholder = part(self.passholder).max(Cents(1)).min(regular);
        let left = regular - passholder;
        let (organizer, municipality) = if self.organizer == Share::Rest {
            let municipality = part(self.municipality).min(left);
            (left - municipality, municipality)
        } else {
            let organizer = part(self.organizer).min(left);
            (organizer, left - organizer)
        };
        Split { passholder, organizer, municipality }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(key: &DistributionKey, regular: i64) -> (i64, i64, i64) {
        let parts = key.split(Cents(regular));
        (parts.passholder.0, parts.organizer.0, parts.municipality.0)
    }

    fn key(passholder: Share, organizer: Share, municipality: Share) -> DistributionKey {
        DistributionKey::new(Vec::new(), passholder, organizer, municipality).unwrap()
    }

    #[test]
    fn the_worked_examples_hold() {
        assert_eq!(split(&DistributionKey::standard(), 1000), (200, 400, 400));
        let aalst = key(Share::Fixed(Cents(150)), Share::Rest, Share::OfPrice(5_000));
        let lede = key(Share::Fixed(Cents(150)), Share::Rest, Share::OfPrice(7_000));
        assert_eq!(split(&aalst, 1000), (150, 350, 500));
        assert_eq!(split(&lede, 1000), (150, 150, 700));
        let reynaert = key(Share::OfPrice(2_000), Share::OfPrice(1_000), Share::Rest);
        assert_eq!(split(&reynaert, 1000), (200, 100, 700));
        let dender = key(Share::Fixed(Cents(150)), Share::OfRemainder(5_000), Share::Rest);
        assert_eq!(split(&dender, 1000), (150, 425, 425));
    }

    #[test]
    fn a_key_by_price_band_applies_below_its_bound_only() {
        let bound = Condition::PriceBelow(Cents(1001));
        let two_euro =
            DistributionKey::new(vec![bound], Share::Fixed(Cents(200)), Share::Rest, Share::OfPrice(4_000)).unwrap();
        let facts = |regular| KeyFacts { regular: Cents(regular), own_municipality: None, own_card_system: true };
        assert!(two_euro.applies(facts(1000)));
        assert_eq!(two_euro.split(Cents(1000)).passholder, Cents(200));
        assert!(!two_euro.applies(facts(1001)));
    }

    #[test]
    fn each_condition_holds_where_it_says_and_not_a_cent_beside() {
        let holds = |condition, regular, own_card_system| {
            let key = DistributionKey::new(vec![condition], Share::Fixed(Cents(1)), Share::Rest, Share::OfPrice(1));
            key.unwrap().applies(KeyFacts { regular: Cents(regular), own_municipality: Some(true), own_card_system })
        };
        let around =
            |condition: fn(Cents) -> Condition| [999, 1000, 1001].map(|at| holds(condition(Cents(1000)), at, true));
        assert_eq!(around(Condition::PriceBelow), [true, false, false]);
        assert_eq!(around(Condition::PriceIs), [false, true, false]);
        assert_eq!(around(Condition::PriceAbove), [false, false, true]);
        assert!(
            holds(Condition::OwnMunicipality(true), 1000, false)
                && !holds(Condition::OwnMunicipality(false), 1000, true)
        );
        assert!(holds(Condition::OwnCardSystem, 1000, true) && !holds(Condition::OwnCardSystem, 1000, false));
    }

    #[test]
    fn a_key_is_explained_by_a_price_that_it_applies_to() {
        let example = |conditions: &[Condition]| {
            let key = DistributionKey::new(conditions.to_vec(), Share::OfPrice(1), Share::Rest, Share::OfPrice(1));
            key.unwrap().example().map(|price| price.0)
        };
        let (below, is, above) = (Condition::PriceBelow, Condition::PriceIs, Condition::PriceAbove);
        assert_eq!(example(&[Condition::OwnMunicipality(false), Condition::OwnCardSystem]), Some(1000));
        assert_eq!(example(&[below(Cents(1001))]), Some(1000));
        assert_eq!(example(&[below(Cents(1000))]), Some(999));
        assert_eq!(example(&[is(Cents(750))]), Some(750));
        assert_eq!(example(&[above(Cents(1000))]), Some(1001));
        assert_eq!(example(&[above(Cents(2000)), below(Cents(2002))]), Some(2001));
        let never: [&[Condition]; 4] = [
            &[below(Cents(500)), above(Cents(499))],
            &[is(Cents(500)), below(Cents(500))],
            &[below(Cents(1))],
            &[is(Cents(0))],
        ];
        for conditions in never {
            assert_eq!(example(conditions), None, "{conditions:?}");
        }
    }

    #[test]
    fn the_remainder_is_what_all_three_leave() {
        let half = Share::OfRemainder(5_000);
        assert_eq!(split(&key(half, Share::Fixed(Cents(200)), Share::Rest), 1000), (400, 200, 400));
        assert_eq!(split(&key(half, Share::Rest, Share::OfPrice(4_000)), 1000), (300, 300, 400));
        assert_eq!(split(&key(Share::Fixed(Cents(200)), half, Share::Rest), 1000), (200, 400, 400));
        assert_eq!(split(&key(Share::OfPrice(2_000), Share::Rest, half), 1000), (200, 400, 400));
        assert_eq!(split(&key(half, Share::Fixed(Cents(2_000)), Share::Rest), 1000), (1, 999, 0), "nothing remains");
    }

    #[test]
    fn an_unknown_municipality_satisfies_neither_condition() {
        let asks = |own| {
            let condition = vec![Condition::OwnMunicipality(own)];
            DistributionKey::new(condition, Share::Fixed(Cents(1)), Share::Rest, Share::OfPrice(1)).unwrap()
        };
        let facts = KeyFacts { regular: Cents(1000), own_municipality: None, own_card_system: true };
        assert!(!asks(true).applies(facts) && !asks(false).applies(facts));
    }

    #[test]
    fn parts_that_do_not_add_up_are_refused() {
        let shares = |a, b, c| DistributionKey::new(Vec::new(), a, b, c).err();
        assert_eq!(shares(Share::OfPrice(2_000), Share::OfPrice(4_000), Share::OfPrice(4_000)), Some(KeyError::Rest));
        assert_eq!(shares(Share::Rest, Share::Rest, Share::OfPrice(1)), Some(KeyError::Rest));
        assert_eq!(shares(Share::OfPrice(1), Share::Rest, Share::Rest), Some(KeyError::Rest));
        for part in [Share::OfPrice, Share::OfRemainder] {
            assert_eq!(shares(part(10_001), Share::Rest, Share::OfPrice(1)), Some(KeyError::Share));
            assert_eq!(shares(Share::OfPrice(1), part(10_001), Share::Rest), Some(KeyError::Share));
            assert_eq!(shares(Share::OfPrice(1), Share::Rest, part(10_001)), Some(KeyError::Share));
            assert_eq!(shares(part(10_000), Share::Rest, part(10_000)), None, "the whole is a share");
        }
    }

    #[test]
    fn an_amount_that_is_no_price_is_refused_for_every_payer() {
        let rest = |fixed| {
            let fixed = Share::Fixed(Cents(fixed));
            [
                DistributionKey::new(Vec::new(), fixed, Share::Rest, Share::OfPrice(1)).err(),
                DistributionKey::new(Vec::new(), Share::OfPrice(1), fixed, Share::Rest).err(),
                DistributionKey::new(Vec::new(), Share::OfPrice(1), Share::Rest, fixed).err(),
            ]
        };
        assert_eq!(rest(-1), [Some(KeyError::Amount); 3]);
        assert_eq!(rest(100_000_001), [Some(KeyError::Amount); 3]);
        assert_eq!(rest(0), [None; 3]);
        assert_eq!(rest(100_000_000), [None; 3]);
    }

    fn any_share() -> impl Strategy<Value = Share> {
        prop_oneof![
            (0_i64..100_000).prop_map(|amount| Share::Fixed(Cents(amount))),
            (0_u32..=10_000).prop_map(Share::OfPrice),
            (0_u32..=10_000).prop_map(Share::OfRemainder),
        ]
    }

    proptest! {
        #[test]
        fn the_parts_add_up_to_the_cent_and_none_is_negative(
            a in any_share(), b in any_share(), rest_to_organizer: bool, regular in 1_i64..10_000_000,
        ) {
            let (organizer, municipality) = if rest_to_organizer { (Share::Rest, b) } else { (b, Share::Rest) };
            let split = key(a, organizer, municipality).split(Cents(regular));
            prop_assert_eq!(split.passholder + split.organizer + split.municipality, Cents(regular));
            prop_assert!(split.passholder >= Cents(1) && split.organizer >= Cents::ZERO && split.municipality >= Cents::ZERO);
        }
    }
}
