//! Who gets no tariff, and the reason that the clerk reads: each its own, online and as far as it is known offline.
#![expect(clippy::unwrap_used, reason = "what the tests share fails them as well")]

use balie_core::outbox::State;
use balie_core::pass::IdentifierError;
use balie_core::reader::{ReaderEvent, ReaderName, ReaderTrouble};
use balie_core::social_tariff::Standing;
use balie_core::tariff::NoOffer;
use balie_desk::act::ActError;
use balie_desk::desk::Readers;
use balie_desk::person::{Notice, OfferId, Person, Phase};
use balie_desk::tap::TypedError;
use balie_sandbox::{FaultAction, FaultRule};
use balie_tests::scene::{ONCE_A_WEEK, SHOW, Scene, YASMINA, YASMINAS_NUMBER, no_offer};

const EXPIRED: &str = "04CEE7528E6180";
const BLOCKED: &str = "04B00412F15284";
const OTHER_REGION: &str = "045D69DAEE3880";
const WITHOUT: &str = "04784CDAEE3880";
const UNREGISTERED: &str = "044AC54A8E6180";
const UNKNOWN: &str = "04A1B2C3D4E5F6";
const TELEPHONE: &str = "08A1B2C3";
const OTHER_UID: &str = "1A2B3C4D";

/// Holds that whatever is confirmed for this person, nothing is recorded and nothing is sent.
async fn sells_nothing(scene: &Scene, person: &Person) {
    let shown = person.offers.iter().map(|offer| offer.id).chain([OfferId(1)]);
    for offer in shown {
        let refused = scene.desk.sell(person.tap, offer, 1).await;
        assert!(matches!(refused, Err(ActError::Gone | ActError::Changed)), "{person:?}");
    }
    scene.upload().await;
    assert_eq!((scene.desk.lines().await.unwrap().len(), scene.sent(), scene.held()), (0, 0, 0));
}

/// Lays a card, and gives the notice in the place of any price.
async fn notice(scene: &Scene, uid: &str) -> Notice {
    let person = scene.tap(uid).await;
    assert!(person.offers.is_empty(), "{person:?}");
    sells_nothing(scene, &person).await;
    person.notice.unwrap()
}

/// Lays a card of a person who is known, and gives the reason why the regular price holds.
async fn reason(scene: &Scene, uid: &str) -> NoOffer {
    let person = scene.tap(uid).await;
    assert_eq!((person.phase, &person.notice), (Phase::Ready, &None));
    sells_nothing(scene, &person).await;
    no_offer(&person.offers[0])
}

/// What UiTPAS said, or an empty text.
fn said(answer: &NoOffer) -> &str {
    if let NoOffer::NotGranted { said: Some(said) } = answer { said } else { "" }
}

#[tokio::test]
async fn a_card_that_may_not_be_used_is_refused_online_and_stays_so_offline() {
    let scene = Scene::start().await;
    let online = [notice(&scene, BLOCKED).await, notice(&scene, UNREGISTERED).await];
    assert!(matches!(&online[0], Notice::CardBlocked { said: Some(said) } if said.contains("geblokkeerd")));
    assert!(
        matches!(&online[1], Notice::CardNotActive { said: Some(said) } if said.contains("nog niet geregistreerd"))
    );
    scene.go_offline().await;
    assert_eq!([notice(&scene, BLOCKED).await, notice(&scene, UNREGISTERED).await], online);
    assert_eq!(scene.person().phase, Phase::Refused);
    let scene = scene.restart().await;
    assert_eq!([notice(&scene, BLOCKED).await, notice(&scene, UNREGISTERED).await], online, "and after a restart");
}

#[tokio::test]
async fn nothing_brings_a_price_back_to_a_card_that_was_refused() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    // UiTPAS blocks the card of somebody who was welcome here a moment ago.
    let body = r#"{"type":"https://api.publiq.be/probs/uitpas/invalid-card-status","cardStatus":"BLOCKED"}"#;
    scene.sandbox.add_fault(FaultRule::new(FaultAction::Status, "/passes").answering(400, body));
    assert_eq!(notice(&scene, YASMINA).await, Notice::CardBlocked { said: None });
    scene.desk.refresh().await.unwrap();
    assert!(scene.person().offers.is_empty(), "fresh facts about activities say nothing about a card");
    scene.choose(ONCE_A_WEEK).await;
    scene.go_offline().await;
    scene.choose(SHOW).await;
    let person = scene.person();
    assert_eq!((person.phase, person.offers.len()), (Phase::Refused, 0));
    sells_nothing(&scene, &person).await;
    assert_eq!(notice(&scene, YASMINA).await, Notice::CardBlocked { said: None });
    // What may not be tapped may not be typed either.
    let typed = scene.type_number(YASMINAS_NUMBER).await;
    assert_eq!(typed.notice, Some(Notice::CardBlocked { said: None }));
    sells_nothing(&scene, &typed).await;

    // The card was found again: one good answer about the number clears the chip as well.
    scene.sandbox.clear_faults();
    scene.bring_the_network_back().await;
    scene.desk.refresh().await.unwrap();
    assert!(scene.type_number(YASMINAS_NUMBER).await.offers[0].quote.is_ok());
    scene.go_offline().await;
    assert!(scene.tap(YASMINA).await.offers[0].quote.is_ok());
}

#[tokio::test]
async fn a_person_without_standing_pays_the_regular_price_and_reads_why() {
    let scene = Scene::start().await;
    assert!(said(&reason(&scene, EXPIRED).await).contains("kansenstatuut is vervallen"));
    assert!(said(&reason(&scene, OTHER_REGION).await).contains("binnen je UiTPAS-regio"));
    assert!(said(&reason(&scene, WITHOUT).await).contains("geen recht op kansentarief"));

    scene.go_offline().await;
    assert!(matches!(reason(&scene, EXPIRED).await, NoOffer::Standing(Standing::Expired { .. })));
    assert_eq!(reason(&scene, OTHER_REGION).await, NoOffer::OtherRegion { name: "UiTPAS Dender".to_owned() });
    assert_eq!(reason(&scene, WITHOUT).await, NoOffer::Standing(Standing::None));
}

#[tokio::test]
async fn a_standing_that_was_seen_too_long_ago_needs_a_connection() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    scene.go_offline().await;
    scene.pass_time(7 * 86_400);
    assert!(scene.tap(YASMINA).await.offers[0].quote.is_ok(), "a week is not too long");
    scene.pass_time(86_400);
    assert_eq!(reason(&scene, YASMINA).await, NoOffer::Standing(Standing::TooOld { days: 8 }));
}

#[tokio::test]
async fn a_card_that_nobody_knows_is_not_found_online_and_unseen_offline() {
    let scene = Scene::start().await;
    assert!(matches!(notice(&scene, UNKNOWN).await, Notice::NotFound { .. }));
    scene.go_offline().await;
    assert_eq!(notice(&scene, UNKNOWN).await, Notice::Unseen);
    assert_eq!(scene.person().phase, Phase::NumberNeeded);
    let typed = scene.type_number(YASMINAS_NUMBER).await;
    assert_eq!((typed.phase, typed.notice.clone()), (Phase::Ready, Some(Notice::Stranger)));
    assert_eq!(no_offer(&typed.offers[0]), NoOffer::Standing(Standing::Unknown), "nobody says that it entitles");
    assert!(typed.check_in.unwrap().decision.is_ok(), "a point is for everybody");
}

#[tokio::test]
async fn what_is_no_card_or_number_of_uitpas_is_told_at_once_and_never_asked() {
    let scene = Scene::start().await;
    for offline in [false, true] {
        if offline {
            scene.go_offline().await;
        }
        assert_eq!(notice(&scene, TELEPHONE).await, Notice::RandomId);
        assert_eq!(notice(&scene, OTHER_UID).await, Notice::OtherCard);
        for (text, mistake) in [
            ("0900000067514", IdentifierError::CheckDigit),
            ("090000006751", IdentifierError::Length { digits: 12 }),
            ("Yasmina", IdentifierError::NotANumber),
            ("36051380285", IdentifierError::InszCheckDigits),
        ] {
            let before = scene.person();
            assert_eq!(scene.desk.typed(text).unwrap_err(), TypedError::Identifier(mistake));
            assert_eq!(scene.person(), before, "a slip of the finger puts nobody away");
        }
    }
    assert_eq!(scene.sandbox.request_count("GET", "/passes"), 0);
}

#[tokio::test]
async fn a_card_that_cannot_be_looked_up_says_why_and_not_always_that_the_line_is_down() {
    let scene = Scene::start().await;
    scene.once(FaultAction::Status, "GET", "/passes");
    assert_eq!(notice(&scene, YASMINA).await, Notice::Busy, "503");
    scene.sandbox.set_permissions(["TARIFFS_READ"]);
    assert_eq!(notice(&scene, YASMINA).await, Notice::NoPermission);
    scene.lose_the_network().await;
    assert_eq!(notice(&scene, YASMINA).await, Notice::Unseen);
}

#[tokio::test]
async fn a_reading_that_failed_puts_the_person_before_away() {
    let scene = Scene::start().await;
    let before = scene.tap(YASMINA).await;
    let trouble = ReaderTrouble::RemovedTooSoon(ReaderName("Virtual PCD 00 00".to_owned()));
    assert!(scene.desk.reader_reports(ReaderEvent::Trouble(trouble.clone())).is_none());
    assert_eq!(scene.person().notice, Some(Notice::Reader(trouble)));
    assert!(matches!(scene.desk.sell(before.tap, before.offers[0].id, 1).await, Err(ActError::Gone)));
    // A reader that is gone is the business of the head of the screen, not of the person.
    scene.tap(YASMINA).await;
    assert!(scene.desk.reader_reports(ReaderEvent::Trouble(ReaderTrouble::NoService)).is_none());
    assert_eq!(
        (scene.desk.readers(), scene.person().phase),
        (Readers::Missing(ReaderTrouble::NoService), Phase::Ready)
    );
}

#[tokio::test]
async fn a_sale_that_uitpas_refuses_keeps_its_sentence_for_a_person_to_look_at() {
    let scene = Scene::start().await;
    scene.choose(ONCE_A_WEEK).await;
    scene.tap(YASMINA).await;
    scene.go_offline().await;
    scene.tap(YASMINA).await;
    let sold = scene.sell_first().await;
    scene.bring_the_network_back().await;
    scene.another_desk_sells(YASMINAS_NUMBER, ONCE_A_WEEK).await;

    scene.upload().await;
    let refused = scene.again(&sold).await;
    assert_eq!((refused.state, refused.problem.as_deref()), (State::Refused, Some("uitpas/maximum-reached")));
    assert!(refused.said.unwrap().contains("maximaal 1 ticket per week"));
    assert_eq!(scene.to_do().await, (0, 1));
    let scene = scene.restart().await;
    scene.upload().await;
    assert_eq!((scene.state(&sold).await, scene.sent(), scene.held()), (State::Refused, 2, 1), "one is theirs");
}
