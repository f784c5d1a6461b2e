use super::*;
use crate::tests::at;
use proptest::prelude::*;

#[test]
fn the_earliest_comes_first_and_a_second_note_replaces_the_first() {
    let mut agenda = Agenda::default();
    assert_eq!((agenda.due(at(99)), agenda.earliest(), agenda.first()), (None, None, None));
    agenda.set(1, at(30));
    agenda.set(2, at(20));
    agenda.set(3, at(20));
    assert_eq!((agenda.due(at(19)), agenda.due(at(20))), (None, Some(2)));
    assert_eq!((agenda.earliest(), agenda.first()), (Some(2), Some(at(20))));
    agenda.set(2, at(40));
    assert_eq!(agenda.all().collect::<Vec<_>>(), [3, 1, 2]);
    agenda.remove(3);
    agenda.remove(7);
    assert_eq!(agenda.all().collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn what_is_past_is_past_by_more_than_nothing() {
    let mut agenda = Agenda::default();
    agenda.set(1, at(10));
    agenda.set(2, at(11));
    assert_eq!(agenda.before(at(10)).count(), 0);
    assert_eq!(agenda.before(at(11)).collect::<Vec<_>>(), [1]);
    assert_eq!(agenda.before(at(12)).collect::<Vec<_>>(), [1, 2]);
}

proptest! {
    #[test]
    fn it_says_what_a_plain_list_says(notes in prop::collection::vec((0_i64..5, prop::option::of(0_i64..9)), 0..40), now in 0_i64..9) {
        let (mut agenda, mut list) = (Agenda::default(), Vec::<(Moment, i64)>::new());
        for (number, when) in notes {
            list.retain(|(_, other)| *other != number);
            match when {
                Some(when) => {
                    agenda.set(number, at(when));
                    list.push((at(when), number));
                }
                None => agenda.remove(number),
            }
        }
        list.sort_unstable();
        let (all, now): (Vec<i64>, Moment) = (list.iter().map(|each| each.1).collect(), at(now));
        prop_assert_eq!(agenda.all().collect::<Vec<_>>(), all.clone());
        prop_assert_eq!(agenda.due(now), list.first().filter(|first| first.0 <= now).map(|first| first.1));
        prop_assert_eq!(agenda.earliest(), all.first().copied());
        prop_assert_eq!(agenda.first(), list.first().map(|first| first.0));
        let past: Vec<i64> = list.iter().filter(|each| each.0 < now).map(|each| each.1).collect();
        prop_assert_eq!(agenda.before(now).collect::<Vec<_>>(), past);
        let come: Vec<i64> = list.iter().filter(|each| each.0 <= now).map(|each| each.1).collect();
        prop_assert_eq!(agenda.until(now).collect::<Vec<_>>(), come);
    }
}
