use super::*;
use crate::tests::{SETTLE, at, attempt, cancellation, check_in, in_doubt, occurred, open, sale, sending, with};
use crate::time::Moment;

const DICE: u64 = 1_234;

fn answer(batch: &[Open], class: Class) -> Vec<Change> {
    answered(batch, class, &attempt(1, 100, 115), at(115), DICE).unwrap()
}

fn one(class: Class, open: Open) -> Change {
    let changes = answer(&[open], class);
    assert_eq!(changes.len(), 1);
    changes.into_iter().next().unwrap()
}

fn sent() -> Open {
    sending(open(1, sale(1, "e")))
}

fn batch(size: i64) -> Vec<Open> {
    (1..=size).map(|receipt| sending(open(receipt, sale(usize::try_from(receipt).unwrap(), "e")))).collect()
}

/// Sent, in doubt, not there, and sent again.
fn again() -> Open {
    let open = in_doubt(open(1, sale(1, "e")), &attempt(1, 100, 115));
    let life = open.life.take(Signal::Absent).unwrap();
    sending(with(open, life))
}

fn wanted_back(open: Open) -> Open {
    let life = take_back(&open, at(0)).unwrap().life;
    with(open, life)
}

fn signals(changes: &[Change]) -> Vec<(i64, Option<Signal>, State)> {
    changes.iter().map(|change| (change.receipt, change.signal, change.life.state)).collect()
}

#[test]
fn a_claim_takes_every_entry_or_none() {
    let (one, two) = (open(1, sale(1, "e")), open(2, sale(2, "e")));
    let claim = Some(Signal::Claim);
    let changes = claimed(&[one.clone(), two.clone()]).unwrap();
    assert_eq!(signals(&changes), [(1, claim, State::Sending), (2, claim, State::Sending)]);
    assert!(claimed(&[one, sending(two)]).is_err());
}

#[test]
fn an_answer_confirms_all_that_went() {
    let changes = answer(&batch(3), Class::Accepted);
    let accepted = Some(Signal::Accepted);
    let expected = [1, 2, 3].map(|receipt| (receipt, accepted, State::Confirmed));
    assert_eq!(signals(&changes), expected);
    assert!(changes.iter().all(|change| change.life.recheck_at.is_none()));
    assert!(one(Class::Accepted, again()).life.recheck_at.is_some(), "it was sent twice");
}

#[test]
fn what_did_not_leave_waits_its_jitter() {
    let change = one(Class::NotSent, sent());
    assert_eq!((change.signal, change.life.state), (Some(Signal::NotSent), State::Queued));
    assert_eq!((change.life.not_before, change.life.hold), (next_try(at(115), 1, DICE), None));
}

#[test]
fn what_uitpas_did_nothing_about_waits_as_long_as_it_says() {
    for (hold, before, seconds, wait) in [
        (Hold::SignIn, None, 7, 0),
        (Hold::SignIn, Some(Hold::Wait), 7, 0),
        (Hold::SignIn, Some(Hold::SignIn), 7, 60),
        (Hold::Forbidden, None, 7, 60),
        (Hold::Forbidden, Some(Hold::Forbidden), 7, 60),
        (Hold::Wait, None, 7, 7),
        (Hold::Wait, Some(Hold::SignIn), 900, 900),
        (Hold::Wait, None, u32::MAX, 900),
    ] {
        let open = sent();
        let open = with(open.clone(), Life { hold: before, ..open.life });
        let change = one(Class::NotProcessed { hold, seconds }, open);
        assert_eq!((change.signal, change.life.state), (Some(Signal::NotProcessed), State::Queued));
        assert_eq!((change.life.hold, change.life.not_before), (Some(hold), at(115 + wait)), "{hold:?} {before:?}");
    }
}

#[test]
fn of_a_batch_only_the_one_that_is_named_is_refused() {
    let changes = answer(&batch(3), Class::Refused { culprit: Some(1), limit: true });
    let others = (Some(Signal::RefusedWithBatch), State::Queued);
    assert_eq!(
        signals(&changes),
        [(1, others.0, others.1), (2, Some(Signal::Refused), State::Refused), (3, others.0, others.1)]
    );
    assert!(changes.iter().all(|change| change.life.most == 25), "the others go together again");
    assert_eq!(changes[0].life.not_before, Moment::UNIX_EPOCH, "and at once");
}

#[test]
fn without_a_name_a_batch_is_halved_until_one_goes_alone() {
    let (mut size, mut requests) = (25, 0);
    while size > 1 {
        let changes = answer(&batch(size), Class::Refused { culprit: None, limit: false });
        assert!(changes.iter().all(|change| change.life.state == State::Queued));
        let most = changes[0].life.most;
        assert!(changes.iter().all(|change| change.life.most == most) && i64::from(most) == size / 2);
        (size, requests) = (i64::from(most), requests + 1);
    }
    assert!(requests <= 5, "{requests}");
    let change = one(Class::Refused { culprit: None, limit: false }, sent());
    assert_eq!((change.signal, change.life.state), (Some(Signal::Refused), State::Refused));
}

#[test]
fn a_half_is_never_nothing_and_never_more_than_before() {
    let mut two = batch(2);
    two[0].life.most = 1;
    let changes = answer(&two, Class::Refused { culprit: None, limit: false });
    assert_eq!((changes[0].life.most, changes[1].life.most), (1, 1));
    let mut five = batch(5);
    five[0].life.most = 0;
    assert_eq!(answer(&five, Class::Refused { culprit: None, limit: false })[0].life.most, 1);
}

#[test]
fn many_tickets_of_few_people_are_halved_by_tickets() {
    let two: Vec<Open> =
        (1..=2_u8).map(|n| sending(open(i64::from(n), crate::tests::tickets(usize::from(n), "e", 6)))).collect();
    assert_eq!(tickets(&two), 12);
    assert_eq!(answer(&two, Class::Refused { culprit: None, limit: false })[0].life.most, 6);
    assert_eq!(tickets(&[open(1, check_in(1, "e", None)), open(2, sale(2, "e"))]), 2);
}

#[test]
fn a_refusal_at_the_end_of_the_list_belongs_to_nobody_else() {
    let change = one(Class::Refused { culprit: Some(7), limit: false }, sent());
    assert_eq!(change.life.state, State::Refused, "alone it can only be this one");
}

#[test]
fn a_limit_is_a_refusal_unless_an_earlier_attempt_may_have_met_it() {
    let change = one(Class::Refused { culprit: Some(0), limit: true }, sent());
    assert_eq!((change.signal, change.life.recheck_at), (Some(Signal::Refused), None));
    let change = one(Class::Refused { culprit: Some(0), limit: true }, again());
    assert_eq!((change.signal, change.life.state), (Some(Signal::RefusedAgain), State::InDoubt));
    assert!(change.life.doubt.unwrap().limited);
    let change = one(Class::Refused { culprit: Some(0), limit: false }, again());
    assert_eq!((change.signal, change.life.state), (Some(Signal::Refused), State::Refused));
    assert!(change.life.recheck_at.is_some(), "UiTPAS was told of it once");
}

#[test]
fn no_answer_is_a_doubt_and_an_answer_about_something_else_one_for_a_person() {
    let changes = answer(&batch(2), Class::Unknown { mismatch: false });
    let unknown = Some(Signal::Unknown);
    assert_eq!(signals(&changes), [(1, unknown, State::InDoubt), (2, unknown, State::InDoubt)]);
    assert!(changes.iter().all(|change| change.life.dispute.is_none() && change.life.doubt.unwrap().batch == 1));
    let change = one(Class::Unknown { mismatch: true }, sent());
    assert_eq!(change.life.dispute, Some(Dispute::Mismatch));
}

#[test]
fn a_cancellation_is_sent_again_and_never_in_doubt() {
    for mismatch in [true, false] {
        let change = one(Class::Unknown { mismatch }, sending(open(1, cancellation(1))));
        assert_eq!((change.signal, change.life.state), (Some(Signal::Repeatable), State::Queued));
        assert_eq!((change.life.hold, change.life.not_before), (Some(Hold::Wait), next_try(at(115), 1, DICE)));
        assert_eq!((change.life.doubt, change.life.dispute), (None, None));
    }
}

#[test]
fn what_the_clerk_wants_back_is_taken_back_where_uitpas_has_it_not() {
    let wanted = wanted_back(sent());
    for (class, first) in [
        (Class::NotSent, Some(Signal::NotSent)),
        (Class::NotProcessed { hold: Hold::Wait, seconds: 9 }, Some(Signal::NotProcessed)),
        (Class::Refused { culprit: None, limit: false }, Some(Signal::Refused)),
    ] {
        let changes = answer(std::slice::from_ref(&wanted), class);
        let signals: Vec<_> = changes.iter().map(|change| change.signal).collect();
        assert_eq!(signals, [first, Some(Signal::Withdraw)]);
        assert_eq!(changes[1].life.state, State::Withdrawn);
        assert_eq!(changes[1].life.version, changes[0].life.version + 1, "two steps in their order");
    }
    for (class, state) in [(Class::Accepted, State::Confirmed), (Class::Unknown { mismatch: false }, State::InDoubt)] {
        let changes = answer(std::slice::from_ref(&wanted), class);
        assert_eq!((changes.len(), changes[0].life.state), (1, state));
        assert!(changes[0].life.cancel_wanted);
    }
}

#[test]
fn the_clerk_takes_back_what_uitpas_has_not_and_wishes_so_where_nobody_knows() {
    let change = take_back(&open(1, sale(1, "e")), at(9)).unwrap();
    assert_eq!((change.signal, change.life.state), (Some(Signal::Withdraw), State::Withdrawn));
    let doubtful = in_doubt(open(1, sale(1, "e")), &attempt(1, 100, 115));
    for (open, state) in [(sent(), State::Sending), (doubtful.clone(), State::InDoubt)] {
        let change = take_back(&open, at(9)).unwrap();
        assert_eq!((change.signal, change.life.state), (Some(Signal::WishToCancel), state));
        assert_eq!(change.life.doubt, open.life.doubt, "the next look stands");
    }
    let absent = with(doubtful.clone(), doubtful.life.take(Signal::Absent).unwrap());
    let change = take_back(&absent, at(200)).unwrap();
    assert_eq!((change.life.state, change.life.recheck_at), (State::Withdrawn, Some(at(200 + 3_600))));
    let confirmed = with(sent(), sent().life.take(Signal::Accepted).unwrap());
    assert!(take_back(&confirmed, at(9)).is_err(), "a cancellation is an entry of its own");
}

#[test]
fn a_deadline_that_passed_is_a_refusal_and_what_was_wanted_back_is_back() {
    let late = open(1, check_in(1, "e", Some(60)));
    let refused = Some(Signal::Expired);
    assert_eq!(signals(&expired(&late).unwrap()), [(1, refused, State::Refused)]);
    let wanted = with(late.clone(), Life { cancel_wanted: true, ..late.life });
    let back = (1, Some(Signal::Withdraw), State::Withdrawn);
    assert_eq!(signals(&expired(&wanted).unwrap()), [(1, refused, State::Refused), back]);
    assert!(expired(&sending(late)).is_err());
    let told = in_doubt(open(1, check_in(1, "e", Some(60))), &attempt(1, 10, 20));
    let told = with(told.clone(), told.life.take(Signal::Absent).unwrap());
    assert_eq!(expired(&told).unwrap()[0].life.recheck_at, Some(at(60 + 3_600)));
}

fn look(open: &Open, verdict: &Verdict, now: i64) -> Vec<Change> {
    looked(std::slice::from_ref(open), verdict, at(now), SETTLE, at(now)).unwrap()
}

fn doubtful() -> Open {
    in_doubt(open(1, sale(1, "e")), &attempt(1, 100, 115))
}

fn found() -> Verdict {
    Verdict::Found { rows: vec![vec![0]], surplus: vec![] }
}

#[test]
fn a_look_settles_a_doubt_both_ways() {
    assert_eq!(signals(&look(&doubtful(), &found(), 200)), [(1, Some(Signal::Found), State::Confirmed)]);
    assert_eq!(signals(&look(&doubtful(), &Verdict::Absent, 300)), [(1, Some(Signal::Absent), State::Queued)]);
    assert!(looked(&[sent()], &found(), at(0), SETTLE, at(0)).is_err());
    let two = [doubtful(), in_doubt(open(2, sale(2, "e")), &attempt(1, 100, 115))];
    let changes = looked(&two, &Verdict::Absent, at(300), SETTLE, at(300)).unwrap();
    let absent = Some(Signal::Absent);
    assert_eq!(signals(&changes), [(1, absent, State::Queued), (2, absent, State::Queued)]);
}

#[test]
fn a_look_that_settles_nothing_is_no_step_and_comes_again() {
    let open = doubtful();
    let changes = look(&open, &Verdict::NotYet, 117);
    assert_eq!(changes, [Change { receipt: 1, signal: None, life: open.life.look_again(SETTLE, at(117)) }]);
}

#[test]
fn after_a_day_without_an_end_a_person_is_told_once() {
    let open = doubtful();
    assert_eq!(look(&open, &Verdict::NotYet, 115 + 86_400)[0].signal, None);
    let told = look(&open, &Verdict::NotYet, 115 + 86_401).remove(0);
    assert_eq!((told.signal, told.life.dispute), (Some(Signal::Undecided), Some(Dispute::TooLong)));
    assert_eq!(look(&with(open, told.life), &Verdict::NotYet, 999_999)[0].signal, None);
}

#[test]
fn a_dispute_is_told_once_and_looked_at_again() {
    let open = doubtful();
    let told = look(&open, &Verdict::Disputed(Dispute::Several), 300).remove(0);
    assert_eq!((told.signal, told.life.state), (Some(Signal::Undecided), State::InDoubt));
    assert_eq!((told.life.dispute, told.life.version), (Some(Dispute::Several), open.life.version + 1));
    assert_eq!(told.life.doubt.unwrap().look_at, at(300 + 8));
    let disputed = with(open, told.life);
    assert_eq!(look(&disputed, &Verdict::Disputed(Dispute::Several), 400)[0].signal, None);
    let other = look(&disputed, &Verdict::Disputed(Dispute::Partial), 400).remove(0);
    assert_eq!((other.signal, other.life.dispute), (Some(Signal::Undecided), Some(Dispute::Partial)));
    assert_eq!(look(&disputed, &found(), 400)[0].life.dispute, None, "it is settled after all");
}

#[test]
fn a_limit_after_a_doubt_is_never_settled_by_an_empty_list() {
    let change = one(Class::Refused { culprit: Some(0), limit: true }, again());
    let limited = with(again(), change.life);
    let told = look(&limited, &Verdict::Absent, 500).remove(0);
    assert_eq!((told.signal, told.life.dispute), (Some(Signal::Undecided), Some(Dispute::LimitAfterDoubt)));
    assert_eq!(look(&limited, &found(), 500)[0].life.state, State::Confirmed);
}

#[test]
fn a_limit_that_a_person_says_was_not_met_by_us_is_a_refusal_the_next_time() {
    let change = one(Class::Refused { culprit: Some(0), limit: true }, again());
    let told = look(&with(again(), change.life), &Verdict::Absent, 500).remove(0);
    let not_there = with(again(), told.life.take(Signal::IsNotThere).unwrap());
    let change = one(Class::Refused { culprit: Some(0), limit: true }, sending(not_there));
    assert_eq!((change.signal, change.life.state), (Some(Signal::Refused), State::Refused), "else it never ends");
    assert!(change.life.recheck_at.is_some());
}

#[test]
fn what_the_clerk_wants_back_is_back_when_a_look_shows_it_absent() {
    let wanted = wanted_back(doubtful());
    let changes = look(&wanted, &Verdict::Absent, 300);
    let back = (1, Some(Signal::Withdraw), State::Withdrawn);
    assert_eq!(signals(&changes), [(1, Some(Signal::Absent), State::Queued), back]);
    assert_eq!(
        changes[1].life.recheck_at,
        Some(at(300 + 3_600)),
        "and it is looked up later whether it came after all"
    );
    let changes = look(&wanted, &found(), 300);
    assert_eq!(signals(&changes), [(1, Some(Signal::Found), State::Confirmed)]);
    assert!(changes[0].life.cancel_wanted, "so a cancellation is recorded");
}

#[test]
fn another_price_is_shown_and_changes_nothing_else() {
    let confirmed = with(sent(), sent().life.take(Signal::Accepted).unwrap());
    let change = price_differs(&confirmed).unwrap();
    assert_eq!((change.signal, change.life.state), (Some(Signal::PriceDiffers), State::Confirmed));
    assert_eq!(change.life.dispute, Some(Dispute::Price));
    assert!(price_differs(&occurred(1, sale(1, "e"), 5)).is_err());
}

mod again;

#[test]
fn what_a_person_decided_is_settled_and_what_may_be_there_twice_is_looked_at_later() {
    let twice =
        in_doubt(with(open(1, sale(1, "e")), again().life.take(Signal::NotSent).unwrap()), &attempt(2, 300, 315));
    let refused = with(sent(), sent().life.take(Signal::Refused).unwrap());
    let after_a_doubt = with(again(), again().life.take(Signal::Refused).unwrap());
    for (open, signal, state, looked_at) in [
        (doubtful(), Signal::IsThere, State::Confirmed, false),
        (twice.clone(), Signal::IsThere, State::Confirmed, true),
        (twice, Signal::IsNotThere, State::Queued, false),
        (refused.clone(), Signal::BookedByHand, State::Confirmed, false),
        (refused, Signal::WriteOff, State::WrittenOff, false),
        (after_a_doubt.clone(), Signal::BookedByHand, State::Confirmed, true),
        (after_a_doubt, Signal::WriteOff, State::WrittenOff, true),
    ] {
        let changes = decided(&open, signal, at(400)).unwrap();
        assert_eq!(signals(&changes), [(1, Some(signal), state)]);
        assert_eq!(changes[0].life.recheck_at.is_some(), looked_at, "{signal:?}");
    }
    assert!(decided(&sent(), Signal::IsThere, at(400)).is_err());
}

#[test]
fn what_was_wanted_back_and_is_not_there_is_taken_back_with_the_decision() {
    let changes = decided(&wanted_back(doubtful()), Signal::IsNotThere, at(400)).unwrap();
    let (told, back) = (Some(Signal::IsNotThere), Some(Signal::Withdraw));
    assert_eq!(signals(&changes), [(1, told, State::Queued), (1, back, State::Withdrawn)]);
}
