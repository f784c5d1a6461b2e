//! What may not be granted twice, and what may not be granted without UiTPAS once it said no.
#![expect(clippy::unwrap_used, reason = "what the tests share fails them as well")]

use balie_core::day::Place;
use balie_core::key::{DistributionKey, Share};
use balie_core::keys::Keys;
use balie_core::money::Cents;
use balie_core::outbox::State;
use balie_core::tariff::{NoOffer, PriceSource};
use balie_desk::act::ActError;
use balie_desk::config::Distribution;
use balie_desk::person::{Notice, Phase};
use balie_sandbox::{FaultAction, FaultRule};
use balie_store::entries::Recorded;
use balie_tests::scene::{ONCE_A_WEEK, SHOW, Scene, WORKSHOP, YASMINA, YASMINAS_NUMBER, json, no_offer};

/// An answer to `GET /tariffs`: no tariff, as for somebody who is suspended.
fn suspended() -> FaultRule {
    let body = r#"{"available":[],"endUserMessage":{"nl":"Geschorst tot volgende maand."}}"#;
    json(FaultRule::new(FaultAction::Status, "/tariffs").method("GET").answering(200, body)).times(1)
}

#[tokio::test]
async fn a_second_price_is_not_sold_on_an_answer_from_before_the_first() {
    for sent in [false, true] {
        let scene = Scene::start().await;
        scene.choose(WORKSHOP).await;
        let person = scene.tap(YASMINA).await;
        assert!(person.offers.iter().all(|offer| offer.quote.is_ok()), "both prices are offered before");
        scene.sell_first().await;
        if sent {
            scene.upload().await;
        }
        let person = scene.person();
        assert!(matches!(no_offer(&person.offers[1]), NoOffer::LimitReached(_)), "sent: {sent}");
        for offer in [person.offers[1].id, balie_desk::person::OfferId(2)] {
            assert!(matches!(scene.desk.sell(person.tap, offer, 1).await, Err(ActError::Changed)), "sent: {sent}");
        }
        scene.upload().await;
        assert_eq!(scene.held(), 1);
    }
}

#[tokio::test]
async fn what_uitpas_refused_is_not_granted_when_the_line_goes_down() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    scene.sandbox.add_fault(suspended());
    let refused = no_offer(&scene.tap(YASMINA).await.offers[0]);
    assert_eq!(refused, NoOffer::NotGranted { said: Some("Geschorst tot volgende maand.".to_owned()) });
    scene.go_offline().await;
    assert_eq!(no_offer(&scene.tap(YASMINA).await.offers[0]), refused);
    let scene = scene.restart().await;
    scene.desk.refresh().await.unwrap_err();
    scene.choose(SHOW).await;
    assert_eq!(no_offer(&scene.tap(YASMINA).await.offers[0]), refused, "nor after a restart");

    scene.bring_the_network_back().await;
    scene.desk.refresh().await.unwrap();
    assert!(scene.tap(YASMINA).await.offers[0].quote.is_ok(), "a newer answer says otherwise");
    scene.go_offline().await;
    assert!(scene.tap(YASMINA).await.offers[0].quote.is_ok());
}

#[tokio::test]
async fn a_limit_that_another_desk_used_is_held_offline_too() {
    let scene = Scene::start().await;
    scene.choose(ONCE_A_WEEK).await;
    scene.tap(YASMINA).await;
    scene.another_desk_sells(YASMINAS_NUMBER, ONCE_A_WEEK).await;
    assert!(scene.tap(YASMINA).await.offers[0].quote.is_err());
    scene.go_offline().await;
    assert!(scene.tap(YASMINA).await.offers[0].quote.is_err());
}

#[tokio::test]
async fn a_pass_that_uitpas_does_not_know_any_more_is_not_known_here_either() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    let gone = r#"{"type":"https://api.publiq.be/probs/uitpas/pass-not-found","status":404}"#;
    let gone = FaultRule::new(FaultAction::Status, "/passes").method("GET").answering(404, gone).times(1);
    scene.sandbox.add_fault(json(gone));
    assert!(matches!(scene.tap(YASMINA).await.notice, Some(Notice::NotFound { .. })));
    scene.go_offline().await;
    let person = scene.tap(YASMINA).await;
    assert_eq!((person.phase, person.notice), (Phase::NumberNeeded, Some(Notice::Unseen)));
}

#[tokio::test]
async fn taking_back_an_earlier_sale_frees_that_one_and_no_other() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    let first = scene.sell_first().await;
    scene.tap(YASMINA).await;
    let second = scene.sell_first().await;
    scene.desk.undo(first.entry.id).await.unwrap();
    assert_eq!(scene.person().offers[0].sold, Some(second.entry.id));
    assert!(matches!(scene.try_to_sell().await, Err(ActError::Done(_))));
    scene.desk.undo(second.entry.id).await.unwrap();
    assert_eq!(scene.sell_first().await.entry.receipt.sequence, 3);
}

/// A desk that computes prices, where UiTPAS never said what the price for everybody is; one sale was noted offline.
async fn computed_sale() -> (Scene, Recorded) {
    let silent = FaultRule::new(FaultAction::Status, "/tariffs/static").method("GET");
    let scene = Scene::start_as(&[silent], |config| config.distribution.computes = true).await;
    scene.tap(YASMINA).await;
    scene.go_offline().await;
    let offer = scene.tap(YASMINA).await.offers[0].quote.clone().unwrap();
    assert_eq!((offer.price.0, offer.source, offer.tariff), (200, PriceSource::Computed, None));
    let sold = scene.sell_first().await;
    scene.bring_the_network_back().await;
    (scene, sold)
}

#[tokio::test]
async fn a_key_that_is_changed_holds_at_once_and_what_was_charged_stays() {
    let silent = FaultRule::new(FaultAction::Status, "/tariffs/static").method("GET");
    let scene = Scene::start_as(&[silent], |_| {}).await;
    scene.tap(YASMINA).await;
    scene.go_offline().await;
    assert!(scene.tap(YASMINA).await.offers[0].quote.is_err(), "no price is computed before the organizer says so");
    let mut settings = scene.desk.settings();
    settings.distribution.computes = true;
    scene.desk.settle_in(settings.clone()).await;
    assert_eq!(scene.person().offers[0].quote.as_ref().unwrap().price, Cents(200), "for whoever stands there already");
    let sold = scene.sell_first().await;

    let dear = DistributionKey::new(Vec::new(), Share::Fixed(Cents(350)), Share::Rest, Share::OfPrice(4_000)).unwrap();
    settings.distribution =
        Distribution { computes: true, uses_own: true, own: Keys { manual: None, automatic: vec![dear] } };
    scene.desk.settle_in(settings).await;
    assert_eq!(scene.tap(YASMINA).await.offers[0].quote.as_ref().unwrap().price, Cents(350));
    assert_eq!(scene.again(&sold).await.entry, sold.entry, "what was charged was charged");
    let report = scene.desk.report(scene.desk.today()).await.unwrap();
    assert_eq!((report.totals.at(Place::Noted).charged, report.has_own_keys), (Cents(200), true));
}

#[tokio::test]
async fn a_computed_price_is_registered_on_the_tariff_that_uitpas_names() {
    let (scene, sold) = computed_sale().await;
    scene.upload().await;
    assert_eq!((scene.state(&sold).await, scene.sandbox.ticket_sales()[0].price_cents), (State::Confirmed, 200));
}

#[tokio::test]
async fn a_tariff_that_nobody_can_read_is_asked_for_again_and_then_shown() {
    let (scene, sold) = computed_sale().await;
    let garbled = FaultRule::new(FaultAction::Status, "/tariffs").method("GET").answering(200, "<html>portal</html>");
    scene.sandbox.add_fault(garbled);
    for _ in 1..12 {
        scene.upload().await;
        assert_eq!(scene.state(&sold).await, State::Queued);
        scene.pass_time(300);
        scene.desk.refresh().await.unwrap();
    }
    scene.upload().await;
    let refused = scene.again(&sold).await;
    assert_eq!((refused.state, refused.problem.as_deref()), (State::Refused, Some("unreadable-tariff")));
    assert_eq!(scene.sandbox.request_count("POST", "/ticket-sales"), 0);
}

#[tokio::test]
async fn a_computed_price_that_uitpas_does_not_grant_is_refused_and_shown_and_never_sent() {
    let (scene, sold) = computed_sale().await;
    scene.sandbox.add_fault(suspended());
    scene.upload().await;
    let refused = scene.again(&sold).await;
    assert_eq!((refused.state, refused.said.as_deref()), (State::Refused, Some("Geschorst tot volgende maand.")));
    assert_eq!((scene.sent(), scene.counts().await.to_check), (0, 1));
}
