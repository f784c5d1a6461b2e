//! Cards and numbers that nobody here knew, and what UiTPAS says of them afterwards.

use crate::prepared;
use balie_core::card::ChipNumber;
use balie_core::outbox::State;
use balie_core::tariff::NoOffer;
use balie_desk::person::Phase;
use balie_desk::tap::TypedError;
use balie_desk::to_check::Resolution;
use balie_desk::upload::WRONG_CARD;
use balie_sandbox::{FaultAction, FaultRule};
use balie_tests::scene::{NOOR, NOORS_NUMBER, YASMINA, YASMINAS_NUMBER, no_offer};

/// A chip that UiTPAS knows as nobody's.
const NOBODYS_CHIP: &str = "04FFFFFFFFFF80";

#[tokio::test]
async fn a_card_and_a_number_that_do_not_belong_together_send_nothing_and_are_shown() {
    let scene = prepared().await;
    scene.go_offline().await;
    // The clerk types the number of Noor for the card of Yasmina.
    assert_eq!(scene.tap(YASMINA).await.phase, Phase::NumberNeeded);
    scene.type_number(NOORS_NUMBER).await;
    let sold = scene.sell_first().await;
    assert_eq!(scene.sent(), 0);
    let scene = scene.restart().await;
    scene.bring_the_network_back().await;
    scene.desk.refresh().await.unwrap();
    scene.upload().await;
    let refused = scene.again(&sold).await;
    assert_eq!((refused.state, refused.problem.as_deref()), (State::Refused, Some(WRONG_CARD)));
    assert_eq!((scene.sent(), scene.to_do().await), (0, (0, 1)), "nothing was sent, and a person sees it");
    // The pair is forgotten: the next tap offline asks again, or knows who it is by now.
    assert_eq!(scene.snapshot.number_of(ChipNumber::parse(YASMINA).unwrap()).await.unwrap(), None);
    // A person says that the number is right after all.
    scene.desk.resolve(sold.entry.id, Resolution::SendAgain).await.unwrap();
    scene.upload().await;
    assert_eq!((scene.state(&sold).await, scene.held()), (State::Confirmed, 1));
}

#[tokio::test]
async fn a_card_that_nobody_has_is_not_sent_under_the_number_that_was_typed_for_it() {
    let scene = prepared().await;
    scene.go_offline().await;
    scene.tap(NOBODYS_CHIP).await;
    scene.type_number(YASMINAS_NUMBER).await;
    let sold = scene.sell_first().await;
    scene.bring_the_network_back().await;
    scene.upload().await;
    assert_eq!(scene.again(&sold).await.problem.as_deref(), Some(WRONG_CARD));
}

#[tokio::test]
async fn a_typed_pair_that_is_right_is_learned_and_sent() {
    let scene = prepared().await;
    scene.go_offline().await;
    scene.tap(YASMINA).await;
    scene.type_number(YASMINAS_NUMBER).await;
    let sold = scene.sell_first().await;
    let again = scene.tap(YASMINA).await;
    assert_eq!(again.phase, Phase::Ready, "its number is not asked twice");
    scene.bring_the_network_back().await;
    scene.upload().await;
    assert_eq!(scene.state(&sold).await, State::Confirmed);
    let chip = ChipNumber::parse(YASMINA).unwrap();
    assert!(matches!(scene.snapshot.number_of(chip).await.unwrap(), Some((_, true))), "UiTPAS said so");
}

#[tokio::test]
async fn while_nobody_says_who_a_stranger_is_the_rest_goes_on() {
    let scene = prepared().await;
    scene.tap(NOOR).await;
    scene.go_offline().await;
    scene.type_number(YASMINAS_NUMBER).await;
    let stranger = scene.sell_first().await;
    scene.tap(NOOR).await;
    let known = scene.sell_first().await;
    scene.bring_the_network_back().await;
    scene.sandbox.add_fault(FaultRule::new(FaultAction::Status, "/passes").method("GET").answering(500, ""));
    scene.upload().await;
    assert_eq!((scene.state(&stranger).await, scene.state(&known).await), (State::Queued, State::Confirmed));
    scene.sandbox.clear_faults();
    scene.later(60).await;
    assert_eq!(scene.state(&stranger).await, State::Confirmed);
}

#[tokio::test]
async fn nobody_tries_numbers_out_at_a_desk() {
    let scene = prepared().await;
    scene.go_offline().await;
    for _ in 0..30 {
        scene.type_number(YASMINAS_NUMBER).await;
    }
    assert!(matches!(scene.desk.typed(NOORS_NUMBER), Err(TypedError::TooMany)));
    for _ in 0..70 {
        scene.tap(YASMINA).await;
    }
    let viewed = scene.ledger.trail_count("viewed").await.unwrap();
    assert_eq!(viewed, 30, "every look at a pass stands in the trail; a card that is not known is no look");
    scene.pass_time(61);
    scene.type_number(NOORS_NUMBER).await;
    assert_eq!(scene.ledger.trail_count("viewed").await.unwrap(), 31);
    assert_eq!(scene.ledger.trail_count("viewed_many").await.unwrap(), 1, "and so does that nothing was done for any");
    scene.ledger.verify_trail().await.unwrap();
}

#[tokio::test]
async fn what_was_noted_before_it_was_known_for_whom_counts_towards_their_limits() {
    let scene = prepared().await;
    scene.go_offline().await;
    scene.choose(balie_tests::scene::ONCE_A_WEEK).await;
    // A stranger by number; then the same person by card, known here, while the first still waits.
    scene.type_number(NOORS_NUMBER).await;
    scene.sell_first().await;
    scene.bring_the_network_back().await;
    scene.desk.refresh().await.unwrap();
    scene.choose(balie_tests::scene::ONCE_A_WEEK).await;
    let known = scene.tap(NOOR).await;
    assert!(matches!(no_offer(&known.offers[0]), NoOffer::LimitReached(_)), "{:?}", known.offers[0].quote);
    scene.upload().await;
    // What is known of people is wiped; only the ledger knows that the number was there this week.
    scene.desk.wipe_people().await.unwrap();
    scene.desk.prepare().await.unwrap();
    scene.go_offline().await;
    let stranger = scene.type_number(NOORS_NUMBER).await;
    assert!(stranger.pass.unwrap().is_stranger());
    assert!(matches!(no_offer(&stranger.offers[0]), NoOffer::LimitReached(_)), "nor as a stranger once more");
}

#[tokio::test]
async fn an_act_for_a_stranger_in_doubt_is_never_looked_up_under_a_made_up_id() {
    let scene = prepared().await;
    scene.go_offline().await;
    scene.type_number(YASMINAS_NUMBER).await;
    let sold = scene.sell_first().await;
    scene.bring_the_network_back().await;
    // Nobody says who it is, so it goes by its number alone; and its answer is lost.
    let dumb = FaultRule::new(FaultAction::Status, "/passes").method("GET").answering(403, "");
    scene.sandbox.add_fault(dumb);
    scene.once(FaultAction::DropAfterCommit, "POST", "/ticket-sales");
    scene.upload().await;
    assert_eq!(scene.state(&sold).await, State::InDoubt);
    scene.later(3_600).await;
    assert_eq!((scene.sent(), scene.held()), (1, 1), "it is not taken for absent, and not sent again");
    assert_eq!(scene.to_do().await.1, 1, "a person looks");
    scene.sandbox.clear_faults();
    scene.later(3_600).await;
    assert_eq!(
        (scene.state(&sold).await, scene.sent()),
        (State::Confirmed, 1),
        "it is found when somebody says who it is"
    );
}

#[tokio::test]
async fn one_number_that_uitpas_stumbles_over_does_not_hold_up_the_others() {
    let scene = prepared().await;
    scene.go_offline().await;
    scene.type_number(YASMINAS_NUMBER).await;
    let first = scene.sell_first().await;
    scene.type_number(NOORS_NUMBER).await;
    let second = scene.sell_first().await;
    scene.bring_the_network_back().await;
    scene.sandbox.add_fault(FaultRule::new(FaultAction::Status, "/passes").method("GET").answering(500, "").times(1));
    scene.upload().await;
    let mut states = [scene.state(&first).await, scene.state(&second).await];
    states.sort_by_key(|state| *state == State::Queued);
    assert_eq!(states, [State::Confirmed, State::Queued]);
    scene.later(60).await;
    assert_eq!(scene.held(), 2);
}

#[tokio::test]
async fn a_typed_card_goes_along_to_another_computer() {
    let (scene, other) = (prepared().await, prepared().await);
    scene.go_offline().await;
    scene.tap(YASMINA).await;
    scene.type_number(NOORS_NUMBER).await;
    let sold = scene.sell_first().await;
    let file = scene.file("parcel.balie");
    let handed = scene.desk.hand_over(&file).await.unwrap();
    other.desk.take_over(&file, &handed.code).await.unwrap();
    for _ in 0..4 {
        other.later(3_600).await;
    }
    let came = other.ledger.entry(sold.entry.id).await.unwrap().unwrap();
    assert_eq!(
        (came.state, came.problem.as_deref()),
        (State::Refused, Some(WRONG_CARD)),
        "there it is noticed as well"
    );
    assert_eq!(other.held(), 0);
}

#[tokio::test]
async fn a_number_from_an_older_card_of_the_same_person_is_not_taken_for_that_of_the_new_one() {
    let scene = prepared().await;
    let passholder = scene.tap(YASMINA).await.pass.unwrap().passholder.0;
    let on_the_card = scene.sandbox.welcome(1).remove(0).number;
    scene.desk.wipe_people().await.unwrap();
    scene.desk.prepare().await.unwrap();
    scene.go_offline().await;
    assert_eq!(scene.tap(YASMINA).await.phase, Phase::NumberNeeded);
    scene.type_number(YASMINAS_NUMBER).await;
    let sold = scene.sell_first().await;
    scene.bring_the_network_back().await;
    // Of the card, UiTPAS says another number.
    scene.answer_once(
        "/passes",
        &format!(
            r#"{{"passholderId":"{passholder}","passType":"INDIVIDUAL","uitpasNumber":"{on_the_card}","firstName":"Yasmina",
            "socialTariff":{{"status":"NONE"}}}}"#
        ),
    );
    scene.upload().await;
    assert_eq!(scene.state(&sold).await, State::Confirmed, "it is theirs");
    let held = scene.snapshot.number_of(ChipNumber::parse(YASMINA).unwrap()).await.unwrap();
    let (number, verified) = held.unwrap();
    assert_eq!((number.reveal(), verified), (on_the_card.as_str(), true), "and the card is known by what is on it");
}

#[tokio::test]
async fn whoever_is_known_does_not_wait_until_all_strangers_are() {
    let scene = prepared().await;
    scene.tap(NOOR).await;
    scene.go_offline().await;
    scene.type_number(YASMINAS_NUMBER).await;
    let stranger = scene.sell_first().await;
    scene.bring_the_network_back().await;
    let asked = scene.sandbox.request_count("GET", "/passes");
    let slow = FaultRule::new(FaultAction::Delay, "/passes").method("GET").delay_ms(1_500).times(1);
    scene.sandbox.add_fault(slow);
    let uploading = scene.upload();
    let selling = async {
        scene.asked("GET", "/passes", asked + 1).await;
        // While it is asked who the first one is, somebody comes who is known.
        scene.tap(NOOR).await;
        let known = scene.sell_first().await;
        while scene.state(&known).await != State::Confirmed {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        assert_eq!(scene.state(&stranger).await, State::Queued, "the other one is not known yet");
    };
    tokio::join!(uploading, selling);
    assert_eq!(scene.state(&stranger).await, State::Confirmed, "and goes as soon as it is");
}
