//! The encrypted files on a real disk: what is recorded survives, and nobody reads it without the key.
#![expect(clippy::unwrap_used, reason = "what breaks outside a test function must fail the test that called it")]

mod steps;

use balie_core::agreement::Verb;
use balie_core::entry::{Act, Cancellation, CheckIn, EntryId, Holder, Redemption, TicketSale};
use balie_core::event::{EventId, OrganizerId};
use balie_core::life::{Attempt, Dispute, Open};
use balie_core::money::Cents;
use balie_core::outbox::State;
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::reward::{RewardId, RewardKind};
use balie_core::tariff::{PriceSource, TariffId};
use balie_core::time::Moment;
use balie_core::upload::{Class, answered, price_differs};
use balie_core::usage::{OwnUse, Use};
use balie_core::waiting::Waiting;
use balie_store::key::Key;
use balie_store::ledger::{Environment, Ledger};
use balie_store::open::StoreError;
use balie_store::outbox::{Closing, Evidence, ServerRecord, Steps};
use balie_store::trail::Actor;
use std::collections::HashMap;
use std::path::Path;
use steps::{claim, claim_it, settle, withdraw};

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

const REFUSED: Class = Class::Refused { culprit: Some(0), limit: false };
const UNKNOWN: Class = Class::Unknown { mismatch: false };

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
async fn an_answer_with_another_price_is_kept_with_its_record() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), &Key::random().unwrap()).await;
    ledger.record(EntryId([1; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    let open = claim(&ledger, now()).await.unwrap().open();
    let attempt = Attempt { batch: 1, from: now(), until: now(), fresh: true, labelled: false };
    let mut changes = answered(std::slice::from_ref(&open), Class::Accepted, &attempt, now(), 0).unwrap();
    changes.push(price_differs(&Open { life: changes[0].life, ..open }).unwrap());
    let record = ServerRecord { price: Some(Cents(300)), ..record_of("17") };
    let evidence = HashMap::from([(1, Evidence { records: vec![record], ..Evidence::default() })]);
    let closing = Some(Closing::default());
    ledger
        .apply(&Steps { changes: &changes, evidence: &evidence, closing, actor: Actor::Machine }, now())
        .await
        .unwrap();
    let kept = ledger.entry(EntryId([1; 16])).await.unwrap().unwrap();
    assert_eq!((kept.state, kept.life.dispute), (State::Confirmed, Some(Dispute::Price)));
    assert_eq!(kept.server_price, Some(Cents(300)));
    ledger.verify_trail().await.unwrap();
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
async fn the_intent_is_written_before_sending_and_a_cut_off_attempt_is_in_doubt() {
    let folder = tempfile::tempdir().unwrap();
    let key = Key::random().unwrap();
    let first = ledger(folder.path(), &key).await;
    first.record(EntryId([1; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    let claimed = claim(&first, now()).await.unwrap();
    assert_eq!((claimed.state, claimed.version), (State::Sending, 2));
    first.close().await;

    let second = ledger(folder.path(), &key).await;
    assert_eq!(second.recover(now(), now()).await.unwrap(), 1);
    let held = second.entry(EntryId([1; 16])).await.unwrap().unwrap();
    assert_eq!(held.state, State::InDoubt);
    assert!(claim(&second, now()).await.is_none(), "what is in doubt is never sent again blindly");
    withdraw(&second, &held, now()).await.unwrap();
    let held = second.entry(EntryId([1; 16])).await.unwrap().unwrap();
    assert!(held.life.cancel_wanted, "nor taken back as if it was never sent: it is only wished for");
    assert_eq!(second.recover(now(), now()).await.unwrap(), 0);
}

#[tokio::test]
async fn one_person_at_one_activity_has_one_attempt_at_a_time_and_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), &Key::random().unwrap()).await;
    ledger.record(EntryId([1; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    ledger.record(EntryId([2; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    ledger.record(EntryId([3; 16]), &sale("0900010959113", "q"), now()).await.unwrap();
    let first = claim(&ledger, now()).await.unwrap();
    let other = claim(&ledger, now()).await.unwrap();
    assert_eq!((first.entry.receipt.sequence, other.entry.receipt.sequence), (1, 3));
    assert!(claim(&ledger, now()).await.is_none());
    let evidence = Evidence { records: vec![record_of("17")], ..Evidence::default() };
    settle(&ledger, &first, Class::Accepted, &evidence, now()).await.unwrap();
    assert_eq!(claim(&ledger, now()).await.unwrap().entry.receipt.sequence, 2);
}

#[tokio::test]
async fn only_who_opened_the_ledger_last_claims_anything() {
    let (folder, key) = (tempfile::tempdir().unwrap(), Key::random().unwrap());
    let first = ledger(folder.path(), &key).await;
    first.record(EntryId([1; 16]), &sale("0900000067513", "p1"), now()).await.unwrap();
    let open = first.open_entries().await.unwrap().remove(0);
    let second = ledger(folder.path(), &key).await;
    assert!(matches!(claim_it(&first, &open, now()).await, Err(StoreError::Replaced)));
    let still: Vec<Open> = first.open_entries().await.unwrap();
    assert_eq!(still.first(), Some(&open), "it is as it was");
    claim_it(&second, &open, now()).await.unwrap();
}

#[tokio::test]
async fn a_step_on_an_old_version_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), &Key::random().unwrap()).await;
    ledger.record(EntryId([1; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    let seen = ledger.entry(EntryId([1; 16])).await.unwrap().unwrap();
    let claimed = claim(&ledger, now()).await.unwrap();
    assert!(matches!(withdraw(&ledger, &seen, now()).await, Err(StoreError::Changed)));
    settle(&ledger, &claimed, Class::NotSent, &Evidence::default(), now()).await.unwrap();
    assert!(
        matches!(withdraw(&ledger, &seen, now()).await, Err(StoreError::Changed)),
        "queued again, but not as it was seen"
    );
    let seen = ledger.entry(EntryId([1; 16])).await.unwrap().unwrap();
    withdraw(&ledger, &seen, now()).await.unwrap();
    assert_eq!(ledger.entry(EntryId([1; 16])).await.unwrap().unwrap().state, State::Withdrawn);
}

#[tokio::test]
async fn one_server_id_belongs_to_one_entry() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), &Key::random().unwrap()).await;
    ledger.record(EntryId([1; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    ledger.record(EntryId([2; 16]), &sale("0900010959113", "q"), now()).await.unwrap();
    let first = claim(&ledger, now()).await.unwrap();
    let second = claim(&ledger, now()).await.unwrap();
    let evidence = Evidence { records: vec![record_of("17")], ..Evidence::default() };
    settle(&ledger, &first, Class::Accepted, &evidence, now()).await.unwrap();
    assert!(settle(&ledger, &second, Class::Accepted, &evidence, now()).await.is_err());
    assert_eq!(ledger.entry(EntryId([2; 16])).await.unwrap().unwrap().state, State::Sending);
}

#[tokio::test]
async fn counts_and_uses_come_from_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), &Key::random().unwrap()).await;
    for n in 1..=3 {
        ledger.record(EntryId([n; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    }
    let claimed = claim(&ledger, now()).await.unwrap();
    settle(&ledger, &claimed, REFUSED, &Evidence::default(), now()).await.unwrap();
    let seen = ledger.entry(EntryId([2; 16])).await.unwrap().unwrap();
    withdraw(&ledger, &seen, now()).await.unwrap();
    let counts = ledger.counts().await.unwrap();
    assert_eq!((counts.to_send, counts.to_check), (1, 1));
    let person = PassholderId("p".to_owned());
    let uses = ledger.own_uses(Verb::Sell, &person).await.unwrap().remove("event").unwrap();
    let own = |confirmed, id: Option<&str>| OwnUse {
        counted: Use { at: now(), confirmed },
        server_id: id.map(str::to_owned),
    };
    assert_eq!(uses, [own(None, None)], "what was refused or withdrawn is no use");
    let claimed = claim(&ledger, now()).await.unwrap();
    let later: Moment = "2026-11-21T10:00:05Z".parse().unwrap();
    let evidence = Evidence { records: vec![record_of("17")], ..Evidence::default() };
    settle(&ledger, &claimed, Class::Accepted, &evidence, later).await.unwrap();
    let uses = ledger.own_uses(Verb::Sell, &person).await.unwrap().remove("event").unwrap();
    assert_eq!(uses, [own(Some(later), Some("17"))]);
    assert!(ledger.own_uses(Verb::CheckIn, &person).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_oldest_that_waits_is_known_by_kind_until_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), &Key::random().unwrap()).await;
    assert_eq!(ledger.counts().await.unwrap().waiting, Waiting::default());
    let at = |text: &str| -> Moment { text.parse().unwrap() };
    let (first, second, third) = (at("2026-11-21T10:00:00Z"), at("2026-11-21T11:00:00Z"), at("2026-11-21T12:00:00Z"));
    ledger.record(EntryId([1; 16]), &check_in("q", 1, None), first).await.unwrap();
    ledger.record(EntryId([2; 16]), &redemption("r", 5), second).await.unwrap();
    ledger.record(EntryId([3; 16]), &sale("0900010959113", "s"), second).await.unwrap();
    ledger.record(EntryId([4; 16]), &sale("0900000045410", "t"), third).await.unwrap();
    let known = |oldest, oldest_sale, oldest_check_in| Waiting { oldest, oldest_sale, oldest_check_in };
    let waiting = || async { ledger.counts().await.unwrap().waiting };
    assert_eq!(waiting().await, known(Some(first), Some(second), Some(first)));
    let mut own = Waiting::default();
    for open in ledger.open_entries().await.unwrap() {
        own.take_in(&open.entry.act, open.entry.occurred);
    }
    assert_eq!(waiting().await, own, "the desk watches its queue, and shows what the table says");
    // Sending: UiTPAS has it when it answers, and not before.
    let sending = claim(&ledger, third).await.unwrap();
    assert_eq!(waiting().await, known(Some(first), Some(second), Some(first)));
    settle(&ledger, &sending, Class::Accepted, &Evidence::default(), third).await.unwrap();
    for id in [1, 2, 3, 4] {
        let seen = ledger.entry(EntryId([id; 16])).await.unwrap().unwrap();
        if seen.state == State::Queued {
            withdraw(&ledger, &seen, third).await.unwrap();
        }
    }
    assert_eq!(waiting().await, Waiting::default(), "nothing waits any more");
}

#[tokio::test]
async fn what_expires_stands_first_in_a_list_that_is_cut_off_and_the_count_holds_all() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), &Key::random().unwrap()).await;
    let at = |text: &str| -> Moment { text.parse().unwrap() };
    let (early, late, soon) = (at("2026-11-21T10:10:00Z"), at("2026-11-21T10:25:00Z"), at("2026-11-21T10:30:00Z"));
    let mut refused = Vec::new();
    for id in 1..=4 {
        ledger.record(EntryId([id; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
        let claimed = claim(&ledger, now()).await.unwrap();
        settle(&ledger, &claimed, REFUSED, &Evidence::default(), now()).await.unwrap();
        refused.insert(0, claimed.entry.receipt.sequence);
    }
    for (id, deadline) in [(5, Some(late)), (6, Some(early)), (7, Some(soon)), (8, None)] {
        ledger.record(EntryId([id; 16]), &check_in("q", 1, deadline), now()).await.unwrap();
    }
    let listed = |most| {
        let ledger = &ledger;
        async move {
            let listed = ledger.to_check(soon, most).await.unwrap();
            let receipts: Vec<i64> = listed.entries.iter().map(|each| each.entry.receipt.sequence).collect();
            (receipts, listed.all)
        }
    };
    assert_eq!(listed(100).await, ([6, 5].into_iter().chain(refused).collect(), 6));
    assert_eq!(listed(3).await, (vec![6, 5, 4], 6), "the refused ones are older, and wait");
    assert_eq!(listed(1).await, (vec![6], 6));
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
    let claimed = claim(&ledger, now()).await.unwrap();
    let evidence = Evidence { records: ["1", "2", "3"].map(record_of).to_vec(), ..Evidence::default() };
    settle(&ledger, &claimed, Class::Accepted, &evidence, now()).await.unwrap();
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
        check_in("r", 1, at("2026-11-21T10:25:00Z")),
        check_in("s", 1, at("2026-11-21T10:10:00Z")),
        redemption("p", 5),
    ];
    for (n, act) in (1..).zip(&acts) {
        ledger.record(EntryId([n; 16]), act, now()).await.unwrap();
    }
    assert_eq!(ledger.counts().await.unwrap().deadline, at("2026-11-21T10:10:00Z"));
    let mut order = Vec::new();
    while let Some(claimed) = claim(&ledger, now()).await {
        order.push(claimed.entry.receipt.sequence);
    }
    assert_eq!(order, [4, 3, 1, 2], "the exchange waits while the point is on its way");
    let point = ledger.entry(EntryId([2; 16])).await.unwrap().unwrap();
    settle(&ledger, &point, Class::Accepted, &Evidence::default(), now()).await.unwrap();
    assert_eq!(claim(&ledger, now()).await.unwrap().entry.receipt.sequence, 5);
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
    let claimed = claim(&ledger, now()).await.unwrap();
    let evidence = Evidence { records: vec![record_of("c1")], ..Evidence::default() };
    settle(&ledger, &claimed, Class::Accepted, &evidence, now()).await.unwrap();
    ledger.record(EntryId([2; 16]), &redemption("p", 5), now()).await.unwrap();
    assert_eq!(points().await, -3);
    let exchange = claim(&ledger, now()).await.unwrap();
    settle(&ledger, &exchange, UNKNOWN, &Evidence::default(), now()).await.unwrap();
    assert_eq!(points().await, -3, "an exchange in doubt counts as spent");
    let back = Act::Cancellation(Cancellation::of(&claimed.entry).unwrap());
    let taken_back = ledger.record(EntryId([3; 16]), &back, now()).await.unwrap();
    assert_eq!(points().await, -5, "a point that is being taken back is not given out");
    let Act::Cancellation(what) = &taken_back.entry.act else { panic!("a cancellation") };
    assert_eq!(ledger.to_take_out(what).await.unwrap(), [(Verb::CheckIn, "c1".to_owned())]);
    let claimed = claim(&ledger, now()).await.unwrap();
    ledger.taken_out(Verb::CheckIn, "c1", now()).await.unwrap();
    assert!(ledger.to_take_out(what).await.unwrap().is_empty());
    settle(&ledger, &claimed, Class::Accepted, &Evidence::default(), now()).await.unwrap();
    assert_eq!(ledger.entry(EntryId([1; 16])).await.unwrap().unwrap().state, State::Cancelled);
    assert_eq!(points().await, -5);
}

#[tokio::test]
async fn a_cancellation_that_was_cut_off_is_sent_again_and_never_in_doubt() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), &Key::random().unwrap()).await;
    ledger.record(EntryId([1; 16]), &sale("0900000067513", "p"), now()).await.unwrap();
    let sold = claim(&ledger, now()).await.unwrap();
    let evidence = Evidence { records: vec![record_of("17")], ..Evidence::default() };
    settle(&ledger, &sold, Class::Accepted, &evidence, now()).await.unwrap();
    let back = Act::Cancellation(Cancellation::of(&sold.entry).unwrap());
    ledger.record(EntryId([2; 16]), &back, now()).await.unwrap();
    claim(&ledger, now()).await.unwrap();
    assert_eq!(ledger.recover(now(), now()).await.unwrap(), 0);
    assert_eq!(ledger.entry(EntryId([2; 16])).await.unwrap().unwrap().state, State::Queued);
}
