//! What lies on which reader, so that one laying is one event. Only values here: no reader is touched.

use std::collections::BTreeMap;

use balie_core::card::CardKind;
use balie_core::reader::{CardRead, ReaderEvent, ReaderName};

/// What the service says about one reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    /// A card lies there.
    pub(crate) present: bool,
    /// The card that lies there does not answer its reader.
    pub(crate) mute: bool,
    /// Counts insertions and removals; 16 bits wide, so it wraps.
    pub(crate) count: u16,
}

/// What to do about what was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Tell that the card was taken.
    Taken,
    /// Read the card.
    Read,
    /// Tell that the card does not answer; reading is no use.
    Mute,
}

#[derive(Debug)]
struct Lying {
    mute: bool,
    count: u16,
    /// Whether the count may be compared: a service that started anew counts from zero.
    comparable: bool,
    told: Option<ReaderEvent>,
    /// The service broke while this card was read.
    broke: bool,
}

/// The cards that lie on the readers, with what was last told about each.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    cards: BTreeMap<ReaderName, Lying>,
}

impl Presence {
    /// Compares what is seen at a reader with what lay there, and says what to do, in order.
    pub(crate) fn see(&mut self, reader: &ReaderName, seen: Seen) -> Vec<Step> {
        let first = if seen.mute { Step::Mute } else { Step::Read };
        let fresh = Lying { mute: seen.mute, count: seen.count, comparable: true, told: None, broke: false };
        match self.cards.get_mut(reader) {
            None if seen.present => {
                self.cards.insert(reader.clone(), fresh);
                vec![first]
            }
            None => vec![],
            Some(_) if !seen.present => {
                self.cards.remove(reader);
                vec![Step::Taken]
            }
            Some(lying) if !lying.comparable => {
                *lying = Lying { told: lying.told.take(), broke: lying.broke, ..fresh };
                vec![first]
            }
            // A removal and an insertion, both missed while something else was read.
            Some(lying) if seen.count.wrapping_sub(lying.count) >= 2 => {
                *lying = fresh;
                vec![Step::Taken, first]
            }
            Some(lying) => {
                let woke = lying.mute && !seen.mute;
                (lying.mute, lying.count) = (seen.mute, seen.count);
                if woke { vec![Step::Read] } else { vec![] }
            }
        }
    }

    /// Notes what reading a card gave, and returns what is news to the desk: nothing for a card that rests where it was
    /// while the service restarted.
    pub(crate) fn settle(&mut self, reader: &ReaderName, outcome: ReaderEvent) -> Vec<ReaderEvent> {
        let Some(lying) = self.cards.get_mut(reader) else {
            return vec![];
        };
        lying.broke = false;
        let kept = without_number(&outcome);
        match lying.told.replace(kept.clone()) {
            Some(before) if before == kept => vec![],
            Some(ReaderEvent::Card(_)) => vec![ReaderEvent::Removed(reader.clone()), outcome],
            _ => vec![outcome],
        }
    }

    /// Forgets the readers that are gone, and returns those on which a card lay.
    pub(crate) fn keep_only(&mut self, readers: &[ReaderName]) -> Vec<ReaderName> {
        let gone: Vec<_> = self.cards.keys().filter(|name| !readers.contains(name)).cloned().collect();
        for name in &gone {
            self.cards.remove(name);
        }
        gone
    }

    /// Makes every card be read again when it is next seen: the service restarted, or the computer slept.
    pub(crate) fn distrust(&mut self) {
        for lying in self.cards.values_mut() {
            lying.comparable = false;
        }
    }

    /// Notes that the service broke while this card was read, and that it is to be read again; says whether that is the first time.
    pub(crate) fn breaks_first(&mut self, reader: &ReaderName) -> bool {
        self.distrust_one(reader);
        self.cards.get_mut(reader).is_none_or(|lying| !std::mem::replace(&mut lying.broke, true))
    }

    /// Makes one card be read again when it is next seen.
    pub(crate) fn distrust_one(&mut self, reader: &ReaderName) {
        if let Some(lying) = self.cards.get_mut(reader) {
            lying.comparable = false;
        }
    }
}

/// Whose eID it is is not kept here.
fn without_number(outcome: &ReaderEvent) -> ReaderEvent {
    match outcome {
        ReaderEvent::Card(CardRead { reader, kind: CardKind::Eid(_) }) => {
            ReaderEvent::Card(CardRead { reader: reader.clone(), kind: CardKind::Eid(None) })
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use balie_core::reader::ReaderTrouble;

    use super::*;

    fn here() -> ReaderName {
        ReaderName("Desk reader".to_owned())
    }

    fn seen(present: bool, count: u16) -> Seen {
        Seen { present, mute: false, count }
    }

    fn card(kind: CardKind) -> ReaderEvent {
        ReaderEvent::Card(CardRead { reader: here(), kind })
    }

    #[test]
    fn a_resting_card_is_one_event_and_its_removal_another() {
        let mut presence = Presence::default();
        assert_eq!(presence.see(&here(), seen(false, 0)), vec![]);
        assert_eq!(presence.see(&here(), seen(true, 1)), vec![Step::Read]);
        assert_eq!(presence.settle(&here(), card(CardKind::RandomId)), vec![card(CardKind::RandomId)]);
        assert_eq!(presence.see(&here(), seen(true, 1)), vec![]);
        assert_eq!(presence.see(&here(), seen(false, 2)), vec![Step::Taken]);
        assert_eq!(presence.see(&here(), seen(false, 2)), vec![]);
        assert_eq!(presence.see(&here(), seen(true, 3)), vec![Step::Read]);
    }

    #[test]
    fn a_card_taken_and_laid_between_two_looks_is_two_events() {
        let mut presence = Presence::default();
        presence.see(&here(), seen(true, u16::MAX));
        assert_eq!(presence.see(&here(), seen(true, 1)), vec![Step::Taken, Step::Read]);
        assert_eq!(presence.see(&here(), seen(true, 2)), vec![], "one count alone is no new laying");
    }

    #[test]
    fn a_mute_card_is_told_once_and_read_when_it_wakes() {
        let mut presence = Presence::default();
        let mute = Seen { present: true, mute: true, count: 1 };
        assert_eq!(presence.see(&here(), mute), vec![Step::Mute]);
        assert_eq!(presence.see(&here(), mute), vec![]);
        assert_eq!(presence.see(&here(), seen(true, 1)), vec![Step::Read]);
    }

    #[test]
    fn after_a_restart_only_another_card_is_news() {
        let mut presence = Presence::default();
        presence.see(&here(), seen(true, 1));
        presence.settle(&here(), card(CardKind::RandomId));
        presence.distrust();
        assert_eq!(presence.see(&here(), seen(true, 1)), vec![Step::Read], "the count starts anew, so it says nothing");
        assert_eq!(presence.settle(&here(), card(CardKind::RandomId)), vec![]);
        presence.distrust_one(&here());
        presence.see(&here(), seen(true, 1));
        let other = card(CardKind::Other { length: 4 });
        assert_eq!(presence.settle(&here(), other.clone()), vec![ReaderEvent::Removed(here()), other]);
    }

    #[test]
    fn a_card_that_failed_before_the_restart_and_reads_after_it_was_not_removed() {
        let mut presence = Presence::default();
        presence.see(&here(), seen(true, 1));
        presence.settle(&here(), ReaderEvent::Trouble(ReaderTrouble::InUse(here())));
        assert_eq!(presence.settle(&here(), card(CardKind::RandomId)), vec![card(CardKind::RandomId)]);
    }

    #[test]
    fn a_card_at_which_the_service_breaks_is_read_once_more() {
        let mut presence = Presence::default();
        presence.see(&here(), seen(true, 1));
        assert!(presence.breaks_first(&here()));
        presence.distrust();
        assert_eq!(presence.see(&here(), seen(true, 1)), vec![Step::Read]);
        assert!(!presence.breaks_first(&here()), "again, with a service that is there");
        presence.see(&here(), seen(false, 2));
        presence.see(&here(), seen(true, 3));
        assert!(presence.breaks_first(&here()), "another laying");
    }

    #[test]
    fn a_resting_eid_is_no_news_and_its_number_is_not_kept() {
        let mut presence = Presence::default();
        let number = balie_core::insz::Insz::parse("80010101392");
        presence.see(&here(), seen(true, 1));
        assert_eq!(presence.settle(&here(), card(CardKind::Eid(number.clone()))).len(), 1);
        presence.distrust();
        presence.see(&here(), seen(true, 1));
        assert_eq!(presence.settle(&here(), card(CardKind::Eid(number))), vec![]);
        assert!(format!("{presence:?}").contains("Eid(None)"));
    }

    #[test]
    fn a_card_goes_with_its_reader() {
        let mut presence = Presence::default();
        presence.see(&here(), seen(true, 1));
        assert_eq!(presence.keep_only(&[here()]), vec![]);
        assert_eq!(presence.keep_only(&[]), vec![here()]);
        assert_eq!(presence.keep_only(&[]), vec![]);
        assert_eq!(presence.settle(&here(), card(CardKind::RandomId)), vec![], "a late answer is no event");
    }
}
