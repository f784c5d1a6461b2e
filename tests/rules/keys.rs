//! Distribution keys: who pays what, to the cent.

use super::read::cents;
use super::table::{Held, check, named, read};
use balie_core::key::{Condition, DistributionKey, KeyError, KeyFacts, Share};
use balie_core::keys::{Keys, ManualKey};
use balie_core::money::Cents;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    row: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    source: String,
    regular: String,
    /// The automatic keys, in the order of the organizer; the default key when there is no key at all.
    #[serde(default)]
    keys: Vec<Key>,
    manual: Option<Manual>,
    own_municipality: Option<bool>,
    /// True, unless it says otherwise.
    own_card_system: Option<bool>,
    /// What passholder, organizer and municipality pay.
    split: Option<[String; 3]>,
    /// No key applies.
    none: Option<bool>,
    /// The key itself is refused.
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    #[serde(default)]
    when: Vec<String>,
    passholder: String,
    organizer: String,
    municipality: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manual {
    own: Key,
    other: Key,
}

/// `1.50`, `20 %`, `50 % of remainder`, or `rest`; an amount below nothing too, for the rows that are refused.
fn share(text: &str) -> Share {
    let part = |percent: &str| {
        let hundredths = percent.parse::<i64>().map_or_else(|_| cents(percent).0, |whole| whole * 100);
        u32::try_from(hundredths).unwrap()
    };
    match (text, text.split_once(" %"), text.strip_prefix('-')) {
        ("rest", ..) => Share::Rest,
        (_, Some((percent, "")), _) => Share::OfPrice(part(percent)),
        (_, Some((percent, " of remainder")), _) => Share::OfRemainder(part(percent)),
        (_, None, Some(amount)) => Share::Fixed(Cents(-cents(amount).0)),
        (_, None, None) => Share::Fixed(cents(text)),
        _ => panic!("{text:?} is no share"),
    }
}

fn condition(text: &str) -> Condition {
    match text.split_once(' ') {
        Some(("own", "municipality")) => Condition::OwnMunicipality(true),
        Some(("other", "municipality")) => Condition::OwnMunicipality(false),
        Some(("own", "card system")) => Condition::OwnCardSystem,
        Some(("below", amount)) => Condition::PriceBelow(cents(amount)),
        Some(("is", amount)) => Condition::PriceIs(cents(amount)),
        Some(("above", amount)) => Condition::PriceAbove(cents(amount)),
        _ => panic!("{text:?} is no condition"),
    }
}

impl Key {
    fn made(&self) -> Result<DistributionKey, KeyError> {
        let conditions = self.when.iter().map(|text| condition(text)).collect();
        DistributionKey::new(conditions, share(&self.passholder), share(&self.organizer), share(&self.municipality))
    }
}

impl Row {
    fn made(&self) -> Result<Keys, KeyError> {
        if self.keys.is_empty() && self.manual.is_none() {
            return Ok(Keys::standard());
        }
        let made = |key: &Manual| Ok(ManualKey { own: key.own.made()?, other: key.other.made()? });
        let automatic = self.keys.iter().map(Key::made).collect::<Result<_, _>>()?;
        Ok(Keys { manual: self.manual.as_ref().map(made).transpose()?, automatic })
    }
}

fn judge(row: &Row) -> Result<(), String> {
    let regular = cents(&row.regular);
    let facts = KeyFacts {
        regular,
        own_municipality: row.own_municipality,
        own_card_system: row.own_card_system.unwrap_or(true),
    };
    let (split, error) = match row.made() {
        Ok(keys) => (keys.split(facts), None),
        Err(KeyError::Rest) => (None, Some("rest")),
        Err(KeyError::Share) => (None, Some("share")),
        Err(KeyError::Amount) => (None, Some("amount")),
    };
    let expected: Option<[String; 3]> = row.split.clone();
    let adds_up = expected.as_ref().is_none_or(|parts| parts.iter().map(|part| cents(part)).sum::<Cents>() == regular);
    if !adds_up {
        return Err("what it expects does not add up to the price".to_owned());
    }
    let found = split.map(|parts| [parts.passholder, parts.organizer, parts.municipality].map(|part| part.to_string()));
    Held::default()
        .maybe("the split", expected.map(Some), found.clone())
        .maybe("no key", row.none, found.is_none() && error.is_none())
        .maybe("the error", row.error.as_deref().map(Some), error)
        .verdict()
}

named!(Row, judge);

#[test]
fn keys() {
    let table: Table = read("keys.toml");
    check("keys.toml", &table.row, 99);
    for error in ["rest", "share", "amount"] {
        assert!(table.row.iter().any(|row| row.error.as_deref() == Some(error)), "no row is refused for {error}");
    }
}
