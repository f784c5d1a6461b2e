use super::*;
use crate::key::Key;
use crate::ledger::Environment;
use crate::outbox::{Closing, Evidence, ServerRecord, Steps};
use balie_core::life::Attempt;
use balie_core::pass::UitpasNumber;
use balie_core::upload::{self, Class};
use std::collections::HashMap;
use std::future::poll_fn;
use std::task::Poll;

async fn ledger(folder: &tempfile::TempDir) -> Ledger {
    let path = folder.path().join("ledger.db");
    Ledger::open(&path, &Key::random().unwrap(), Environment::Test, "B1").await.unwrap()
}

fn holder() -> Holder {
    Holder {
        number: UitpasNumber::parse("0900000067513").unwrap(),
        passholder: PassholderId("p".to_owned()),
        organizer: OrganizerId("o".to_owned()),
    }
}

fn sale() -> Act {
    Act::Sale(TicketSale {
        holder: holder(),
        event: EventId("e".to_owned()),
        event_title: "Zwemmen".to_owned(),
        tariff: None,
        label: "Volwassene".to_owned(),
        quantity: 3,
        regular: Cents(1000),
        charged: Cents(200),
        source: PriceSource::Computed,
        price_as_of: Moment::UNIX_EPOCH,
    })
}

fn check_in() -> Act {
    Act::CheckIn(CheckIn {
        holder: holder(),
        event: EventId("e".to_owned()),
        event_title: "Zwemmen".to_owned(),
        points: 2,
        deadline: Some(Moment::UNIX_EPOCH),
        as_of: Moment::UNIX_EPOCH,
    })
}

fn redemption() -> Act {
    Act::Redemption(Redemption {
        holder: holder(),
        reward: RewardId("5687".to_owned()),
        title: "Koffie".to_owned(),
        kind: RewardKind::Points,
        points: 5,
        as_of: Moment::UNIX_EPOCH,
    })
}

#[tokio::test]
async fn an_entry_can_not_be_changed_or_removed() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(&folder).await;
    ledger.record(EntryId([1; 16]), &sale(), Moment::UNIX_EPOCH).await.unwrap();
    for tampering in ["update entry set charged_cents = 100", "delete from entry"] {
        let refused = sqlx::query(tampering).execute(&ledger.pool).await.unwrap_err();
        assert!(refused.to_string().contains("an entry is never"), "{refused}");
    }
}

#[tokio::test]
async fn what_is_answered_is_what_was_written_for_every_kind_of_act() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(&folder).await;
    for (number, act) in (1..).zip([sale(), check_in(), redemption()]) {
        let fresh = ledger.record(EntryId([number; 16]), &act, Moment::UNIX_EPOCH).await.unwrap();
        assert_eq!(ledger.newest(1).await.unwrap(), [fresh]);
    }
}

#[tokio::test]
async fn only_what_is_confirmed_can_be_taken_back_and_only_once() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(&folder).await;
    let now = Moment::UNIX_EPOCH;
    let sold = ledger.record(EntryId([1; 16]), &sale(), now).await.unwrap();
    let back = Act::Cancellation(Cancellation::of(&sold.entry).unwrap());
    let too_early = ledger.record(EntryId([2; 16]), &back, now).await;
    assert!(matches!(too_early, Err(StoreError::Changed)));
    let claimed = upload::claimed(&[sold.open()]).unwrap();
    let attempt = Attempt { batch: 0, from: now, until: now, fresh: true, labelled: false };
    ledger.claim(&claimed, &attempt, now).await.unwrap();
    let sending = ledger.entry(sold.entry.id).await.unwrap().unwrap().open();
    let changes = upload::answered(&[sending], Class::Accepted, &attempt, now, 0).unwrap();
    let row = |id: &str| ServerRecord { id: id.to_owned(), created: None, price: Some(Cents(200)) };
    let evidence = Evidence { records: vec![row("1"), row("2"), row("3")], ..Evidence::default() };
    let evidence = HashMap::from([(1, evidence)]);
    let steps =
        Steps { changes: &changes, evidence: &evidence, closing: Some(Closing::default()), actor: Actor::Machine };
    ledger.apply(&steps, now).await.unwrap();
    let fresh = ledger.record(EntryId([2; 16]), &back, now).await.unwrap();
    assert_eq!(fresh.entry.receipt.sequence, 2, "the refused one took no number");
    assert_eq!(ledger.newest(1).await.unwrap(), [fresh]);
    assert!(ledger.entry(sold.entry.id).await.unwrap().unwrap().being_cancelled);
    let twice = ledger.record(EntryId([3; 16]), &back, now).await;
    assert!(matches!(twice, Err(StoreError::Changed)));
}

#[tokio::test]
async fn an_answer_with_another_price_is_kept_with_its_record() {
    let folder = tempfile::tempdir().unwrap();
    let (ledger, now) = (ledger(&folder).await, Moment::UNIX_EPOCH);
    let open = ledger.record(EntryId([1; 16]), &sale(), now).await.unwrap().open();
    let attempt = Attempt { batch: 0, from: now, until: now, fresh: true, labelled: false };
    let claimed = upload::claimed(std::slice::from_ref(&open)).unwrap();
    let attempt = Attempt { batch: ledger.claim(&claimed, &attempt, now).await.unwrap(), ..attempt };
    let open = Open { life: claimed[0].life, ..open };
    let mut changes = upload::answered(std::slice::from_ref(&open), Class::Accepted, &attempt, now, 0).unwrap();
    changes.push(upload::price_differs(&Open { life: changes[0].life, ..open }).unwrap());
    let record = ServerRecord { id: "17".to_owned(), created: None, price: Some(Cents(300)) };
    let evidence = HashMap::from([(1, Evidence { records: vec![record], ..Evidence::default() })]);
    let closing = Some(Closing::default());
    let steps = Steps { changes: &changes, evidence: &evidence, closing, actor: Actor::Machine };
    ledger.apply(&steps, now).await.unwrap();
    let kept = ledger.entry(EntryId([1; 16])).await.unwrap().unwrap();
    assert_eq!((kept.state, kept.server_price), (State::Confirmed, Some(Cents(300))));
    ledger.verify_trail().await.unwrap();
}

/// How many acts it holds, when nothing is missing and nothing is there by half.
async fn whole(ledger: &Ledger) -> i64 {
    ledger.verify_trail().await.unwrap();
    let counts = "select (select count(*) from entry), (select coalesce(max(receipt), 0) from entry),
        (select count(*) from outbox), (select count(*) from trail where action = 'recorded'), (select count(*) from recorded)";
    let row = sqlx::query(counts).fetch_one(&ledger.pool).await.unwrap();
    let counts: Vec<i64> = (0..5).map(|column| row.get(column)).collect();
    assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?}");
    counts[0]
}

#[tokio::test]
async fn an_act_that_nobody_waits_for_any_more_is_recorded_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let (ledger, act) = (ledger(&folder).await, sale());
    let (mut cut_off, mut ended) = (0, 0);
    for at in 0..150_u8 {
        let mut recording = Box::pin(ledger.record(EntryId([at; 16]), &act, Moment::UNIX_EPOCH));
        let mut is_over = false;
        for _ in 0..10 * u32::from(at) {
            is_over = poll_fn(|context| Poll::Ready(recording.as_mut().poll(context))).await.is_ready();
            if is_over {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(recording);
        (cut_off, ended) = (cut_off + u32::from(!is_over), ended + u32::from(is_over));
        let before = whole(&ledger).await;
        let mut other = [at; 16];
        other[0] = 255;
        let next = ledger.record(EntryId(other), &act, Moment::UNIX_EPOCH).await.unwrap();
        assert_eq!(next.entry.receipt.sequence, before + 1, "{at}");
    }
    assert!(cut_off > 0, "the first is never begun, so one at least is cut off; {ended} came to an end");
}

#[tokio::test]
async fn an_act_that_cannot_be_written_to_its_end_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(&folder).await;
    let refusing = "create trigger refused before insert on trail begin select raise(abort, 'not today'); end";
    sqlx::raw_sql(refusing).execute(&ledger.pool).await.unwrap();
    let refused = ledger.record(EntryId([1; 16]), &sale(), Moment::UNIX_EPOCH).await.unwrap_err();
    assert!(refused.to_string().contains("not today"), "{refused}");
    assert_eq!(whole(&ledger).await, 0);
    sqlx::raw_sql("drop trigger refused").execute(&ledger.pool).await.unwrap();
    ledger.record(EntryId([1; 16]), &sale(), Moment::UNIX_EPOCH).await.unwrap();
    let twice = ledger.record(EntryId([1; 16]), &sale(), Moment::UNIX_EPOCH).await.unwrap_err();
    assert!(twice.to_string().contains("entry.id"), "{twice}");
    assert_eq!(whole(&ledger).await, 1);
    let next = ledger.record(EntryId([2; 16]), &sale(), Moment::UNIX_EPOCH).await.unwrap();
    assert_eq!(next.entry.receipt.sequence, 2);
}

#[tokio::test]
async fn two_that_record_at_once_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    let (path, key) = (folder.path().join("ledger.db"), Key::random().unwrap());
    let one = Ledger::open(&path, &key, Environment::Test, "B1").await.unwrap();
    let other = Ledger::open(&path, &key, Environment::Test, "B1").await.unwrap();
    let act = sale();
    let many = async |ledger: &Ledger, first: u8| {
        for at in first..first + 100 {
            ledger.record(EntryId([at; 16]), &act, Moment::UNIX_EPOCH).await.unwrap();
        }
    };
    tokio::join!(many(&one, 0), many(&other, 100));
    assert_eq!(whole(&one).await, 200);
}
