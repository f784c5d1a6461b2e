//! Sequences that nobody thought of, and a long queue.

use super::*;
use crate::outbox::step;

const PEOPLE: usize = 4;

/// What is done to the queue: a kind of step, with a number to choose by.
type Doing = (u8, u64);

fn act(choice: u64) -> Act {
    let person = usize::try_from(choice % 4).unwrap() % PEOPLE;
    let event = if choice % 8 < 4 { "e" } else { "f" };
    match choice / 8 % 5 {
        0 | 1 => some_tickets(person, event, u32::try_from(choice / 40 % 3).unwrap() + 1),
        2 => check_in(person, event, (choice / 40).is_multiple_of(2).then_some(5_000)),
        3 => redemption(person, event),
        _ => cancellation(person),
    }
}

/// What may happen to an entry that is under way or in doubt.
fn outcome(open: &Open, choice: u64, now: i64) -> Life {
    let signals = match open.life.state {
        State::Sending => vec![Signal::Accepted, Signal::NotSent, Signal::Refused, Signal::RefusedWithBatch],
        _ => vec![Signal::Found, Signal::Absent],
    };
    let doubt = open.life.state == State::Sending && choice.is_multiple_of(3);
    if doubt && !matches!(open.entry.act, Act::Cancellation(_)) {
        return open.life.doubted(Signal::Unknown, &attempt(open.receipt(), now, now), at(now)).unwrap();
    }
    let signal = signals[usize::try_from(choice).unwrap() % signals.len()];
    let life = match signal {
        Signal::Accepted | Signal::Found => open.life.confirmed(signal, at(now)).unwrap(),
        _ => open.life.take(signal).unwrap(),
    };
    let not_before =
        if signal == Signal::NotSent { at(now + i64::try_from(choice % 90).unwrap()) } else { life.not_before };
    Life { not_before, ..life }
}

fn unresolved(queue: &Queue) -> Vec<Open> {
    queue.iter().filter(|open| matches!(open.life.state, State::Sending | State::InDoubt)).cloned().collect()
}

/// Plays the steps, and checks after each that nothing is lost and nothing goes that may not.
fn play(doings: &[Doing]) -> Result<(), TestCaseError> {
    let mut queue = Queue::default();
    let (mut now, mut recorded, mut ended) = (LATER, 0_i64, 0_usize);
    for (kind, choice) in doings {
        match kind {
            0..3 => {
                recorded += 1;
                queue.put(occurred(recorded, act(*choice), now), at(now));
            }
            3..6 => {
                for open in queue.next(at(now)).unwrap_or_default() {
                    prop_assert!(open.life.not_before <= at(now));
                    prop_assert_eq!(step(open.life.state, Signal::Claim), Ok(State::Sending));
                    queue.put(sending(open), at(now));
                }
            }
            6..9 => {
                let open = unresolved(&queue);
                if let Some(open) = open.get(usize::try_from(*choice).unwrap() % open.len().max(1)).cloned() {
                    let life = outcome(&open, choice / 7, now);
                    let leaves = !matches!(life.state, State::Queued | State::Sending | State::InDoubt);
                    ended += usize::from(leaves && life.recheck_at.is_none());
                    queue.put(with(open, life), at(now));
                }
            }
            _ => now += i64::try_from(choice % 120).unwrap(),
        }
        prop_assert_eq!(queue.check(), Ok(()));
        let known = queue.iter().count();
        prop_assert_eq!(i64::try_from(known + ended).unwrap(), recorded, "an entry is lost");
        same_as_made_anew(&queue, now)?;
    }
    empties(queue, now)
}

/// The queue is an image of the entries: made anew from them it says the same.
fn same_as_made_anew(queue: &Queue, now: i64) -> Result<(), TestCaseError> {
    let (mut one, mut other) = (queue.clone(), Queue::new(queue.iter().cloned(), at(now)));
    prop_assert_eq!(one.next(at(now)), other.next(at(now)));
    prop_assert_eq!(one.due(), other.due());
    prop_assert_eq!(one.expired(at(9_000)).len(), other.expired(at(9_000)).len());
    Ok(())
}

/// When every answer is a success, everything goes.
fn empties(mut queue: Queue, mut now: i64) -> Result<(), TestCaseError> {
    for open in unresolved(&queue) {
        let signal = if open.life.state == State::Sending { Signal::NotSent } else { Signal::Absent };
        let life = open.life.take(signal).unwrap();
        queue.put(with(open, life), at(now));
    }
    for _ in 0..1_000 {
        now += 10;
        for open in queue.next(at(now)).unwrap_or_default() {
            let life = sending(open.clone()).life.take(Signal::Accepted).unwrap();
            queue.put(with(open, life), at(now));
        }
    }
    let left: Vec<i64> = queue.iter().filter(|open| open.life.state == State::Queued).map(Open::receipt).collect();
    prop_assert!(left.is_empty(), "{left:?} never go");
    Ok(())
}

proptest! {
    #[test]
    fn nothing_is_lost_and_everything_goes_in_the_end(
        doings in prop::collection::vec((0_u8..11, 0_u64..10_000), 0..60)
    ) {
        play(&doings)?;
    }
}

/// How often something is looked at while a queue of this length is emptied: the comparisons of the ordered sets are not
/// counted, but each of them is a fixed number of steps for each look.
fn handed_out(length: i64) -> (usize, usize) {
    let people = usize::try_from(length / 5).unwrap();
    let entries = (1..=length).map(|receipt| {
        let person = usize::try_from(receipt).unwrap() % people;
        let event = format!("e{}", person % 20);
        open(receipt, sale(person, &event))
    });
    let mut queue = Queue::new(entries, at(LATER));
    let (mut requests, mut sent) = (0, Vec::new());
    while let Some(batch) = queue.next(at(LATER)) {
        requests += 1;
        assert!(requests <= usize::try_from(length).unwrap());
        for open in batch {
            sent.push(open.receipt());
            let life = sending(open.clone()).life.take(Signal::Accepted).unwrap();
            queue.put(with(open, life), at(LATER));
        }
    }
    let all = sent.len();
    sent.sort_unstable();
    sent.dedup();
    assert_eq!((sent.len(), all), (all, usize::try_from(length).unwrap()), "each once");
    (requests, all)
}

#[test]
fn fifty_thousand_entries_go_in_as_few_requests_for_each_as_five_thousand() {
    let (few, many) = (handed_out(5_000), handed_out(50_000));
    assert_eq!(many.1, 10 * few.1);
    assert!(many.0 <= 10 * few.0 + 1, "{few:?} {many:?}");
    assert!(many.0 * 20 <= many.1, "mostly full: {many:?}");
}
