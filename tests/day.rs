//! The day: what was done adds up to what UiTPAS has, and the files of it can be read back.
#![expect(clippy::unwrap_used, reason = "what breaks outside a test function must fail the test that called it")]

#[path = "day/files.rs"]
mod files;
#[path = "day/words.rs"]
mod words;

use balie_core::day::{Back, Estimate, Filter, Kind, Place};
use balie_core::entry::{Act, EntryId};
use balie_core::key::{Condition, DistributionKey, Share};
use balie_core::keys::Keys;
use balie_core::money::Cents;
use balie_core::outbox::State;
use balie_sandbox::{FaultAction, FaultRule};
use balie_store::entries::Recorded;
use balie_store::rehearsal::record_all;
use balie_tests::scene::{NOOR, SHOW, Scene, WORKSHOP, YASMINA, json};
use std::time::{Duration, Instant};

/// What UiTPAS answers when there were enough.
const ENOUGH: &str = r#"{"type":"https://api.publiq.be/probs/uitpas/maximum-reached","title":"Maximum reached",
    "status":400,"endUserMessage":{"nl":"Het maximum aantal tickets is bereikt."}}"#;

async fn sold(scene: &Scene, uid: &str) -> Recorded {
    scene.tap(uid).await;
    scene.sell_first().await
}

/// A day of every kind: one sale that UiTPAS has, one that it refused, one that was taken back before it was sent and one
/// after, one in doubt, a point and a sale that wait.
async fn mixed() -> Scene {
    let scene = Scene::start().await;
    sold(&scene, YASMINA).await;
    scene.upload().await;
    let gone = sold(&scene, NOOR).await;
    scene.upload().await;
    scene.desk.undo(gone.entry.id).await.unwrap();
    scene.upload().await;
    let withdrawn = sold(&scene, YASMINA).await;
    scene.desk.undo(withdrawn.entry.id).await.unwrap();
    let refusal = FaultRule::new(FaultAction::Status, "/ticket-sales").method("POST").times(1).answering(400, ENOUGH);
    scene.sandbox.add_fault(json(refusal));
    let refused = sold(&scene, NOOR).await;
    scene.upload().await;
    assert_eq!(scene.state(&refused).await, State::Refused);
    scene.once(FaultAction::DropAfterCommit, "POST", "/ticket-sales");
    let doubted = sold(&scene, YASMINA).await;
    scene.upload().await;
    assert_eq!(scene.state(&doubted).await, State::InDoubt);
    scene.choose(WORKSHOP).await;
    let person = scene.tap(NOOR).await;
    scene.desk.sell(person.tap, person.offers[1].id, 1).await.unwrap();
    scene.choose(SHOW).await;
    let person = scene.tap(YASMINA).await;
    scene.desk.check_in(person.tap).await.unwrap();
    scene
}

#[tokio::test]
async fn what_is_told_as_sent_is_to_the_cent_what_uitpas_has() {
    let scene = mixed().await;
    let report = scene.desk.report(scene.desk.today()).await.unwrap();
    let totals = &report.totals;
    let sent = totals.at(Place::Sent);
    // One of the two that it holds is in doubt here: nothing says yet that it has it.
    let held: i64 = scene.sandbox.ticket_sales().iter().map(|sale| sale.price_cents).sum();
    let doubted = totals.at(Place::ToCheck);
    assert_eq!((scene.held(), sent.tickets, doubted.tickets), (2, 1, 1));
    assert_eq!(sent.charged + doubted.charged, Cents(held));
    assert_eq!((report.counted.tickets, report.counted.cents), (1, sent.charged), "they agree");
    let count = |kind, place| totals.count(kind, place);
    assert_eq!(count(Kind::Sale, Place::TakenBack), 2, "before it was sent, and after");
    assert_eq!((count(Kind::Sale, Place::Refused), count(Kind::Cancellation, Place::Sent)), (1, 1));
    assert_eq!((count(Kind::Sale, Place::Noted), count(Kind::CheckIn, Place::Noted)), (1, 1));
    assert_eq!(totals.back, Back::default(), "nothing of an earlier day");
    let Estimate { passholder, organizer, municipality, unknown } = totals.estimate;
    assert_eq!([passholder, organizer, municipality, unknown], [200, 400, 400, 0].map(Cents));
    assert!(!report.has_own_keys);

    scene.settle().await;
    let report = scene.desk.report(scene.desk.today()).await.unwrap();
    let (sent, open) = (report.totals.at(Place::Sent), report.totals.at(Place::Noted));
    let held: i64 = scene.sandbox.ticket_sales().iter().map(|sale| sale.price_cents).sum();
    assert_eq!((sent.charged, sent.tickets as usize, open.acts), (Cents(held), scene.held(), 0));
    assert_eq!((report.counted.cents, report.counted.tickets), (sent.charged, sent.tickets));
    assert_eq!((sent.saved, scene.sandbox.checkins().len()), (1, 1));
}

#[tokio::test]
async fn what_somebody_takes_out_elsewhere_is_missed_and_told_as_sent_no_longer() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    scene.sell_first().await;
    scene.upload().await;
    let today = scene.desk.today();
    let before = scene.desk.report(today).await.unwrap();
    // Somebody takes it out elsewhere: it is missed, and no longer told as sent.
    let id = scene.sandbox.ticket_sales()[0].id.clone();
    assert!(scene.sandbox.other_desk_cancels(&id));
    scene.later(1_000).await;
    let report = scene.desk.report(today).await.unwrap();
    assert_eq!((before.totals.at(Place::Sent).tickets, report.totals.at(Place::Sent).tickets), (1, 0));
    assert_eq!(report.totals.at(Place::ToCheck).tickets, 1);
    let check = report.checks.values().next().unwrap();
    assert_eq!((check.sums.listed, check.sums.missing), (0, 1));
    assert_eq!((before.counted.tickets, report.counted.tickets), (1, 0), "what UiTPAS has no more it does not count");
}

#[tokio::test]
async fn what_is_taken_out_elsewhere_after_the_day_was_closed_is_a_change_of_it() {
    let scene = Scene::start().await;
    sold(&scene, YASMINA).await;
    scene.upload().await;
    let today = scene.desk.today();
    let closed = scene.desk.close_day(today).await.unwrap();
    assert_eq!(scene.desk.report(today).await.unwrap().changed_since, 0);
    let id = scene.sandbox.ticket_sales()[0].id.clone();
    assert!(scene.sandbox.other_desk_cancels(&id));
    scene.later(1_000).await;
    assert_eq!(scene.desk.report(today).await.unwrap().changed_since, 1);
    assert!(scene.desk.close_day(today).await.unwrap().seq > closed.seq, "so that it can be closed once more");
    scene.later(57_700).await;
    assert_eq!(scene.desk.report(today).await.unwrap().changed_since, 0, "the next check has nothing new to say");
}

#[tokio::test]
async fn the_list_is_filtered_and_comes_in_pages() {
    let scene = mixed().await;
    let today = scene.desk.today();
    let all = scene.desk.acts_of(today, &Filter::default(), 0, 3).await.unwrap();
    assert_eq!((all.acts.len(), all.found, all.all), (3, 8, 8));
    let rest = scene.desk.acts_of(today, &Filter::default(), 3, 100).await.unwrap();
    assert_eq!(rest.acts.len(), 5);
    assert!(rest.acts[0].entry.receipt.sequence < all.acts[2].entry.receipt.sequence, "the newest first");
    let only = |filter: Filter| {
        let desk = scene.desk.clone();
        async move { desk.acts_of(today, &filter, 0, 100).await.unwrap() }
    };
    let refused = only(Filter { place: Some(Place::Refused), ..Filter::default() }).await;
    assert_eq!((refused.found, refused.all, refused.acts[0].state), (1, 8, State::Refused));
    let points = only(Filter { kind: Some(Kind::CheckIn), ..Filter::default() }).await;
    assert!(points.found == 1 && matches!(points.acts[0].entry.act, Act::CheckIn(_)));
    let receipt = only(Filter { text: "000002".to_owned(), ..Filter::default() }).await;
    assert_eq!((receipt.found, receipt.acts[0].entry.receipt.sequence), (1, 2));
    let yesterday = today.yesterday().unwrap();
    assert_eq!(scene.desk.acts_of(yesterday, &Filter::default(), 0, 100).await.unwrap().all, 0);
}

#[tokio::test]
async fn a_day_is_closed_with_what_is_open_and_what_was_taken_back_later_is_told_on_the_next() {
    let scene = mixed().await;
    let today = scene.desk.today();
    let closed = scene.desk.close_day(today).await.unwrap();
    let report = scene.desk.report(today).await.unwrap();
    assert_eq!((report.closings, report.changed_since), (vec![closed], 0));
    assert!(report.totals.at(Place::Noted).acts > 0, "closing sends nothing and blocks nothing");
    scene.settle().await;
    assert!(scene.desk.report(today).await.unwrap().changed_since > 0);
    let sold = Filter { kind: Some(Kind::Sale), place: Some(Place::Sent), ..Filter::default() };
    let sale = scene.desk.acts_of(today, &sold, 0, 1).await.unwrap().acts.remove(0);
    scene.later(86_400).await;
    let tomorrow = scene.desk.today();
    assert_eq!(scene.desk.days().await.unwrap(), [tomorrow, today], "today always stands there");
    let back = scene.desk.undo(sale.entry.id).await.unwrap();
    scene.upload().await;
    assert_eq!(scene.state(&back).await, State::Confirmed);
    let report = scene.desk.report(tomorrow).await.unwrap();
    let Act::Sale(sale) = sale.entry.act else { panic!("a sale") };
    assert_eq!(report.totals.back, Back { acts: 1, cents: sale.total() });
    assert_eq!(report.totals.at(Place::Sent).charged, Cents::ZERO);
    assert_eq!(
        scene.desk.close_day(today).await.unwrap().at,
        scene.now(),
        "the first day changed, so it is closed anew"
    );
}

/// A key for whoever lives in the municipality, and none for anybody else.
fn for_residents() -> Keys {
    let own = vec![Condition::OwnMunicipality(true)];
    let key = DistributionKey::new(own, Share::OfPrice(2_000), Share::Rest, Share::OfPrice(6_000)).unwrap();
    Keys { manual: None, automatic: vec![key] }
}

#[tokio::test]
async fn where_no_key_of_the_organizer_applies_nobody_is_made_to_bear_the_discount() {
    // Yasmina lives in 9090.
    for (codes, forgotten, expected) in [
        (vec!["1000", "9090"], false, [200, 200, 600, 0]),
        (vec!["1000"], false, [200, 0, 0, 800]),
        (vec!["1000", "9090"], true, [200, 0, 0, 800]),
        (Vec::new(), false, [200, 0, 0, 800]),
    ] {
        let scene = Scene::start_as(&[], |config| {
            config.distribution.uses_own = true;
            config.distribution.own = for_residents();
            if forgotten {
                // Everybody else has the standard one, but nobody knows any more who is everybody else.
                config.distribution.own.automatic.push(DistributionKey::standard());
            }
            config.postal_codes = codes.into_iter().map(str::to_owned).collect();
        })
        .await;
        sold(&scene, YASMINA).await;
        scene.upload().await;
        if forgotten {
            scene.snapshot.wipe_people().await.unwrap();
        }
        let report = scene.desk.report(scene.desk.today()).await.unwrap();
        let Estimate { passholder, organizer, municipality, unknown } = report.totals.estimate;
        let estimate = [passholder, organizer, municipality, unknown].map(|cents| cents.0);
        assert_eq!((estimate, report.has_own_keys), (expected, true));
    }
}

#[tokio::test]
async fn ten_thousand_acts_are_no_trouble() {
    let scene = Scene::start().await;
    let sale = sold(&scene, YASMINA).await;
    let acts: Vec<(EntryId, Act)> =
        (0..9_999_u128).map(|id| (EntryId(id.to_be_bytes()), sale.entry.act.clone())).collect();
    record_all(&scene.ledger, &acts, |_| scene.now()).await.unwrap();
    let (today, start) = (scene.desk.today(), Instant::now());
    let report = scene.desk.report(today).await.unwrap();
    let page = scene.desk.acts_of(today, &Filter::default(), 5_000, 50).await.unwrap();
    let took = start.elapsed();
    assert_eq!((report.totals.acts(), page.found, page.acts.len()), (10_000, 10_000, 50));
    assert_eq!(report.totals.at(Place::Noted).charged, Cents(2_000_000));
    // Far more than it takes, so that a busy computer that runs unoptimised fails no test.
    assert!(took < Duration::from_secs(10), "{took:?}");
    eprintln!("a report and a page of ten thousand acts took {took:?}");
}
