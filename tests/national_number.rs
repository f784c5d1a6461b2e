//! Somebody without their UiTPAS is looked up by a national number: off an eID, typed, or as a barcode that may be looked up. Only where the
//! organizer wants it, only with a connection, and nothing of it stays (security.md S-6).
#![expect(clippy::unwrap_used, reason = "what breaks outside a test function must fail the test that called it")]

use balie_core::card::CardKind;
use balie_core::insz::Insz;
use balie_core::pass::IdentifierError;
use balie_core::reader::{CardRead, ReaderEvent, ReaderName};
use balie_desk::person::{Notice, Person, Phase};
use balie_desk::tap::TypedError;
use balie_store::rehearsal;
use balie_tests::scene::{SHOW, Scene, YASMINA};

/// The national number of Yasmina, from the published test set.
const NUMBER: &str = "36051380284";

/// A desk where the organizer switched it on, or not.
async fn desk(switched_on: bool) -> Scene {
    Scene::start_as(&[], |config| config.preferences.uses_national_number = switched_on).await
}

/// Puts an eID into the slot for cards with contacts.
async fn put_in(scene: &Scene, number: Option<&str>) -> Person {
    let kind = CardKind::Eid(number.and_then(Insz::parse));
    let read = CardRead { reader: ReaderName("Combi 00 01".to_owned()), kind };
    if let Some(whom) = scene.desk.reader_reports(ReaderEvent::Card(read)) {
        scene.desk.look_up(whom).await;
    }
    scene.person()
}

fn asked(scene: &Scene) -> u64 {
    scene.sandbox.request_count("GET", "/passes")
}

/// Holds that the number stands in no cell of either file, and in nothing that is printed.
async fn is_nowhere(scene: &Scene) {
    let mut cells = rehearsal::texts_of_ledger(&scene.ledger).await.unwrap();
    cells.extend(rehearsal::texts_of_snapshot(&scene.snapshot).await.unwrap());
    assert!(cells.len() > 10, "the files were read");
    for (place, text) in cells {
        assert!(!text.contains(NUMBER), "{place}");
    }
    assert!(!format!("{:?}", scene.desk.person()).contains(NUMBER));
}

#[tokio::test]
async fn an_eid_shows_whose_it_is_and_its_number_stays_nowhere() {
    let scene = desk(true).await;
    let person = put_in(&scene, Some(NUMBER)).await;
    assert_eq!(person.phase, Phase::Ready);
    let by_number = person.pass.unwrap();
    let by_chip = scene.tap(YASMINA).await.pass.unwrap();
    assert_eq!((by_number.passholder, by_number.number), (by_chip.passholder, by_chip.number));
    put_in(&scene, Some(NUMBER)).await;
    scene.choose(SHOW).await;
    scene.sell_first().await;
    scene.upload().await;
    is_nowhere(&scene).await;
}

#[tokio::test]
async fn where_the_organizer_did_not_switch_it_on_nobody_is_asked() {
    let scene = desk(false).await;
    let before = asked(&scene);
    assert!(!scene.desk.may_use_national_number());
    for number in [None, Some(NUMBER)] {
        let person = put_in(&scene, number).await;
        assert_eq!((person.phase, person.notice), (Phase::Refused, Some(Notice::EidOff)));
    }
    assert_eq!(scene.desk.typed(NUMBER).unwrap_err(), TypedError::InszOff);
    assert_eq!(scene.desk.scanned(NUMBER).unwrap_err(), TypedError::InszOff);
    assert_eq!(scene.desk.forwarded("592123456789").unwrap_err(), TypedError::InszOff);
    let length = TypedError::Identifier(IdentifierError::Length { digits: 12 });
    assert_eq!(scene.desk.scanned("592123456789").unwrap_err(), length);
    assert_eq!(asked(&scene), before);
}

#[tokio::test]
async fn without_a_connection_nobody_is_known_by_it() {
    let scene = desk(true).await;
    put_in(&scene, Some(NUMBER)).await;
    scene.go_offline().await;
    assert!(!scene.desk.may_use_national_number(), "the reader does not even read it now");
    for number in [None, Some(NUMBER)] {
        assert_eq!(put_in(&scene, number).await.notice, Some(Notice::OnlineOnly));
    }
    assert_eq!(scene.desk.typed(NUMBER).unwrap_err(), TypedError::OnlineOnly);
    assert_eq!(scene.desk.forwarded("592123456789").unwrap_err(), TypedError::OnlineOnly);
    is_nowhere(&scene).await;
}

#[tokio::test]
async fn a_connection_that_breaks_while_it_is_asked_is_said() {
    let scene = desk(true).await;
    scene.lose_the_network().await;
    let person = put_in(&scene, Some(NUMBER)).await;
    assert_eq!((person.phase, person.notice), (Phase::Refused, Some(Notice::OnlineOnly)));
}

#[tokio::test]
async fn an_eid_that_was_put_in_before_it_could_be_read_is_put_in_again() {
    let scene = desk(true).await;
    assert_eq!(put_in(&scene, None).await.notice, Some(Notice::EidAgain));
}

#[tokio::test]
async fn a_typed_national_number_is_looked_up() {
    let scene = desk(true).await;
    let person = scene.type_number("36.05.13-802.84").await;
    assert_eq!(person.pass.unwrap().first_name.as_deref(), Some("Yasmina"));
    is_nowhere(&scene).await;
}

#[tokio::test]
async fn a_barcode_leaves_this_computer_only_once_somebody_said_so() {
    let scene = desk(true).await;
    let before = asked(&scene);
    for barcode in [NUMBER, "592123456789", "ABC-123456"] {
        assert_eq!(scene.desk.scanned(barcode).unwrap_err(), TypedError::Barcode, "{barcode}");
    }
    assert_eq!(asked(&scene), before, "nobody said so");
    let whom = scene.desk.forwarded(NUMBER).unwrap();
    assert!(!format!("{whom:?}").contains(NUMBER));
    scene.desk.look_up(whom).await;
    assert_eq!(scene.person().pass.unwrap().first_name.as_deref(), Some("Yasmina"));
    scene.desk.look_up(scene.desk.forwarded("592123456789").unwrap()).await;
    assert_eq!(scene.person().phase, Phase::Refused, "UiTPAS does not know it");
    assert_eq!(asked(&scene), before + 2);
    is_nowhere(&scene).await;
}

#[tokio::test]
async fn what_is_too_short_or_in_two_parts_is_no_barcode() {
    let scene = desk(true).await;
    for text in ["12345", "12 34", "", "Zoë"] {
        assert!(matches!(scene.desk.scanned(text).unwrap_err(), TypedError::Identifier(_)), "{text}");
        assert!(matches!(scene.desk.forwarded(text).unwrap_err(), TypedError::Identifier(_)), "{text}");
    }
    let mistyped = TypedError::Identifier(IdentifierError::CheckDigit);
    assert_eq!(
        scene.desk.scanned("0900000067514").unwrap_err(),
        mistyped,
        "a card that was read badly is no identity card"
    );
}
