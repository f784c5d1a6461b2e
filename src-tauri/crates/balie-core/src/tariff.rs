//! What a person pays: the price of the social tariff, its source, or the reason why there is none (rules.md, Price).

use crate::key::{DistributionKey, KeyFacts};
use crate::limit::Limit;
use crate::money::Cents;
use crate::pass::PassKind;
use crate::social_tariff::{Region, Standing};
use crate::time::Moment;

/// How long a live answer may be shown and sold on.
const LIVE_SECONDS: i64 = 60;

/// The id that UiTPAS gives to a tariff. It is opaque: sent back as it came.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TariffId(pub String);

/// What UiTPAS answered about the social tariff for one price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerAnswer {
    /// There is a tariff.
    Granted {
        /// What to register it with.
        tariff: TariffId,
        /// What the passholder pays.
        price: Cents,
        /// How many may be registered at once. It says nothing for a person, for whom it is always 1; for a group it is
        /// what is left of its turns.
        remaining: Option<u32>,
    },
    /// There is none. This is a normal answer.
    NotGranted {
        /// What UiTPAS wants to be shown about it.
        said: Option<String>,
    },
}

/// An answer of UiTPAS about a price, and when it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceFact {
    /// The answer.
    pub answer: ServerAnswer,
    /// When.
    pub as_of: Moment,
}

/// Where an offered price comes from. All but `Live` is provisional.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PriceSource {
    /// UiTPAS answered for this person, at most a minute ago.
    Live,
    /// UiTPAS gave it earlier for this activity and price.
    Cached,
    /// Computed with the organizer's own distribution key.
    Computed,
}

/// A price below the regular one that may be charged and recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The tariff to register; absent for a computed price, then it is asked for before sending.
    pub tariff: Option<TariffId>,
    /// What the passholder pays.
    pub price: Cents,
    /// Where it comes from.
    pub source: PriceSource,
    /// From when it dates.
    pub as_of: Moment,
}

/// Why the regular price holds. Every one has a sentence and a next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoOffer {
    /// There is nothing to pay.
    Free,
    /// The pass has no standing that entitles.
    Standing(Standing),
    /// The activity does not take part in the region of the pass.
    OtherRegion {
        /// The region of the pass.
        name: String,
    },
    /// It is not known whether the activity takes part in the region of the pass.
    RegionUnknown,
    /// The passholder used this activity as often as allowed.
    LimitReached(Limit),
    /// A group pass shares its turns with other desks, so it needs a connection.
    GroupNeedsConnection,
    /// The turns of the group pass are used, ours that wait to be sent included.
    NoTurnsLeft,
    /// No price of this category was ever asked, and there is no connection.
    NotCached,
    /// UiTPAS answers that there is no tariff.
    NotGranted {
        /// What it said about it.
        said: Option<String>,
    },
}

/// One use of the activity by the passholder: an entry of ours that is neither withdrawn nor refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// When it was recorded.
    pub at: Moment,
    /// When UiTPAS accepted it; absent while it has not.
    pub confirmed: Option<Moment>,
}

impl Use {
    /// Whether an answer that was asked for at this moment can have counted this use.
    fn is_counted_in_an_answer_of(self, asked: Moment) -> bool {
        self.confirmed.is_some_and(|confirmed| confirmed < asked)
    }
}

/// All that a quote depends on.
#[derive(Debug, Clone)]
pub struct QuoteFacts<'a> {
    /// Whose pass it is.
    pub kind: PassKind,
    /// The standing of the pass, from cached evidence.
    pub standing: Standing,
    /// Whether the activity takes part in the region of the pass.
    pub region: &'a Region,
    /// The regular price of the category.
    pub regular: Cents,
    /// The answer of UiTPAS for this person and price, if there is one.
    pub live: Option<&'a PriceFact>,
    /// The answer of UiTPAS for this activity and price, whoever the person is.
    pub cached: Option<&'a PriceFact>,
    /// The organizer's own key, where switched on.
    pub key: Option<&'a DistributionKey>,
    /// Whether the passholder lives in the municipality of the organizer.
    pub own_municipality: Option<bool>,
    /// The last time that UiTPAS answered this person that there is no tariff for this price, if nothing newer says
    /// otherwise. A suspension and a sale at another desk show nowhere else.
    pub refused: Option<&'a PriceFact>,
    /// The ticket limit that holds.
    pub limit: Limit,
    /// What is known of earlier uses.
    pub uses: &'a [Use],
}

/// Decides what a person pays for one price category.
///
/// A live answer wins, granted or not; only uses that it cannot have counted are held against it. Without one the desk is
/// at most as generous as UiTPAS: standing, region and limit must all hold, and UiTPAS must not have refused this person
/// since, before a cached or computed price is offered.
///
/// # Errors
/// Returns the first reason, in the order of rules.md, why the regular price holds.
pub fn quote(facts: &QuoteFacts<'_>, now: Moment) -> Result<Offer, NoOffer> {
    if facts.regular <= Cents::ZERO {
        return Err(NoOffer::Free);
    }
    if matches!(facts.standing, Standing::BlockedCard | Standing::BlockedMembership | Standing::CardNotActive) {
        return Err(NoOffer::Standing(facts.standing));
    }
    if let Some(live) = facts.live.filter(|live| is_live(live, now)) {
        return live_quote(facts, live, now);
    }
    local_quote(facts, now)
}

fn live_quote(facts: &QuoteFacts<'_>, live: &PriceFact, now: Moment) -> Result<Offer, NoOffer> {
    let (tariff, price, remaining) = match &live.answer {
        ServerAnswer::NotGranted { said } => return Err(NoOffer::NotGranted { said: said.clone() }),
        ServerAnswer::Granted { tariff, price, remaining } => (tariff, price, remaining),
    };
    let unseen = facts.uses.iter().filter(|earlier| !earlier.is_counted_in_an_answer_of(live.as_of));
    let unseen: Vec<Moment> = unseen.map(|earlier| earlier.at).collect();
    if facts.kind == PassKind::Group && remaining.is_some_and(|turns| unseen.len() >= turns as usize) {
        return Err(NoOffer::NoTurnsLeft);
    }
    // UiTPAS granted one more than it had counted; what it had not counted must fit beside that one.
    if facts.limit.used(&unseen, now) > 0 && known_uses(facts, now) >= facts.limit.volume {
        return Err(NoOffer::LimitReached(facts.limit));
    }
    Ok(Offer { tariff: Some(tariff.clone()), price: *price, source: PriceSource::Live, as_of: live.as_of })
}

/// What UiTPAS said when it last refused this person, if that still holds. A refusal that our own uses of then explain is
/// over with their period; any other may be a suspension, and holds until UiTPAS says otherwise.
fn standing_refusal(facts: &QuoteFacts<'_>) -> Option<Option<String>> {
    let refused = facts.refused?;
    let ServerAnswer::NotGranted { said } = &refused.answer else { return None };
    let then: Vec<Moment> = facts.uses.iter().map(|earlier| earlier.at).filter(|at| *at <= refused.as_of).collect();
    let explained = facts.limit.used(&then, refused.as_of) >= facts.limit.volume;
    (!explained).then(|| said.clone())
}

fn known_uses(facts: &QuoteFacts<'_>, now: Moment) -> u32 {
    facts.limit.used(&facts.uses.iter().map(|earlier| earlier.at).collect::<Vec<_>>(), now)
}

/// Whether an answer is young enough to be called live.
pub fn is_live(fact: &PriceFact, now: Moment) -> bool {
    let age = now.as_second() - fact.as_of.as_second();
    (0..=LIVE_SECONDS).contains(&age)
}

fn local_quote(facts: &QuoteFacts<'_>, now: Moment) -> Result<Offer, NoOffer> {
    if facts.kind == PassKind::Group {
        return Err(NoOffer::GroupNeedsConnection);
    }
    if !facts.standing.is_entitled() {
        return Err(NoOffer::Standing(facts.standing));
    }
    match facts.region {
        Region::Same => {}
        Region::Other { name } => return Err(NoOffer::OtherRegion { name: name.clone() }),
        Region::Unknown => return Err(NoOffer::RegionUnknown),
    }
    if known_uses(facts, now) >= facts.limit.volume {
        return Err(NoOffer::LimitReached(facts.limit));
    }
    if let Some(said) = standing_refusal(facts) {
        return Err(NoOffer::NotGranted { said });
    }
    if let Some(cached) = facts.cached {
        return match &cached.answer {
            ServerAnswer::NotGranted { said } => Err(NoOffer::NotGranted { said: said.clone() }),
            ServerAnswer::Granted { tariff, price, .. } => Ok(Offer {
                tariff: Some(tariff.clone()),
                price: *price,
                source: PriceSource::Cached,
                as_of: cached.as_of,
            }),
        };
    }
    let asked = KeyFacts { regular: facts.regular, own_municipality: facts.own_municipality, own_card_system: true };
    match facts.key.filter(|key| key.applies(asked)) {
        Some(key) => {
            let price = key.split(facts.regular).passholder;
            Ok(Offer { tariff: None, price, source: PriceSource::Computed, as_of: now })
        }
        None => Err(NoOffer::NotCached),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Period;
    use proptest::prelude::*;

    const NOW: &str = "2026-11-21T10:00:00Z";
    const WEEKLY: Limit = Limit { volume: 1, period: Period::Week };

    const WAITING: Use = Use { at: Moment::constant(1_795_251_600, 0), confirmed: None };
    const SENT: Use = Use { confirmed: Some(Moment::constant(1_795_251_601, 0)), ..WAITING };

    fn moment(text: &str) -> Moment {
        text.parse().unwrap()
    }

    fn now() -> Moment {
        moment(NOW)
    }

    fn granted(price: i64, as_of: &str) -> PriceFact {
        let tariff = TariffId("SOCIALTARIFF".to_owned());
        let answer = ServerAnswer::Granted { tariff, price: Cents(price), remaining: Some(1) };
        PriceFact { answer, as_of: as_of.parse().unwrap() }
    }

    fn entitled(regular: i64) -> QuoteFacts<'static> {
        QuoteFacts {
            kind: PassKind::Individual,
            standing: Standing::Active { until: None },
            region: &Region::Same,
            regular: Cents(regular),
            live: None,
            cached: None,
            key: None,
            own_municipality: None,
            refused: None,
            limit: WEEKLY,
            uses: &[],
        }
    }

    #[test]
    fn the_live_answer_wins_over_the_cached_one_for_a_minute() {
        let (live, cached) = (granted(200, "2026-11-21T09:59:00Z"), granted(150, "2026-11-20T10:00:00Z"));
        let facts = QuoteFacts { live: Some(&live), cached: Some(&cached), ..entitled(1000) };
        let offer = quote(&facts, now()).unwrap();
        assert_eq!((offer.price, offer.source), (Cents(200), PriceSource::Live));
        let later = "2026-11-21T10:00:01Z".parse().unwrap();
        let offer = quote(&facts, later).unwrap();
        assert_eq!((offer.price, offer.source), (Cents(150), PriceSource::Cached));
    }

    #[test]
    fn an_answer_from_the_future_is_not_live() {
        assert!(!is_live(&granted(200, "2026-11-21T10:00:01Z"), now()));
    }

    #[test]
    fn online_the_server_decides_who_also_against_our_own_evidence() {
        let live = granted(200, NOW);
        let facts = QuoteFacts { live: Some(&live), standing: Standing::None, ..entitled(1000) };
        assert!(quote(&facts, now()).is_ok());
        let refused = PriceFact { answer: ServerAnswer::NotGranted { said: Some("nee".to_owned()) }, ..live.clone() };
        let facts = QuoteFacts { live: Some(&refused), cached: Some(&live), ..entitled(1000) };
        assert_eq!(quote(&facts, now()), Err(NoOffer::NotGranted { said: Some("nee".to_owned()) }));
    }

    #[test]
    fn a_blocked_card_gets_nothing_even_with_a_live_price() {
        let live = granted(200, NOW);
        let facts = QuoteFacts { live: Some(&live), standing: Standing::BlockedCard, ..entitled(1000) };
        assert_eq!(quote(&facts, now()), Err(NoOffer::Standing(Standing::BlockedCard)));
    }

    #[test]
    fn without_a_connection_every_condition_must_hold() {
        let cached = granted(200, "2026-11-20T10:00:00Z");
        let with = |change: &dyn Fn(&mut QuoteFacts<'_>)| {
            let mut facts = QuoteFacts { cached: Some(&cached), ..entitled(1000) };
            change(&mut facts);
            quote(&facts, now())
        };
        assert_eq!(with(&|_| {}).unwrap().price, Cents(200));
        assert_eq!(with(&|f| f.standing = Standing::None), Err(NoOffer::Standing(Standing::None)));
        assert_eq!(with(&|f| f.region = &Region::Unknown), Err(NoOffer::RegionUnknown));
        assert_eq!(with(&|f| f.uses = &[WAITING]), Err(NoOffer::LimitReached(WEEKLY)));
        assert_eq!(with(&|f| f.uses = &[SENT]), Err(NoOffer::LimitReached(WEEKLY)));
        assert_eq!(with(&|f| f.kind = PassKind::Group), Err(NoOffer::GroupNeedsConnection));
        assert_eq!(with(&|f| f.cached = None), Err(NoOffer::NotCached));
        assert_eq!(with(&|f| f.regular = Cents::ZERO), Err(NoOffer::Free));
    }

    #[test]
    fn a_use_that_the_live_answer_cannot_have_counted_is_held_against_it() {
        let live = granted(200, "2026-11-21T09:59:30Z");
        let with = |limit: Limit, uses: &[Use]| {
            quote(&QuoteFacts { live: Some(&live), limit, uses, ..entitled(1000) }, now()).is_ok()
        };
        assert!(with(WEEKLY, &[SENT]), "the server counted it and grants all the same");
        assert!(!with(WEEKLY, &[WAITING]), "the server cannot know it yet");
        let since = Use { at: moment("2026-11-21T09:59:40Z"), confirmed: Some(moment("2026-11-21T09:59:41Z")) };
        assert!(!with(WEEKLY, &[since]), "recorded and accepted after the answer");
        let late = Use { confirmed: Some(moment("2026-11-21T09:59:41Z")), ..SENT };
        assert!(!with(WEEKLY, &[late]), "recorded before the answer, accepted after it");
        let twice = Limit { volume: 2, period: Period::Week };
        assert!(with(twice, &[WAITING]), "one of two is used");
        assert!(!with(twice, &[SENT, WAITING]), "one that it counted and one that it did not make two");
    }

    #[test]
    fn the_turns_of_a_group_are_those_that_uitpas_has_left_less_ours_that_wait() {
        let mut live = granted(200, "2026-11-21T09:59:30Z");
        let often = Limit { volume: 50, period: Period::Absolute };
        let with = |live: &PriceFact, uses: &[Use]| {
            let facts = QuoteFacts { kind: PassKind::Group, live: Some(live), limit: often, uses, ..entitled(1000) };
            quote(&facts, now())
        };
        assert!(with(&live, &[SENT]).is_ok());
        assert_eq!(with(&live, &[WAITING]), Err(NoOffer::NoTurnsLeft));
        if let ServerAnswer::Granted { remaining, .. } = &mut live.answer {
            *remaining = Some(2);
        }
        assert!(with(&live, &[WAITING]).is_ok());
    }

    #[test]
    fn what_uitpas_refused_this_person_is_not_granted_without_it() {
        let cached = granted(200, "2026-11-20T10:00:00Z");
        let answer = ServerAnswer::NotGranted { said: Some("Geschorst.".to_owned()) };
        let refused = PriceFact { answer, as_of: moment("2026-11-21T09:00:00Z") };
        let facts = QuoteFacts { cached: Some(&cached), refused: Some(&refused), ..entitled(1000) };
        assert_eq!(quote(&facts, now()), Err(NoOffer::NotGranted { said: Some("Geschorst.".to_owned()) }));
        let live = granted(200, NOW);
        assert!(quote(&QuoteFacts { live: Some(&live), ..facts.clone() }, now()).is_ok(), "a newer answer wins");
        let next_week = moment("2026-11-23T10:00:00Z");
        assert!(quote(&facts, next_week).is_err(), "it may be a suspension");
        let facts = QuoteFacts { uses: &[SENT], ..facts };
        assert!(quote(&facts, next_week).is_ok(), "it was the limit, and the week is over");
    }

    #[test]
    fn the_own_key_computes_only_where_nothing_was_cached() {
        let key = DistributionKey::standard();
        let offer = quote(&QuoteFacts { key: Some(&key), ..entitled(1000) }, now()).unwrap();
        assert_eq!((offer.price, offer.source, offer.tariff), (Cents(200), PriceSource::Computed, None));
        let cached = granted(150, "2026-11-20T10:00:00Z");
        let offer = quote(&QuoteFacts { key: Some(&key), cached: Some(&cached), ..entitled(1000) }, now()).unwrap();
        assert_eq!((offer.price, offer.source), (Cents(150), PriceSource::Cached));
    }

    proptest! {
        #[test]
        fn more_use_never_turns_a_refusal_into_a_grant(known in 0_usize..5, more in 0_usize..5, volume in 0_u32..5, live: bool) {
            let fact = granted(200, NOW);
            let limit = Limit { volume, period: Period::Week };
            let at = |known| {
                let uses = vec![WAITING; known];
                let facts = QuoteFacts { limit, uses: &uses, ..entitled(1000) };
                let facts = if live {
                    QuoteFacts { live: Some(&fact), ..facts }
                } else {
                    QuoteFacts { cached: Some(&fact), ..facts }
                };
                quote(&facts, now()).is_ok()
            };
            prop_assert!(at(known) || !at(known + more));
        }
    }
}
