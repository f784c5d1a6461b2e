//! The distribution keys, as the window sees them, and back.

use super::{cents, money, plain};
use crate::dto::{
    AutomaticKey, ChosenKeys, KeyShare, KeyView, KeysView, ManualKeys, Municipality, Notice, OwnKey, Problem, ShareKind,
};
use balie_core::key::{Condition, DistributionKey, KeyError, Share};
use balie_core::keys::{Keys, ManualKey};
use balie_core::money::Cents;
use balie_desk::config::{Config, Distribution};

/// What the keys of the pair that is chosen for the activities are called.
const PAIR: [&str; 2] = ["A", "B"];

/// What a person chose, as it holds now.
pub fn chosen(distribution: &Distribution) -> ChosenKeys {
    let manual = distribution.own.manual.as_ref();
    ChosenKeys {
        computes: distribution.computes,
        own: distribution.uses_own,
        automatic: distribution
            .own
            .automatic
            .iter()
            .map(|key| AutomaticKey { municipality: municipality(key), key: shown(key) })
            .collect(),
        manual: manual.map(|manual| ManualKeys { own: shown(&manual.own), other: shown(&manual.other) }),
    }
}

fn municipality(key: &DistributionKey) -> Municipality {
    let lives = key.conditions().iter().find_map(|condition| match condition {
        Condition::OwnMunicipality(own) => Some(*own),
        _ => None,
    });
    lives.map_or(Municipality::Any, |own| if own { Municipality::Own } else { Municipality::Other })
}

fn shown(key: &DistributionKey) -> OwnKey {
    let conditions = key.conditions();
    let price = |of: fn(Condition) -> Option<Cents>| conditions.iter().copied().find_map(of).map(cents);
    let [passholder, organizer, government] = key.shares().map(part);
    OwnKey {
        below_cents: price(|condition| if let Condition::PriceBelow(amount) = condition { Some(amount) } else { None }),
        is_cents: price(|condition| if let Condition::PriceIs(amount) = condition { Some(amount) } else { None }),
        above_cents: price(|condition| if let Condition::PriceAbove(amount) = condition { Some(amount) } else { None }),
        own_card_system: conditions.contains(&Condition::OwnCardSystem),
        passholder,
        organizer,
        government,
    }
}

fn part(share: Share) -> KeyShare {
    let of = |part: u32| i32::try_from(part).unwrap_or(i32::MAX);
    let (kind, amount) = match share {
        Share::Fixed(amount) => (ShareKind::Fixed, cents(amount)),
        Share::OfPrice(part) => (ShareKind::OfPrice, of(part)),
        Share::OfRemainder(part) => (ShareKind::OfRemainder, of(part)),
        Share::Rest => (ShareKind::Rest, 0),
    };
    KeyShare { kind, amount }
}

/// What a person chose. What does not add up is refused, with the key and the field that it is in.
pub fn wanted(chosen: &ChosenKeys) -> Result<Distribution, Problem> {
    let numbered = |(place, automatic): (usize, &AutomaticKey)| {
        let lives = match automatic.municipality {
            Municipality::Any => None,
            Municipality::Own => Some(true),
            Municipality::Other => Some(false),
        };
        made(&automatic.key, lives, &(place + 1).to_string())
    };
    let automatic = chosen.automatic.iter().enumerate().map(numbered).collect::<Result<_, _>>()?;
    let manual = match &chosen.manual {
        Some(pair) => {
            Some(ManualKey { own: made(&pair.own, None, PAIR[0])?, other: made(&pair.other, None, PAIR[1])? })
        }
        None => None,
    };
    Ok(Distribution { computes: chosen.computes, uses_own: chosen.own, own: Keys { manual, automatic } })
}

/// A key as it was filled in. The municipality of a key of the pair is no condition of it: it chooses the key.
fn made(filled_in: &OwnKey, lives: Option<bool>, name: &str) -> Result<DistributionKey, Problem> {
    let wrong = |code: &str, field: &str| Problem::clerk(code).with("key", name).with("field", field);
    let mut conditions = Vec::new();
    for (filled_in, field, condition) in [
        (filled_in.below_cents, "belowCents", Condition::PriceBelow as fn(Cents) -> Condition),
        (filled_in.is_cents, "isCents", Condition::PriceIs),
        (filled_in.above_cents, "aboveCents", Condition::PriceAbove),
    ] {
        if let Some(amount) = filled_in.map(|amount| Cents(i64::from(amount))) {
            if !amount.is_price() {
                return Err(wrong("settings.keyPrice.wrong", field));
            }
            conditions.push(condition(amount));
        }
    }
    conditions.extend(lives.map(Condition::OwnMunicipality));
    if filled_in.own_card_system {
        conditions.push(Condition::OwnCardSystem);
    }
    let share = |part: KeyShare, field: &str| share(part).map_err(|error| wrong(code(error), field));
    let shares = [
        share(filled_in.passholder, "passholder")?,
        share(filled_in.organizer, "organizer")?,
        share(filled_in.government, "government")?,
    ];
    let [passholder, organizer, government] = shares;
    DistributionKey::new(conditions, passholder, organizer, government)
        .map_err(|error| wrong(code(error), if passholder == Share::Rest { "passholder" } else { "organizer" }))
}

fn share(part: KeyShare) -> Result<Share, KeyError> {
    let of = u32::try_from(part.amount).map_err(|_| KeyError::Share);
    let share = match part.kind {
        ShareKind::Fixed => Share::Fixed(Cents(i64::from(part.amount))),
        ShareKind::OfPrice => Share::OfPrice(of?),
        ShareKind::OfRemainder => Share::OfRemainder(of?),
        ShareKind::Rest => Share::Rest,
    };
    share.check().map(|()| share)
}

const fn code(error: KeyError) -> &'static str {
    match error {
        KeyError::Rest => "settings.keyRest.wrong",
        KeyError::Share => "settings.keyShare.wrong",
        KeyError::Amount => "settings.keyAmount.wrong",
    }
}

/// The default key and the organizer's own, in words.
pub fn view(own: &Keys, config: &Config) -> KeysView {
    let mut behind = false;
    let automatic = own.automatic.iter().enumerate().map(|(place, key)| {
        let mut view = words(key, (place + 1).to_string(), None);
        view.notes = notes(key, key_asks_where(key), config);
        if behind {
            view.notes.push(plain("key.note.behind"));
        }
        behind |= key.conditions().is_empty();
        view
    });
    let pair = |manual: &ManualKey| {
        [(&manual.own, "key.manual.own"), (&manual.other, "key.manual.other")]
            .into_iter()
            .zip(PAIR)
            .map(|((key, chosen_as), name)| KeyView {
                notes: notes(key, true, config),
                ..words(key, name.to_owned(), Some(chosen_as))
            })
            .collect()
    };
    KeysView {
        proposed: shown(&DistributionKey::standard()),
        standard: words(&DistributionKey::standard(), String::new(), None),
        automatic: automatic.collect(),
        manual: own.manual.as_ref().map(pair).unwrap_or_default(),
    }
}

fn key_asks_where(key: &DistributionKey) -> bool {
    municipality(key) != Municipality::Any
}

fn words(key: &DistributionKey, name: String, chosen_as: Option<&str>) -> KeyView {
    let condition = |condition: &Condition| match *condition {
        Condition::PriceBelow(amount) => plain("key.below").with("price", money(amount)),
        Condition::PriceIs(amount) => plain("key.is").with("price", money(amount)),
        Condition::PriceAbove(amount) => plain("key.above").with("price", money(amount)),
        Condition::OwnMunicipality(true) => plain("key.own"),
        Condition::OwnMunicipality(false) => plain("key.other"),
        Condition::OwnCardSystem => plain("key.ownCardSystem"),
    };
    let [passholder, organizer, government] = key.shares().map(share_in_words);
    let conditions = chosen_as.map(plain).into_iter().chain(key.conditions().iter().map(condition)).collect();
    let example = key.example().map(|price| {
        let split = key.split(price);
        plain("key.example")
            .with("price", money(price))
            .with("passholder", money(split.passholder))
            .with("organizer", money(split.organizer))
            .with("government", money(split.municipality))
    });
    KeyView { name, conditions, passholder, organizer, government, example, notes: Vec::new() }
}

/// Why a key never applies at this desk.
fn notes(key: &DistributionKey, asks_where: bool, config: &Config) -> Vec<Notice> {
    let asks_card_system = key.conditions().contains(&Condition::OwnCardSystem);
    [
        (key.example().is_none(), "key.note.never"),
        (asks_where && config.postal_codes.is_empty(), "key.note.noPostalCodes"),
        (asks_card_system && config.card_system.is_none(), "key.note.noCardSystem"),
    ]
    .into_iter()
    .filter(|(holds, _)| *holds)
    .map(|(_, code)| plain(code))
    .collect()
}

fn share_in_words(share: Share) -> Notice {
    match share {
        Share::Fixed(amount) => plain("key.fixed").with("price", money(amount)),
        Share::OfPrice(part) => plain("key.ofPrice").with("percent", percent(part)),
        Share::OfRemainder(part) => plain("key.ofRemainder").with("percent", percent(part)),
        Share::Rest => plain("key.rest"),
    }
}

/// Hundredths of a percent, as few digits as it takes: `20` or `12,5`.
fn percent(part: u32) -> String {
    let text = format!("{},{:02}", part / 100, part % 100);
    text.trim_end_matches('0').trim_end_matches(',').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dto::Fact;
    use std::path::Path;

    fn key(conditions: &[Condition], passholder: Share, organizer: Share, government: Share) -> DistributionKey {
        DistributionKey::new(conditions.to_vec(), passholder, organizer, government).unwrap()
    }

    fn two_euro() -> DistributionKey {
        key(&[Condition::PriceBelow(Cents(1_001))], Share::Fixed(Cents(200)), Share::Rest, Share::OfPrice(4_000))
    }

    /// Of every kind one.
    fn many() -> Keys {
        let (is, above) = (Condition::PriceIs(Cents(0)), Condition::PriceAbove(Cents(100_000_000)));
        let (own, other) = (Condition::OwnMunicipality(true), Condition::OwnMunicipality(false));
        let own_municipality = key(&[is, own], Share::OfPrice(2_000), Share::OfRemainder(1_205), Share::Rest);
        let everything = key(
            &[Condition::PriceBelow(Cents(1)), is, above, other, Condition::OwnCardSystem],
            Share::OfRemainder(10_000),
            Share::Fixed(Cents(100_000_000)),
            Share::Rest,
        );
        let manual = ManualKey { own: two_euro(), other: DistributionKey::standard() };
        Keys { manual: Some(manual), automatic: vec![two_euro(), own_municipality, everything] }
    }

    #[test]
    fn what_is_shown_is_what_comes_back() {
        for (computes, uses_own) in [(false, false), (true, false), (false, true), (true, true)] {
            let distribution = Distribution { computes, uses_own, own: many() };
            assert_eq!(wanted(&chosen(&distribution)), Ok(distribution));
        }
        assert_eq!(wanted(&chosen(&Distribution::default())), Ok(Distribution::default()));
    }

    #[test]
    fn what_does_not_add_up_is_refused_with_the_key_and_the_field() {
        let good = chosen(&Distribution { computes: true, uses_own: true, own: many() });
        let part = |kind, amount| KeyShare { kind, amount };
        let refused = |change: fn(&mut ChosenKeys, KeyShare), share| {
            let mut keys = good.clone();
            change(&mut keys, share);
            let Err(Problem { code, facts, .. }) = wanted(&keys) else { panic!("{keys:?} is taken") };
            let fact = |name: &str| facts.iter().find(|fact| fact.name == name).map(|Fact { value, .. }| value.clone());
            (code, fact("key").unwrap_or_default(), fact("field").unwrap_or_default())
        };
        let expected = |code: &str, key: &str, field: &str| (code.to_owned(), key.to_owned(), field.to_owned());
        let first = |keys: &mut ChosenKeys, share| keys.automatic[1].key.passholder = share;
        for share in [part(ShareKind::OfPrice, 10_001), part(ShareKind::OfRemainder, -1)] {
            assert_eq!(refused(first, share), expected("settings.keyShare.wrong", "2", "passholder"));
        }
        for share in [part(ShareKind::Fixed, -1), part(ShareKind::Fixed, 100_000_001)] {
            assert_eq!(refused(first, share), expected("settings.keyAmount.wrong", "2", "passholder"));
        }
        let rest = part(ShareKind::Rest, 0);
        assert_eq!(refused(first, rest), expected("settings.keyRest.wrong", "2", "passholder"));
        let organizer = |keys: &mut ChosenKeys, share| keys.automatic[2].key.organizer = share;
        assert_eq!(refused(organizer, rest), expected("settings.keyRest.wrong", "3", "organizer"));
        let of_pair = |keys: &mut ChosenKeys, share: KeyShare| {
            if let Some(pair) = &mut keys.manual {
                pair.other.government = share;
            }
        };
        assert_eq!(refused(of_pair, part(ShareKind::OfPrice, 1)), expected("settings.keyRest.wrong", "B", "organizer"));
        let below = |keys: &mut ChosenKeys, share: KeyShare| keys.automatic[0].key.below_cents = Some(share.amount);
        assert_eq!(refused(below, part(ShareKind::Rest, -1)), expected("settings.keyPrice.wrong", "1", "belowCents"));
    }

    fn config(organizer: &str) -> Config {
        let text = format!(
            "environment = \"test\"\n[servers]\napi = \"https://a.be\"\nsearch = \"https://b.be\"\n\
             issuer = \"https://c.be\"\n[organizer]\n{organizer}[sign_in]\nclient_id = \"b\"\nclient_secret = \"s\"\n"
        );
        Config::parse(&text, Path::new("balie.toml")).unwrap()
    }

    fn codes(notes: &[Notice]) -> Vec<&str> {
        notes.iter().map(|note| note.code.as_str()).collect()
    }

    #[test]
    fn a_key_says_what_it_comes_to_and_why_it_never_applies() {
        let mut keys = many();
        keys.automatic.insert(1, DistributionKey::standard());
        let seen = view(&keys, &config(""));
        let example = seen.automatic[0].example.as_ref().unwrap();
        let amounts: Vec<&str> = example.facts.iter().map(|fact| fact.value.as_str()).collect();
        assert_eq!(amounts, ["€ 10,00", "€ 2,00", "€ 4,00", "€ 4,00"]);
        assert_eq!(seen.automatic.iter().map(|key| key.name.as_str()).collect::<Vec<_>>(), ["1", "2", "3", "4"]);
        assert_eq!(seen.manual.iter().map(|key| key.name.as_str()).collect::<Vec<_>>(), PAIR);
        let notes: Vec<Vec<&str>> = seen.automatic.iter().chain(&seen.manual).map(|key| codes(&key.notes)).collect();
        let (never, behind) = ("key.note.never", "key.note.behind");
        let (place, system) = ("key.note.noPostalCodes", "key.note.noCardSystem");
        let none: Vec<&str> = Vec::new();
        let expected = vec![
            none.clone(),
            none,
            vec![never, place, behind],
            vec![never, place, system, behind],
            vec![place],
            vec![place],
        ];
        assert_eq!(notes, expected);
        let known = view(&keys, &config("card_system = 1\npostal_codes = [\"9000\"]\n"));
        assert_eq!(codes(&known.automatic[3].notes), [never, behind]);
        assert_eq!(codes(&known.manual[0].notes), Vec::<&str>::new());
    }

    #[test]
    fn a_share_is_shown_with_as_few_digits_as_it_takes() {
        assert_eq!([2_000, 1_250, 1_205, 10_000].map(percent), ["20", "12,5", "12,05", "100"]);
    }
}
