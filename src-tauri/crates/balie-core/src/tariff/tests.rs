use super::*;
use proptest::prelude::*;

const NOW: &str = "2026-11-21T10:00:00Z";
const EARLIER: &str = "2026-11-20T10:00:00Z";
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
        standing_as_of: moment(EARLIER),
        region: &Region::Same,
        regular: Cents(regular),
        live: None,
        cached: None,
        keys: None,
        own_municipality: None,
        own_card_system: true,
        refused: None,
        limit: WEEKLY,
        uses: &[],
        event_as_of: moment(EARLIER),
        turns: None,
        pass_left: None,
        policy: OfflinePolicy::default(),
        open: OpenRisk::default(),
    }
}

fn decide(facts: &QuoteFacts<'_>, now: Moment) -> Result<Offer, NoOffer> {
    quote(facts, now).map_err(|refusal| refusal.reason)
}

#[test]
fn the_live_answer_wins_over_the_cached_one_for_a_minute() {
    let (live, cached) = (granted(200, "2026-11-21T09:59:00Z"), granted(150, "2026-11-20T10:00:00Z"));
    let facts = QuoteFacts { live: Some(&live), cached: Some(&cached), ..entitled(1000) };
    let offer = decide(&facts, now()).unwrap();
    assert_eq!((offer.price, offer.source), (Cents(200), PriceSource::Live));
    let later = "2026-11-21T10:00:01Z".parse().unwrap();
    let offer = decide(&facts, later).unwrap();
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
    assert!(decide(&facts, now()).is_ok());
    let refused = PriceFact { answer: ServerAnswer::NotGranted { said: Some("nee".to_owned()) }, ..live.clone() };
    let facts = QuoteFacts { live: Some(&refused), cached: Some(&live), ..entitled(1000) };
    assert_eq!(decide(&facts, now()), Err(NoOffer::NotGranted { said: Some("nee".to_owned()) }));
}

#[test]
fn a_blocked_card_gets_nothing_even_with_a_live_price() {
    let live = granted(200, NOW);
    let facts = QuoteFacts { live: Some(&live), standing: Standing::BlockedCard, ..entitled(1000) };
    assert_eq!(decide(&facts, now()), Err(NoOffer::Standing(Standing::BlockedCard)));
}

#[test]
fn without_a_connection_every_condition_must_hold() {
    let cached = granted(200, "2026-11-20T10:00:00Z");
    let with = |change: &dyn Fn(&mut QuoteFacts<'_>)| {
        let mut facts = QuoteFacts { cached: Some(&cached), ..entitled(1000) };
        change(&mut facts);
        decide(&facts, now())
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
        decide(&QuoteFacts { live: Some(&live), limit, uses, ..entitled(1000) }, now()).is_ok()
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
        decide(&facts, now())
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
    let refused = PriceFact { answer, as_of: moment("2026-11-21T09:30:00Z") };
    let facts = QuoteFacts { cached: Some(&cached), refused: Some(&refused), ..entitled(1000) };
    assert_eq!(decide(&facts, now()), Err(NoOffer::NotGranted { said: Some("Geschorst.".to_owned()) }));
    let live = granted(200, NOW);
    assert!(decide(&QuoteFacts { live: Some(&live), ..facts.clone() }, now()).is_ok(), "a newer answer wins");
    let next_week = moment("2026-11-23T10:00:00Z");
    assert!(decide(&facts, next_week).is_err(), "it may be a suspension");
    let facts = QuoteFacts { uses: &[SENT], ..facts };
    assert!(decide(&facts, next_week).is_ok(), "it was the limit, and the week is over");
}

#[test]
fn a_refusal_is_explained_only_by_what_uitpas_had_counted_for_a_person() {
    let cached = granted(200, "2026-11-20T10:00:00Z");
    let refused = PriceFact { answer: ServerAnswer::NotGranted { said: None }, as_of: moment("2026-11-21T09:30:00Z") };
    let facts = QuoteFacts { cached: Some(&cached), refused: Some(&refused), uses: &[WAITING], ..entitled(1000) };
    let next_week = moment("2026-11-23T10:00:00Z");
    let no = Err(NoOffer::NotGranted { said: None });
    assert_eq!(decide(&facts, next_week), no, "it waited, so UiTPAS refused for another reason");
    let later = [Use { confirmed: Some(moment("2026-11-21T09:30:00Z")), ..WAITING }];
    assert_eq!(
        decide(&QuoteFacts { uses: &later, ..facts.clone() }, next_week),
        no,
        "accepted in the moment of the no"
    );
    let turns = Some(Turns { left: 5, as_of: moment("2026-11-21T09:20:00Z") });
    let group = QuoteFacts { kind: PassKind::Group, turns, uses: &[SENT], ..facts.clone() };
    assert_eq!(decide(&group, next_week), no, "a group has turns left, so they do not explain it");
    let two = QuoteFacts { limit: Limit { volume: 2, ..WEEKLY }, uses: &[SENT], ..facts };
    assert_eq!(decide(&two, next_week), no, "one of two was used");
}

#[test]
fn what_may_be_open_without_a_connection_has_two_bounds() {
    let cached = granted(200, "2026-11-20T10:00:00Z");
    let policy = OfflinePolicy { most_open: 3, most_discount: Cents(2400), ..OfflinePolicy::default() };
    let open = |count, discount| OpenRisk { count, discount: Cents(discount) };
    let with = |open| decide(&QuoteFacts { cached: Some(&cached), policy, open, ..entitled(1000) }, now());
    assert!(with(open(2, 1600)).is_ok(), "one more sale and eight euro more fit exactly");
    assert_eq!(with(open(3, 0)), Err(NoOffer::OfflineCount { most: 3 }));
    assert_eq!(with(open(4, 0)), Err(NoOffer::OfflineCount { most: 3 }));
    assert_eq!(with(open(2, 1601)), Err(NoOffer::OfflineSum { most: Cents(2400) }));
    let live = granted(200, NOW);
    let online = QuoteFacts { live: Some(&live), policy, open: open(9, 9_999), ..entitled(1000) };
    assert!(decide(&online, now()).is_ok(), "a live price is no risk");
}

#[test]
fn a_group_takes_no_more_tickets_than_the_discount_that_may_still_be_open() {
    let turns = Some(Turns { left: 50, as_of: moment(EARLIER) });
    let policy = OfflinePolicy { most_discount: Cents(10_000), ..OfflinePolicy::default() };
    let most = |price, regular, open| {
        let cached = granted(price, EARLIER);
        let open = OpenRisk { count: 0, discount: Cents(open) };
        let group =
            QuoteFacts { kind: PassKind::Group, turns, policy, open, cached: Some(&cached), ..entitled(regular) };
        decide(&group, now()).map(|offer| offer.most)
    };
    assert_eq!(most(200, 1000, 0), Ok(12), "twelve times eight euro fit in a hundred");
    assert_eq!(most(200, 1000, 9_200), Ok(1));
    assert_eq!(most(200, 1000, 9_201), Err(NoOffer::OfflineSum { most: Cents(10_000) }));
    assert_eq!(most(900, 1000, 0), Ok(50), "the turns are fewer than what fits");
    assert_eq!(most(1000, 1000, 0), Ok(50), "no discount, no risk");
    assert_eq!(most(1100, 1000, 0), Ok(50), "nor where UiTPAS once said more than the regular price");
}

#[test]
fn the_own_key_computes_only_where_nothing_was_cached() {
    let keys = Keys::standard();
    let offer = decide(&QuoteFacts { keys: Some(&keys), ..entitled(1000) }, now()).unwrap();
    assert_eq!((offer.price, offer.source, offer.tariff), (Cents(200), PriceSource::Computed, None));
    let cached = granted(150, "2026-11-20T10:00:00Z");
    let offer = decide(&QuoteFacts { keys: Some(&keys), cached: Some(&cached), ..entitled(1000) }, now()).unwrap();
    assert_eq!((offer.price, offer.source), (Cents(150), PriceSource::Cached));
}

#[test]
fn every_reason_has_a_code_of_its_own_list() {
    let standing = |standing| (NoOffer::Standing(standing), false);
    let mut reasons = vec![
        (NoOffer::Free, false),
        standing(Standing::Expired { ended: None }),
        standing(Standing::Suspended { until: None }),
        standing(Standing::BlockedCard),
        standing(Standing::BlockedMembership),
        standing(Standing::CardNotActive),
        standing(Standing::None),
        (NoOffer::Standing(Standing::Unknown), true),
        (NoOffer::Standing(Standing::TooOld { days: 8 }), true),
        (NoOffer::OtherRegion { name: "Paspartoe".to_owned() }, false),
        (NoOffer::RegionUnknown, true),
        (NoOffer::GroupNeedsConnection, true),
        (NoOffer::NoTurnsLeft, false),
        (NoOffer::NotCached, true),
        (NoOffer::OfflineCount { most: 1 }, true),
        (NoOffer::OfflineSum { most: Cents(1) }, true),
        (NoOffer::NotGranted { said: None }, false),
    ];
    let periods = [Period::Absolute, Period::Day, Period::Week, Period::Month, Period::Quarter, Period::Year];
    reasons.extend(periods.map(|period| (NoOffer::LimitReached(Limit { volume: 1, period }), false)));
    let mut codes: Vec<_> = reasons.iter().map(|(reason, _)| reason.code()).collect();
    let mut listed = NoOffer::CODES.to_vec();
    codes.sort_unstable();
    listed.sort_unstable();
    assert_eq!(codes, listed);
    for (reason, lacks) in reasons {
        assert_eq!(reason.lacks_facts(), lacks, "{reason:?}");
    }
}

#[test]
fn the_reason_carries_the_moment_of_the_fact_that_decided() {
    let as_of = |facts: &QuoteFacts<'_>| quote(facts, now()).unwrap_err().as_of;
    let (event, standing, answer) = (moment("2026-11-19T10:00:00Z"), moment("2026-11-18T10:00:00Z"), moment(EARLIER));
    let base = || QuoteFacts { event_as_of: event, standing_as_of: standing, ..entitled(1000) };
    let no = PriceFact { answer: ServerAnswer::NotGranted { said: None }, as_of: answer };
    let cached = granted(200, EARLIER);
    assert_eq!(as_of(&QuoteFacts { regular: Cents::ZERO, ..base() }), event);
    assert_eq!(as_of(&QuoteFacts { standing: Standing::None, ..base() }), standing);
    assert_eq!(as_of(&QuoteFacts { standing: Standing::BlockedCard, ..base() }), standing);
    assert_eq!(as_of(&QuoteFacts { region: &Region::Unknown, ..base() }), event);
    assert_eq!(as_of(&QuoteFacts { kind: PassKind::Group, ..base() }), standing);
    let turns = Some(Turns { left: 0, as_of: answer });
    assert_eq!(as_of(&QuoteFacts { kind: PassKind::Group, turns, ..base() }), answer);
    assert_eq!(as_of(&QuoteFacts { uses: &[WAITING], ..base() }), WAITING.at);
    assert_eq!(as_of(&QuoteFacts { limit: Limit { volume: 0, ..WEEKLY }, ..base() }), event, "nothing was used");
    assert_eq!(as_of(&QuoteFacts { refused: Some(&no), cached: Some(&cached), ..base() }), answer);
    assert_eq!(as_of(&QuoteFacts { cached: Some(&no), ..base() }), answer);
    assert_eq!(as_of(&base()), event, "nothing was cached");
    let most_open = OfflinePolicy { most_open: 0, ..OfflinePolicy::default() };
    assert_eq!(as_of(&QuoteFacts { cached: Some(&cached), policy: most_open, ..base() }), now());
}

/// Facts of every kind, owned, so that a property can change one and ask again.
#[derive(Debug, Clone)]
struct Case {
    group: bool,
    standing: Standing,
    region: Region,
    regular: i64,
    /// The price, or no; and how many seconds ago.
    live: Option<(Option<i64>, i64)>,
    cached: Option<Option<i64>>,
    computes: bool,
    volume: u32,
    uses: Vec<Use>,
    turns: Option<u32>,
    open: u32,
}

fn any_use() -> impl Strategy<Value = Use> {
    // Up to ten days ago, accepted within half an hour; the week began five days ago.
    (0_i64..864_000, proptest::option::of(0_i64..1_800)).prop_map(|(ago, accepted)| {
        let at = now() - jiff::SignedDuration::from_secs(ago);
        Use { at, confirmed: accepted.map(|after| at + jiff::SignedDuration::from_secs(after)) }
    })
}

fn any_case() -> impl Strategy<Value = Case> {
    let standing = prop_oneof![
        4 => Just(Standing::Active { until: None }),
        1 => Just(Standing::None),
        1 => Just(Standing::Unknown),
        1 => Just(Standing::BlockedCard),
    ];
    let region = prop_oneof![4 => Just(Region::Same), 1 => Just(Region::Unknown)];
    let answer = || proptest::option::weighted(0.8, 0_i64..1_200);
    let who = (any::<bool>(), standing, region, 0_i64..2_000);
    let prices = (proptest::option::of((answer(), 0_i64..90)), proptest::option::of(answer()), any::<bool>());
    let uses = (0_u32..4, proptest::collection::vec(any_use(), 0..5));
    let risk = (proptest::option::of(0_u32..4), 0_u32..4);
    (who, prices, uses, risk).prop_map(
        |((group, standing, region, regular), (live, cached, computes), (volume, uses), (turns, open))| Case {
            group,
            standing,
            region,
            regular,
            live,
            cached,
            computes,
            volume,
            uses,
            turns,
            open,
        },
    )
}

impl Case {
    fn fact(answer: Option<i64>, seconds: i64) -> PriceFact {
        let as_of = now() - jiff::SignedDuration::from_secs(seconds);
        let no = ServerAnswer::NotGranted { said: None };
        PriceFact { answer: answer.map_or(no, |price| granted(price, NOW).answer), as_of }
    }

    /// Asks, as the desk would: a no of UiTPAS stays known as the last refusal, a yes to a group as its turns.
    fn ask(&self) -> Result<Offer, Refusal<NoOffer>> {
        let live = self.live.map(|(answer, seconds)| Self::fact(answer, seconds));
        let refused = live.clone().filter(|live| matches!(live.answer, ServerAnswer::NotGranted { .. }));
        let left = live.as_ref().filter(|_| refused.is_none());
        let turns = left.map(|live| Turns { left: 1, as_of: live.as_of });
        let cached = self.cached.map(|answer| Self::fact(answer, 86_400));
        let keys = Keys::standard();
        let facts = QuoteFacts {
            kind: if self.group { PassKind::Group } else { PassKind::Individual },
            standing: self.standing,
            region: &self.region,
            live: live.as_ref(),
            cached: cached.as_ref(),
            keys: self.computes.then_some(&keys),
            refused: refused.as_ref(),
            limit: Limit { volume: self.volume, period: Period::Week },
            uses: &self.uses,
            turns: turns.or(self.turns.map(|left| Turns { left, as_of: moment(EARLIER) })),
            policy: OfflinePolicy { most_open: 3, most_discount: Cents(4_000), ..OfflinePolicy::default() },
            open: OpenRisk { count: self.open, discount: Cents(i64::from(self.open) * 1_000) },
            ..entitled(self.regular)
        };
        quote(&facts, now())
    }

    /// How many tickets may be recorded; none where it is refused.
    fn most(&self) -> u32 {
        self.ask().map_or(0, |offer| offer.most)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_computed_price_lies_between_a_cent_and_the_regular_one_and_any_other_is_that_of_uitpas(case in any_case()) {
        let Ok(offer) = case.ask() else { return Ok(()) };
        let said = match offer.source {
            PriceSource::Live => case.live.and_then(|(price, _)| price),
            PriceSource::Cached => case.cached.flatten(),
            PriceSource::Computed => None,
        };
        prop_assert_eq!(offer.tariff.is_none(), offer.source == PriceSource::Computed);
        prop_assert!(offer.price >= Cents::ZERO && offer.most >= 1 && (case.group || offer.most == 1));
        match said {
            Some(price) => prop_assert_eq!(offer.price, Cents(price)),
            None => prop_assert!(offer.price >= Cents(1) && offer.price <= Cents(case.regular)),
        }
    }

    #[test]
    fn more_use_or_more_risk_never_grants_more(case in any_case(), more in any_use(), open in 0_u32..4) {
        // What UiTPAS refused for is explained by what was used; that has a test of its own.
        prop_assume!(!matches!(case.live, Some((None, _))));
        let mut worse = case.clone();
        worse.uses.push(more);
        prop_assert!(worse.most() <= case.most(), "one more use");
        worse.open += open;
        prop_assert!(worse.most() <= case.most(), "and more that waits");
    }

    #[test]
    fn older_or_missing_facts_never_grant_more(case in any_case(), seconds in 0_i64..3_600) {
        let older = Case { live: case.live.map(|(answer, age)| (answer, age + seconds)), ..case.clone() };
        prop_assert!(case.ask().is_ok() || older.ask().is_err(), "the live answer is older");
        let uncached = Case { cached: case.cached.filter(|_| case.computes), computes: false, ..case.clone() };
        prop_assert!(case.ask().is_ok() || uncached.ask().is_err(), "the key is gone");
        for standing in [Standing::TooOld { days: 8 }, Standing::Unknown] {
            let unsure = Case { standing, ..case.clone() };
            let blocked = case.standing == Standing::BlockedCard;
            prop_assert!(case.ask().is_ok() || blocked || unsure.ask().is_err(), "the evidence is too old");
        }
        let region = Region::Unknown;
        let elsewhere = Case { region, ..case.clone() };
        prop_assert!(case.ask().is_ok() || elsewhere.ask().is_err(), "the region is forgotten");
    }

    #[test]
    fn the_order_of_what_was_done_before_does_not_matter(case in any_case(), turn in 0_usize..5) {
        let mut other = case.clone();
        other.uses.reverse();
        if !other.uses.is_empty() {
            let places = turn % other.uses.len();
            other.uses.rotate_left(places);
        }
        prop_assert_eq!(other.ask(), case.ask());
    }
}

#[test]
fn a_group_never_gets_more_than_its_pass_has_left() {
    let live = granted(200, NOW);
    let cached = granted(200, EARLIER);
    let turns = Some(Turns { left: 3, as_of: moment(EARLIER) });
    let most = |live: Option<&PriceFact>, pass_left| {
        let facts =
            QuoteFacts { kind: PassKind::Group, cached: Some(&cached), live, turns, pass_left, ..entitled(1000) };
        decide(&facts, now()).map(|offer| offer.most)
    };
    assert_eq!((most(None, None), most(None, Some(9)), most(None, Some(2))), (Ok(3), Ok(3), Ok(2)));
    assert_eq!(most(Some(&live), Some(0)), Err(NoOffer::NoTurnsLeft));
}
