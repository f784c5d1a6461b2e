//! The encrypted files on a real disk: what is recorded survives, and nobody reads it without the key.
#![expect(clippy::unwrap_used, reason = "what breaks outside a test function must fail the test that called it")]

use balie_core::entry::{EntryId, TicketSale};
use balie_core::event::{Event, EventId, OrganizerId, PriceCategory};
use balie_core::limit::{CalendarType, Limit};
use balie_core::money::Cents;
use balie_core::outbox::{Signal, State};
use balie_core::pass::{CardStatus, CardSystem, Pass, PassKind, PassTariffStatus, PassholderId, UitpasNumber};
use balie_core::tariff::{PriceFact, PriceSource, ServerAnswer, TariffId, Use};
use balie_core::time::{Moment, Period};
use balie_store::key::Key;
use balie_store::ledger::{Environment, Ledger};
use balie_store::open::StoreError;
use balie_store::outbox::Evidence;
use balie_store::passes::{LocalIdentifier, RefusedPass};
use balie_store::snapshot::Snapshot;
use std::path::Path;

fn now() -> Moment {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

fn sale(number: &str, passholder: &str) -> TicketSale {
    TicketSale {
        number: UitpasNumber::parse(number).unwrap(),
        passholder: PassholderId(passholder.to_owned()),
        organizer: OrganizerId("organizer".to_owned()),
        event: EventId("event".to_owned()),
        event_title: "Recreatief zwemmen".to_owned(),
        tariff: Some(TariffId("SOCIALTARIFF".to_owned())),
        label: "Volwassene".to_owned(),
        regular: Cents(1000),
        charged: Cents(200),
        source: PriceSource::Live,
        price_as_of: now(),
    }
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
    let evidence = Evidence { server_id: Some("17".to_owned()), ..Evidence::default() };
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
    let evidence = Evidence { server_id: Some("17".to_owned()), ..Evidence::default() };
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
    let uses = ledger.uses(&PassholderId("p".to_owned()), &EventId("event".to_owned())).await.unwrap();
    assert_eq!(uses, [Use { at: now(), confirmed: None }], "what was refused or withdrawn is no use");
    let claimed = ledger.claim(now()).await.unwrap().unwrap();
    let later: Moment = "2026-11-21T10:00:05Z".parse().unwrap();
    ledger.settle(&claimed, Signal::Accepted, &Evidence::default(), later).await.unwrap();
    let uses = ledger.uses(&PassholderId("p".to_owned()), &EventId("event".to_owned())).await.unwrap();
    assert_eq!(uses, [Use { at: now(), confirmed: Some(later) }]);
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
