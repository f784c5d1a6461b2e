//! The readers, as the window and the terminal see them.

use crate::dto::{CheckedReader, Fact, FindingView, ReaderCheckView, ReaderState, ReaderView};
use crate::said::Said;
use balie_core::card::CardKind;
use balie_core::reader::{CardRead, Face, Reader, ReaderEvent, ReaderTrouble};
use balie_core::reader_check::{Facts, Finding, Reach, System, UsbReader, judge};
use balie_desk::config::Language;
use balie_desk::desk::{Desk, Readers};

/// How the readers stand, for the head of the window.
pub fn reader(desk: &Desk) -> ReaderView {
    match desk.readers() {
        Readers::Missing(trouble) => {
            ReaderView { state: ReaderState::NoService, name: None, trouble: Some(trouble.code().to_owned()) }
        }
        Readers::Connected(readers) => {
            let surely = |reader: &&Reader| reader.slots.iter().any(|slot| slot.face == Face::Contactless);
            let maybe = |reader: &&Reader| reader.is_contactless();
            let first = readers.iter().find(surely).or_else(|| readers.iter().find(maybe)).or(readers.first());
            ReaderView {
                // One that only takes an eID in reads no UiTPAS: then the number is typed, and the check says why.
                state: if readers.iter().any(Reader::is_contactless) {
                    ReaderState::Ready
                } else {
                    ReaderState::Absent
                },
                name: first.map(|reader| reader.name.clone()),
                trouble: None,
            }
        }
    }
}

/// What a card was that came last, or what it met; never whose it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastCard {
    /// Its code, of a kind or of a trouble.
    pub code: &'static str,
    /// It was laid on a reader and read, or another one was before it and nothing went wrong since.
    pub is_laid: bool,
    /// What went wrong.
    pub trouble: Option<ReaderTrouble>,
    /// When, for example `14:05`; nothing where nobody asks.
    pub at: Option<String>,
}

impl LastCard {
    /// What a report of a reader says of a card, if it does.
    pub fn of(event: &ReaderEvent, at: Option<String>) -> Option<Self> {
        match event {
            ReaderEvent::Card(CardRead { kind, .. }) => {
                Some(Self { code: self::kind(kind), is_laid: kind.is_laid(), trouble: None, at })
            }
            ReaderEvent::Trouble(trouble) if !trouble.is_of_service() => {
                Some(Self { code: trouble.code(), is_laid: false, trouble: Some(trouble.clone()), at })
            }
            ReaderEvent::Trouble(_) | ReaderEvent::Readers(_) | ReaderEvent::Removed(_) => None,
        }
    }

    /// The same card after another one.
    pub fn after(mut self, before: Option<&Self>) -> Self {
        self.is_laid |= self.trouble.is_none() && before.is_some_and(|before| before.is_laid);
        self
    }

    /// What it met, when this report of a reader says that it is over: the readers are others now, or the card is gone that said nothing.
    pub fn is_over_with(&self, event: &ReaderEvent) -> bool {
        match (&self.trouble, event) {
            (
                Some(ReaderTrouble::ReaderHangs(_) | ReaderTrouble::ReaderLost(_) | ReaderTrouble::NoPermission(_)),
                ReaderEvent::Readers(_),
            ) => true,
            // A driver that sees its card go answers again.
            (
                Some(ReaderTrouble::Mute(lay) | ReaderTrouble::TwoCards(lay) | ReaderTrouble::ReaderHangs(lay)),
                ReaderEvent::Removed(from),
            ) => lay == from,
            _ => false,
        }
    }
}

const fn kind(kind: &CardKind) -> &'static str {
    match kind {
        CardKind::UitpasLike(_) => "readerCheck.card.uitpas",
        CardKind::RandomId => "readerCheck.card.randomId",
        CardKind::Other { .. } => "readerCheck.card.other",
        CardKind::Eid(_) => "readerCheck.card.eid",
    }
}

/// What the desk learned of slots whose names tell nothing, for a look that knows the names alone.
pub fn with_learned(seen: &mut [Reader], readers: &Readers) {
    let Readers::Connected(readers) = readers else { return };
    let learned = || readers.iter().flat_map(|reader| &reader.slots);
    for slot in seen.iter_mut().flat_map(|reader| &mut reader.slots) {
        if let Some(known) = learned().find(|known| known.name == slot.name) {
            slot.face = known.face;
        }
    }
}

/// What is wrong and what to do.
pub fn check(mut facts: Facts, last: Option<LastCard>, language: Language) -> ReaderCheckView {
    facts.trouble = last.as_ref().and_then(|last| last.trouble.clone());
    facts.has_read = last.as_ref().is_some_and(|last| last.is_laid);
    let findings = judge(&facts).iter().map(|found| finding(found, &facts)).collect();
    let mut view = ReaderCheckView {
        findings,
        service: service(facts.service).to_owned(),
        driver: driver(&facts).to_owned(),
        readers: facts.readers.iter().map(checked).collect(),
        usb: facts.usb.iter().map(plugged).collect(),
        last_card: last.as_ref().map(|last| last.code.to_owned()),
        last_card_at: last.and_then(|last| last.at),
        report: String::new(),
    };
    view.report = report(&view, facts.system, &Said::of(language));
    view
}

fn finding(finding: &Finding, seen: &Facts) -> FindingView {
    let facts = match finding {
        Finding::HeldByKernel { reader, module } => vec![Fact::new("reader", reader), Fact::new("module", module)],
        Finding::NotSeen { reader } => vec![Fact::new("reader", reader)],
        _ => Vec::new(),
    };
    FindingView {
        code: finding.code().to_owned(),
        facts,
        fault: finding.is_fault(),
        command: finding.command(seen.system, seen.has_apt).map(str::to_owned),
    }
}

const fn service(service: Reach) -> &'static str {
    match service {
        Reach::Answers => "readerCheck.service.answers",
        Reach::Stopped => "readerCheck.service.stopped",
        Reach::NotInstalled => "readerCheck.service.notInstalled",
        Reach::Refuses => "readerCheck.service.refuses",
        Reach::Hangs => "readerCheck.service.hangs",
    }
}

const fn driver(facts: &Facts) -> &'static str {
    match (facts.usb_driver, facts.own_mac_driver) {
        (Some(true), _) | (None, Some(false)) => "readerCheck.driver.there",
        (Some(false), _) => "readerCheck.driver.missing",
        (None, Some(true)) => "readerCheck.driver.ofMac",
        (None, None) => "readerCheck.driver.unseen",
    }
}

fn checked(reader: &Reader) -> CheckedReader {
    let slot = |face: Face| match face {
        Face::Contactless => "readerCheck.slot.contactless",
        Face::Contact => "readerCheck.slot.contact",
        Face::Inside => "readerCheck.slot.inside",
        Face::Unknown => "readerCheck.slot.unknown",
    };
    CheckedReader {
        name: reader.name.clone(),
        slots: reader.slots.iter().map(|place| slot(place.face).to_owned()).collect(),
    }
}

fn plugged(reader: &UsbReader) -> String {
    match &reader.held_by {
        Some(module) => format!("{} ({}, {module})", reader.name, reader.id),
        None => format!("{} ({})", reader.name, reader.id),
    }
}

/// The check as text: what a person who looks after the computers needs, and nothing of anybody.
fn report(view: &ReaderCheckView, system: System, said: &Said) -> String {
    let system = match system {
        System::Linux => "Linux",
        System::Windows => "Windows",
        System::MacOs => "macOS",
    };
    let mut lines = vec![format!("Balie {} · {system}", env!("CARGO_PKG_VERSION"))];
    let mut line = |key: &str, value: String| lines.push(format!("{}: {value}", said.say(key, &[])));
    line("readerCheck.service", said.say(&view.service, &[]));
    line("readerCheck.driver", said.say(&view.driver, &[]));
    if view.readers.is_empty() {
        line("readerCheck.readers", said.say("readerCheck.readers.none", &[]));
    }
    for reader in &view.readers {
        let slots: Vec<String> = reader.slots.iter().map(|slot| said.say(slot, &[])).collect();
        line("readerCheck.readers", format!("{} ({})", reader.name, slots.join(", ")));
    }
    for reader in &view.usb {
        line("readerCheck.usb", reader.clone());
    }
    let last = view.last_card.as_deref().unwrap_or("readerCheck.card.none");
    let at = view.last_card_at.as_ref().map(|at| format!(" ({at})")).unwrap_or_default();
    line("readerCheck.card", said.say(last, &[]) + &at);
    for finding in &view.findings {
        lines.push(String::new());
        lines.push(said.say(&finding.code, &finding.facts));
        lines.push(said.say(&format!("{}.next", finding.code), &finding.facts));
        lines.extend(finding.command.as_ref().map(|command| format!("  {command}")));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use balie_core::card::ChipNumber;
    use balie_core::insz::Insz;
    use balie_core::reader::{ReaderName, Slot};

    fn facts() -> Facts {
        let slot = |name: &str, face| Slot { name: ReaderName(name.to_owned()), face };
        let slots = vec![slot("Combi 00 00", Face::Contact), slot("Combi 00 01", Face::Contactless)];
        Facts {
            system: System::Linux,
            service: Reach::Answers,
            usb_driver: Some(true),
            usb: vec![],
            readers: vec![Reader { name: "Combi".to_owned(), slots }],
            sandbox: None,
            has_apt: true,
            own_mac_driver: None,
            has_read: false,
            trouble: None,
        }
    }

    fn card(kind: CardKind) -> Option<LastCard> {
        let read = CardRead { reader: ReaderName("Combi 00 01".to_owned()), kind };
        LastCard::of(&ReaderEvent::Card(read), Some("14:05".to_owned()))
    }

    #[test]
    fn the_report_tells_all_and_nothing_of_anybody() {
        let chip = ChipNumber::parse("04363CDAEE3880").unwrap();
        for kind in [CardKind::UitpasLike(chip), CardKind::Eid(Insz::parse("80010101392")), CardKind::RandomId] {
            let view = check(facts(), card(kind), Language::Nl);
            for word in ["Combi", "14:05", "Linux", env!("CARGO_PKG_VERSION")] {
                assert!(view.report.contains(word), "{word}: {}", view.report);
            }
            for word in ["3880", "0436", "8001", "1392", "readerCheck"] {
                assert!(!view.report.contains(word), "{word}: {}", view.report);
            }
            assert_eq!(view.findings[0].code, "readerCheck.fine");
        }
    }

    #[test]
    fn what_the_last_card_met_is_a_finding_until_a_card_is_read() {
        let here = ReaderName("Combi 00 01".to_owned());
        let held = LastCard::of(&ReaderEvent::Trouble(ReaderTrouble::InUse(here)), None);
        let view = check(facts(), held, Language::En);
        assert_eq!((view.findings[0].code.as_str(), view.last_card.as_deref()), ("reader.inUse", Some("reader.inUse")));
        let view = check(facts(), card(CardKind::Other { length: 4 }), Language::En);
        assert_eq!(view.findings[0].code, "readerCheck.fine");
        assert_eq!(LastCard::of(&ReaderEvent::Trouble(ReaderTrouble::NoService), None), None);
    }

    #[test]
    fn only_a_card_that_was_laid_says_that_the_reader_reads_passes() {
        let mac = || Facts { system: System::MacOs, usb_driver: None, own_mac_driver: Some(true), ..facts() };
        for kind in [CardKind::Eid(None), CardKind::Other { length: 0 }] {
            assert_eq!(check(mac(), card(kind.clone()), Language::Nl).findings[0].code, "readerCheck.macDriver");
            let after = card(kind).map(|eid| eid.after(card(CardKind::RandomId).as_ref()));
            assert_eq!(check(mac(), after, Language::Nl).findings[0].code, "readerCheck.fine", "others were read");
        }
        for kind in [CardKind::RandomId, CardKind::Other { length: 4 }] {
            assert_eq!(check(mac(), card(kind), Language::Nl).findings[0].code, "readerCheck.fine");
        }
    }

    #[test]
    fn the_driver_stands_in_the_report() {
        let of = |usb_driver, own_mac_driver| Facts { usb_driver, own_mac_driver, ..facts() };
        for (facts, expected) in [
            (of(Some(true), None), "Stuurprogramma: Aanwezig"),
            (of(Some(false), None), "Stuurprogramma: Niet geïnstalleerd"),
            (of(None, Some(true)), "Stuurprogramma: Dat van macOS zelf"),
            (of(None, Some(false)), "Stuurprogramma: Aanwezig"),
            (of(None, None), "Stuurprogramma: Hier niet te zien"),
        ] {
            let report = check(facts, None, Language::Nl).report;
            assert!(report.lines().any(|line| line == expected), "{expected}: {report}");
        }
    }

    #[test]
    fn what_was_learned_of_a_slot_counts() {
        let slot = |face| Slot { name: ReaderName("Some Reader 00 00".to_owned()), face };
        let reader = |face| Reader { name: "Some Reader".to_owned(), slots: vec![slot(face)] };
        let mut seen = vec![reader(Face::Unknown)];
        with_learned(&mut seen, &Readers::Missing(ReaderTrouble::NoService));
        assert_eq!(seen, [reader(Face::Unknown)]);
        with_learned(&mut seen, &Readers::Connected(vec![reader(Face::Contact)]));
        let view = check(Facts { readers: seen, ..facts() }, None, Language::Nl);
        assert_eq!(view.findings[0].code, "readerCheck.onlyContact");
    }

    #[test]
    fn what_is_over_is_not_said_any_more() {
        let here = || ReaderName("Combi 00 01".to_owned());
        let met = |trouble: ReaderTrouble| LastCard::of(&ReaderEvent::Trouble(trouble), None).unwrap();
        let (taken, others) = (ReaderEvent::Removed(here()), ReaderEvent::Readers(facts().readers));
        let elsewhere = ReaderEvent::Removed(ReaderName("Combi 00 00".to_owned()));
        assert!(met(ReaderTrouble::TwoCards(here())).is_over_with(&taken));
        assert!(!met(ReaderTrouble::TwoCards(here())).is_over_with(&elsewhere));
        assert!(met(ReaderTrouble::ReaderHangs(here())).is_over_with(&others));
        assert!(met(ReaderTrouble::ReaderHangs(here())).is_over_with(&taken), "its driver is back");
        assert!(!met(ReaderTrouble::InUse(here())).is_over_with(&taken), "the other program is there still");
    }

    #[test]
    fn what_to_type_stands_in_the_report() {
        let usb = vec![UsbReader { name: "ACR122U".into(), id: "072f:2200".into(), held_by: Some("pn533_usb".into()) }];
        let view = check(Facts { usb, readers: vec![], ..facts() }, None, Language::Fr);
        assert!(view.report.contains("sudo modprobe --remove pn533_usb") && view.report.contains("072f:2200"));
    }
}
