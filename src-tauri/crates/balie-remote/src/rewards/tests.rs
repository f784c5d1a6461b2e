use super::*;
use balie_core::time::Period;

const COFFEE: &str = r#"{"id":"9001","title":"Koffie","type":"POINTS","points":5.5,"status":"ACTIVE",
    "redeemPeriod":{"begin":"2026-08-01T00:00:00+00:00","end":"2027-08-01T00:00:00+00:00"},
    "allCardSystems":false,"applicableCardSystems":[{"id":1,"name":"UiTPAS Gent"}],
    "organizers":[{"id":"o","name":"Balie"}],"redeemConstraint":{"volume":1,"period":"DAY"},
    "maxAvailableUnits":40,"unitsTaken":37,"online":true,"practicalInfo":"Aan de bar."}"#;

fn read(member: &str) -> Option<Reward> {
    let body = format!(r#"{{"totalItems":1,"member":[{member}]}}"#);
    let page = read_rewards(body.as_bytes(), Moment::UNIX_EPOCH).unwrap();
    assert_eq!(page.listed, 1);
    page.items.into_iter().next()
}

#[test]
fn a_reward_is_read_whole_and_a_fraction_of_a_point_costs_a_whole_one() {
    let reward = read(COFFEE).unwrap();
    assert_eq!((reward.id.0.as_str(), reward.kind, reward.points), ("9001", RewardKind::Points, 6));
    assert_eq!((reward.stock, reward.taken, reward.online, reward.active), (Some(40), 37, true, true));
    assert_eq!(reward.limit, Some(Limit { volume: 1, period: Period::Day }));
    assert_eq!(reward.card_systems, Some(vec![CardSystem { id: 1, name: "UiTPAS Gent".to_owned() }]));
    assert_eq!(reward.organizers, [OrganizerId("o".to_owned())]);
    assert_eq!(reward.until, moment("2027-08-01T00:00:00Z"));
    assert_eq!(reward.practical.as_deref(), Some("Aan de bar."));
}

#[test]
fn what_is_not_said_bounds_nothing() {
    let reward = read(
        r#"{"id":"w","title":"Welkom","type":"WELCOME","allCardSystems":true,
        "applicableCardSystems":[{"id":1}],"organizers":[],"redeemPeriod":{"begin":"2026-08-01T00:00:00Z"}}"#,
    );
    let reward = reward.unwrap();
    assert_eq!((reward.kind, reward.points, reward.limit, reward.stock), (RewardKind::Welcome, 0, None, None));
    assert_eq!((reward.card_systems, reward.until), (None, None));
    assert!(reward.active && reward.organizers.is_empty() && !reward.online && reward.from.is_some());
    let nowhere = read(r#"{"id":"w","title":"Welkom","type":"WELCOME","allCardSystems":false}"#).unwrap();
    assert_eq!(nowhere.card_systems, Some(Vec::new()), "not for all, and for none that is named");
}

#[test]
fn a_reward_whose_bounds_cannot_be_read_is_left_out() {
    for (from, to) in [
        ("\"points\":5.5,", ""),
        ("5.5", "-1"),
        ("5.5", "1e2"),
        ("2027-08-01T00:00:00+00:00", "volgend jaar"),
        ("\"DAY\"", "\"FORTNIGHT\""),
        ("\"volume\":1", "\"volume\":-1"),
        ("\"POINTS\"", "\"COUPON\""),
        ("\"9001\"", "\"\""),
        ("\"unitsTaken\":37", "\"unitsTaken\":\"37\""),
    ] {
        assert!(COFFEE.contains(from));
        assert_eq!(read(&COFFEE.replacen(from, to, 1)), None, "{to}");
    }
    assert!(!read(&COFFEE.replace("\"ACTIVE\"", "\"DELETED\"")).unwrap().active);
}

#[test]
fn every_reason_of_the_contract_is_known_and_others_are_not_lost() {
    let read = |body: &str| read_redeem_status(body.as_bytes(), Moment::UNIX_EPOCH).map(|fact| fact.answer);
    for (word, why) in [
        ("INVALID_CARD", RedeemReason::InvalidCard),
        ("PASSHOLDER_VOLUME", RedeemReason::PassholderVolume),
        ("PASSHOLDER_POINTS", RedeemReason::PassholderPoints),
        ("REWARD_PERIOD", RedeemReason::RewardPeriod),
        ("REWARD_VOLUME", RedeemReason::RewardVolume),
        ("PASSHOLDER_APPLICABLE_CARDSYSTEMS", RedeemReason::CardSystems),
        ("PASSHOLDER_NO_ACTIVE_CARDSYSTEM", RedeemReason::NoActiveCardSystem),
        ("PASSHOLDER_NO_ACTIVE_CARDSYSTEMS", RedeemReason::NoActiveCardSystem),
        ("TOMORROW", RedeemReason::Other),
    ] {
        let body = format!(r#"{{"redeemable":false,"reason":"{word}","message":"Nee."}}"#);
        assert_eq!(read(&body), Ok(RedeemAnswer::NotRedeemable { why, said: Some("Nee.".to_owned()) }));
    }
    assert_eq!(read(r#"{"redeemable":true}"#), Ok(RedeemAnswer::Redeemable));
    let bare = RedeemAnswer::NotRedeemable { why: RedeemReason::Other, said: None };
    assert_eq!(read(r#"{"redeemable":false}"#), Ok(bare));
    assert_eq!(read("{}"), Err(AskError::Garbled("redeem-status")));
}

#[test]
fn which_rewards_can_be_redeemed_is_read_also_from_those_that_say_too_little() {
    let page = read_redeemable(br#"{"totalItems":2,"member":[{"id":"5687"},{"title":"x"}]}"#).unwrap();
    assert_eq!((page.items, page.listed), (vec![RewardId("5687".to_owned())], 2));
    let twice = vec![Page { total: 1, listed: 1, items: vec![RewardId("a".to_owned())] }; 2];
    assert_eq!(distinct(twice, Clone::clone).len(), 1);
}
