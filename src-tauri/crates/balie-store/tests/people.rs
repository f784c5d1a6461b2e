//! What the snapshot knows of people: found by who holds the card or knows its number, readable by nobody else, and gone
//! when it is old or when somebody wipes it.
#![expect(clippy::unwrap_used, reason = "what breaks outside a test function must fail the test that called it")]

use balie_core::card::ChipNumber;
use balie_core::event::EventId;
use balie_core::group_pass::Turns;
use balie_core::money::Cents;
use balie_core::pass::{CardStatus, CardSystem, Pass, PassKind, PassTariffStatus, PassholderId, UitpasNumber};
use balie_core::time::Moment;
use balie_store::kept::Stock;
use balie_store::key::Key;
use balie_store::listing::Listing;
use balie_store::open::StoreError;
use balie_store::passes::{LocalIdentifier, RefusedPass};
use balie_store::snapshot::Snapshot;
use std::path::Path;

const YASMINA: &str = "0900000067513";
const OTHER: &str = "0900010959113";

fn at(hour: u8) -> Moment {
    format!("2026-11-21T{hour:02}:00:00Z").parse().unwrap()
}

fn number(digits: &str) -> UitpasNumber {
    UitpasNumber::parse(digits).unwrap()
}

fn chip(last: u8) -> ChipNumber {
    ChipNumber::new([4, 0x36, 0x3C, 0xDA, 0xEE, 0x38, last])
}

fn by_chip(last: u8) -> LocalIdentifier {
    LocalIdentifier::Chip(chip(last))
}

fn by_number(digits: &str) -> LocalIdentifier {
    LocalIdentifier::Number(number(digits))
}

fn pass(digits: &str, as_of: Moment) -> Pass {
    Pass {
        passholder: PassholderId(format!("p{}", &digits[10..])),
        kind: PassKind::Individual,
        number: number(digits),
        first_name: None,
        points: Some(14),
        status: PassTariffStatus::Active,
        ends: None,
        card_system: Some(CardSystem { id: 1, name: "UiTPAS Gent".to_owned() }),
        postal_code: None,
        card: CardStatus::Active,
        messages: Vec::new(),
        as_of,
    }
}

async fn open(folder: &Path) -> (Snapshot, Key) {
    let key = Key::random().unwrap();
    (Snapshot::open(&folder.join("snapshot.db"), &key).await.unwrap(), key)
}

#[tokio::test]
async fn a_chip_whose_number_was_typed_gives_the_pass_of_that_number_until_uitpas_knows_better() {
    let folder = tempfile::tempdir().unwrap();
    let (snapshot, _) = open(folder.path()).await;
    assert_eq!(snapshot.number_of(chip(1)).await.unwrap(), None);
    snapshot.learn_typed(chip(1), &number(YASMINA), at(10)).await.unwrap();
    snapshot.learn_typed(chip(2), &number(OTHER), at(9)).await.unwrap();
    assert_eq!(snapshot.number_of(chip(1)).await.unwrap(), Some((number(YASMINA), false)));
    assert_eq!(snapshot.pass(&by_chip(1)).await.unwrap(), None, "nothing is known of that number");
    let known = pass(YASMINA, at(8));
    snapshot.keep_pass(&known, None).await.unwrap();
    assert_eq!(snapshot.pass(&by_chip(1)).await.unwrap(), Some(known));
    let pairs = snapshot.unverified().await.unwrap();
    assert_eq!(pairs, [(chip(2), number(OTHER), at(9)), (chip(1), number(YASMINA), at(10))]);

    snapshot.verified(chip(1)).await.unwrap();
    assert_eq!(snapshot.number_of(chip(1)).await.unwrap(), Some((number(YASMINA), true)));
    snapshot.forget_pair(chip(2)).await.unwrap();
    assert_eq!(snapshot.number_of(chip(2)).await.unwrap(), None);
    assert!(snapshot.unverified().await.unwrap().is_empty());

    // The clerk typed the number of somebody else, and UiTPAS was asked about the chip.
    snapshot.learn_typed(chip(3), &number(OTHER), at(11)).await.unwrap();
    snapshot.keep_pass(&pass(YASMINA, at(12)), Some(chip(3))).await.unwrap();
    assert_eq!(snapshot.number_of(chip(3)).await.unwrap(), Some((number(YASMINA), true)));
    assert!(snapshot.unverified().await.unwrap().is_empty());
    snapshot.learn_typed(chip(3), &number(OTHER), at(13)).await.unwrap();
    assert_eq!(snapshot.number_of(chip(3)).await.unwrap(), Some((number(YASMINA), true)));
    assert!(snapshot.unverified().await.unwrap().is_empty());
}

#[tokio::test]
async fn chip_and_number_are_refused_together_and_a_typed_pair_with_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let (snapshot, _) = open(folder.path()).await;
    let blocked = Some((RefusedPass::CardBlocked, None));
    let all = async || {
        let mut refused = Vec::new();
        for identifier in [by_chip(1), by_chip(2), by_number(YASMINA)] {
            refused.push(snapshot.refusal(&identifier).await.unwrap() == blocked);
        }
        refused
    };
    snapshot.keep_pass(&pass(YASMINA, at(8)), Some(chip(1))).await.unwrap();
    snapshot.learn_typed(chip(2), &number(YASMINA), at(9)).await.unwrap();
    snapshot.keep_refusal(&by_chip(1), RefusedPass::CardBlocked, None, at(10)).await.unwrap();
    assert_eq!(all().await, [true, true, true]);
    snapshot.keep_pass(&pass(YASMINA, at(11)), None).await.unwrap();
    assert_eq!(all().await, [false, false, false]);
    snapshot.keep_refusal(&by_number(YASMINA), RefusedPass::CardBlocked, None, at(12)).await.unwrap();
    assert_eq!(all().await, [true, true, true]);
    // What was typed proves nothing of the number.
    snapshot.keep_pass(&pass(YASMINA, at(13)), None).await.unwrap();
    snapshot.keep_refusal(&by_chip(2), RefusedPass::CardBlocked, None, at(14)).await.unwrap();
    assert_eq!(all().await, [false, true, false]);
    snapshot.forget_pass(&by_number(YASMINA)).await.unwrap();
    assert_eq!(snapshot.number_of(chip(1)).await.unwrap(), None);
    assert_eq!(snapshot.number_of(chip(2)).await.unwrap(), None);
}

/// Everything about people, as old as that.
async fn fill(snapshot: &Snapshot, digits: &str, last: u8, as_of: Moment) {
    let (person, event) = (PassholderId(format!("p{}", &digits[10..])), EventId("e".to_owned()));
    snapshot.keep_pass(&pass(digits, as_of), Some(chip(last))).await.unwrap();
    snapshot.learn_typed(chip(last + 100), &number(digits), as_of).await.unwrap();
    snapshot.keep_refusal(&by_chip(last + 50), RefusedPass::CardBlocked, None, as_of).await.unwrap();
    snapshot.keep_turns(&person, &event, Cents(1000), Turns { left: 3, as_of }).await.unwrap();
    let refusal = balie_core::tariff::ServerAnswer::NotGranted { said: None };
    let refusal = balie_core::tariff::PriceFact { answer: refusal, as_of };
    snapshot.keep_answer(&person, &event, Cents(1000), &refusal).await.unwrap();
    snapshot.keep_granted(&person, &[balie_core::reward::RewardId("r".to_owned())], as_of).await.unwrap();
    let row = balie_core::usage::ServerRow { id: "1".to_owned(), at: at(1) };
    let rows = [("e".to_owned(), row)];
    snapshot.keep_rows(balie_core::agreement::Verb::Sell, &person, &rows, as_of).await.unwrap();
    let mut listing = Listing::default();
    listing.add(&number(digits), None);
    let system = CardSystem { id: i64::from(last), name: "Gent".to_owned() };
    snapshot.keep_list(&system, listing, as_of).await.unwrap();
}

#[tokio::test]
async fn what_is_old_is_forgotten_and_what_is_kept_can_be_told() {
    let folder = tempfile::tempdir().unwrap();
    let (snapshot, key) = open(folder.path()).await;
    fill(&snapshot, YASMINA, 1, at(8)).await;
    fill(&snapshot, OTHER, 2, at(12)).await;
    let kept = snapshot.kept().await.unwrap();
    let both = |count| Stock { count, oldest: Some(at(8)), newest: Some(at(12)) };
    assert_eq!((kept.cards, kept.unverified, kept.listed), (both(2), both(2), both(10)));
    assert_eq!(kept.lists.iter().map(|list| (list.card_system.id, list.count)).collect::<Vec<_>>(), [(1, 1), (2, 1)]);
    assert!(kept.bytes > 10_000 && kept.lists[0].bytes > 1_000, "{kept:?}");
    assert_eq!((kept.activities, kept.prices, kept.rewards), Default::default());

    snapshot.forget_older(at(10)).await.unwrap();
    let kept = snapshot.kept().await.unwrap();
    let one = |count| Stock { count, oldest: Some(at(12)), newest: Some(at(12)) };
    assert_eq!((kept.cards, kept.unverified, kept.listed, kept.lists.len()), (one(1), one(1), one(5), 1));
    assert_eq!(snapshot.pass(&by_chip(1)).await.unwrap(), None);
    assert!(snapshot.pass(&by_chip(2)).await.unwrap().is_some());
    assert_eq!(snapshot.listed(1, &number(YASMINA)).unwrap(), None);
    assert!(snapshot.listed(2, &number(OTHER)).unwrap().is_some());

    snapshot.wipe_people().await.unwrap();
    let nothing = (Stock::default(), Stock::default(), Stock::default(), 0);
    let kept = snapshot.kept().await.unwrap();
    assert_eq!((kept.cards, kept.unverified, kept.listed, kept.lists.len()), nothing);
    snapshot.close().await;
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "only the snapshot itself");
    assert!(Snapshot::open(&folder.path().join("snapshot.db"), &key).await.is_ok());
}

#[tokio::test]
async fn a_locked_snapshot_answers_nothing_and_unlocked_everything() {
    let folder = tempfile::tempdir().unwrap();
    let (snapshot, key) = open(folder.path()).await;
    fill(&snapshot, YASMINA, 1, at(8)).await;
    let other = snapshot.clone();
    snapshot.lock().await;
    assert!(other.is_locked() && format!("{other:?}") == "Snapshot(locked)");
    assert!(matches!(other.pass(&by_chip(1)).await, Err(StoreError::Locked)));
    assert!(matches!(other.events().await, Err(StoreError::Locked)));
    assert!(matches!(other.kept().await, Err(StoreError::Locked)));
    assert!(matches!(other.listed(1, &number(YASMINA)), Err(StoreError::Locked)));
    assert!(matches!(other.keep_pass(&pass(OTHER, at(9)), None).await, Err(StoreError::Locked)));
    assert!(matches!(other.unlock(&Key::random().unwrap()).await, Err(StoreError::WrongKey)));
    assert!(other.is_locked());
    other.unlock(&key).await.unwrap();
    assert!(snapshot.pass(&by_chip(1)).await.unwrap().is_some());
    assert!(snapshot.listed(1, &number(YASMINA)).unwrap().unwrap().evidence.listed);
    snapshot.unlock(&key).await.unwrap();

    snapshot.wipe().await.unwrap();
    assert!(snapshot.is_locked());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    snapshot.unlock(&Key::random().unwrap()).await.unwrap();
    assert_eq!(snapshot.kept().await.unwrap().cards.count, 0);
    assert!(snapshot.lists().unwrap().is_empty());
}
