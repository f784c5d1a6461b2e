//! Group passes: several tickets in one sale, told in taps.
#![expect(clippy::unwrap_used, reason = "what breaks outside a test function must fail the test that called it")]

use balie_core::entry::Act;
use balie_core::outbox::State;
use balie_core::tariff::NoOffer;
use balie_desk::act::ActError;
use balie_desk::person::Person;
use balie_sandbox::FaultAction;
use balie_store::entries::Recorded;
use balie_tests::scene::{ONCE_A_WEEK, SHOW, Scene, no_offer};

/// A group with fifty turns a year.
const GROUP: &str = "04D0AB6AF85C80";

async fn sell(scene: &Scene, quantity: u32) -> Result<Recorded, ActError> {
    let person = scene.person();
    scene.desk.sell(person.tap, person.offers[0].id, quantity).await
}

fn most(person: &Person) -> u32 {
    person.offers[0].quote.as_ref().unwrap().most
}

#[tokio::test]
async fn a_group_buys_several_tickets_in_one_sale_all_or_none() {
    let scene = Scene::start().await;
    assert_eq!(most(&scene.tap(GROUP).await), 50);
    assert!(matches!(sell(&scene, 0).await, Err(ActError::Changed)));
    assert!(matches!(sell(&scene, 51).await, Err(ActError::Changed)));
    let sold = sell(&scene, 3).await.unwrap();
    scene.upload().await;
    assert_eq!((scene.state(&sold).await, scene.held(), scene.sent()), (State::Confirmed, 3, 1));
    let ids: Vec<String> = scene.sandbox.ticket_sales().into_iter().map(|sale| sale.id).collect();
    let mut ours = scene.server_ids(&sold).await;
    ours.sort_unstable();
    assert_eq!(ours, ids);
    scene.pass_time(1);
    assert_eq!(most(&scene.tap(GROUP).await), 47);
}

#[tokio::test]
async fn without_a_connection_the_turns_that_uitpas_last_named_are_all_there_are() {
    let scene = Scene::start().await;
    scene.tap(GROUP).await;
    scene.go_offline().await;
    assert_eq!(most(&scene.tap(GROUP).await), 50);
    sell(&scene, 48).await.unwrap();
    assert_eq!(most(&scene.tap(GROUP).await), 2);
    assert!(matches!(sell(&scene, 3).await, Err(ActError::Changed)));
    sell(&scene, 2).await.unwrap();
    assert_eq!(no_offer(&scene.tap(GROUP).await.offers[0]), NoOffer::NoTurnsLeft);
    scene.bring_the_network_back().await;
    scene.upload().await;
    assert_eq!(scene.held(), 50);
}

#[tokio::test]
async fn a_group_that_was_never_asked_about_here_needs_a_connection() {
    let scene = Scene::start().await;
    scene.tap(GROUP).await;
    scene.go_offline().await;
    scene.choose(ONCE_A_WEEK).await;
    assert_eq!(no_offer(&scene.tap(GROUP).await.offers[0]), NoOffer::GroupNeedsConnection);
    scene.choose(SHOW).await;
    assert_eq!(most(&scene.tap(GROUP).await), 50);
}

#[tokio::test]
async fn every_ticket_of_a_group_is_taken_out_also_when_the_network_goes_in_the_middle() {
    let scene = Scene::start().await;
    scene.tap(GROUP).await;
    let sold = sell(&scene, 3).await.unwrap();
    scene.upload().await;
    let back = scene.desk.undo(sold.entry.id).await.unwrap();
    assert!(matches!(back.entry.act, Act::Cancellation(_)));
    scene.once(FaultAction::DropBeforeCommit, "DELETE", "/ticket-sales");
    scene.upload().await;
    assert_eq!((scene.state(&back).await, scene.held()), (State::Queued, 3));
    scene.pass_time(10);
    scene.bring_the_network_back().await;
    scene.upload().await;
    assert_eq!((scene.state(&sold).await, scene.held()), (State::Cancelled, 0));
    scene.pass_time(1);
    assert_eq!(most(&scene.tap(GROUP).await), 50);
}

/// A group without kansenstatuut, with a coupon.
const GROUP_WITH_A_COUPON: &str = "048B25DAEE3880";
/// A person with a kansenstatuut and a coupon, known by number only.
const HILDES_NUMBER: &str = "0900000672312";

#[tokio::test]
async fn a_coupon_is_a_choice_with_a_connection_and_is_not_there_without() {
    let scene = Scene::start().await;
    let person = scene.type_number(HILDES_NUMBER).await;
    let coupon = person.offers.iter().find(|offer| offer.coupon.is_some()).unwrap();
    assert!(
        person.offers[0].quote.is_ok() && person.offers[0].coupon.is_none(),
        "the social tariff is the other choice"
    );
    let sold = scene.desk.sell(person.tap, coupon.id, 1).await.unwrap();
    scene.upload().await;
    let held = scene.sandbox.ticket_sales();
    assert_eq!((scene.state(&sold).await, held.len()), (State::Confirmed, 1));
    assert!(held[0].tariff_id.starts_with("COUPON"), "{}", held[0].tariff_id);
    scene.go_offline().await;
    scene.pass_time(61);
    assert!(scene.type_number(HILDES_NUMBER).await.offers.iter().all(|offer| offer.coupon.is_none()));
}

#[tokio::test]
async fn a_group_without_kansenstatuut_pays_with_its_coupon() {
    let scene = Scene::start().await;
    let group = scene.tap(GROUP_WITH_A_COUPON).await;
    assert!(group.offers[0].quote.is_err());
    let coupon = group.offers.iter().find(|offer| offer.coupon.is_some()).unwrap();
    scene.desk.sell(group.tap, coupon.id, 2).await.unwrap();
    scene.upload().await;
    assert_eq!(scene.held(), 2);
}
