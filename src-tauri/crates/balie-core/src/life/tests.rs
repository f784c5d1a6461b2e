use super::*;
use crate::tests::{SETTLE, at, attempt, in_doubt, open, sale, sending};

fn queued() -> Life {
    Life::fresh()
}

fn claimed() -> Life {
    queued().take(Signal::Claim).unwrap()
}

fn doubted() -> Life {
    claimed().doubted(Signal::Unknown, &attempt(1, 100, 115), at(115)).unwrap()
}

#[test]
fn every_word_for_a_dispute_can_be_read_back_and_is_its_own() {
    for dispute in Dispute::ALL {
        assert_eq!(Dispute::read(dispute.code()), Some(dispute));
    }
    assert_eq!(Dispute::read("Several"), None);
    let codes: std::collections::BTreeSet<&str> = Dispute::ALL.iter().map(|dispute| dispute.code()).collect();
    assert_eq!(codes.len(), Dispute::ALL.len());
}

#[test]
fn a_person_stands_at_the_desk_for_a_minute() {
    let is_fresh = |now| Attempt::is_fresh(at(100), at(now));
    assert!(is_fresh(100) && is_fresh(160) && !is_fresh(161));
    assert!(!is_fresh(99), "a clock that was set back says nothing");
}

#[test]
fn an_attempt_knows_what_the_one_before_it_met_and_nothing_else_does() {
    let held = Life { hold: Some(Hold::SignIn), not_before: at(60), ..queued() };
    let sent = held.take(Signal::Claim).unwrap();
    assert_eq!((sent.hold, sent.not_before, sent.attempts), (Some(Hold::SignIn), Moment::UNIX_EPOCH, 1));
    assert_eq!(sent.version, held.version + 1);
    assert_eq!(sent.take(Signal::NotSent).unwrap().hold, None);
}

#[test]
fn an_illegal_step_changes_nothing() {
    let wrong = IllegalStep { state: State::Queued, signal: Signal::Accepted };
    assert_eq!(queued().take(Signal::Accepted), Err(wrong));
    assert_eq!(queued().confirmed(Signal::Accepted, at(0)), Err(wrong));
    let wrong = IllegalStep { state: State::Queued, signal: Signal::Unknown };
    assert_eq!(queued().doubted(Signal::Unknown, &attempt(1, 0, 0), at(0)), Err(wrong));
}

#[test]
fn it_is_kept_from_what_it_is_known_that_uitpas_has_it() {
    let refused = claimed().take(Signal::Refused).unwrap();
    for (life, signal, proof) in [
        (claimed(), Signal::Accepted, Proof::Answer),
        (doubted(), Signal::Found, Proof::Rows),
        (doubted(), Signal::IsThere, Proof::Person),
        (refused, Signal::BookedByHand, Proof::Person),
    ] {
        let disputed = Life { dispute: Some(Dispute::Several), ..life };
        let next = disputed.take(signal).unwrap();
        assert_eq!((next.state, next.proof), (State::Confirmed, Some(proof)), "{signal:?}");
        assert_eq!(next.dispute.is_none(), signal != Signal::Accepted, "{signal:?}");
    }
}

#[test]
fn what_is_taken_out_or_handed_over_needs_no_person_any_more() {
    let confirmed = claimed().take(Signal::Accepted).unwrap();
    for (life, dispute, signal) in [
        (confirmed, Dispute::Price, Signal::TakenOut),
        (confirmed, Dispute::Gone, Signal::TakenOut),
        (doubted(), Dispute::Several, Signal::HandOver),
    ] {
        let next = Life { dispute: Some(dispute), ..life }.take(signal).unwrap();
        assert!(next.state.is_final() && next.dispute.is_none(), "{signal:?}");
    }
}

#[test]
fn a_wish_to_take_it_back_stays_until_the_end() {
    let wanted = claimed().take(Signal::WishToCancel).unwrap();
    assert!(wanted.cancel_wanted && !claimed().cancel_wanted);
    assert_eq!(wanted.state, State::Sending);
    assert!(wanted.doubted(Signal::Unknown, &attempt(1, 0, 0), at(0)).unwrap().cancel_wanted);
}

#[test]
fn what_goes_once_more_after_a_doubt_goes_alone() {
    let absent = Life { dispute: Some(Dispute::Late), ..doubted() }.take(Signal::Absent).unwrap();
    assert_eq!((absent.most, absent.dispute, absent.attempts), (1, None, 1));
    assert!(!absent.doubt.unwrap().resent, "it was not sent again yet");
    assert!(absent.take(Signal::Claim).unwrap().doubt.unwrap().resent);
    let refused = Life { dispute: Some(Dispute::Price), ..claimed().take(Signal::Refused).unwrap() };
    for (life, signal) in [(doubted(), Signal::IsNotThere), (refused, Signal::SendAgain)] {
        let next = life.take(signal).unwrap();
        assert_eq!((next.most, next.dispute, next.attempts), (1, None, 0), "{signal:?}");
    }
    assert_eq!(claimed().take(Signal::NotSent).unwrap().most, MOST_IN_A_BATCH);
    let disputed = Life { dispute: Some(Dispute::Price), ..queued() };
    assert_eq!(disputed.take(Signal::Claim).unwrap().dispute, None, "an attempt is a new beginning");
}

#[test]
fn a_first_doubt_holds_the_attempt() {
    let doubt = doubted().doubt.unwrap();
    let expected = Doubt {
        batch: 1,
        from: at(100),
        until: at(115),
        fresh: true,
        labelled: false,
        resent: false,
        limited: false,
        looks: 0,
        look_at: at(117),
    };
    assert_eq!(doubt, expected);
    let labelled = Attempt { labelled: true, fresh: false, ..attempt(7, 1, 2) };
    let doubt = claimed().doubted(Signal::FoundOpen, &labelled, at(9)).unwrap().doubt.unwrap();
    assert!(doubt.labelled && !doubt.fresh && !doubt.limited);
    assert_eq!((doubt.batch, doubt.look_at), (7, at(11)));
}

#[test]
fn of_two_attempts_the_first_begin_the_last_end_and_the_weaker_evidence_count() {
    for (first, second) in [(true, true), (true, false), (false, true), (false, false)] {
        let one = Attempt { fresh: first, labelled: first, ..attempt(1, 100, 115) };
        let two = Attempt { fresh: second, labelled: second, ..attempt(2, 300, 315) };
        let again = claimed().doubted(Signal::Unknown, &one, at(115)).unwrap();
        let again = again.take(Signal::Absent).unwrap().take(Signal::Claim).unwrap();
        let doubt = again.doubted(Signal::Unknown, &two, at(315)).unwrap().doubt.unwrap();
        assert_eq!((doubt.batch, doubt.from, doubt.until), (2, at(100), at(315)));
        assert_eq!((doubt.fresh, doubt.labelled), (first && second, first && second));
        assert!(doubt.resent && !doubt.limited);
    }
}

#[test]
fn a_limit_met_after_a_doubt_is_evidence_and_what_went_before_may_be_there_twice() {
    let again = doubted().take(Signal::Absent).unwrap().take(Signal::Claim).unwrap();
    let doubt = again.doubted(Signal::RefusedAgain, &attempt(2, 300, 301), at(301)).unwrap().doubt.unwrap();
    assert!(doubt.limited && doubt.resent);
}

#[test]
fn what_was_sent_twice_is_looked_at_in_an_hour_and_the_next_day() {
    let once = doubted().confirmed(Signal::Found, at(200)).unwrap();
    assert_eq!((once.doubt, once.recheck_at), (None, None), "it was sent once");
    assert_eq!(once.rechecked(at(300)), once);
    let again = doubted().take(Signal::Absent).unwrap().take(Signal::Claim).unwrap();
    let twice = again.confirmed(Signal::Accepted, at(300)).unwrap();
    assert_eq!(twice.recheck_at, Some(at(300 + 3_600)));
    assert_eq!(twice.doubt.unwrap().looks, 0);
    let first = twice.rechecked(at(4_000));
    assert_eq!((first.recheck_at, first.version), (Some(at(4_000 + 72_000)), twice.version));
    assert_eq!(first.doubt.unwrap().looks, 1);
    let last = first.rechecked(at(80_000));
    assert_eq!((last.doubt, last.recheck_at), (None, None));
    let looked = again.doubted(Signal::Unknown, &attempt(2, 300, 301), at(301)).unwrap().look_again(SETTLE, at(303));
    assert_eq!(looked.confirmed(Signal::Found, at(400)).unwrap().doubt.unwrap().looks, 0, "a new count");
}

#[test]
fn what_a_person_picked_by_its_receipt_is_looked_at_later_too() {
    let labelled = Attempt { labelled: true, ..attempt(1, 100, 115) };
    let doubted = |attempt: &Attempt| claimed().doubted(Signal::Unknown, attempt, at(115)).unwrap();
    for (attempt, signal, looked_at) in [
        (&labelled, Signal::IsThere, true),
        (&labelled, Signal::Found, false),
        (&attempt(1, 100, 115), Signal::IsThere, false),
    ] {
        let life = doubted(attempt).confirmed(signal, at(200)).unwrap();
        assert_eq!((life.recheck_at, life.doubt.is_some()), (looked_at.then_some(at(200 + 3_600)), looked_at));
    }
}

#[test]
fn what_is_not_owed_any_more_is_watched_when_uitpas_was_told_of_it() {
    let absent = doubted().take(Signal::Absent).unwrap();
    let again = absent.take(Signal::Claim).unwrap();
    for life in [absent.take(Signal::Withdraw).unwrap(), again.take(Signal::Refused).unwrap()] {
        let watched = life.look_again(SETTLE, at(0)).watched(at(500));
        assert_eq!(watched.recheck_at, Some(at(500 + 3_600)), "{:?}", life.state);
        assert_eq!(watched.doubt.unwrap().looks, 0);
        assert_eq!(watched.watched(at(900)), watched, "the first hour counts");
    }
    let written_off = again.take(Signal::Refused).unwrap().take(Signal::WriteOff).unwrap();
    assert!(written_off.watched(at(0)).recheck_at.is_some());
    assert_eq!(absent.watched(at(500)), absent, "it is still owed");
    assert_eq!(doubted().watched(at(500)), doubted(), "it is looked at anyway");
    let never_told = queued().take(Signal::Withdraw).unwrap();
    assert_eq!(never_told.watched(at(500)), never_told);
}

#[test]
fn what_is_owed_again_is_no_longer_watched() {
    let again = doubted().take(Signal::Absent).unwrap().take(Signal::Claim).unwrap();
    let watched = again.take(Signal::Refused).unwrap().watched(at(500));
    assert_eq!(watched.take(Signal::SendAgain).unwrap().recheck_at, None);
    assert!(watched.take(Signal::WriteOff).unwrap().recheck_at.is_some());
}

#[test]
fn it_is_looked_at_soon_then_when_it_may_be_absent_and_then_every_five_minutes() {
    let mut life = doubted();
    let (mut now, mut waits) = (115, vec![]);
    for _ in 0..6 {
        let look_at = life.doubt.unwrap().look_at.as_second();
        waits.push(look_at - now);
        now = look_at;
        life = life.look_again(SETTLE, at(now));
    }
    assert_eq!(waits, [2, 8, 20, 120, 300, 300]);
    assert_eq!((life.doubt.unwrap().looks, life.version), (6, doubted().version), "a look is no step");
}

#[test]
fn what_a_person_was_told_of_is_looked_at_once_an_hour() {
    let mut life = Life { dispute: Some(Dispute::Several), ..doubted() };
    let mut waits = vec![];
    for _ in 0..5 {
        life = life.look_again(SETTLE, at(0));
        waits.push(life.doubt.unwrap().look_at.as_second());
    }
    assert_eq!(waits, [8, 20, 120, 3_600, 3_600], "the first looks come all the same: they may find it");
    assert_eq!(queued().look_again(SETTLE, at(0)), queued(), "nothing to look at");
}

#[test]
fn a_doubt_of_more_than_a_day_is_for_a_person_who_hears_of_it_once() {
    let life = doubted();
    assert!(!life.doubted_too_long(at(115 + 86_400)) && life.doubted_too_long(at(115 + 86_401)));
    let told = Life { dispute: Some(Dispute::TooLong), ..life };
    assert!(!told.doubted_too_long(at(999_999)) && !queued().doubted_too_long(at(999_999)));
}

#[test]
fn an_entry_is_known_by_its_number() {
    assert_eq!(open(412, sale(1, "e")).receipt(), 412);
    assert_eq!(sending(open(7, sale(1, "e"))).life.attempts, 1);
    assert_eq!(in_doubt(open(7, sale(1, "e")), &attempt(1, 0, 1)).life.state, State::InDoubt);
}

#[test]
fn whoever_heard_that_it_is_not_there_may_have_booked_it_by_hand() {
    let refused = claimed().take(Signal::Refused).unwrap();
    let by_hand = refused.take(Signal::BookedByHand).unwrap();
    for life in [refused, by_hand, refused.take(Signal::WriteOff).unwrap(), doubted().take(Signal::IsThere).unwrap()] {
        assert!(life.may_be_booked_by_hand(), "{life:?}");
    }
    for life in [queued(), claimed(), doubted(), claimed().take(Signal::Accepted).unwrap()] {
        assert!(!life.may_be_booked_by_hand(), "{life:?}");
    }
}

#[test]
fn when_the_clock_was_set_nothing_waits_longer_than_it_would_have_from_then_on() {
    let tomorrow = at(90_000);
    let far = Life {
        not_before: tomorrow,
        doubt: doubted().doubt.map(|doubt| Doubt { look_at: tomorrow, ..doubt }),
        recheck_at: Some(at(900_000)),
        ..doubted()
    };
    let near = far.after_the_clock_was_set(at(100));
    assert_eq!((near.not_before, near.doubt.unwrap().look_at), (at(1_000), at(100)));
    assert_eq!(near.recheck_at, Some(at(72_100)));
    assert_eq!(near.after_the_clock_was_set(at(100)), near, "what is near stays as it is");
    assert_eq!(queued().after_the_clock_was_set(at(100)), queued());
}
