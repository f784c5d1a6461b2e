//! The snapshot on a real disk: what UiTPAS said comes back as it was kept, and what cannot be read is begun anew.
#![expect(clippy::unwrap_used, reason = "what breaks outside a test function must fail the test that called it")]

use balie_core::agreement::{Agreement, Comparison, GRANTED, Verb};
use balie_core::event::{Event, EventId, OrganizerId, PriceCategory};
use balie_core::group_pass::Turns;
use balie_core::limit::{CalendarType, Limit};
use balie_core::money::Cents;
use balie_core::pass::{CardStatus, CardSystem, Pass, PassKind, PassTariffStatus, PassholderId, UitpasNumber};
use balie_core::reward::{Reward, RewardId, RewardKind};
use balie_core::schedule::{OpeningHours, Schedule, Session};
use balie_core::tariff::{PriceFact, ServerAnswer, TariffId};
use balie_core::time::{Moment, Period};
use balie_core::usage::ServerRow;
use balie_store::key::Key;
use balie_store::open::StoreError;
use balie_store::passes::{LocalIdentifier, RefusedPass};
use balie_store::snapshot::Snapshot;
use jiff::civil::{Date, Time, Weekday};

fn now() -> Moment {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_read_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshot.db");
    let first = Snapshot::open(&path, &Key::random().unwrap()).await.unwrap();
    first.keep_pass(&pass("0900000067513"), None).await.unwrap();
    first.close().await;
    let key = Key::random().unwrap();
    assert!(matches!(Snapshot::open(&path, &key).await, Err(StoreError::WrongKey)));
    let anew = Snapshot::begin_anew(&path, &key).await.unwrap();
    let number = LocalIdentifier::Number(UitpasNumber::parse("0900000067513").unwrap());
    assert_eq!(anew.pass(&number).await.unwrap(), None);
}

#[tokio::test]
async fn no_damaged_page_keeps_a_desk_shut() {
    let folder = tempfile::tempdir().unwrap();
    let (path, key) = (folder.path().join("snapshot.db"), Key::random().unwrap());
    let first = Snapshot::open(&path, &key).await.unwrap();
    first.keep_pass(&pass("0900000067513"), None).await.unwrap();
    first.close().await;
    let (whole, damage) = Snapshot::open_or_begin_anew(&path, &key).await.unwrap();
    let number = LocalIdentifier::Number(UitpasNumber::parse("0900000067513").unwrap());
    assert!(damage.is_none() && whole.pass(&number).await.unwrap().is_some(), "what is whole is kept");
    whole.close().await;
    let good = std::fs::read(&path).unwrap();
    let pages = good.len() / 4_096;
    assert!(pages > 10, "{pages}");
    for page in 0..pages {
        let mut bytes = good.clone();
        bytes[page * 4_096 + 100] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let (anew, damage) = Snapshot::open_or_begin_anew(&path, &key).await.unwrap();
        assert!(damage.is_some(), "page {page}");
        assert_eq!(anew.pass(&number).await.unwrap(), None);
        anew.keep_pass(&pass("0900000067513"), None).await.unwrap();
        anew.close().await;
    }
}

#[tokio::test]
async fn what_uitpas_refused_or_forgot_is_not_offered_again() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = Snapshot::open(&folder.path().join("snapshot.db"), &Key::random().unwrap()).await.unwrap();
    let (person, event) = (PassholderId("p".to_owned()), EventId("e".to_owned()));
    let refusal = PriceFact { answer: ServerAnswer::NotGranted { said: Some("Neen.".to_owned()) }, as_of: now() };
    snapshot.keep_answer(&person, &event, Cents(1000), &refusal).await.unwrap();
    let refusals = snapshot.refused_prices(&person, &event).await.unwrap();
    assert_eq!(refusals.into_iter().collect::<Vec<_>>(), [(Cents(1000), refusal)]);
    let tariff = TariffId("T".to_owned());
    let answer = ServerAnswer::Granted { tariff, price: Cents(200), remaining: Some(1) };
    snapshot.keep_answer(&person, &event, Cents(1000), &PriceFact { answer, as_of: now() }).await.unwrap();
    assert!(snapshot.refused_prices(&person, &event).await.unwrap().is_empty());

    let chip = balie_core::card::ChipNumber::parse("04363CDAEE3880").unwrap();
    snapshot.keep_pass(&pass("0900000067513"), Some(chip)).await.unwrap();
    snapshot.forget_pass(&LocalIdentifier::Chip(chip)).await.unwrap();
    let number = LocalIdentifier::Number(UitpasNumber::parse("0900000067513").unwrap());
    assert_eq!(snapshot.pass(&number).await.unwrap(), None);
}

fn pass(number: &str) -> Pass {
    Pass {
        passholder: PassholderId("p".to_owned()),
        kind: PassKind::Individual,
        number: UitpasNumber::parse(number).unwrap(),
        first_name: Some("Yasmina".to_owned()),
        points: Some(14),
        status: PassTariffStatus::Active,
        ends: Some("2027-04-30T21:59:59Z".parse().unwrap()),
        card_system: Some(CardSystem { id: 1, name: "UiTPAS Gent".to_owned() }),
        postal_code: Some("9000".to_owned()),
        card: CardStatus::Active,
        messages: vec!["Dag".to_owned()],
        as_of: now(),
    }
}

#[tokio::test]
async fn a_pass_comes_back_by_chip_and_by_number_without_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = Snapshot::open(&folder.path().join("snapshot.db"), &Key::random().unwrap()).await.unwrap();
    let chip = balie_core::card::ChipNumber::parse("04363CDAEE3880").unwrap();
    let known = pass("0900000067513");
    snapshot.keep_pass(&known, Some(chip)).await.unwrap();
    snapshot.keep_pass(&known, None).await.unwrap();
    let expected = Pass { first_name: None, messages: Vec::new(), ..known.clone() };
    let by_chip = snapshot.pass(&LocalIdentifier::Chip(chip)).await.unwrap();
    assert_eq!(by_chip.as_ref(), Some(&expected), "typing the number later does not unlearn the chip");
    assert_eq!(snapshot.pass(&LocalIdentifier::Number(known.number)).await.unwrap(), Some(expected));
    let other = pass("0900010959113");
    snapshot.keep_pass(&other, Some(chip)).await.unwrap();
    let by_chip = snapshot.pass(&LocalIdentifier::Chip(chip)).await.unwrap().unwrap();
    assert_eq!(by_chip.number, other.number, "a chip belongs to one number");
}

#[tokio::test]
async fn a_refusal_is_remembered_until_the_pass_is_good_again() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = Snapshot::open(&folder.path().join("snapshot.db"), &Key::random().unwrap()).await.unwrap();
    let number = LocalIdentifier::Number(UitpasNumber::parse("0900000002312").unwrap());
    snapshot.keep_refusal(&number, RefusedPass::CardBlocked, Some("Geblokkeerd."), now()).await.unwrap();
    let refused = snapshot.refusal(&number).await.unwrap();
    assert_eq!(refused, Some((RefusedPass::CardBlocked, Some("Geblokkeerd.".to_owned()))));
    snapshot.keep_pass(&pass("0900000002312"), None).await.unwrap();
    assert_eq!(snapshot.refusal(&number).await.unwrap(), None);
}

#[tokio::test]
async fn activities_and_prices_come_back_as_they_were_kept() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = Snapshot::open(&folder.path().join("snapshot.db"), &Key::random().unwrap()).await.unwrap();
    let event = Event {
        id: EventId("e".to_owned()),
        title: "Zwemmen".to_owned(),
        calendar: CalendarType::Permanent,
        starts: Some(now()),
        ends: None,
        schedule: Schedule {
            sessions: vec![Session::new(now(), "2026-11-21T12:00:00Z".parse().unwrap())],
            opening: vec![
                OpeningHours {
                    days: vec![Weekday::Monday, Weekday::Sunday],
                    opens: Time::constant(9, 30, 0, 0),
                    closes: Time::constant(0, 0, 0, 0),
                },
                OpeningHours {
                    days: vec![Weekday::Monday],
                    opens: Time::constant(6, 0, 0, 0),
                    closes: Time::constant(8, 59, 0, 0),
                },
            ],
            first_day: Some(Date::constant(2026, 11, 1)),
            last_day: None,
        },
        check_in_limit: Some(Limit { volume: 1, period: Period::Day }),
        check_in_points: Some(3),
        details_as_of: None,
        prices: vec![
            PriceCategory { label: "Volwassene".to_owned(), regular: Cents(1000) },
            PriceCategory { label: "Kind".to_owned(), regular: Cents(300) },
        ],
        card_systems: Some(vec![CardSystem { id: 1, name: "UiTPAS Gent".to_owned() }]),
        ticket_limit: Some(Limit { volume: 2, period: Period::Week }),
        as_of: now(),
    };
    let bare = Event {
        id: EventId("f".to_owned()),
        card_systems: None,
        ticket_limit: None,
        check_in_limit: None,
        check_in_points: None,
        details_as_of: None,
        schedule: Schedule::default(),
        prices: Vec::new(),
        ..event.clone()
    };
    snapshot.keep_events(&[event.clone(), bare.clone()]).await.unwrap();
    assert_eq!(snapshot.events().await.unwrap(), [event.clone(), bare.clone()]);
    snapshot.keep_events(std::slice::from_ref(&bare)).await.unwrap();
    let bare_id = bare.id.clone();
    assert_eq!(snapshot.events().await.unwrap(), [bare]);

    let granted = ServerAnswer::Granted { tariff: TariffId("T".to_owned()), price: Cents(200), remaining: None };
    for answer in [granted, ServerAnswer::NotGranted { said: Some("Neen.".to_owned()) }] {
        let fact = PriceFact { answer, as_of: now() };
        snapshot.keep_price(&event.id, Cents(1000), &fact).await.unwrap();
        let kept = snapshot.prices(&event.id).await.unwrap();
        assert_eq!(kept.into_iter().collect::<Vec<_>>(), [(Cents(1000), fact)]);
    }
    assert!(snapshot.prices(&bare_id).await.unwrap().is_empty());
}

#[tokio::test]
async fn rewards_come_back_as_they_were_kept_and_a_welcome_advantage_only_while_it_is_granted() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = Snapshot::open(&folder.path().join("snapshot.db"), &Key::random().unwrap()).await.unwrap();
    let bare = Reward {
        id: RewardId("5687".to_owned()),
        title: "Koffie".to_owned(),
        kind: RewardKind::Points,
        points: 5,
        active: true,
        from: None,
        until: None,
        card_systems: None,
        organizers: Vec::new(),
        limit: None,
        stock: None,
        taken: 0,
        online: false,
        practical: None,
        as_of: now(),
    };
    let full = Reward {
        id: RewardId("5688".to_owned()),
        kind: RewardKind::Welcome,
        points: 0,
        active: false,
        from: Some(now()),
        until: Some(now()),
        card_systems: Some(vec![CardSystem { id: 1, name: "UiTPAS Gent".to_owned() }]),
        organizers: vec![OrganizerId("a".to_owned()), OrganizerId("b".to_owned())],
        limit: Some(Limit { volume: 1, period: Period::Quarter }),
        stock: Some(40),
        taken: 37,
        online: true,
        practical: Some("Aan de kassa.".to_owned()),
        ..bare.clone()
    };
    let both = [full.clone(), bare];
    snapshot.keep_rewards(&both).await.unwrap();
    snapshot.keep_rewards(&both).await.unwrap();
    assert_eq!(snapshot.rewards().await.unwrap(), both);
    let person = PassholderId("p".to_owned());
    snapshot.keep_granted(&person, std::slice::from_ref(&full.id), now()).await.unwrap();
    assert_eq!(snapshot.granted(&person).await.unwrap().get(&full.id), Some(&now()));
    snapshot.keep_granted(&person, &[], now()).await.unwrap();
    assert!(snapshot.granted(&person).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_new_list_of_rows_takes_the_place_of_the_old_one_of_that_kind_and_person() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = Snapshot::open(&folder.path().join("snapshot.db"), &Key::random().unwrap()).await.unwrap();
    let person = PassholderId("p".to_owned());
    let row = |id: &str| ("event".to_owned(), ServerRow { id: id.to_owned(), at: now() });
    snapshot.keep_rows(Verb::Sell, &person, &[row("1"), row("2")], now()).await.unwrap();
    snapshot.keep_rows(Verb::CheckIn, &person, &[row("1")], now()).await.unwrap();
    snapshot.keep_rows(Verb::Sell, &person, &[row("3")], now()).await.unwrap();
    let ids = |rows: Vec<ServerRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(snapshot.rows(Verb::Sell, &person).await.unwrap().remove("event").unwrap()), ["3"]);
    assert_eq!(ids(snapshot.rows(Verb::CheckIn, &person).await.unwrap().remove("event").unwrap()), ["1"]);
    assert!(snapshot.rows(Verb::Redeem, &person).await.unwrap().is_empty());
}

#[tokio::test]
async fn comparisons_are_counted_by_their_codes() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = Snapshot::open(&folder.path().join("snapshot.db"), &Key::random().unwrap()).await.unwrap();
    let same = Comparison { verb: Verb::Sell, local: GRANTED, live: GRANTED, agreement: Agreement::Same };
    let stricter = Comparison { local: "limit.reached.day", agreement: Agreement::Stricter, ..same };
    for comparison in [same, stricter, same] {
        snapshot.count_comparison(&comparison, now()).await.unwrap();
    }
    let counted: Vec<_> = snapshot
        .tallies()
        .await
        .unwrap()
        .into_iter()
        .map(|tally| (tally.local, tally.agreement, tally.count))
        .collect();
    let expected =
        [("granted".to_owned(), Agreement::Same, 2), ("limit.reached.day".to_owned(), Agreement::Stricter, 1)];
    assert_eq!(counted, expected);
}

#[tokio::test]
async fn the_turns_of_a_group_are_those_of_the_newest_answer() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = Snapshot::open(&folder.path().join("snapshot.db"), &Key::random().unwrap()).await.unwrap();
    let (group, event) = (PassholderId("g".to_owned()), EventId("e".to_owned()));
    for left in [50, 48] {
        let turns = Turns { left, as_of: now() };
        snapshot.keep_turns(&group, &event, Cents(1000), turns).await.unwrap();
    }
    assert_eq!(snapshot.all_turns(&group).await.unwrap(), [Turns { left: 48, as_of: now() }]);
    let kept = snapshot.turns(&group, &event).await.unwrap();
    assert_eq!(kept.into_iter().collect::<Vec<_>>(), [(Cents(1000), Turns { left: 48, as_of: now() })]);
}
