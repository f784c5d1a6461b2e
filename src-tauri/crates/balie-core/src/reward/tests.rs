use super::*;
use crate::pass::{PassTariffStatus, PassholderId, UitpasNumber};
use proptest::prelude::*;

const NOW: &str = "2026-11-21T13:00:00Z";
const EARLIER: &str = "2026-11-21T08:00:00Z";

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

fn gent() -> CardSystem {
    CardSystem { id: 1, name: "UiTPAS Gent".to_owned() }
}

fn pass() -> Pass {
    Pass {
        passholder: PassholderId("p".to_owned()),
        kind: PassKind::Individual,
        number: UitpasNumber::parse("0900000067513").unwrap(),
        first_name: None,
        points: Some(10),
        status: PassTariffStatus::None,
        ends: None,
        card_system: Some(gent()),
        postal_code: None,
        card: CardStatus::Active,
        messages: Vec::new(),
        as_of: at(EARLIER),
    }
}

fn reward() -> Reward {
    Reward {
        id: RewardId("5687".to_owned()),
        title: "Koffie".to_owned(),
        kind: RewardKind::Points,
        points: 5,
        active: true,
        from: Some(at("2026-11-01T00:00:00Z")),
        until: Some(at("2026-11-30T00:00:00Z")),
        card_systems: None,
        organizers: Vec::new(),
        limit: None,
        stock: None,
        taken: 0,
        online: false,
        practical: None,
        as_of: at("2026-11-21T07:00:00Z"),
    }
}

fn desk() -> OrganizerId {
    OrganizerId("desk".to_owned())
}

fn balance(points: i64) -> Option<Balance> {
    Some(Balance { points, as_of: at(EARLIER) })
}

/// Everything that a test can change, owned.
struct Case {
    pass: Pass,
    reward: Reward,
    uses: Vec<Use>,
    balance: Option<Balance>,
    live: Option<RedeemFact>,
    seen_as_granted: Option<Moment>,
    uncounted_spending: i64,
    offline: OfflineRewards,
}

impl Case {
    fn new() -> Self {
        Self {
            pass: pass(),
            reward: reward(),
            uses: Vec::new(),
            balance: balance(10),
            live: None,
            seen_as_granted: None,
            uncounted_spending: 0,
            offline: OfflineRewards::default(),
        }
    }

    fn with(change: impl FnOnce(&mut Self)) -> Result<Exchange, NoExchange> {
        let mut case = Self::new();
        change(&mut case);
        case.at(NOW).map_err(|refusal| refusal.reason)
    }

    fn at(&self, now: &str) -> Result<Exchange, Refusal<NoExchange>> {
        let facts = RedeemFacts {
            pass: &self.pass,
            reward: &self.reward,
            organizer: &desk(),
            uses: &self.uses,
            balance: self.balance,
            live: self.live.as_ref(),
            seen_as_granted: self.seen_as_granted,
            uncounted_spending: self.uncounted_spending,
            offline: self.offline,
        };
        redeem(&facts, at(now))
    }
}

fn live(answer: RedeemAnswer) -> Option<RedeemFact> {
    Some(RedeemFact { answer, as_of: at(NOW) })
}

fn refused(why: RedeemReason) -> Option<RedeemFact> {
    live(RedeemAnswer::NotRedeemable { why, said: Some("nee".to_owned()) })
}

#[test]
fn points_are_exchanged_on_a_fresh_balance() {
    let exchange = Case::new().at(NOW).unwrap();
    assert_eq!((exchange.points, exchange.before, exchange.after()), (5, Some(10), Some(5)));
    assert!(!exchange.live);
    assert_eq!(exchange.as_of, at("2026-11-21T07:00:00Z"), "the oldest fact");
    assert!(Case::with(|case| case.balance = balance(5)).is_ok(), "just enough");
    assert_eq!(Case::with(|case| case.balance = balance(4)), Err(NoExchange::NotEnoughPoints { missing: 1 }));
}

#[test]
fn a_balance_older_than_a_day_says_no_and_never_yes() {
    let old = |points| Some(Balance { points, as_of: at("2026-11-20T12:59:59Z") });
    assert_eq!(Case::with(|case| case.balance = old(10)), Err(NoExchange::PointsTooOld));
    assert_eq!(Case::with(|case| case.balance = old(1)), Err(NoExchange::NotEnoughPoints { missing: 4 }));
    assert_eq!(Case::with(|case| case.balance = None), Err(NoExchange::PointsUnknown));
}

#[test]
fn who_cannot_redeem_at_all_is_told_so_also_online() {
    let yes = || live(RedeemAnswer::Redeemable);
    let blocked = Case::with(|case| (case.live, case.pass.card) = (yes(), CardStatus::Blocked));
    assert_eq!(blocked, Err(NoExchange::CardBlocked));
    let unused = Case::with(|case| (case.live, case.pass.card) = (yes(), CardStatus::NotActive));
    assert_eq!(unused, Err(NoExchange::CardNotActive));
    let group = Case::with(|case| (case.live, case.pass.kind) = (yes(), PassKind::Group));
    assert_eq!(group, Err(NoExchange::GroupPass));
    let elsewhere = vec![OrganizerId("other".to_owned())];
    let other = Case::with(|case| (case.live, case.reward.organizers) = (yes(), elsewhere));
    assert_eq!(other, Err(NoExchange::OtherDesk));
    let here = vec![OrganizerId("other".to_owned()), desk()];
    assert!(Case::with(|case| case.reward.organizers = here).is_ok());
}

#[test]
fn the_period_and_the_status_of_the_reward_must_hold() {
    assert_eq!(Case::with(|case| case.reward.active = false), Err(NoExchange::NotActive));
    let (opens, closed) = (at("2026-11-01T00:00:00Z"), at("2026-11-30T00:00:00Z"));
    let reason = |now| Case { balance: Some(Balance { points: 10, as_of: at(now) }), ..Case::new() }.at(now).err();
    assert_eq!(reason("2026-10-31T23:59:59Z").unwrap().reason, NoExchange::TooEarly { opens });
    assert_eq!(reason("2026-11-01T00:00:00Z"), None);
    assert_eq!(reason("2026-11-30T00:00:00Z"), None);
    assert_eq!(reason("2026-11-30T00:00:01Z").unwrap().reason, NoExchange::TooLate { closed });
    assert!(Case::with(|case| (case.reward.from, case.reward.until) = (None, None)).is_ok());
}

#[test]
fn a_reward_of_a_region_is_for_its_passholders() {
    let dender = || Some(vec![CardSystem { id: 2, name: "UiTPAS Dender".to_owned() }]);
    assert_eq!(Case::with(|case| case.reward.card_systems = dender()), Err(NoExchange::OtherRegion));
    assert!(Case::with(|case| case.reward.card_systems = Some(vec![gent()])).is_ok());
    let unknown = Case::with(|case| (case.reward.card_systems, case.pass.card_system) = (dender(), None));
    assert_eq!(unknown, Err(NoExchange::RegionUnknown));
    assert!(Case::with(|case| case.pass.card_system = None).is_ok(), "it is for all");
}

#[test]
fn so_many_times_in_a_calendar_period() {
    let weekly = Limit { volume: 1, period: Period::Week };
    let on = |text: &str| vec![Use { at: at(text), confirmed: None }];
    // 21 November 2026 is a Saturday; its week began on Monday the sixteenth.
    let sunday = Case::with(|case| (case.reward.limit, case.uses) = (Some(weekly), on("2026-11-15T12:00:00Z")));
    assert!(sunday.is_ok());
    let monday = Case::with(|case| (case.reward.limit, case.uses) = (Some(weekly), on("2026-11-16T12:00:00Z")));
    assert_eq!(monday, Err(NoExchange::LimitReached(weekly)));
    assert!(Case::with(|case| case.uses = on("2026-11-16T12:00:00Z")).is_ok(), "no limit was set");
}

#[test]
fn what_uitpas_counts_or_makes_needs_uitpas() {
    assert_eq!(Case::with(|case| case.reward.stock = Some(40)), Err(NoExchange::StockNeedsConnection));
    let sold_out = Case::with(|case| (case.reward.stock, case.reward.taken) = (Some(40), 40));
    assert_eq!(sold_out, Err(NoExchange::SoldOut));
    assert_eq!(Case::with(|case| case.reward.online = true), Err(NoExchange::OnlineNeedsConnection));
    let online = Case::with(|case| {
        case.reward.stock = Some(40);
        case.reward.online = true;
        case.live = live(RedeemAnswer::Redeemable);
    });
    assert!(online.unwrap().live);
}

#[test]
fn the_organizer_chooses_how_much_goes_without_a_connection() {
    let choose = |offline, points| {
        Case::with(|case| {
            case.offline = offline;
            case.reward.points = points;
            case.balance = balance(100);
        })
    };
    assert_eq!(choose(OfflineRewards::Off, 1), Err(NoExchange::OfflineOff));
    assert!(choose(OfflineRewards::UpTo(15), 15).is_ok());
    assert_eq!(choose(OfflineRewards::UpTo(15), 16), Err(NoExchange::OfflineTooMany { most: 15 }));
    assert!(choose(OfflineRewards::All, 100).is_ok());
}

#[test]
fn a_welcome_advantage_is_given_once_and_only_where_it_was_seen_as_granted() {
    let welcome = |seen: Option<&str>, uses: Vec<Use>| {
        Case::with(|case| {
            case.reward.kind = RewardKind::Welcome;
            case.reward.points = 0;
            case.balance = None;
            case.seen_as_granted = seen.map(at);
            case.uses = uses;
        })
    };
    let granted = welcome(Some("2026-11-20T10:00:00Z"), Vec::new()).unwrap();
    assert_eq!((granted.points, granted.before, granted.as_of), (0, None, at("2026-11-20T10:00:00Z")));
    assert_eq!(welcome(None, Vec::new()), Err(NoExchange::NotSeenAsGranted));
    let once = Limit { volume: 1, period: Period::Absolute };
    let taken = vec![Use { at: at("2020-01-01T00:00:00Z"), confirmed: None }];
    assert_eq!(welcome(Some(EARLIER), taken), Err(NoExchange::LimitReached(once)));
}

#[test]
fn a_welcome_advantage_that_waits_to_be_sent_is_not_given_again_on_a_live_yes() {
    let given = |uses: Vec<Use>| {
        Case::with(|case| {
            case.reward.kind = RewardKind::Welcome;
            case.reward.points = 0;
            case.live = live(RedeemAnswer::Redeemable);
            case.uses = uses;
        })
    };
    let once = Limit { volume: 1, period: Period::Absolute };
    let waiting = Use { at: at(EARLIER), confirmed: None };
    assert_eq!(given(vec![waiting]), Err(NoExchange::LimitReached(once)));
    assert!(given(vec![Use { confirmed: Some(at(EARLIER)), ..waiting }]).is_ok(), "UiTPAS counted it and says yes");
}

/// A reason, and what takes it away.
type Step = (NoExchange, fn(&mut Case));

#[test]
fn the_first_reason_is_the_one_that_uitpas_would_name_first() {
    let once = Limit { volume: 1, period: Period::Absolute };
    let mut case = Case::new();
    case.pass.card = CardStatus::Blocked;
    case.pass.kind = PassKind::Group;
    case.pass.card_system = None;
    case.reward.organizers = vec![OrganizerId("other".to_owned())];
    case.reward.active = false;
    case.reward.limit = Some(once);
    case.uses = vec![Use { at: at(EARLIER), confirmed: None }];
    case.balance = balance(0);
    case.reward.until = Some(at(EARLIER));
    (case.reward.stock, case.reward.taken) = (Some(1), 1);
    case.reward.card_systems = Some(Vec::new());
    case.reward.online = true;
    case.offline = OfflineRewards::Off;
    let steps: [Step; 12] = [
        (NoExchange::CardBlocked, |case| case.pass.card = CardStatus::Active),
        (NoExchange::GroupPass, |case| case.pass.kind = PassKind::Individual),
        (NoExchange::OtherDesk, |case| case.reward.organizers = Vec::new()),
        (NoExchange::NotActive, |case| case.reward.active = true),
        (NoExchange::LimitReached(once), |case| case.uses = Vec::new()),
        (NoExchange::NotEnoughPoints { missing: 5 }, |case| case.balance = None),
        (NoExchange::TooLate { closed: at(EARLIER) }, |case| case.reward.until = None),
        (NoExchange::SoldOut, |case| case.reward.taken = 0),
        (NoExchange::RegionUnknown, |case| case.reward.card_systems = None),
        (NoExchange::OfflineOff, |case| case.offline = OfflineRewards::All),
        (NoExchange::StockNeedsConnection, |case| case.reward.stock = None),
        (NoExchange::OnlineNeedsConnection, |case| case.reward.online = false),
    ];
    for (expected, remedy) in steps {
        assert_eq!(case.at(NOW).unwrap_err().reason, expected);
        remedy(&mut case);
    }
    assert_eq!(case.at(NOW).unwrap_err().reason, NoExchange::PointsUnknown);
}

#[test]
fn a_welcome_advantage_costs_nothing_whatever_the_balance_and_the_record_say() {
    let given = |online: bool| {
        Case::with(|case| {
            case.reward.kind = RewardKind::Welcome;
            case.reward.points = 20;
            case.balance = Some(Balance { points: -3, as_of: at(NOW) });
            case.seen_as_granted = Some(at(EARLIER));
            case.live = online.then(|| RedeemFact { answer: RedeemAnswer::Redeemable, as_of: at(NOW) });
        })
    };
    for online in [true, false] {
        let exchange = given(online).unwrap();
        assert_eq!((exchange.points, exchange.before, exchange.after()), (0, Some(-3), Some(-3)));
    }
}

#[test]
fn a_live_no_is_said_with_its_reason_and_a_live_yes_needs_no_facts() {
    for (why, code) in [
        (RedeemReason::InvalidCard, "reward.refused.card"),
        (RedeemReason::PassholderVolume, "reward.refused.limit"),
        (RedeemReason::PassholderPoints, "reward.refused.points"),
        (RedeemReason::RewardPeriod, "reward.refused.period"),
        (RedeemReason::RewardVolume, "reward.refused.soldOut"),
        (RedeemReason::CardSystems, "reward.refused.region"),
        (RedeemReason::NoActiveCardSystem, "reward.refused.noRegion"),
        (RedeemReason::Other, "reward.refused"),
    ] {
        let reason = Case::with(|case| case.live = refused(why)).unwrap_err();
        assert_eq!(reason.code(), code);
        assert!(matches!(reason, NoExchange::NotAllowed { said: Some(_), .. }));
    }
    let yes = Case::with(|case| {
        case.live = live(RedeemAnswer::Redeemable);
        case.reward.active = false;
        case.balance = None;
        case.offline = OfflineRewards::Off;
    });
    assert_eq!(yes, Ok(Exchange { points: 5, before: None, live: true, as_of: at(NOW) }));
}

#[test]
fn a_live_answer_is_live_for_a_minute() {
    let case = Case { live: live(RedeemAnswer::Redeemable), offline: OfflineRewards::Off, ..Case::new() };
    assert!(case.at("2026-11-21T13:01:00Z").is_ok());
    assert!(case.at("2026-11-21T13:01:01Z").is_err());
    assert!(case.at("2026-11-21T12:59:59Z").is_err(), "from the future");
}

#[test]
fn a_no_outlasts_its_minute_unless_its_reason_is_over() {
    let later = "2026-11-21T14:00:00Z";
    let no = |why| Case { live: refused(why), ..Case::new() };
    let told = |case: &Case| case.at(later).map_err(|refusal| (refusal.reason.code(), refusal.as_of));
    let elsewhere = Err(("reward.refused.limit", at(NOW)));
    let volume = no(RedeemReason::PassholderVolume);
    assert_eq!(told(&volume), elsewhere, "it was redeemed at another desk");
    let opened = Reward { from: Some(at("2026-11-21T13:00:01Z")), ..reward() };
    assert!(
        told(&Case { reward: opened, ..no(RedeemReason::RewardPeriod) }).is_ok(),
        "it was too early, and is not now"
    );
    let daily = Reward { limit: Some(Limit { volume: 1, period: Period::Day }), ..reward() };
    let yesterday = |confirmed: Option<&str>| {
        let used = Use { at: at("2026-11-20T12:00:00Z"), confirmed: confirmed.map(at) };
        let as_of = at("2026-11-20T13:00:00Z");
        let live = refused(RedeemReason::PassholderVolume).map(|no| RedeemFact { as_of, ..no });
        Case { reward: daily.clone(), uses: vec![used], live, ..Case::new() }
    };
    assert!(told(&yesterday(Some("2026-11-20T12:00:01Z"))).is_ok(), "that was yesterday");
    assert!(told(&yesterday(Some("2026-11-20T13:00:00Z"))).is_err(), "it had not counted ours");
    assert!(told(&yesterday(None)).is_err(), "ours waits");
    let points = |asked: &str| {
        let balance = Some(Balance { points: 10, as_of: at(asked) });
        told(&Case { balance, ..no(RedeemReason::PassholderPoints) })
    };
    assert!(points("2026-11-21T13:00:01Z").is_ok(), "there are more by now");
    assert_eq!(points(NOW), Err(("reward.refused.points", at(NOW))));
    let balance = Some(Balance { points: 10, as_of: at("2026-11-21T13:00:01Z") });
    assert_eq!(told(&Case { balance, ..volume }), elsewhere, "points do not explain it");
}

#[test]
fn what_uitpas_cannot_have_counted_is_held_against_a_live_yes() {
    let weekly = Limit { volume: 1, period: Period::Week };
    let waiting = Use { at: at(EARLIER), confirmed: None };
    let yes = |uses: Vec<Use>, points: Balance| {
        Case::with(|case| {
            case.live = live(RedeemAnswer::Redeemable);
            case.reward.limit = Some(weekly);
            case.uses = uses;
            case.balance = Some(points);
        })
    };
    let just_asked = |points| Balance { points, as_of: at("2026-11-21T12:59:00Z") };
    assert_eq!(yes(vec![waiting], just_asked(10)), Err(NoExchange::LimitReached(weekly)));
    let sent = Use { confirmed: Some(at(EARLIER)), ..waiting };
    assert_eq!(yes(vec![sent], just_asked(10)).unwrap().before, Some(10));
    assert_eq!(yes(Vec::new(), just_asked(4)), Err(NoExchange::NotEnoughPoints { missing: 1 }));
    let long_ago = Balance { points: 4, as_of: at("2026-11-21T12:58:59Z") };
    assert_eq!(yes(Vec::new(), long_ago).unwrap().before, None, "points may have been saved elsewhere since");
}

#[test]
fn the_reason_carries_the_moment_of_the_fact_that_decided() {
    let weekly = Limit { volume: 1, period: Period::Week };
    let used = Use { at: at("2026-11-17T08:00:00Z"), confirmed: None };
    let limited = Case { reward: Reward { limit: Some(weekly), ..reward() }, uses: vec![used], ..Case::new() };
    assert_eq!(limited.at(NOW).unwrap_err().as_of, used.at);
    let poor = Case { balance: balance(0), ..Case::new() };
    assert_eq!(poor.at(NOW).unwrap_err().as_of, at(EARLIER));
    let online = Case { live: refused(RedeemReason::Other), ..Case::new() };
    assert_eq!(online.at(NOW).unwrap_err().as_of, at(NOW));
    let sold_out = Case { reward: Reward { stock: Some(0), ..reward() }, ..Case::new() };
    assert_eq!(sold_out.at(NOW).unwrap_err().as_of, reward().as_of);
}

#[test]
fn every_reason_has_a_code_of_its_own_list() {
    let moment = at(NOW);
    let mut reasons = vec![
        (NoExchange::CardBlocked, false),
        (NoExchange::CardNotActive, false),
        (NoExchange::GroupPass, false),
        (NoExchange::NotActive, false),
        (NoExchange::OtherDesk, false),
        (NoExchange::OtherRegion, false),
        (NoExchange::RegionUnknown, true),
        (NoExchange::TooEarly { opens: moment }, false),
        (NoExchange::TooLate { closed: moment }, false),
        (NoExchange::SoldOut, false),
        (NoExchange::NotEnoughPoints { missing: 1 }, false),
        (NoExchange::StockNeedsConnection, true),
        (NoExchange::OnlineNeedsConnection, true),
        (NoExchange::NotSeenAsGranted, true),
        (NoExchange::PointsUnknown, true),
        (NoExchange::PointsTooOld, true),
        (NoExchange::OfflineOff, true),
        (NoExchange::OfflineTooMany { most: 1 }, true),
    ];
    let periods = [Period::Absolute, Period::Day, Period::Week, Period::Month, Period::Quarter, Period::Year];
    reasons.extend(periods.map(|period| (NoExchange::LimitReached(Limit { volume: 1, period }), false)));
    let mut codes: Vec<_> = reasons.iter().map(|(reason, _)| reason.code()).collect();
    codes.extend(NoExchange::CODES.iter().filter(|code| code.starts_with("reward.refused")));
    let mut listed = NoExchange::CODES.to_vec();
    codes.sort_unstable();
    listed.sort_unstable();
    assert_eq!(codes, listed);
    for (reason, lacks) in reasons {
        assert_eq!(reason.lacks_facts(), lacks, "{reason:?}");
    }
}

proptest! {
    #[test]
    fn fewer_points_more_use_or_older_facts_never_turn_a_refusal_into_an_exchange(
        points in 0_i64..20, fewer in 0_i64..20, used in 0_usize..3, more in 0_usize..3, age in 0_i64..200_000,
        older in 0_i64..200_000, welcome: bool, online: bool,
    ) {
        let decide = |points: i64, used: usize, age: i64| {
            let as_of = at(NOW) - jiff::SignedDuration::from_secs(age);
            let mut case = Case::new();
            case.reward.kind = if welcome { RewardKind::Welcome } else { RewardKind::Points };
            case.reward.limit = Some(Limit { volume: 2, period: Period::Month });
            case.uses = vec![Use { at: at(EARLIER), confirmed: None }; used];
            case.balance = Some(Balance { points, as_of });
            case.pass.as_of = as_of;
            case.seen_as_granted = Some(as_of);
            case.live = online.then(|| RedeemFact { answer: RedeemAnswer::Redeemable, as_of: at(NOW) });
            case.at(NOW).is_ok()
        };
        let before = decide(points, used, age);
        // Online an old balance is laid aside, so it is not compared with a young one.
        let older = if online { 0 } else { older };
        prop_assert!(before || !decide(points - fewer, used + more, age + older));
    }
    #[test]
    fn the_order_of_uses_does_not_matter_and_an_older_answer_never_grants(
        why in proptest::option::of(0_usize..3), age in 0_i64..90, older in 0_i64..3_600, points in 0_i64..10,
        past in proptest::collection::vec((0_i64..1_000_000, proptest::option::of(0_i64..600)), 0..4), volume in 0_u32..3,
    ) {
        let ago = |seconds| at(NOW) - jiff::SignedDuration::from_secs(seconds);
        let used = |(seconds, accepted): &(i64, Option<i64>)| {
            let confirmed = accepted.map(|after| ago(*seconds) + jiff::SignedDuration::from_secs(after));
            Use { at: ago(*seconds), confirmed }
        };
        let reasons = [RedeemReason::PassholderVolume, RedeemReason::CardSystems, RedeemReason::Other];
        let mut case = Case::new();
        case.reward.limit = Some(Limit { volume, period: Period::Week });
        case.uses = past.iter().map(used).collect();
        // As old as the oldest answer, so that a young answer is held against the same balance as an old one.
        case.balance = Some(Balance { points, as_of: ago(60) });
        let mut ask = |age, turned: bool| {
            let answer = why.map_or(RedeemAnswer::Redeemable, |why| RedeemAnswer::NotRedeemable { why: reasons[why], said: None });
            case.live = Some(RedeemFact { answer, as_of: ago(age) });
            if turned {
                case.uses.reverse();
            }
            case.at(NOW)
        };
        let young = ask(age, false);
        prop_assert!(young.is_ok() || ask(age + older, false).is_err());
        prop_assert_eq!(ask(age, true), young);
    }
}

#[test]
fn what_this_desk_gave_out_is_spent_however_old_the_balance_is() {
    let long_ago = Balance { points: 4, as_of: at("2026-11-21T12:58:59Z") };
    let yes = |uncounted_spending| {
        Case::with(|case| {
            case.live = live(RedeemAnswer::Redeemable);
            case.balance = Some(long_ago);
            case.uncounted_spending = uncounted_spending;
        })
    };
    assert!(yes(0).is_ok(), "points may have been saved elsewhere since");
    assert_eq!(yes(1), Err(NoExchange::NotEnoughPoints { missing: 1 }));
}
