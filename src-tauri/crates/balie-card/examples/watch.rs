//! Shows what the readers of this computer report, one line per event, until standard input closes.
//!
//! ```text
//! cargo run -p balie-card --example watch
//! ```
//!
//! The fields are parted by tabs. Chip numbers are personal, so only their end is shown; the tests, whose cards belong to
//! nobody, ask for `--whole-numbers`. `--system linux|windows|macos` runs the loop of another system, `--national-number` lets the number of
//! an eID be read, and `--slept-ms N` takes a wait that lasted N milliseconds too long for a sleep.

use std::io::{self, Read, Write};
use std::time::Duration;
use std::{env, thread};

use balie_card::{System, Watch};
use balie_core::card::CardKind;
use balie_core::reader::{Reader, ReaderEvent, ReaderTrouble};
use tokio::sync::mpsc::channel;

fn main() -> io::Result<()> {
    let words: Vec<String> = env::args().collect();
    let has = |word: &str| words.iter().any(|other| other == word);
    let after = |word: &str| words.iter().skip_while(|other| *other != word).nth(1);
    let whole = has("--whole-numbers");
    let mut system = after("--system").and_then(|word| System::of_word(word)).unwrap_or(System::here());
    if let Some(ms) = after("--slept-ms").and_then(|ms| ms.parse().ok()) {
        system.slept = Duration::from_millis(ms);
    }
    let (sender, mut events) = channel(64);
    let watch = Watch::start_on(system, sender);
    watch.allow_national_number(has("--national-number"));
    let printer = thread::spawn(move || {
        let mut known: Option<Vec<Reader>> = None;
        while let Some(event) = events.blocking_recv() {
            let line = match (&event, &known) {
                (ReaderEvent::Readers(readers), Some(before)) if differ_in_slots_alone(readers, before) => {
                    slots(readers)
                }
                _ => line(&event, whole),
            };
            match event {
                ReaderEvent::Readers(readers) => known = Some(readers),
                ReaderEvent::Trouble(trouble) if trouble.is_of_service() => known = None,
                _ => {}
            }
            if writeln!(io::stdout().lock(), "{line}").is_err() {
                return;
            }
        }
    });
    io::stdin().read_to_end(&mut Vec::new())?;
    drop(watch);
    if printer.join().is_ok() {
        writeln!(io::stdout().lock(), "over")?;
    }
    Ok(())
}

/// Whether the readers are those of before, and only what their slots take was learned.
fn differ_in_slots_alone(readers: &[Reader], before: &[Reader]) -> bool {
    let names = |readers: &[Reader]| -> Vec<_> {
        readers.iter().flat_map(|reader| &reader.slots).map(|slot| slot.name.clone()).collect()
    };
    readers != before && names(readers) == names(before)
}

fn slots(readers: &[Reader]) -> String {
    let slots = readers.iter().flat_map(|reader| &reader.slots);
    slots.fold("slots".to_owned(), |line, slot| format!("{line}\t{} {:?}", slot.name.0, slot.face))
}

fn line(event: &ReaderEvent, whole: bool) -> String {
    match event {
        ReaderEvent::Readers(readers) => {
            let slots = readers.iter().flat_map(|reader| &reader.slots);
            slots.fold("readers".to_owned(), |line, slot| format!("{line}\t{}", slot.name.0))
        }
        ReaderEvent::Card(read) => format!("card\t{}\t{}", read.reader.0, kind(&read.kind, whole)),
        ReaderEvent::Removed(reader) => format!("removed\t{}", reader.0),
        ReaderEvent::Trouble(trouble) => match trouble.reader() {
            None => format!("trouble\t{}", word(trouble)),
            Some(reader) => format!("trouble\t{}\t{}", word(trouble), reader.0),
        },
    }
}

fn word(trouble: &ReaderTrouble) -> &'static str {
    match trouble {
        ReaderTrouble::NoService => "no service",
        ReaderTrouble::ServiceHangs => "service hangs",
        ReaderTrouble::NoPermission(_) => "no permission",
        ReaderTrouble::ReaderHangs(_) => "reader hangs",
        ReaderTrouble::ReaderLost(_) => "reader lost",
        ReaderTrouble::RemovedTooSoon(_) => "removed too soon",
        ReaderTrouble::InUse(_) => "in use",
        ReaderTrouble::Mute(_) => "mute",
        ReaderTrouble::NoCommonProtocol(_) => "no common protocol",
        ReaderTrouble::Unreadable(_) => "unreadable",
        ReaderTrouble::TwoCards(_) => "two cards",
    }
}

fn kind(kind: &CardKind, whole: bool) -> String {
    match kind {
        CardKind::UitpasLike(chip) if whole => chip.to_hex(),
        CardKind::UitpasLike(chip) => format!("{chip:?}"),
        CardKind::RandomId => "random".to_owned(),
        CardKind::Other { length } => format!("other {length}"),
        CardKind::Eid(None) => "eid".to_owned(),
        CardKind::Eid(Some(number)) if whole => format!("eid {}", number.reveal()),
        CardKind::Eid(Some(_)) => "eid with its number".to_owned(),
    }
}
