//! The encrypted files on a real disk: what is recorded survives, and nobody reads it without the key.
#![expect(clippy::unwrap_used, reason = "what breaks outside a test function must fail the test that called it")]

use balie_core::agreement::{Agreement, Comparison, GRANTED, Verb};
use balie_core::entry::{Act, Cancellation, CheckIn, EntryId, Holder, Redemption, TicketSale};
use balie_core::event::{Event, EventId, OrganizerId, PriceCategory};
use balie_core::group_pass::Turns;
use balie_core::limit::{CalendarType, Limit};
use balie_core::money::Cents;
use balie_core::outbox::{Signal, State};
use balie_core::pass::{CardStatus, CardSystem, Pass, PassKind, PassTariffStatus, PassholderId, UitpasNumber};
use balie_core::reward::{Reward, RewardId, RewardKind};
use balie_core::schedule::{OpeningHours, Schedule, Session};
use balie_core::tariff::{PriceFact, PriceSource, ServerAnswer, TariffId};
use balie_core::time::{Moment, Period};
use balie_core::usage::{OwnUse, ServerRow, Use};
use balie_store::key::Key;
use balie_store::ledger::{Environment, Ledger};
use balie_store::open::StoreError;
use balie_store::outbox::{Evidence, ServerRecord};
use balie_store::passes::{LocalIdentifier, RefusedPass};
use balie_store::snapshot::Snapshot;
use jiff::civil::{Date, Time, Weekday};
use std::path::Path;

fn now() -> Moment {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

fn holder(number: &str, passholder: &str) -> Holder {
    Holder {
        number: UitpasNumber::parse(number).unwrap(),
        passholder: PassholderId(passholder.to_owned()),
        organizer: OrganizerId("organizer".to_owned()),
    }
}

fn sale(number: &str, passholder: &str) -> Act {
    sales(number, passholder, 1, PriceSource::Live)
}

fn sales(number: &str, passholder: &str, quantity: u32, source: PriceSource) -> Act {
    Act::Sale(TicketSale {
        holder: holder(number, passholder),
        event: EventId("event".to_owned()),
        event_title: "Recreatief zwemmen".to_owned(),
        tariff: Some(TariffId("SOCIALTARIFF".to_owned())),
        label: "Volwassene".to_owned(),
        quantity,
        regular: Cents(1000),
        charged: Cents(200),
        source,
        price_as_of: now(),
    })
}

fn check_in(passholder: &str, points: u32, deadline: Option<Moment>) -> Act {
    Act::CheckIn(CheckIn {
        holder: holder("0900000067513", passholder),
        event: EventId("event".to_owned()),
        event_title: "Recreatief zwemmen".to_owned(),
        points,
        deadline,
        as_of: now(),
    })
}

fn redemption(passholder: &str, points: i64) -> Act {
    Act::Redemption(Redemption {
        holder: holder("0900000067513", passholder),
        reward: RewardId("5687".to_owned()),
        title: "Koffie".to_owned(),
        kind: RewardKind::Points,
        points,
        as_of: now(),
    })
}

fn record_of(id: &str) -> ServerRecord {
    ServerRecord { id: id.to_owned(), created: None, price: None }
}

async fn ledger(folder: &Path, key: &Key) -> Ledger {
    Ledger::open(&folder.join("ledger.db"), key, Environment::Test, "B1").await.unwrap()
}

#[tokio::test]
async fn receipts_have_no_gaps_and_go_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let key = Key::random().unwrap();
    let first = ledger(folder.path(), &key).await;
    for expected in ["B1-000001", "B1-000002"] {
        let id =
            EntryId(*expected.as_bytes().iter().cycle().take(16).copied().collect::<Vec<_>>().first_chunk().unwrap());
        let entry = first.record(id, &sale("0900000067513", "p"), now()).await.unwrap();
        assert_eq!(entry.entry.receipt.to_string(), expected);
    }
    // The id of an act is unique: the same act can not be recorded twice, and the attempt costs no number.
    let again = EntryId(*b"B1-000001B1-0000");
    assert!(first.record(again, &sale("0900000067513", "p"), now()).await.is_err());
    first.close().await;
    let second = ledger(folder.path(), &key).await;
    let entry = second.record(EntryId([3; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    assert_eq!(entry.entry.receipt.to_string(), "B1-000003");
    assert_eq!(second.newest(10).await.unwrap().len(), 3);
}

#[tokio::test]
async fn without_the_key_the_files_are_noise() {
    let folder = tempfile::tempdir().unwrap();
    let key = Key::random().unwrap();
    let ledger = ledger(folder.path(), &key).await;
    ledger.record(EntryId([1; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for planted in ["0900000067513", "Recreatief", "create table", "SQLite format 3"] {
            assert!(!bytes.windows(planted.len()).any(|window| window == planted.as_bytes()), "{planted}");
        }
    }
    ledger.close().await;
    let other = Key::random().unwrap();
    let refused = Ledger::open(&folder.path().join("ledger.db"), &other, Environment::Test, "B1").await;
    assert!(matches!(refused, Err(StoreError::WrongKey)), "{refused:?}");
}

#[tokio::test]
async fn a_ledger_belongs_to_one_environment() {
    let folder = tempfile::tempdir().unwrap();
    let key = Key::random().unwrap();
    ledger(folder.path(), &key).await.close().await;
    let refused = Ledger::open(&folder.path().join("ledger.db"), &key, Environment::Production, "B1").await;
    assert!(matches!(refused, Err(StoreError::OtherEnvironment { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_new_prefix_holds_from_now_on_and_the_numbers_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let key = Key::random().unwrap();
    let first = ledger(folder.path(), &key).await;
    first.record(EntryId([1; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    first.close().await;
    let second = Ledger::open(&folder.path().join("ledger.db"), &key, Environment::Test, "B2").await.unwrap();
    second.record(EntryId([2; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    let lines = second.newest(2).await.unwrap();
    let receipts: Vec<String> = lines.iter().map(|line| line.entry.receipt.to_string()).collect();
    assert_eq!(receipts, ["B2-000002", "B1-000001"]);
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

#[tokio::test]
async fn the_intent_is_written_before_sending_and_a_cut_off_attempt_is_in_doubt() {
    let folder = tempfile::tempdir().unwrap();
    let key = Key::random().unwrap();
    let first = ledger(folder.path(), &key).await;
    first.record(EntryId([1; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    let claimed = first.claim(now()).await.unwrap().unwrap();
    assert_eq!((claimed.state, claimed.version), (State::Sending, 2));
    first.close().await;

    let second = ledger(folder.path(), &key).await;
    assert_eq!(second.recover(now()).await.unwrap(), 1);
    let held = second.entry(EntryId([1; 16])).await.unwrap().unwrap();
    assert_eq!(held.state, State::InDoubt);
    assert!(second.claim(now()).await.unwrap().is_none(), "what is in doubt is never sent again blindly");
    assert!(second.withdraw(&held, now()).await.is_err(), "nor taken back as if it was never sent");
    assert_eq!(second.recover(now()).await.unwrap(), 0);
}

#[tokio::test]
async fn one_person_at_one_activity_has_one_attempt_at_a_time_and_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), &Key::random().unwrap()).await;
    ledger.record(EntryId([1; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    ledger.record(EntryId([2; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    ledger.record(EntryId([3; 16]), &sale("0900010959113", "q"), now()).await.unwrap();
    let first = ledger.claim(now()).await.unwrap().unwrap();
    let other = ledger.claim(now()).await.unwrap().unwrap();
    assert_eq!((first.entry.receipt.sequence, other.entry.receipt.sequence), (1, 3));
    assert!(ledger.claim(now()).await.unwrap().is_none());
    let evidence = Evidence { records: vec![record_of("17")], ..Evidence::default() };
    ledger.settle(&first, Signal::Accepted, &evidence, now()).await.unwrap();
    assert_eq!(ledger.claim(now()).await.unwrap().unwrap().entry.receipt.sequence, 2);
}

#[tokio::test]
async fn a_step_on_an_old_version_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), &Key::random().unwrap()).await;
    ledger.record(EntryId([1; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    let seen = ledger.entry(EntryId([1; 16])).await.unwrap().unwrap();
    let claimed = ledger.claim(now()).await.unwrap().unwrap();
    assert!(matches!(ledger.withdraw(&seen, now()).await, Err(StoreError::Changed)));
    ledger.settle(&claimed, Signal::NotSent, &Evidence::default(), now()).await.unwrap();
    assert!(
        matches!(ledger.withdraw(&seen, now()).await, Err(StoreError::Changed)),
        "queued again, but not as it was seen"
    );
    let seen = ledger.entry(EntryId([1; 16])).await.unwrap().unwrap();
    assert_eq!(ledger.withdraw(&seen, now()).await.unwrap(), State::Withdrawn);
}

#[tokio::test]
async fn one_server_id_belongs_to_one_entry() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), &Key::random().unwrap()).await;
    ledger.record(EntryId([1; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    ledger.record(EntryId([2; 16]), &sale("0900010959113", "q"), now()).await.unwrap();
    let first = ledger.claim(now()).await.unwrap().unwrap();
    let second = ledger.claim(now()).await.unwrap().unwrap();
    let evidence = Evidence { records: vec![record_of("17")], ..Evidence::default() };
    ledger.settle(&first, Signal::Accepted, &evidence, now()).await.unwrap();
    assert!(ledger.settle(&second, Signal::Accepted, &evidence, now()).await.is_err());
    assert_eq!(ledger.entry(EntryId([2; 16])).await.unwrap().unwrap().state, State::Sending);
}

#[tokio::test]
async fn counts_and_uses_come_from_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), &Key::random().unwrap()).await;
    for n in 1..=3 {
        ledger.record(EntryId([n; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    }
    let claimed = ledger.claim(now()).await.unwrap().unwrap();
    ledger.settle(&claimed, Signal::Refused, &Evidence::default(), now()).await.unwrap();
    let seen = ledger.entry(EntryId([2; 16])).await.unwrap().unwrap();
    ledger.withdraw(&seen, now()).await.unwrap();
    let counts = ledger.counts().await.unwrap();
    assert_eq!((counts.to_send, counts.to_check), (1, 1));
    let person = PassholderId("p".to_owned());
    let uses = ledger.own_uses(Verb::Sell, &person).await.unwrap().remove("event").unwrap();
    let own = |confirmed, id: Option<&str>| OwnUse {
        counted: Use { at: now(), confirmed },
        server_id: id.map(str::to_owned),
    };
    assert_eq!(uses, [own(None, None)], "what was refused or withdrawn is no use");
    let claimed = ledger.claim(now()).await.unwrap().unwrap();
    let later: Moment = "2026-11-21T10:00:05Z".parse().unwrap();
    let evidence = Evidence { records: vec![record_of("17")], ..Evidence::default() };
    ledger.settle(&claimed, Signal::Accepted, &evidence, later).await.unwrap();
    let uses = ledger.own_uses(Verb::Sell, &person).await.unwrap().remove("event").unwrap();
    assert_eq!(uses, [own(Some(later), Some("17"))]);
    assert!(ledger.own_uses(Verb::CheckIn, &person).await.unwrap().is_empty());
}

#[tokio::test]
async fn every_ticket_of_a_group_is_a_use_before_and_after_it_was_sent() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), &Key::random().unwrap()).await;
    let group = PassholderId("g".to_owned());
    let three = sales("0900000045410", "g", 3, PriceSource::Cached);
    ledger.record(EntryId([1; 16]), &three, now()).await.unwrap();
    let count =
        || async { ledger.own_uses(Verb::Sell, &group).await.unwrap().remove("event").unwrap_or_default().len() };
    assert_eq!(count().await, 3);
    let risk = ledger.open_risk().await.unwrap();
    assert_eq!((risk.count, risk.discount), (1, Cents(2400)));
    let claimed = ledger.claim(now()).await.unwrap().unwrap();
    let evidence = Evidence { records: ["1", "2", "3"].map(record_of).to_vec(), ..Evidence::default() };
    ledger.settle(&claimed, Signal::Accepted, &evidence, now()).await.unwrap();
    assert_eq!(count().await, 3);
    assert_eq!(ledger.open_risk().await.unwrap().count, 0);
}

#[tokio::test]
async fn points_that_expire_go_first_and_an_exchange_waits_for_the_points_that_pay_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), &Key::random().unwrap()).await;
    let at = |text: &str| Some(text.parse().unwrap());
    let acts = [
        sale("0900010959113", "q"),
        check_in("p", 1, None),
        check_in("r", 1, at("2026-11-21T20:00:00Z")),
        check_in("s", 1, at("2026-11-21T18:00:00Z")),
        redemption("p", 5),
    ];
    for (n, act) in (1..).zip(&acts) {
        ledger.record(EntryId([n; 16]), act, now()).await.unwrap();
    }
    assert_eq!(ledger.counts().await.unwrap().deadline, at("2026-11-21T18:00:00Z"));
    let mut order = Vec::new();
    while let Some(claimed) = ledger.claim(now()).await.unwrap() {
        order.push(claimed.entry.receipt.sequence);
    }
    assert_eq!(order, [4, 3, 1, 2], "the exchange waits while the point is on its way");
    let point = ledger.entry(EntryId([2; 16])).await.unwrap().unwrap();
    ledger.settle(&point, Signal::Accepted, &Evidence::default(), now()).await.unwrap();
    assert_eq!(ledger.claim(now()).await.unwrap().unwrap().entry.receipt.sequence, 5);
}

#[tokio::test]
async fn the_balance_follows_what_was_saved_exchanged_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), &Key::random().unwrap()).await;
    let person = PassholderId("p".to_owned());
    let points = || async {
        let changes = ledger.points_changes(&person, now()).await.unwrap();
        changes.iter().map(|change| change.points).sum::<i64>()
    };
    ledger.record(EntryId([1; 16]), &check_in("p", 2, None), now()).await.unwrap();
    assert_eq!(points().await, 2);
    let claimed = ledger.claim(now()).await.unwrap().unwrap();
    let evidence = Evidence { records: vec![record_of("c1")], ..Evidence::default() };
    ledger.settle(&claimed, Signal::Accepted, &evidence, now()).await.unwrap();
    ledger.record(EntryId([2; 16]), &redemption("p", 5), now()).await.unwrap();
    assert_eq!(points().await, -3);
    let exchange = ledger.claim(now()).await.unwrap().unwrap();
    ledger.settle(&exchange, Signal::Unknown, &Evidence::default(), now()).await.unwrap();
    assert_eq!(points().await, -3, "an exchange in doubt counts as spent");
    let back = Act::Cancellation(Cancellation::of(&claimed.entry).unwrap());
    let taken_back = ledger.record(EntryId([3; 16]), &back, now()).await.unwrap();
    assert_eq!(points().await, -5, "a point that is being taken back is not given out");
    let Act::Cancellation(what) = &taken_back.entry.act else { panic!("a cancellation") };
    assert_eq!(ledger.to_take_out(what).await.unwrap(), [(Verb::CheckIn, "c1".to_owned())]);
    let claimed = ledger.claim(now()).await.unwrap().unwrap();
    ledger.taken_out(Verb::CheckIn, "c1", now()).await.unwrap();
    assert!(ledger.to_take_out(what).await.unwrap().is_empty());
    ledger.settle(&claimed, Signal::Accepted, &Evidence::default(), now()).await.unwrap();
    assert_eq!(ledger.entry(EntryId([1; 16])).await.unwrap().unwrap().state, State::Cancelled);
    assert_eq!(points().await, -5);
}

#[tokio::test]
async fn a_cancellation_that_was_cut_off_is_sent_again_and_never_in_doubt() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), &Key::random().unwrap()).await;
    ledger.record(EntryId([1; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    let sold = ledger.claim(now()).await.unwrap().unwrap();
    let evidence = Evidence { records: vec![record_of("17")], ..Evidence::default() };
    ledger.settle(&sold, Signal::Accepted, &evidence, now()).await.unwrap();
    let back = Act::Cancellation(Cancellation::of(&sold.entry).unwrap());
    ledger.record(EntryId([2; 16]), &back, now()).await.unwrap();
    ledger.claim(now()).await.unwrap().unwrap();
    assert_eq!(ledger.recover(now()).await.unwrap(), 0);
    assert_eq!(ledger.entry(EntryId([2; 16])).await.unwrap().unwrap().state, State::Queued);
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
