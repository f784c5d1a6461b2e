//! Shows what the readers of this computer report, one line per event, until standard input closes.
//!
//! ```text
//! cargo run -p balie-card --example watch
//! ```
//!
//! The fields are parted by tabs. Chip numbers are personal, so only their end is shown; the tests, whose cards belong to
//! nobody, ask for `--whole-numbers`.

use std::io::{self, Read, Write};
use std::{env, thread};

use balie_card::Watch;
use balie_core::card::CardKind;
use balie_core::reader::{ReaderEvent, ReaderTrouble};
use tokio::sync::mpsc::channel;

fn main() -> io::Result<()> {
    let whole = env::args().any(|argument| argument == "--whole-numbers");
    let (sender, mut events) = channel(64);
    let watch = Watch::start(sender);
    let printer = thread::spawn(move || {
        while let Some(event) = events.blocking_recv() {
            let line = line(&event, whole);
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

fn line(event: &ReaderEvent, whole: bool) -> String {
    match event {
        ReaderEvent::Readers(names) => {
            names.iter().fold("readers".to_owned(), |line, name| format!("{line}\t{}", name.0))
        }
        ReaderEvent::Card(read) => format!("card\t{}\t{}", read.reader.0, kind(&read.kind, whole)),
        ReaderEvent::Removed(reader) => format!("removed\t{}", reader.0),
        ReaderEvent::Trouble(ReaderTrouble::NoService) => "trouble\tno service".to_owned(),
        ReaderEvent::Trouble(ReaderTrouble::RemovedTooSoon(reader)) => {
            format!("trouble\tremoved too soon\t{}", reader.0)
        }
        ReaderEvent::Trouble(ReaderTrouble::InUse(reader)) => format!("trouble\tin use\t{}", reader.0),
        ReaderEvent::Trouble(ReaderTrouble::Unreadable(reader)) => format!("trouble\tunreadable\t{}", reader.0),
    }
}

fn kind(kind: &CardKind, whole: bool) -> String {
    match kind {
        CardKind::UitpasLike(chip) if whole => chip.to_hex(),
        CardKind::UitpasLike(chip) => format!("{chip:?}"),
        CardKind::RandomId => "random".to_owned(),
        CardKind::Other { length } => format!("other {length}"),
    }
}
