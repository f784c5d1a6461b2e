//! What card readers report to the desk: a closed set of events, made of core values only.

use crate::card::CardKind;

/// The name of a slot of a reader as its driver gives it, for example `ACS ACR122U PICC Interface 00 00`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReaderName(pub String);

/// One device on the desk. A combi reader has several slots, which the system lists as readers of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// What people call it: the name of its driver, without the words and numbers that tell its slots apart.
    pub name: String,
    /// Where a card can be laid or put in, in the order of the system; never empty.
    pub slots: Vec<Slot>,
}

impl Reader {
    /// Whether a card can be laid on it. A slot whose name tells nothing may be one.
    pub fn is_contactless(&self) -> bool {
        self.slots.iter().any(|slot| matches!(slot.face, Face::Contactless | Face::Unknown))
    }
}

/// One place for a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its name in the system; events name it.
    pub name: ReaderName,
    /// What it takes.
    pub face: Face,
}

/// What a slot takes, as far as its name tells, or a card that was met in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// A card that is laid on it.
    Contactless,
    /// A card that is put in, for example an eID.
    Contact,
    /// A chip inside the reader itself (SAM): no card of a visitor.
    Inside,
    /// Nothing tells.
    Unknown,
}

/// Something that happened at a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderEvent {
    /// The readers that are connected now; empty when there is none, which is a calm state and no error.
    Readers(Vec<Reader>),
    /// A card was laid on a reader and read. A card that stays lying gives one event only, and so does one that trembles at the edge of the
    /// field.
    Card(CardRead),
    /// The card was taken from the reader.
    Removed(ReaderName),
    /// Reading did not work, or the smart-card service did not answer.
    Trouble(ReaderTrouble),
}

/// One successful reading of one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardRead {
    /// Which reader it lay on.
    pub reader: ReaderName,
    /// What it is, as far as its identifier tells.
    pub kind: CardKind,
}

/// Why a card or reader could not be used; each has a sentence for the clerk and a remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderTrouble {
    /// The smart-card service of the system is not running (pcscd, SCardSvr). The loop keeps trying.
    NoService,
    /// The smart-card service took a question and never answered it. The loop begins anew, and leaves the old one behind.
    ServiceHangs,
    /// The system refuses this user the smart-card service, or one reader of it (polkit, a session from afar). The loop keeps trying.
    NoPermission(Option<ReaderName>),
    /// The driver of this reader never came back from a question. The others go on; this one is asked again once it is back.
    ReaderHangs(ReaderName),
    /// The reader went away, or was reset, while it read: a loose cable, or too little power.
    ReaderLost(ReaderName),
    /// The card was taken away before it was read: hold it a little longer.
    RemovedTooSoon(ReaderName),
    /// Another program holds the card.
    InUse(ReaderName),
    /// A card lies there, and it says nothing: askew, put in the wrong way round, or several at once.
    Mute(ReaderName),
    /// Card and reader share no protocol.
    NoCommonProtocol(ReaderName),
    /// The card answers nonsense, or an error that means nothing more precise.
    Unreadable(ReaderName),
    /// Two cards lie there: nobody can say whose turn it is.
    TwoCards(ReaderName),
}

impl ReaderTrouble {
    /// Every code that a trouble can have, so that a test can walk them.
    pub const CODES: [&'static str; 11] = [
        "reader.noService",
        "reader.serviceHangs",
        "reader.noPermission",
        "reader.hangs",
        "reader.lost",
        "reader.removedTooSoon",
        "reader.inUse",
        "reader.mute",
        "reader.noCommonProtocol",
        "reader.unreadable",
        "reader.twoCards",
    ];

    /// The code of this trouble: the key of its sentence in `ui/src/texts`; the remedy stands under the same key with `.next`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoService => "reader.noService",
            Self::ServiceHangs => "reader.serviceHangs",
            Self::NoPermission(_) => "reader.noPermission",
            Self::ReaderHangs(_) => "reader.hangs",
            Self::ReaderLost(_) => "reader.lost",
            Self::RemovedTooSoon(_) => "reader.removedTooSoon",
            Self::InUse(_) => "reader.inUse",
            Self::Mute(_) => "reader.mute",
            Self::NoCommonProtocol(_) => "reader.noCommonProtocol",
            Self::Unreadable(_) => "reader.unreadable",
            Self::TwoCards(_) => "reader.twoCards",
        }
    }

    /// Whether it concerns all readers, and not one card on one of them.
    pub const fn is_of_service(&self) -> bool {
        matches!(self, Self::NoService | Self::ServiceHangs | Self::NoPermission(None))
    }

    /// The reader that it is about; none when it is about all.
    pub const fn reader(&self) -> Option<&ReaderName> {
        match self {
            Self::NoService | Self::ServiceHangs | Self::NoPermission(None) => None,
            Self::NoPermission(Some(reader))
            | Self::ReaderHangs(reader)
            | Self::ReaderLost(reader)
            | Self::RemovedTooSoon(reader)
            | Self::InUse(reader)
            | Self::Mute(reader)
            | Self::NoCommonProtocol(reader)
            | Self::Unreadable(reader)
            | Self::TwoCards(reader) => Some(reader),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trouble_has_a_code_of_the_list_and_those_of_the_service_name_no_reader() {
        let here = || ReaderName("Desk reader".to_owned());
        let all = [
            ReaderTrouble::NoService,
            ReaderTrouble::ServiceHangs,
            ReaderTrouble::NoPermission(Some(here())),
            ReaderTrouble::ReaderHangs(here()),
            ReaderTrouble::ReaderLost(here()),
            ReaderTrouble::RemovedTooSoon(here()),
            ReaderTrouble::InUse(here()),
            ReaderTrouble::Mute(here()),
            ReaderTrouble::NoCommonProtocol(here()),
            ReaderTrouble::Unreadable(here()),
            ReaderTrouble::TwoCards(here()),
        ];
        assert_eq!(all.each_ref().map(ReaderTrouble::code), ReaderTrouble::CODES);
        for trouble in &all {
            assert_eq!(trouble.reader().is_none(), trouble.is_of_service(), "{trouble:?}");
        }
    }

    #[test]
    fn a_reader_takes_passes_when_one_of_its_slots_may() {
        let reader = |faces: &[Face]| Reader {
            name: "Combi".to_owned(),
            slots: faces.iter().map(|face| Slot { name: ReaderName("Combi 0".to_owned()), face: *face }).collect(),
        };
        assert!(reader(&[Face::Contact, Face::Contactless]).is_contactless());
        assert!(reader(&[Face::Unknown]).is_contactless());
        assert!(!reader(&[Face::Contact, Face::Inside]).is_contactless());
    }
}
