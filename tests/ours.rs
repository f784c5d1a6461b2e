//! Whose a record at UiTPAS is: what another desk or a person made is never taken out.

use balie_core::life::Dispute;
use balie_core::outbox::State;
use balie_desk::to_check::{Resolution, Way};
use balie_sandbox::{FaultAction, FaultRule};
use balie_tests::scene::{NOOR, SHOW, Scene, YASMINA, YASMINAS_NUMBER, json};

const SALES: &str = "/ticket-sales";

fn refusing(method: &str, name: &str, status: u16) -> FaultRule {
    let body = format!(r#"{{"type":"https://api.publiq.be/probs/uitpas/{name}"}}"#);
    json(FaultRule::new(FaultAction::Status, SALES).method(method).answering(status, &body))
}

#[tokio::test]
async fn what_was_handed_over_and_sent_from_another_desk_is_not_taken_out_by_the_first() {
    let first = Scene::start_as(&[], |config| config.receipt_in_label = true).await;
    first.tap(YASMINA).await;
    let sold = first.sell_first().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("over.balie");
    let handed = first.desk.hand_over(&file).await.unwrap();
    let second = Scene::start_beside(&first).await;
    assert_eq!(second.desk.take_over(&file, &handed.code).await.unwrap(), 1);
    for _ in 0..5 {
        second.later(130).await;
    }
    assert_eq!((first.state(&sold).await, second.state(&sold).await), (State::HandedOver, State::Confirmed));

    first.tap(NOOR).await;
    first.sell_first().await;
    first.later(1).await;
    first.later(16 * 60).await;
    first.later(1).await;
    let sums = first.desk.to_check().await.unwrap().sums;
    assert_eq!((sums[0].listed, sums[0].ours, sums[0].other, sums[0].surplus), (2, 1, 1, 0));
    assert_eq!(first.held(), 2, "both are still there");
}

#[tokio::test]
async fn what_a_person_booked_by_hand_is_not_taken_out_as_one_too_many() {
    // Whoever booked it tells the desk, or forgets to.
    for says_so in [true, false] {
        let scene = Scene::start_as(&[], |config| config.only_desk = true).await;
        scene.tap(YASMINA).await;
        let sold = scene.sell_first().await;
        scene.once(FaultAction::DropBeforeCommit, "POST", SALES);
        scene.upload().await;
        scene.sandbox.add_fault(refusing("POST", "invalid-card", 400).times(1));
        for _ in 0..4 {
            scene.later(130).await;
        }
        assert_eq!((scene.state(&sold).await, scene.held()), (State::Refused, 0));
        scene.another_desk_sells(YASMINAS_NUMBER, SHOW).await;
        if says_so {
            scene.desk.resolve(sold.entry.id, Resolution::BookedByHand).await.unwrap();
        }
        scene.later(3_700).await;
        scene.later(80_000).await;
        assert_eq!(scene.held(), 1, "it is what the clerk booked");
        assert_eq!(scene.desk.to_check().await.unwrap().extras.len(), 1, "a person hears of it");
    }
}

#[tokio::test]
async fn what_a_person_booked_by_hand_is_not_taken_for_another_sale_to_the_same_person() {
    let scene = Scene::start_as(&[], |config| config.only_desk = true).await;
    scene.tap(YASMINA).await;
    let refused = scene.sell_first().await;
    scene.sandbox.add_fault(refusing("POST", "invalid-card", 400).times(1));
    scene.upload().await;
    scene.tap(YASMINA).await;
    let doubtful = scene.sell_first().await;
    scene.once(FaultAction::DropBeforeCommit, "POST", SALES);
    scene.upload().await;
    assert_eq!((scene.state(&refused).await, scene.state(&doubtful).await), (State::Refused, State::InDoubt));
    scene.another_desk_sells(YASMINAS_NUMBER, SHOW).await;
    scene.desk.resolve(refused.entry.id, Resolution::BookedByHand).await.unwrap();
    for _ in 0..4 {
        scene.later(130).await;
    }
    let case = &scene.desk.to_check().await.unwrap().cases[0];
    assert_eq!(case.recorded.life.dispute, Some(Dispute::OtherDesk), "one record cannot be both");
    scene.desk.resolve(doubtful.entry.id, Resolution::IsNotThere).await.unwrap();
    scene.later(130).await;
    assert_eq!((scene.state(&doubtful).await, scene.held()), (State::Confirmed, 2));
    scene.later(3_700).await;
    scene.later(80_000).await;
    assert_eq!((scene.held(), scene.sandbox.request_count_below("DELETE", SALES)), (2, 0), "nor is it one too many");
}

#[tokio::test]
async fn two_sales_that_were_taken_over_do_not_take_each_other_for_one_too_many() {
    let first = Scene::start_as(&[], |config| config.only_desk = true).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("over.balie");
    first.tap(YASMINA).await;
    for _ in 0..2 {
        first.sell_first().await;
        first.tap(YASMINA).await;
    }
    let handed = first.desk.hand_over(&file).await.unwrap();
    // Both were sent from somewhere else meanwhile, say from a desk that read the same file.
    first.another_desk_sells(YASMINAS_NUMBER, SHOW).await;
    first.another_desk_sells(YASMINAS_NUMBER, SHOW).await;
    let second = Scene::start_beside(&first).await;
    assert_eq!(second.desk.take_over(&file, &handed.code).await.unwrap(), 2);
    for _ in 0..5 {
        second.later(130).await;
    }
    assert_eq!((second.held(), second.sandbox.request_count_below("DELETE", SALES)), (2, 0));
}

#[tokio::test]
async fn a_clock_that_a_person_found_right_is_right_from_then_on() {
    let scene = Scene::start().await;
    let sell = async |uid| {
        scene.tap(uid).await;
        scene.sell_first().await;
        scene.upload_by_itself().await;
    };
    scene.pass_time(3_600);
    sell(YASMINA).await;
    scene.pass_time(-3_600);
    sell(NOOR).await;
    assert!(scene.desk.clock_is_behind());
    scene.desk.clock_is_right().await.unwrap();
    sell(YASMINA).await;
    assert!(!scene.desk.clock_is_behind());
}

#[tokio::test]
async fn a_doubt_whose_list_never_comes_is_for_a_person_after_a_day() {
    let mut page = FaultRule::new(FaultAction::Status, SALES).method("GET").answering(200, "<html>busy</html>");
    // Two days later.
    page.headers.insert("date".to_owned(), "Mon, 23 Nov 2026 10:00:00 GMT".to_owned());
    for (fault, dispute) in
        [(refusing("GET", "passholder-not-found", 404), Dispute::Unreadable), (page, Dispute::TooLong)]
    {
        let scene = Scene::start().await;
        scene.tap(YASMINA).await;
        let sold = scene.sell_first().await;
        scene.once(FaultAction::DropAfterCommit, "POST", SALES);
        scene.upload().await;
        scene.sandbox.add_fault(fault);
        for _ in 0..3 {
            scene.later(43_200).await;
        }
        let doubtful = scene.again(&sold).await;
        assert_eq!((doubtful.state, doubtful.life.dispute), (State::InDoubt, Some(dispute)));
        assert_eq!(scene.desk.to_check().await.unwrap().cases[0].ways, [Way::IsThere, Way::IsNotThere]);
    }
}

#[tokio::test]
async fn a_record_too_many_that_uitpas_keeps_is_shown_and_not_asked_for_again_and_again() {
    let scene = Scene::start_as(&[], |config| config.only_desk = true).await;
    scene.tap(YASMINA).await;
    scene.sell_first().await;
    scene.once(FaultAction::DropAfterCommit, "POST", SALES);
    scene.upload().await;
    scene.another_desk_sells(YASMINAS_NUMBER, SHOW).await;
    scene.sandbox.add_fault(refusing("DELETE", "invalid-card", 400));
    for _ in 0..10 {
        scene.later(30).await;
    }
    let found = scene.desk.to_check().await.unwrap();
    let asked = scene.sandbox.request_count_below("DELETE", SALES);
    assert_eq!((found.extras.len(), asked), (1, 1), "counted: {}", scene.counts().await.to_check);
}

#[tokio::test]
async fn a_cancellation_of_what_was_cancelled_by_another_comes_to_an_end() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    let sold = scene.sell_first().await;
    scene.upload().await;
    let first = scene.desk.undo(sold.entry.id).await.unwrap();
    scene.sandbox.add_fault(refusing("DELETE", "invalid-card", 400).times(1));
    scene.upload().await;
    assert_eq!(scene.state(&first).await, State::Refused);
    let second = scene.desk.undo(sold.entry.id).await.unwrap();
    scene.desk.resolve(first.entry.id, Resolution::SendAgain).await.unwrap();
    for _ in 0..4 {
        scene.later(60).await;
    }
    assert_eq!((scene.state(&sold).await, scene.held()), (State::Cancelled, 0));
    assert_eq!(scene.counts().await.to_send, 0, "{:?} {:?}", scene.state(&first).await, scene.state(&second).await);
}

#[tokio::test]
async fn what_was_booked_by_hand_does_not_seem_taken_out_when_nothing_was_asked() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    let sold = scene.sell_first().await;
    scene.sandbox.add_fault(refusing("POST", "invalid-card", 400).times(1));
    scene.upload().await;
    scene.another_desk_sells(YASMINAS_NUMBER, SHOW).await;
    scene.desk.resolve(sold.entry.id, Resolution::BookedByHand).await.unwrap();
    let _ = scene.desk.undo(sold.entry.id).await;
    scene.later(1).await;
    assert_eq!((scene.state(&sold).await, scene.held()), (State::Confirmed, 1));
    let case = &scene.desk.to_check().await.unwrap().cases[0];
    assert_eq!(case.ways, [Way::BookedByHand, Way::WriteOff], "a person hears of it; sent again it would come back");
}

#[tokio::test]
async fn a_sale_that_was_taken_back_says_nothing_about_the_lag() {
    let scene = Scene::start().await;
    scene.sandbox.set_list_lag(60_000);
    scene.tap(YASMINA).await;
    let sold = scene.sell_first().await;
    scene.upload().await;
    scene.desk.undo(sold.entry.id).await.unwrap();
    scene.later(2).await;
    assert_eq!((scene.state(&sold).await, scene.held()), (State::Cancelled, 0));
    scene.later(1_300).await;
    scene.later(2).await;
    assert!(scene.ledger.settling().await.unwrap().longest_lag_ms < 1_200_000, "an hour of settling from now on");
}

#[tokio::test]
async fn what_comes_back_to_the_first_desk_is_sent_from_there() {
    let first = Scene::start().await;
    first.tap(YASMINA).await;
    let sold = first.sell_first().await;
    let folder = tempfile::tempdir().unwrap();
    let (there, back) = (folder.path().join("there.balie"), folder.path().join("back.balie"));
    let handed = first.desk.hand_over(&there).await.unwrap();
    let second = Scene::start_beside(&first).await;
    assert_eq!(second.desk.take_over(&there, &handed.code).await.unwrap(), 1);
    let handed = second.desk.hand_over(&back).await.unwrap();
    assert_eq!((handed.count, first.desk.take_over(&back, &handed.code).await.unwrap()), (1, 1));
    for _ in 0..5 {
        first.later(130).await;
    }
    assert_eq!((first.state(&sold).await, first.held()), (State::Confirmed, 1));
}

#[tokio::test]
async fn a_file_that_could_not_be_put_in_place_is_written_again_with_what_came_since() {
    let scene = Scene::start().await;
    scene.tap(YASMINA).await;
    scene.sell_first().await;
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("taken");
    std::fs::create_dir_all(taken.join("full")).unwrap();
    scene.desk.hand_over(&taken).await.unwrap_err();
    scene.tap(NOOR).await;
    scene.sell_first().await;
    let handed = scene.desk.hand_over(&folder.path().join("good.balie")).await.unwrap();
    assert_eq!(handed.count, 2, "the first sale is in no file that anybody can read");
}
