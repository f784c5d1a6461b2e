//! What waited goes together, twenty-five tickets at most, and is settled together.

use super::{GROUP, SALES};
use balie_core::life::Dispute;
use balie_core::outbox::State;
use balie_desk::config::Config;
use balie_desk::to_check::{Resolution, Why};
use balie_sandbox::{FaultAction, FaultRule, Habits, OtherDeskSale};
use balie_store::entries::Recorded;
use balie_tests::scene::{NOORS_NUMBER, Scene, YASMINAS_NUMBER};

/// Another group with fifty turns a year.
const OTHER_GROUP: &str = "0900010630813";
/// Everybody else who has an active kansenstatuut.
const OTHERS: [&str; 3] = ["0900011902815", "0900011903417", "0900000672312"];
/// How many tickets wait, and of how many sales.
const TICKETS: usize = 25;
const SALES_WAITING: usize = 7;

/// A desk at which twenty-five tickets wait, of five persons and two groups, and nobody waits for them any more.
async fn backlog(change: impl FnOnce(&mut Config)) -> (Scene, Vec<Recorded>) {
    let scene = Scene::start_as(&[], change).await;
    let mut sales = Vec::new();
    for number in [YASMINAS_NUMBER, NOORS_NUMBER].into_iter().chain(OTHERS) {
        scene.type_number(number).await;
        sales.push(scene.sell_first().await);
    }
    let group = scene.tap(GROUP).await;
    sales.push(scene.desk.sell(group.tap, group.offers[0].id, 10).await.unwrap());
    let group = scene.type_number(OTHER_GROUP).await;
    sales.push(scene.desk.sell(group.tap, group.offers[0].id, 10).await.unwrap());
    scene.pass_time(100);
    scene.desk.refresh().await.unwrap();
    (scene, sales)
}

async fn states(scene: &Scene, sales: &[Recorded]) -> Vec<State> {
    let mut states = Vec::new();
    for sale in sales {
        states.push(scene.state(sale).await);
    }
    states
}

async fn are_all(scene: &Scene, sales: &[Recorded], state: State) {
    assert_eq!(states(scene, sales).await, [state; SALES_WAITING]);
}

fn alone(config: &mut Config) {
    config.only_desk = true;
}

fn labelling(config: &mut Config) {
    config.receipt_in_label = true;
}

#[tokio::test]
async fn what_waited_goes_in_one_request_in_whatever_order_it_is_answered() {
    for batch_order in [balie_sandbox::Order::Kept, balie_sandbox::Order::Reversed, balie_sandbox::Order::Shuffled] {
        let (scene, sales) = backlog(|_| {}).await;
        scene.sandbox.set_habits(Habits { batch_order, seed: 3, ..Habits::default() });
        scene.upload().await;
        are_all(&scene, &sales, State::Confirmed).await;
        assert_eq!((scene.sent(), scene.held()), (1, TICKETS));
        for sale in &sales {
            let number = sale.entry.act.holder().number.reveal();
            let held = scene.sandbox.ticket_sales();
            for id in scene.server_ids(sale).await {
                let theirs = held.iter().find(|held| held.id == id).unwrap();
                assert_eq!(theirs.uitpas_number, number, "{batch_order:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_batch_in_doubt_is_found_as_a_whole() {
    for change in [alone as fn(&mut Config), labelling] {
        let (scene, sales) = backlog(change).await;
        scene.once(FaultAction::DropAfterCommit, "POST", SALES);
        scene.upload().await;
        are_all(&scene, &sales, State::InDoubt).await;
        scene.later(3).await;
        are_all(&scene, &sales, State::Confirmed).await;
        assert_eq!((scene.sent(), scene.held()), (1, TICKETS));
    }
}

#[tokio::test]
async fn where_the_list_of_the_activity_cannot_be_had_each_person_is_looked_up() {
    for (action, held) in [(FaultAction::DropAfterCommit, TICKETS), (FaultAction::DropBeforeCommit, 0)] {
        let (scene, sales) = backlog(alone).await;
        scene.once(action, "POST", SALES);
        scene.upload().await;
        assert_eq!(scene.held(), held);
        let asked = scene.sandbox.request_count("GET", SALES);
        for seconds in [3, 10, 30, 130] {
            let unreadable = FaultRule::new(FaultAction::Status, SALES).method("GET").times(1);
            scene.sandbox.add_fault(unreadable.answering(200, r#"{"totalItems":1,"member":"of another kind"}"#));
            scene.later(seconds).await;
        }
        are_all(&scene, &sales, if held == 0 { State::Queued } else { State::Confirmed }).await;
        assert!(scene.sandbox.request_count("GET", SALES) > asked + SALES_WAITING as u64);
        scene.settle().await;
        are_all(&scene, &sales, State::Confirmed).await;
        assert_eq!((scene.held(), scene.counts().await.to_check), (TICKETS, 0));
    }
}

#[tokio::test]
async fn a_batch_in_doubt_that_is_absent_goes_again_each_by_itself() {
    for change in [alone as fn(&mut Config), labelling, |_| {}] {
        let (scene, sales) = backlog(change).await;
        scene.once(FaultAction::DropBeforeCommit, "POST", SALES);
        scene.upload().await;
        scene.settle().await;
        are_all(&scene, &sales, State::Confirmed).await;
        assert_eq!((scene.sent(), scene.held()), (1 + SALES_WAITING as u64, TICKETS));
        scene.settle_for_good().await;
        assert_eq!((scene.held(), scene.counts().await.to_check), (TICKETS, 0));
    }
}

#[tokio::test]
async fn old_sales_without_a_receipt_that_may_be_of_another_desk_are_for_a_person() {
    let (scene, sales) = backlog(|_| {}).await;
    scene.once(FaultAction::DropAfterCommit, "POST", SALES);
    scene.upload().await;
    scene.settle().await;
    are_all(&scene, &sales, State::InDoubt).await;
    for sale in &sales {
        let case = scene.case(sale).await.unwrap();
        assert_eq!(case.why, Why::Disputed(Dispute::OtherDesk));
        let record = case.candidates[0].id.clone();
        scene.desk.resolve(sale.entry.id, Resolution::IsThere { record }).await.unwrap();
    }
    are_all(&scene, &sales, State::Confirmed).await;
    scene.settle_for_good().await;
    assert_eq!((scene.sent(), scene.held(), scene.counts().await.to_check), (1, TICKETS, 0));
}

#[tokio::test]
async fn half_a_batch_is_a_contradiction_and_every_ticket_of_it_stays_until_a_person_said_so() {
    for change in [alone as fn(&mut Config), labelling] {
        let (scene, sales) = backlog(change).await;
        scene.once(FaultAction::DropAfterCommit, "POST", SALES);
        scene.upload().await;
        let gone = scene.sandbox.ticket_sales().remove(0);
        scene.sandbox.other_desk_cancels(&gone.id);
        scene.settle().await;
        are_all(&scene, &sales, State::InDoubt).await;
        assert_eq!(scene.why(&sales[3]).await, Why::Disputed(Dispute::Partial));
        scene.settle_for_good().await;
        assert_eq!((scene.sent(), scene.held()), (1, TICKETS - 1), "nothing is sent again and nothing taken out");

        let absent = sales.iter().find(|sale| sale.entry.act.holder().number.reveal() == gone.uitpas_number).unwrap();
        for sale in &sales {
            let case = scene.case(sale).await.unwrap();
            let resolution = match case.candidates.first() {
                Some(found) if sale.entry.id != absent.entry.id => Resolution::IsThere { record: found.id.clone() },
                _ => Resolution::IsNotThere,
            };
            scene.desk.resolve(sale.entry.id, resolution).await.unwrap();
        }
        scene.settle_for_good().await;
        are_all(&scene, &sales, State::Confirmed).await;
        assert_eq!((scene.sent(), scene.held(), scene.counts().await.to_check), (2, TICKETS, 0));
    }
}

#[tokio::test]
async fn while_half_a_batch_is_looked_into_the_sums_of_the_activity_take_nothing_out() {
    for change in [alone as fn(&mut Config), labelling] {
        let (scene, sales) = backlog(change).await;
        scene.once(FaultAction::DropAfterCommit, "POST", SALES);
        scene.upload().await;
        let gone = scene.sandbox.ticket_sales().remove(0);
        scene.sandbox.other_desk_cancels(&gone.id);
        scene.settle().await;
        are_all(&scene, &sales, State::InDoubt).await;
        let resolved = scene.desk.resolve(sales[0].entry.id, Resolution::IsNotThere).await.unwrap();
        assert_eq!(resolved.state, State::Queued);
        // One of them is confirmed now, so the sums of the activity are checked a quarter of an hour later.
        for _ in 0..4 {
            scene.later(300).await;
        }
        assert_eq!(scene.held(), TICKETS);
        assert_eq!(scene.state(&sales[1]).await, State::InDoubt);
        scene.settle_for_good().await;
        assert_eq!(scene.held(), TICKETS, "what was still looked for stays where it is");
        are_all(&scene, &sales, State::Confirmed).await;
    }
}

/// Another desk uses up what the other group may buy, so that its ten tickets are refused.
fn use_up_the_turns(scene: &Scene) {
    for _ in 0..45 {
        let theirs = OtherDeskSale { uitpas_number: OTHER_GROUP.to_owned(), ..super::desks::equal_sale(None) };
        scene.sandbox.other_desk_sells(theirs).unwrap();
    }
}

#[tokio::test]
async fn one_sale_that_uitpas_refuses_holds_up_no_other() {
    for (points_at_item, most) in [(true, 2), (false, 9)] {
        let (scene, sales) = backlog(|_| {}).await;
        use_up_the_turns(&scene);
        scene.sandbox.set_habits(Habits { points_at_item, ..Habits::default() });
        scene.upload().await;
        let (poison, others) = sales.split_last().unwrap();
        assert_eq!(states(&scene, others).await, [State::Confirmed; SALES_WAITING - 1], "points: {points_at_item}");
        let refused = scene.again(poison).await;
        assert_eq!((refused.state, refused.attempts > 0), (State::Refused, true));
        assert!(refused.problem.is_some());
        assert_eq!(scene.held(), 45 + TICKETS - 10);
        assert!(scene.sent() <= most, "{} requests, points: {points_at_item}", scene.sent());
        assert_eq!(scene.counts().await.to_check, 1);
    }
}

#[tokio::test]
async fn a_batch_that_could_not_be_sent_or_was_not_processed_waits_as_it_was() {
    let token = FaultRule::new(FaultAction::Status, SALES).method("POST").times(1);
    for status in [401, 403, 408, 429] {
        let (scene, sales) = backlog(|_| {}).await;
        scene.sandbox.add_fault(token.clone().answering(status, "{}"));
        scene.upload().await;
        are_all(&scene, &sales, State::Queued).await;
        scene.later(120).await;
        are_all(&scene, &sales, State::Confirmed).await;
        assert_eq!((scene.sent(), scene.held()), (2, TICKETS), "{status}");
    }
    let (scene, sales) = backlog(|_| {}).await;
    scene.lose_the_network().await;
    scene.upload().await;
    are_all(&scene, &sales, State::Queued).await;
    scene.bring_the_network_back().await;
    scene.later(120).await;
    are_all(&scene, &sales, State::Confirmed).await;
    assert_eq!((scene.sent(), scene.held()), (1, TICKETS));
}
