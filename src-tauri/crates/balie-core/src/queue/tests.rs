use super::*;
use crate::life::Life;
use crate::outbox::Signal;
use crate::tests::{at, attempt, cancellation, check_in, in_doubt, occurred, open, redemption, sale, sending, with};
use crate::tests::{ticket, tickets as some_tickets};
use proptest::prelude::*;

/// Long after the acts, so that nobody stands at the desk any more.
const LATER: i64 = 1_000;

fn queue(entries: Vec<Open>) -> Queue {
    Queue::new(entries, at(LATER))
}

fn receipts(batch: &[Open]) -> Vec<i64> {
    batch.iter().map(Open::receipt).collect()
}

fn next_at(queue: &mut Queue, now: i64) -> Vec<i64> {
    queue.next(at(now)).map(|batch| receipts(&batch)).unwrap_or_default()
}

/// Takes out what goes next until nothing may, and leaves all of it under way.
fn send_all(queue: &mut Queue, now: i64) -> Vec<Vec<i64>> {
    let mut sent = Vec::new();
    while let Some(batch) = queue.next(at(now)) {
        sent.push(receipts(&batch));
        assert!(sent.len() < 100, "the same goes again and again");
        for open in batch {
            queue.put(sending(open), at(now));
        }
        assert_eq!(queue.check(), Ok(()));
    }
    sent
}

fn settle(queue: &mut Queue, receipt: i64, signal: Signal, now: i64) {
    let open = queue.get(receipt).unwrap().clone();
    let life = open.life.take(signal).unwrap();
    queue.put(with(open, life), at(now));
}

fn waiting(open: Open, until: i64, hold: Option<Hold>) -> Open {
    let life = Life { not_before: at(until), hold, ..open.life };
    with(open, life)
}

#[test]
fn an_empty_queue_has_nothing_to_do() {
    let mut queue = queue(vec![]);
    assert_eq!((queue.next(at(LATER)), queue.next_look(at(LATER)), queue.due()), (None, None, None));
    assert_eq!((queue.iter().count(), queue.expired(at(LATER)).len(), queue.to_hurry().len()), (0, 0, 0));
}

#[test]
fn a_person_is_a_lane_with_one_request_at_a_time_in_order() {
    let mut queue = queue(vec![open(2, sale(1, "e")), open(1, sale(1, "f")), open(3, sale(1, "g"))]);
    assert_eq!(send_all(&mut queue, LATER), [[1]]);
    settle(&mut queue, 1, Signal::Accepted, LATER);
    assert_eq!(send_all(&mut queue, LATER), [[2]]);
    settle(&mut queue, 2, Signal::Refused, LATER);
    assert_eq!(send_all(&mut queue, LATER), [[3]], "a refusal holds up nobody");
}

#[test]
fn other_people_go_on() {
    let mut queue = queue(vec![open(1, check_in(1, "e", None)), open(2, check_in(2, "e", None))]);
    assert_eq!(send_all(&mut queue, LATER), [[1], [2]]);
}

#[test]
fn a_doubt_holds_up_only_what_could_be_taken_for_it() {
    let doubtful = in_doubt(open(1, sale(1, "e")), &attempt(1, 0, 1));
    let mut held = queue(vec![
        doubtful.clone(),
        open(2, sale(1, "e")),
        open(3, sale(1, "f")),
        open(4, check_in(1, "e", None)),
        open(5, sale(2, "e")),
    ]);
    assert_eq!(send_all(&mut held, LATER), [vec![3], vec![5]], "3 of the same person and 5 of another");
    settle(&mut held, 3, Signal::Accepted, LATER);
    assert_eq!(send_all(&mut held, LATER), [[4]], "a point is no ticket");
    settle(&mut held, 4, Signal::Accepted, LATER);
    assert_eq!(send_all(&mut held, LATER), Vec::<Vec<i64>>::new());
    settle(&mut held, 1, Signal::Found, LATER);
    assert_eq!(send_all(&mut held, LATER), [[2]]);
    let disputed = Life { dispute: Some(crate::life::Dispute::Several), ..doubtful.life };
    let mut held = queue(vec![with(doubtful, disputed), open(2, sale(1, "e"))]);
    assert_eq!(send_all(&mut held, LATER), Vec::<Vec<i64>>::new(), "a dispute is a doubt");
}

#[test]
fn only_the_same_kind_for_the_same_person_and_thing_can_be_taken_for_another() {
    let of = |act| open(1, act).entry;
    let elsewhere = |act: Act| {
        let entry = of(act);
        let organizer = crate::event::OrganizerId("p".to_owned());
        match &entry.act {
            Act::Sale(sale) => {
                let holder = crate::entry::Holder { organizer, ..sale.holder.clone() };
                of(Act::Sale(crate::entry::TicketSale { holder, ..sale.clone() }))
            }
            _ => entry,
        }
    };
    for (one, other, same) in [
        (of(sale(1, "e")), of(sale(1, "e")), true),
        (of(sale(1, "e")), of(sale(1, "f")), false),
        (of(sale(1, "e")), of(sale(2, "e")), false),
        (of(sale(1, "e")), elsewhere(sale(1, "e")), false),
        (of(sale(1, "e")), of(check_in(1, "e", None)), false),
        (of(check_in(1, "e", None)), of(check_in(1, "e", Some(9))), true),
        (of(check_in(1, "e", None)), of(check_in(1, "f", None)), false),
        (of(redemption(1, "r")), of(redemption(1, "r")), true),
        (of(redemption(1, "r")), of(redemption(1, "s")), false),
        (of(cancellation(1)), of(cancellation(1)), false),
    ] {
        assert_eq!((could_be_taken_for(&one, &other), could_be_taken_for(&other, &one)), (same, same));
    }
}

#[test]
fn what_uitpas_takes_for_a_short_time_goes_first_then_the_living_then_cancellations_then_the_rest() {
    let mut queue = Queue::new(
        [
            occurred(1, sale(1, "e"), 0),
            occurred(2, cancellation(2), 0),
            occurred(3, sale(3, "e"), LATER),
            occurred(4, check_in(4, "e", Some(LATER + 1_801)), 0),
            occurred(5, check_in(5, "e", Some(LATER + 1_800)), 0),
            occurred(6, check_in(6, "e", Some(LATER + 60)), 0),
        ],
        at(LATER),
    );
    assert_eq!(send_all(&mut queue, LATER), [[6], [5], [3], [2], [4], [1]]);
}

#[test]
fn within_a_lane_the_nearest_deadline_goes_first() {
    let mut queue = queue(vec![
        open(1, sale(1, "e")),
        open(2, check_in(1, "e", Some(9_000))),
        open(3, check_in(1, "f", Some(8_000))),
    ]);
    let mut order = Vec::new();
    while let Some(batch) = queue.next(at(LATER)) {
        order.push(batch[0].receipt());
        assert!(order.len() < 10);
        queue.put(sending(batch[0].clone()), at(LATER));
        settle(&mut queue, batch[0].receipt(), Signal::Accepted, LATER);
    }
    assert_eq!(order, [3, 2, 1]);
}

#[test]
fn after_a_minute_a_sale_waits_with_the_rest_and_can_go_in_company() {
    let mut queue = Queue::new([occurred(1, sale(1, "e"), 100), occurred(2, sale(2, "e"), 130)], at(130));
    assert_eq!(next_at(&mut queue, 160), [1], "each customer waits for their own");
    assert_eq!(next_at(&mut queue, 161), [2], "who still stands here goes before who left");
    assert_eq!(next_at(&mut queue, 191), [1, 2]);
    let tried = Life { attempts: 1, ..Life::fresh() };
    let tried = |receipt, person| with(occurred(receipt, sale(person, "e"), 100), tried);
    let mut queue = Queue::new([tried(1, 1), tried(2, 2)], at(130));
    assert_eq!(next_at(&mut queue, 130), [1, 2], "what was tried is no longer fresh");
}

#[test]
fn a_reward_waits_for_the_points_before_it_and_no_longer_than_somebody_knows_when_they_come() {
    let reward = || open(2, redemption(1, "r"));
    let point = || open(1, check_in(1, "e", None));
    let mut held = queue(vec![waiting(point(), LATER + 60, None), reward()]);
    assert_eq!(next_at(&mut held, LATER), Vec::<i64>::new());
    assert_eq!(next_at(&mut held, LATER + 60), [1], "first the point");
    let doubtful = in_doubt(point(), &attempt(1, 0, 1));
    assert_eq!(next_at(&mut queue(vec![doubtful.clone(), reward()]), LATER), Vec::<i64>::new());
    let disputed = Life { dispute: Some(crate::life::Dispute::Several), ..doubtful.life };
    assert_eq!(next_at(&mut queue(vec![with(doubtful, disputed), reward()]), LATER), [2], "a person may take days");
    let forbidden = waiting(point(), LATER + 60, Some(Hold::Forbidden));
    assert_eq!(next_at(&mut queue(vec![forbidden, reward()]), LATER), [2], "nobody knows when");
    for hold in [Hold::SignIn, Hold::Wait] {
        let held = waiting(point(), LATER + 60, Some(hold));
        assert_eq!(next_at(&mut queue(vec![held, reward()]), LATER), Vec::<i64>::new());
    }
    let later = waiting(open(3, check_in(1, "e", None)), LATER + 60, None);
    assert_eq!(next_at(&mut queue(vec![later, reward()]), LATER), [2], "a later point does not pay for it");
    let ticket = waiting(open(1, sale(1, "e")), LATER + 60, None);
    assert_eq!(next_at(&mut queue(vec![ticket, reward()]), LATER), [2], "a ticket pays for nothing");
    let other = waiting(open(1, check_in(2, "e", None)), LATER + 60, None);
    assert_eq!(next_at(&mut queue(vec![other, reward()]), LATER), [2], "nor does the point of another");
}

#[test]
fn a_reward_does_not_hold_up_itself_nor_the_point_before_it() {
    let mut queue = queue(vec![open(1, redemption(1, "r")), open(2, check_in(1, "e", None))]);
    assert_eq!(next_at(&mut queue, LATER), [1]);
    settle(&mut { queue.clone() }, 1, Signal::Withdraw, LATER);
    assert_eq!(queue.check(), Ok(()));
}

#[test]
fn waiting_tickets_of_one_activity_go_together_at_most_twenty_five() {
    let many: Vec<Open> = (1..=60).map(|n| open(n, sale(usize::try_from(n).unwrap(), "e"))).collect();
    let mut queue = queue(many);
    let batches = send_all(&mut queue, LATER);
    assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [25, 25, 10]);
    assert_eq!(batches.concat(), (1..=60).collect::<Vec<i64>>(), "in their order");
}

#[test]
fn tickets_are_counted_and_not_entries() {
    let mut queue = queue(vec![
        open(1, some_tickets(1, "e", 10)),
        open(2, some_tickets(2, "e", 16)),
        open(3, some_tickets(3, "e", 15)),
        open(4, some_tickets(4, "e", 1)),
        open(5, some_tickets(5, "e", 40)),
    ]);
    assert_eq!(send_all(&mut queue, LATER), [vec![1, 3], vec![2, 4], vec![5]]);
}

#[test]
fn only_what_can_go_together_goes_together() {
    let untold = crate::entry::TicketSale { tariff: None, ..ticket(3, "e") };
    let organizer = crate::event::OrganizerId("p".to_owned());
    let elsewhere = ticket(4, "e");
    let holder = crate::entry::Holder { organizer, ..elsewhere.holder.clone() };
    let elsewhere = crate::entry::TicketSale { holder, ..elsewhere };
    let mut queue = queue(vec![
        open(1, sale(1, "e")),
        open(2, sale(2, "f")),
        open(3, Act::Sale(untold)),
        open(4, Act::Sale(elsewhere)),
        open(5, check_in(5, "e", None)),
        open(6, sale(1, "e")),
        open(7, sale(7, "e")),
        open(8, cancellation(8)),
        open(9, redemption(9, "e")),
    ]);
    assert_eq!(send_all(&mut queue, LATER), [vec![8], vec![1, 7], vec![2], vec![3], vec![4], vec![5], vec![9]]);
}

#[test]
fn after_a_refusal_fewer_go_together() {
    let of = |receipt, most| {
        let open = open(receipt, sale(usize::try_from(receipt).unwrap(), "e"));
        let life = Life { most, ..open.life };
        with(open, life)
    };
    let mut halves = queue((1..=5).map(|n| of(n, 2)).collect());
    assert_eq!(send_all(&mut halves, LATER), [vec![1, 2], vec![3, 4], vec![5]]);
    let mut mixed = queue(vec![of(1, 25), of(2, 1), of(3, 25)]);
    assert_eq!(send_all(&mut mixed, LATER), [vec![1, 3], vec![2]], "who goes alone leads nobody astray");
    let mut mixed = queue(vec![of(1, 1), of(2, 25), of(3, 25)]);
    assert_eq!(send_all(&mut mixed, LATER), [vec![1], vec![2, 3]]);
    let mut mixed = queue(vec![of(1, 25), of(2, 2), of(3, 25)]);
    assert_eq!(send_all(&mut mixed, LATER), [vec![1, 2], vec![3]], "the smaller limit holds for all");
    let mut large = queue(vec![with(open(1, some_tickets(1, "e", 40)), of(1, 1).life), of(2, 25)]);
    assert_eq!(send_all(&mut large, LATER), [vec![1], vec![2]]);
}

/// The whole way of a batch with one poisoned entry, with UiTPAS naming it or not.
fn isolated(poison: i64, named: bool) -> (usize, Vec<i64>) {
    let mut queue = queue((1..=25).map(|n| open(n, sale(usize::try_from(n).unwrap(), "e"))).collect());
    let (mut requests, mut confirmed) = (0, Vec::new());
    while let Some(batch) = queue.next(at(LATER)) {
        let batch: Vec<Open> = batch.into_iter().map(sending).collect();
        batch.iter().for_each(|open| queue.put(open.clone(), at(LATER)));
        let culprit = batch.iter().position(|open| open.receipt() == poison);
        let class = match culprit {
            Some(_) => crate::upload::Class::Refused { culprit: culprit.filter(|_| named), limit: false },
            None => crate::upload::Class::Accepted,
        };
        requests += 1;
        assert!(requests < 100);
        for change in crate::upload::answered(&batch, class, &attempt(1, 0, 1), at(LATER), 0).unwrap() {
            if change.life.state == State::Confirmed {
                confirmed.push(change.receipt);
            }
            let open = batch.iter().find(|open| open.receipt() == change.receipt).unwrap().clone();
            queue.put(with(open, change.life), at(LATER));
        }
    }
    assert_eq!(queue.iter().count(), 0);
    confirmed.sort_unstable();
    (requests, confirmed)
}

#[test]
fn a_poisoned_entry_is_found_and_all_others_arrive() {
    for poison in 1..=25 {
        let others: Vec<i64> = (1..=25).filter(|receipt| *receipt != poison).collect();
        let (requests, confirmed) = isolated(poison, true);
        assert_eq!((requests, &confirmed), (2, &others));
        let (requests, confirmed) = isolated(poison, false);
        assert_eq!(confirmed, others);
        assert!(requests <= 25, "{requests} requests for {poison}");
    }
}

#[test]
fn nothing_goes_before_its_time() {
    let mut queue = queue(vec![waiting(open(1, sale(1, "e")), LATER + 60, None), open(2, sale(1, "f"))]);
    assert_eq!(queue.due(), Some(at(LATER + 60)));
    assert_eq!(next_at(&mut queue, LATER), [2], "what waits does not hold up the lane");
    settle_away(&mut queue, 2);
    assert_eq!(next_at(&mut queue, LATER + 59), Vec::<i64>::new());
    assert_eq!(next_at(&mut queue, LATER + 60), [1]);
    assert_eq!(queue.due(), None);
}

fn settle_away(queue: &mut Queue, receipt: i64) {
    settle(queue, receipt, Signal::Withdraw, LATER);
}

#[test]
fn who_wakes_up_while_the_lane_is_busy_waits_for_it() {
    let mut queue = queue(vec![open(1, sale(1, "e")), waiting(open(2, sale(1, "f")), LATER + 60, None)]);
    assert_eq!(send_all(&mut queue, LATER), [[1]]);
    assert_eq!(next_at(&mut queue, LATER + 60), Vec::<i64>::new());
    settle(&mut queue, 1, Signal::Accepted, LATER + 60);
    assert_eq!(next_at(&mut queue, LATER + 60), [2]);
}

#[test]
fn what_was_refused_or_taken_back_is_gone_and_what_is_watched_stays() {
    let watched = |signal: Signal| {
        let open = in_doubt(open(1, sale(1, "e")), &attempt(1, 0, 1));
        let life = open.life.take(Signal::Absent).unwrap().take(signal).unwrap();
        with(open, life.watched(at(LATER)))
    };
    let mut queue = queue(vec![watched(Signal::Withdraw), open(2, sale(1, "e"))]);
    assert_eq!(next_at(&mut queue, LATER), [2], "nothing is owed any more");
    assert_eq!(queue.next_look(at(LATER + 3_599)), None);
    assert!(matches!(queue.next_look(at(LATER + 3_600)), Some(Look::Recheck(open)) if open.receipt() == 1));
    settle(&mut queue, 2, Signal::Withdraw, LATER);
    assert_eq!(queue.iter().map(Open::receipt).collect::<Vec<_>>(), [1]);
}

#[test]
fn a_request_in_doubt_is_looked_up_whole_and_once_at_a_time() {
    let doubtful = |receipt, person, batch| in_doubt(open(receipt, sale(person, "e")), &attempt(batch, 0, 10));
    let mut queue = queue(vec![doubtful(1, 1, 7), doubtful(2, 2, 7), doubtful(3, 3, 8), open(4, sale(4, "e"))]);
    assert_eq!((queue.next_look(at(11)), queue.due()), (None, Some(at(12))));
    let look = |queue: &mut Queue, now| match queue.next_look(at(now)) {
        Some(Look::Doubt(batch)) => receipts(&batch),
        Some(Look::Recheck(open)) => vec![-open.receipt()],
        None => vec![],
    };
    assert_eq!(look(&mut queue, 12), [1, 2]);
    assert_eq!(look(&mut queue, 12), [3]);
    assert_eq!(look(&mut queue, 71), Vec::<i64>::new(), "leased for a minute");
    assert_eq!(look(&mut queue, 72), [1, 2]);
    settle(&mut queue, 1, Signal::Found, 73);
    assert_eq!(look(&mut queue, 73), [3]);
    assert_eq!(look(&mut queue, 132), [2], "the rest of the request is still in doubt");
    settle(&mut queue, 2, Signal::Found, 73);
    settle(&mut queue, 3, Signal::Found, 73);
    assert_eq!((queue.next_look(at(99_999)), queue.due()), (None, None));
    assert_eq!(queue.iter().map(Open::receipt).collect::<Vec<_>>(), [4]);
}

#[test]
fn what_was_sent_twice_is_looked_up_after_what_is_in_doubt() {
    let twice = in_doubt(open(1, sale(1, "e")), &attempt(1, 0, 1));
    let again = twice.life.take(Signal::Absent).unwrap().take(Signal::Claim).unwrap();
    let confirmed = again.confirmed(Signal::Accepted, at(0)).unwrap();
    let mut queue = queue(vec![with(twice, confirmed), in_doubt(open(2, sale(2, "e")), &attempt(2, 0, 3_598))]);
    assert_eq!(queue.due(), Some(at(3_600)));
    assert!(matches!(queue.next_look(at(3_600)), Some(Look::Doubt(_))));
    assert!(matches!(queue.next_look(at(3_600)), Some(Look::Recheck(open)) if open.receipt() == 1));
    assert_eq!((queue.next_look(at(3_659)), queue.due()), (None, Some(at(3_660))));
    assert_eq!(queue.get(1).map(Open::receipt), Some(1));
    let open = queue.get(1).unwrap().clone();
    let first = open.life.rechecked(at(3_700));
    queue.put(with(open.clone(), first), at(3_700));
    assert!(matches!(queue.next_look(at(3_700)), Some(Look::Doubt(_))));
    assert_eq!(queue.next_look(at(3_700)), None);
    queue.put(with(open, first.rechecked(at(80_000))), at(80_000));
    assert_eq!(queue.get(1), None, "it is done for good");
}

#[test]
fn a_deadline_that_passed_is_told_of_what_is_queued_and_nothing_else() {
    let mut queue = queue(vec![
        open(1, check_in(1, "e", Some(100))),
        sending(open(2, check_in(2, "e", Some(100)))),
        in_doubt(open(3, check_in(3, "e", Some(100))), &attempt(1, 0, 1)),
        open(4, check_in(4, "e", Some(101))),
        open(5, sale(5, "e")),
    ]);
    let expired = |queue: &Queue, now| receipts(&queue.expired(at(now)));
    assert_eq!(expired(&queue, 100), Vec::<i64>::new(), "at the last moment it is in time");
    assert_eq!(expired(&queue, 101), [1]);
    assert_eq!(expired(&queue, 999), [1, 4]);
    settle(&mut queue, 1, Signal::Expired, 101);
    assert_eq!(expired(&queue, 999), [4]);
    settle(&mut queue, 2, Signal::NotSent, 200);
    assert_eq!(expired(&queue, 999), [2, 4], "it is queued again");
}

#[test]
fn when_the_network_is_back_all_may_go_but_what_uitpas_asked_to_wait() {
    let of = |receipt: i64, hold| {
        waiting(open(receipt, sale(usize::try_from(receipt).unwrap(), "e")), LATER + receipt, hold)
    };
    let queue = queue(vec![
        of(1, None),
        of(2, Some(Hold::SignIn)),
        of(3, Some(Hold::Forbidden)),
        of(4, Some(Hold::Wait)),
        open(5, sale(5, "e")),
    ]);
    assert_eq!(receipts(&queue.to_hurry()), [1, 2, 3]);
}

#[test]
fn two_that_cannot_be_told_apart_and_two_at_once_are_noticed() {
    let doubtful = |receipt| in_doubt(open(receipt, sale(1, "e")), &attempt(receipt, 0, 1));
    assert!(queue(vec![doubtful(1), doubtful(2)]).check().unwrap_err().starts_with("I4"));
    assert!(queue(vec![doubtful(1), sending(open(2, sale(1, "e")))]).check().is_err());
    assert!(queue(vec![sending(open(1, sale(1, "e"))), sending(open(2, sale(1, "f")))]).check().is_err());
    let other = in_doubt(open(2, sale(1, "f")), &attempt(2, 0, 1));
    assert_eq!(queue(vec![doubtful(1), other, sending(open(3, sale(1, "g")))]).check(), Ok(()));
}

#[test]
fn the_same_entry_put_twice_is_one() {
    let mut queue = queue(vec![open(1, sale(1, "e"))]);
    queue.put(open(1, sale(1, "e")), at(LATER));
    assert_eq!((queue.iter().count(), next_at(&mut queue, LATER)), (1, vec![1]));
    queue.put(waiting(open(1, sale(1, "e")), LATER + 9, None), at(LATER));
    assert_eq!(next_at(&mut queue, LATER), Vec::<i64>::new());
}

#[test]
fn a_list_proves_nothing_too_many_while_another_could_have_made_it() {
    let doubtful = |receipt, act| in_doubt(open(receipt, act), &attempt(receipt, 0, 1));
    let crowded = |other: Option<Open>| {
        let one = open(1, sale(1, "e"));
        queue([one.clone()].into_iter().chain(other).collect()).is_crowded(&one)
    };
    assert!(!crowded(None) && !crowded(Some(open(2, sale(1, "e")))), "nothing of it was sent");
    assert!(crowded(Some(sending(open(2, sale(1, "e"))))) && crowded(Some(doubtful(2, sale(1, "e")))));
    assert!(!crowded(Some(doubtful(2, sale(1, "f")))) && !crowded(Some(doubtful(2, check_in(1, "e", None)))));
    assert!(!crowded(Some(doubtful(2, sale(2, "e")))));
    let itself = doubtful(1, sale(1, "e"));
    assert!(!queue(vec![itself.clone()]).is_crowded(&itself));
}

mod random;
