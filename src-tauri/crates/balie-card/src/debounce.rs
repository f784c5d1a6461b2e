//! Which layings of a card are taps: a card that trembles at the edge of the field is one tap, and two cards at once are none.
//! Only values here, with the time passed in.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use balie_core::card::CardKind;
use balie_core::reader::{CardRead, ReaderEvent, ReaderName, ReaderTrouble};

/// The same card again within this time after it was taken is no second tap; a person who means one is slower.
const AGAIN: Duration = Duration::from_millis(1500);
/// Three layings within this time, of which the first and the last are the same card and the middle one is not: no hand does that, but a
/// reader with two cards in its field does.
const BY_TURNS: Duration = Duration::from_millis(1500);

/// What was laid, taken and told of late.
#[derive(Debug, Default)]
pub(crate) struct Debounce {
    lying: BTreeMap<ReaderName, CardKind>,
    /// The readers of which the desk knows that something lies there.
    known: BTreeSet<ReaderName>,
    /// The card that the desk was told last.
    told: Option<CardKind>,
    /// The card that was taken last, and when.
    taken: Option<(CardKind, Instant)>,
    /// The last two layings, the older one first.
    laid: [Option<(CardKind, Instant)>; 2],
    /// The desk was told that there are two cards.
    two: bool,
}

impl Debounce {
    /// Takes in what happened at a reader, and gives what the desk is to know of it.
    pub(crate) fn take(&mut self, event: ReaderEvent, now: Instant) -> Vec<ReaderEvent> {
        match event {
            // Putting a card into a slot is deliberate, whose it is is not kept here, and it may stay there all day.
            ReaderEvent::Card(CardRead { kind: CardKind::Eid(_) | CardKind::Other { length: 0 }, ref reader }) => {
                self.known.insert(reader.clone());
                self.told = None;
                vec![event]
            }
            ReaderEvent::Card(CardRead { reader, kind }) => self.laid(reader, kind, now),
            ReaderEvent::Removed(reader) => self.removed(&reader, now),
            ReaderEvent::Trouble(ref trouble) => {
                self.known.extend(trouble.reader().cloned());
                // The screen speaks of something else now, so that the card before it is news again.
                if trouble.reader().is_some() {
                    self.told = None;
                }
                vec![event]
            }
            ReaderEvent::Readers(_) => vec![event],
        }
    }

    fn laid(&mut self, reader: ReaderName, kind: CardKind, now: Instant) -> Vec<ReaderEvent> {
        let quiet = self.laid[1].as_ref().is_none_or(|(_, at)| now - *at >= BY_TURNS);
        if self.lying.is_empty() && quiet {
            self.two = false;
        }
        let beside_another = self.lying.keys().any(|other| *other != reader);
        self.lying.insert(reader.clone(), kind.clone());
        let by_turns = self.by_turns(&kind, now);
        let [_, last] = std::mem::take(&mut self.laid);
        self.laid = [last, Some((kind.clone(), now))];
        if beside_another || by_turns {
            if std::mem::replace(&mut self.two, true) {
                return vec![];
            }
            self.known.insert(reader.clone());
            self.told = None;
            return vec![ReaderEvent::Trouble(ReaderTrouble::TwoCards(reader))];
        }
        let trembles = self.taken.as_ref().is_some_and(|(taken, at)| *taken == kind && now - *at < AGAIN);
        if trembles && self.told.as_ref() == Some(&kind) {
            return vec![];
        }
        self.tell(reader, kind)
    }

    fn tell(&mut self, reader: ReaderName, kind: CardKind) -> Vec<ReaderEvent> {
        self.two = false;
        self.told = Some(kind.clone());
        self.known.insert(reader.clone());
        vec![ReaderEvent::Card(CardRead { reader, kind })]
    }

    fn by_turns(&self, kind: &CardKind, now: Instant) -> bool {
        let [Some((before, at)), Some((between, _))] = &self.laid else { return false };
        before == kind && between != kind && now - *at < BY_TURNS
    }

    fn removed(&mut self, reader: &ReaderName, now: Instant) -> Vec<ReaderEvent> {
        let mut news = vec![];
        if let Some(kind) = self.lying.remove(reader) {
            self.taken = Some((kind, now));
        }
        if self.known.remove(reader) {
            news.push(ReaderEvent::Removed(reader.clone()));
        }
        // Of two cards one was taken: the other one is whose turn it is.
        if self.two
            && self.lying.len() == 1
            && let Some((left, kind)) = self.lying.iter().next().map(|(left, kind)| (left.clone(), kind.clone()))
        {
            news.extend(self.tell(left, kind));
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use balie_core::card::ChipNumber;
    use proptest::prelude::*;

    use super::*;

    const A: u8 = 0xA;
    const B: u8 = 0xB;

    /// A desk with two readers and a clock of its own.
    struct Bench {
        debounce: Debounce,
        now: Instant,
    }

    fn reader(place: u8) -> ReaderName {
        ReaderName(format!("reader {place}"))
    }

    fn kind(card: u8) -> CardKind {
        CardKind::UitpasLike(ChipNumber::new([card; 7]))
    }

    fn card(place: u8, card: u8) -> Vec<ReaderEvent> {
        vec![ReaderEvent::Card(CardRead { reader: reader(place), kind: kind(card) })]
    }

    fn taken(place: u8) -> Vec<ReaderEvent> {
        vec![ReaderEvent::Removed(reader(place))]
    }

    fn two(place: u8) -> Vec<ReaderEvent> {
        vec![ReaderEvent::Trouble(ReaderTrouble::TwoCards(reader(place)))]
    }

    impl Bench {
        fn new() -> Self {
            Self { debounce: Debounce::default(), now: Instant::now() }
        }

        fn lay(&mut self, place: u8, card: u8) -> Vec<ReaderEvent> {
            self.debounce.take(ReaderEvent::Card(CardRead { reader: reader(place), kind: kind(card) }), self.now)
        }

        fn take(&mut self, place: u8) -> Vec<ReaderEvent> {
            self.debounce.take(ReaderEvent::Removed(reader(place)), self.now)
        }

        fn wait(&mut self, ms: u64) {
            self.now += Duration::from_millis(ms);
        }
    }

    #[test]
    fn the_same_card_within_a_second_and_a_half_is_no_second_tap() {
        let mut bench = Bench::new();
        assert_eq!(bench.lay(0, A), card(0, A));
        for _ in 0..5 {
            bench.wait(400);
            let gone = bench.take(0);
            assert!(gone == taken(0) || gone.is_empty());
            bench.wait(1_499);
            assert_eq!(bench.lay(0, A), vec![], "however long it trembles");
        }
        bench.wait(5_000);
        bench.take(0);
        bench.wait(1_500);
        assert_eq!(bench.lay(0, A), card(0, A), "a deliberate second tap");
    }

    #[test]
    fn a_card_that_is_laid_on_the_other_reader_at_once_is_no_second_tap() {
        let mut bench = Bench::new();
        bench.lay(0, A);
        assert_eq!(bench.take(0), taken(0));
        bench.wait(300);
        assert_eq!(bench.lay(1, A), vec![]);
        assert_eq!(bench.take(1), vec![], "the desk never knew of it");
    }

    #[test]
    fn another_card_in_between_makes_the_first_one_news_again() {
        let mut bench = Bench::new();
        bench.lay(0, A);
        bench.wait(700);
        bench.take(0);
        bench.wait(400);
        assert_eq!(bench.lay(0, B), card(0, B), "the next in the queue may be quick");
        bench.take(0);
        bench.wait(700);
        assert_eq!(bench.lay(0, A), card(0, A));
    }

    #[test]
    fn two_cards_on_two_readers_are_said_and_the_one_that_stays_is_told() {
        let mut bench = Bench::new();
        assert_eq!(bench.lay(0, A), card(0, A));
        assert_eq!(bench.lay(1, B), two(1));
        assert_eq!(bench.take(0), [taken(0), card(1, B)].concat());
        assert_eq!(bench.lay(0, A), two(0));
        assert_eq!(bench.take(0), [taken(0), card(1, B)].concat(), "the screen spoke of two cards in between");
        assert_eq!(bench.take(1), taken(1));
        bench.wait(1_500);
        assert_eq!(bench.lay(0, A), card(0, A));
    }

    #[test]
    fn two_cards_in_one_field_that_come_by_turns_are_said_once() {
        let mut bench = Bench::new();
        assert_eq!(bench.lay(0, A), card(0, A));
        for (at, laid) in [B, A, B, A].into_iter().enumerate() {
            bench.wait(100);
            bench.take(0);
            bench.wait(100);
            let expected = [card(0, B), two(0), vec![], vec![]];
            assert_eq!(bench.lay(0, laid), expected[at]);
        }
        bench.take(0);
        bench.wait(2_000);
        assert_eq!(bench.lay(0, A), card(0, A));
    }

    #[test]
    fn an_eid_in_its_slot_is_no_second_card_and_every_time_is_one() {
        let mut bench = Bench::new();
        let eid = || ReaderEvent::Card(CardRead { reader: reader(9), kind: CardKind::Eid(None) });
        assert_eq!(bench.debounce.take(eid(), bench.now), vec![eid()]);
        assert_eq!(bench.lay(0, A), card(0, A));
        assert_eq!(bench.take(9), taken(9));
        assert_eq!(bench.debounce.take(eid(), bench.now), vec![eid()]);
    }

    #[test]
    fn a_card_that_stays_in_the_slot_for_contacts_is_no_second_card() {
        let mut bench = Bench::new();
        let staff = CardRead { reader: reader(9), kind: CardKind::Other { length: 0 } };
        assert_eq!(bench.debounce.take(ReaderEvent::Card(staff), bench.now).len(), 1);
        assert_eq!(bench.lay(0, A), card(0, A));
    }

    #[test]
    fn a_card_that_trembles_is_told_again_once_the_screen_speaks_of_something_else() {
        let mut bench = Bench::new();
        let others = [
            ReaderEvent::Trouble(ReaderTrouble::RemovedTooSoon(reader(0))),
            ReaderEvent::Card(CardRead { reader: reader(9), kind: CardKind::Eid(None) }),
        ];
        for other in others {
            assert_eq!(bench.lay(0, A), card(0, A));
            bench.wait(200);
            bench.take(0);
            assert_eq!(bench.debounce.take(other, bench.now).len(), 1);
            bench.wait(300);
            assert_eq!(bench.lay(0, A), card(0, A));
            bench.take(0);
            bench.wait(5_000);
        }
    }

    #[test]
    fn two_cards_are_said_again_when_they_come_again() {
        let mut bench = Bench::new();
        for _ in 0..2 {
            bench.lay(0, A);
            assert_eq!(bench.lay(1, B), two(1));
            bench.take(0);
            bench.take(1);
            bench.wait(5_000);
        }
        for laid in [A, B, A] {
            bench.lay(0, laid);
            bench.take(0);
        }
        bench.wait(5_000);
        bench.lay(0, A);
        assert_eq!(bench.lay(1, B), two(1));
    }

    #[test]
    fn a_card_that_could_not_be_read_is_read_when_it_is_laid_again_at_once() {
        let mut bench = Bench::new();
        let trouble = ReaderEvent::Trouble(ReaderTrouble::RemovedTooSoon(reader(0)));
        assert_eq!(bench.debounce.take(trouble.clone(), bench.now), vec![trouble]);
        assert_eq!(bench.take(0), taken(0));
        bench.wait(200);
        assert_eq!(bench.lay(0, A), card(0, A));
    }

    proptest! {
        // Whatever hands do at two readers: what the desk was told to lie somewhere is told to be taken, and a card that comes after a
        // quiet moment alone is always a tap.
        #[test]
        fn nothing_stays_behind(moves in prop::collection::vec((0_u8..2, 0_u8..3, 0_u64..2_500), 0..60)) {
            let mut bench = Bench::new();
            let mut lies = [None; 2];
            let mut known = BTreeSet::new();
            for (place, laid, ms) in moves {
                bench.wait(ms);
                let at = usize::from(place);
                let told = if lies[at].take().is_some() {
                    bench.take(place)
                } else {
                    lies[at] = Some(laid);
                    bench.lay(place, laid)
                };
                for event in told {
                    match event {
                        ReaderEvent::Card(read) => { known.insert(read.reader); }
                        ReaderEvent::Trouble(trouble) => { known.extend(trouble.reader().cloned()); }
                        ReaderEvent::Removed(reader) => prop_assert!(known.remove(&reader), "it was not known to lie there"),
                        ReaderEvent::Readers(_) => {}
                    }
                }
            }
            for place in 0..2 {
                if lies[usize::from(place)].is_some() {
                    for event in bench.take(place) {
                        if let ReaderEvent::Removed(reader) = event { known.remove(&reader); }
                        else if let ReaderEvent::Card(read) = event { known.insert(read.reader); }
                    }
                }
            }
            prop_assert!(known.is_empty());
            bench.wait(1_500);
            prop_assert_eq!(bench.lay(0, A), card(0, A));
        }
    }
}
