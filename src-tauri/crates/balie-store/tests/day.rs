//! The books of one day, on a real encrypted file.
#![expect(clippy::unwrap_used, reason = "what breaks outside a test function must fail the test that called it")]

mod steps;

use balie_core::day::{Kind, Line, Place};
use balie_core::entry::{Act, Cancellation, CheckIn, EntryId, Holder, TicketSale};
use balie_core::event::{EventId, OrganizerId};
use balie_core::money::Cents;
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::tariff::PriceSource;
use balie_core::time::{Moment, date_of};
use balie_core::upload::Class;
use balie_store::day::Counted;
use balie_store::entries::Recorded;
use balie_store::key::Key;
use balie_store::ledger::{Environment, Ledger};
use balie_store::outbox::{Evidence, ServerRecord};
use jiff::civil::Date;
use steps::{claim, settle, withdraw};
use tempfile::TempDir;

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

fn holder() -> Holder {
    Holder {
        number: UitpasNumber::parse("0900000067513").unwrap(),
        passholder: PassholderId("yasmina".to_owned()),
        organizer: OrganizerId("organizer".to_owned()),
    }
}

fn sale(title: &str) -> Act {
    Act::Sale(TicketSale {
        holder: holder(),
        event: EventId("swim".to_owned()),
        event_title: title.to_owned(),
        tariff: None,
        label: "Volwassene".to_owned(),
        quantity: 2,
        regular: Cents(1000),
        charged: Cents(200),
        source: PriceSource::Computed,
        price_as_of: at("2026-11-21T08:00:00Z"),
    })
}

fn check_in() -> Act {
    Act::CheckIn(CheckIn {
        holder: holder(),
        event: EventId("swim".to_owned()),
        event_title: "Zwemmen".to_owned(),
        points: 1,
        deadline: None,
        as_of: at("2026-11-21T08:00:00Z"),
    })
}

async fn ledger() -> (Ledger, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let key = Key::random().unwrap();
    (Ledger::open(&folder.path().join("ledger.db"), &key, Environment::Test, "B1").await.unwrap(), folder)
}

async fn record(ledger: &Ledger, id: u8, act: &Act, when: &str) -> Recorded {
    ledger.record(EntryId([id; 16]), act, at(when)).await.unwrap()
}

fn places(lines: &[Line]) -> Vec<(i64, Kind, Place)> {
    lines.iter().map(|line| (line.receipt.sequence, line.kind, line.place)).collect()
}

fn saturday() -> Date {
    "2026-11-21".parse().unwrap()
}

#[tokio::test]
async fn a_day_holds_what_was_done_between_two_midnights_in_brussels() {
    let (ledger, _folder) = ledger().await;
    // 23:59:59 on Friday, 0:00 on Saturday, 23:59 on Saturday and 0:00 on Sunday.
    for (id, when) in ["2026-11-20T22:59:59Z", "2026-11-20T23:00:00Z", "2026-11-21T22:59:59Z", "2026-11-21T23:00:00Z"]
        .into_iter()
        .enumerate()
    {
        record(&ledger, u8::try_from(id).unwrap(), &sale("Zwemmen"), when).await;
    }
    let lines = ledger.lines_of(saturday()).await.unwrap();
    assert_eq!(places(&lines), [(3, Kind::Sale, Place::Noted), (2, Kind::Sale, Place::Noted)], "the newest first");
    assert_eq!((lines[0].tickets, lines[0].regular, lines[0].charged), (2, Cents(1000), Cents(200)));
    let days: Vec<String> =
        ledger.days(date_of(at("2026-11-22T10:00:00Z")), 9).await.unwrap().iter().map(Date::to_string).collect();
    assert_eq!(days, ["2026-11-22", "2026-11-21", "2026-11-20"]);
    assert_eq!(ledger.days(saturday(), 1).await.unwrap(), [saturday()]);
    let receipts: Vec<i64> =
        ledger.recorded_of(&[1, 3]).await.unwrap().iter().map(|each| each.entry.receipt.sequence).collect();
    assert_eq!(receipts, [3, 1]);
    assert!(ledger.recorded_of(&[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn lines_tell_how_things_stand_and_what_uitpas_counts() {
    let (ledger, _folder) = ledger().await;
    let morning = "2026-11-21T09:00:00Z";
    let first = record(&ledger, 1, &sale("Zwemmen"), morning).await;
    let claimed = claim(&ledger, at(morning)).await.unwrap();
    let registered = |id: &str, cents| ServerRecord { id: id.to_owned(), created: None, price: cents };
    let evidence =
        Evidence { records: vec![registered("a", Some(Cents(200))), registered("b", None)], ..Evidence::default() };
    settle(&ledger, &claimed, Class::Accepted, &evidence, at(morning)).await.unwrap();
    let withdrawn = record(&ledger, 2, &check_in(), morning).await;
    withdraw(&ledger, &withdrawn, at(morning)).await.unwrap();
    let first = ledger.entry(first.entry.id).await.unwrap().unwrap();
    let back = Act::Cancellation(Cancellation::of(&first.entry).unwrap());
    record(&ledger, 3, &back, morning).await;
    let lines = ledger.lines_of(saturday()).await.unwrap();
    let expected =
        [(3, Kind::Cancellation, Place::Noted), (2, Kind::CheckIn, Place::TakenBack), (1, Kind::Sale, Place::Sent)];
    assert_eq!(places(&lines), expected);
    assert_eq!((lines[0].takes_back, lines[0].given_back, lines[1].points), (Some(1), Cents(400), 1));
    let counted = ledger.counted_of(saturday()).await.unwrap();
    assert_eq!(counted, Counted { tickets: 2, cents: Cents(200), unpriced: 1, differing: 0 });
    let numbers = ledger.numbers_of(saturday()).await.unwrap();
    assert_eq!(numbers.iter().map(|(receipt, _)| *receipt).collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn a_price_too_much_and_one_too_little_are_no_agreement() {
    let (ledger, _folder) = ledger().await;
    let morning = "2026-11-21T09:00:00Z";
    record(&ledger, 1, &sale("Zwemmen"), morning).await;
    let claimed = claim(&ledger, at(morning)).await.unwrap();
    let registered = |id: &str, cents| ServerRecord { id: id.to_owned(), created: None, price: Some(Cents(cents)) };
    let evidence = Evidence { records: vec![registered("a", 250), registered("b", 150)], ..Evidence::default() };
    settle(&ledger, &claimed, Class::Accepted, &evidence, at(morning)).await.unwrap();
    let counted = ledger.counted_of(saturday()).await.unwrap();
    assert_eq!(counted, Counted { tickets: 2, cents: Cents(400), unpriced: 0, differing: 2 });
}

#[tokio::test]
async fn a_day_is_closed_once_and_once_more_when_something_changed() {
    let (ledger, _folder) = ledger().await;
    ledger.is_used_by(Some("clerk-1".to_owned()));
    assert!(ledger.closings_of(saturday()).await.unwrap().is_empty());
    let first = record(&ledger, 1, &check_in(), "2026-11-21T09:00:00Z").await;
    let closed = ledger.close_day(saturday(), at("2026-11-21T17:00:00Z")).await.unwrap();
    assert_eq!(ledger.close_day(saturday(), at("2026-11-21T17:05:00Z")).await.unwrap(), closed, "nothing changed");
    assert_eq!(ledger.changed_since(saturday(), closed).await.unwrap(), 0);
    // What happens on another day changes nothing of this one.
    record(&ledger, 2, &check_in(), "2026-11-22T09:00:00Z").await;
    assert_eq!(ledger.changed_since(saturday(), closed).await.unwrap(), 0);
    withdraw(&ledger, &first, at("2026-11-22T09:01:00Z")).await.unwrap();
    assert_eq!(ledger.changed_since(saturday(), closed).await.unwrap(), 1);
    let again = ledger.close_day(saturday(), at("2026-11-22T09:02:00Z")).await.unwrap();
    assert_eq!(ledger.closings_of(saturday()).await.unwrap(), [closed, again], "both are kept");
    assert!(ledger.closings_of("2026-11-22".parse().unwrap()).await.unwrap().is_empty());
    ledger.verify_trail().await.unwrap();
}
