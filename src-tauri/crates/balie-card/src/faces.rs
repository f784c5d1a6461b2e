//! What each slot takes, as far as is known: its name tells, or the cards that were met in it, or what stands beside it.

use std::collections::{BTreeMap, BTreeSet};

use balie_core::card::CardKind;
use balie_core::reader::{Face, Reader, ReaderName, Slot};

use crate::device;

/// What was learned of the slots whose names tell nothing, for as long as the program runs.
#[derive(Debug, Default)]
pub(crate) struct Faces {
    /// What the cards in it told of a slot.
    met: BTreeMap<ReaderName, Face>,
    /// Slots that were there together with one on which a card is surely laid.
    beside: BTreeSet<ReaderName>,
}

impl Faces {
    /// The devices with these slots.
    ///
    /// Where the reader for passes falls out, a slot that was there beside it all the time (in a keyboard, say) is not taken for another
    /// one: the desk has to say that its reader is gone. If passes are laid on it after all, it is asked as before, and the first one tells.
    pub(crate) fn readers(&mut self, names: &[ReaderName]) -> Vec<Reader> {
        let mut readers = device::readers_with(names, &self.met);
        let has_contactless = slots(&readers).any(|slot| slot.face == Face::Contactless);
        let unknown: Vec<ReaderName> =
            slots(&readers).filter(|slot| slot.face == Face::Unknown).map(|slot| slot.name.clone()).collect();
        if has_contactless {
            self.beside.extend(unknown);
            return readers;
        }
        for slot in readers.iter_mut().flat_map(|reader| &mut reader.slots) {
            if slot.face == Face::Unknown && self.beside.contains(&slot.name) {
                slot.face = Face::Contact;
            }
        }
        readers
    }

    /// Learns from a card that was met in a slot. Where a card was once laid, another one that is put in changes nothing: some devices
    /// take both in one slot.
    pub(crate) fn met(&mut self, slot: &ReaderName, kind: &CardKind) {
        if kind.is_laid() {
            self.met.insert(slot.clone(), Face::Contactless);
        } else {
            self.met.entry(slot.clone()).or_insert(Face::Contact);
        }
    }
}

fn slots(readers: &[Reader]) -> impl Iterator<Item = &Slot> {
    readers.iter().flat_map(|reader| &reader.slots)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NFC: &str = "ACS ACR122U PICC Interface 00 00";
    const KEYBOARD: &str = "Dell Smart Card Reader Keyboard 01 00";
    const CARD: CardKind = CardKind::RandomId;

    fn faces(faces: &mut Faces, names: &[&str]) -> Vec<Face> {
        let names: Vec<_> = names.iter().map(|name| ReaderName((*name).to_owned())).collect();
        slots(&faces.readers(&names)).map(|slot| slot.face).collect()
    }

    #[test]
    fn a_name_that_tells_nothing_may_be_a_reader_for_passes() {
        assert_eq!(faces(&mut Faces::default(), &[KEYBOARD]), [Face::Unknown]);
    }

    #[test]
    fn what_stands_beside_the_reader_for_passes_does_not_take_its_place() {
        let mut known = Faces::default();
        assert_eq!(faces(&mut known, &[NFC, KEYBOARD]), [Face::Contactless, Face::Unknown]);
        assert_eq!(faces(&mut known, &[KEYBOARD]), [Face::Contact]);
        let new = "Some Other Reader 02 00";
        assert_eq!(faces(&mut known, &[KEYBOARD, new]), [Face::Contact, Face::Unknown], "another one was plugged in");
        assert_eq!(faces(&mut known, &[KEYBOARD, NFC]), [Face::Unknown, Face::Contactless]);
    }

    #[test]
    fn a_card_tells_what_its_slot_takes() {
        let slot = ReaderName(KEYBOARD.to_owned());
        for put_in in [CardKind::Eid(None), CardKind::Other { length: 0 }] {
            let mut known = Faces::default();
            known.met(&slot, &put_in);
            assert_eq!(faces(&mut known, &[KEYBOARD]), [Face::Contact]);
            known.met(&slot, &CARD);
            assert_eq!(faces(&mut known, &[KEYBOARD]), [Face::Contactless]);
            known.met(&slot, &put_in);
            assert_eq!(faces(&mut known, &[KEYBOARD]), [Face::Contactless], "it takes both");
        }
    }

    #[test]
    fn a_name_that_tells_is_believed_before_any_card() {
        let mut known = Faces::default();
        known.met(&ReaderName(NFC.to_owned()), &CardKind::Other { length: 0 });
        assert_eq!(faces(&mut known, &[NFC]), [Face::Contactless]);
    }

    #[test]
    fn a_combi_reader_of_which_one_slot_met_a_pass_takes_cards_in_the_other_one() {
        let mut known = Faces::default();
        let names = ["Some Dual Reader 00 00", "Some Dual Reader 00 01"];
        assert_eq!(faces(&mut known, &names), [Face::Unknown, Face::Unknown]);
        known.met(&ReaderName(names[1].to_owned()), &CARD);
        assert_eq!(faces(&mut known, &names), [Face::Contact, Face::Contactless]);
    }
}
