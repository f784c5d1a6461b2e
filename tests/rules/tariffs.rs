//! What a person pays: every reason why there is no price, and every source of one.

use super::read::{cents, kind, limit, moment, uses};
use super::standing::standing_of;
use super::table::{Held, check, named, reaches, read};
use balie_core::group_pass::Turns;
use balie_core::key::{DistributionKey, Share};
use balie_core::keys::{Keys, ManualKey};
use balie_core::policy::{OfflinePolicy, OpenRisk};
use balie_core::refusal::Reason;
use balie_core::social_tariff::Region;
use balie_core::tariff::{NoOffer, PriceFact, PriceSource, QuoteFacts, ServerAnswer, TariffId, quote};
use serde::Deserialize;

const NOW: &str = "2026-11-21 11:00+01:00";
const AS_OF: &str = "2026-11-20 11:00+01:00";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    row: Vec<Row>,
}

/// What is left out is as in the first row of the file: an entitled person, ten euro, once a week, nothing known of UiTPAS.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    source: String,
    now: Option<String>,
    #[serde(default)]
    group: bool,
    standing: Option<String>,
    region: Option<String>,
    regular: Option<String>,
    /// The price that UiTPAS answered for this person, or `no`.
    live: Option<String>,
    live_as_of: Option<String>,
    remaining: Option<u32>,
    /// The price that UiTPAS gave earlier, or `no`.
    cached: Option<String>,
    /// `standard`, or `manual`: one euro for the own municipality, three for any other.
    keys: Option<String>,
    own_municipality: Option<bool>,
    own_card_system: Option<bool>,
    refused_as_of: Option<String>,
    limit: Option<String>,
    #[serde(default)]
    uses: Vec<String>,
    turns: Option<u32>,
    open_count: Option<u32>,
    open_discount: Option<String>,
    most_open: Option<u32>,
    most_discount: Option<String>,
    price: Option<String>,
    /// Where the price comes from: `live`, `cached` or `computed`.
    from: Option<String>,
    most: Option<u32>,
    /// Whether there is a tariff to register already.
    tariff: Option<bool>,
    reason: Option<String>,
    said: Option<String>,
    as_of: Option<String>,
}

fn fact(answer: &str, remaining: Option<u32>, as_of: &str) -> PriceFact {
    let answer = match answer {
        "no" => ServerAnswer::NotGranted { said: Some("Nee.".to_owned()) },
        price => ServerAnswer::Granted { tariff: TariffId("SOCIALTARIFF".to_owned()), price: cents(price), remaining },
    };
    PriceFact { answer, as_of: moment(as_of) }
}

fn keys(name: &str) -> Keys {
    let fixed = |amount| DistributionKey::new(Vec::new(), Share::Fixed(cents(amount)), Share::Rest, Share::OfPrice(0));
    match name {
        "standard" => Keys::standard(),
        "none" => Keys::default(),
        "manual" => {
            let manual = ManualKey { own: fixed("1.00").unwrap(), other: fixed("3.00").unwrap() };
            Keys { manual: Some(manual), automatic: Vec::new() }
        }
        other => panic!("{other:?} are no keys"),
    }
}

fn region(name: Option<&str>) -> Region {
    match name {
        None | Some("same") => Region::Same,
        Some("other") => Region::Other { name: "Paspartoe".to_owned() },
        Some("unknown") => Region::Unknown,
        Some(other) => panic!("{other:?} is no region"),
    }
}

impl Row {
    fn policy(&self) -> OfflinePolicy {
        let usual = OfflinePolicy::default();
        OfflinePolicy {
            most_open: self.most_open.unwrap_or(usual.most_open),
            most_discount: self.most_discount.as_deref().map_or(usual.most_discount, cents),
            ..usual
        }
    }

    fn open(&self) -> OpenRisk {
        OpenRisk { count: self.open_count.unwrap_or(0), discount: cents(self.open_discount.as_deref().unwrap_or("0")) }
    }
}

fn judge(row: &Row) -> Result<(), String> {
    let now = moment(row.now.as_deref().unwrap_or(NOW));
    let as_of = moment(AS_OF);
    let live = row.live.as_deref();
    let live = live.map(|answer| fact(answer, row.remaining, row.live_as_of.as_deref().unwrap_or(NOW)));
    let cached = row.cached.as_deref().map(|answer| fact(answer, None, AS_OF));
    let refused = row.refused_as_of.as_deref().map(|refused| fact("no", None, refused));
    let keys = row.keys.as_deref().map(keys);
    let facts = QuoteFacts {
        kind: kind(row.group),
        standing: standing_of(row.standing.as_deref().unwrap_or("active")),
        standing_as_of: as_of,
        region: &region(row.region.as_deref()),
        regular: cents(row.regular.as_deref().unwrap_or("10.00")),
        live: live.as_ref(),
        cached: cached.as_ref(),
        keys: keys.as_ref(),
        own_municipality: row.own_municipality,
        own_card_system: row.own_card_system.unwrap_or(true),
        refused: refused.as_ref(),
        limit: limit(row.limit.as_deref().unwrap_or("1/week")),
        uses: &uses(&row.uses),
        event_as_of: as_of,
        turns: row.turns.map(|left| Turns { left, as_of }),
        pass_left: None,
        policy: row.policy(),
        open: row.open(),
    };
    let answer = quote(&facts, now);
    let (offer, no) = (answer.as_ref().ok(), answer.as_ref().err());
    let from = offer.map(|offer| match offer.source {
        PriceSource::Live => "live",
        PriceSource::Cached => "cached",
        PriceSource::Computed => "computed",
    });
    let said = no.and_then(|no| if let NoOffer::NotGranted { said } = &no.reason { said.as_deref() } else { None });
    let found_as_of = answer.as_ref().map_or_else(|no| no.as_of, |offer| offer.as_of);
    let held = Held::default()
        .maybe("the price", row.price.as_deref().map(|price| Some(cents(price))), offer.map(|offer| offer.price))
        .maybe("its source", row.from.as_deref().map(Some), from)
        .maybe("the most", row.most.map(Some), offer.map(|offer| offer.most));
    held.maybe("a tariff", row.tariff.map(Some), offer.map(|offer| offer.tariff.is_some()))
        .maybe("the reason", row.reason.as_deref().map(Some), no.map(|no| no.reason.code()))
        .maybe("what UiTPAS said", row.said.as_deref().map(Some), said)
        .maybe("as_of", row.as_of.as_deref().map(moment), found_as_of)
        .verdict()
}

named!(Row, judge);

#[test]
fn tariffs() {
    let table: Table = read("tariffs.toml");
    check("tariffs.toml", &table.row, 136);
    reaches("tariffs.toml", NoOffer::CODES, table.row.iter().filter_map(|row| row.reason.as_deref()));
    reaches("tariffs.toml", &["live", "cached", "computed"], table.row.iter().filter_map(|row| row.from.as_deref()));
}
