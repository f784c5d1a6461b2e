//! `balie --reader-check`: why does the reader not work, in a terminal, without a window and without opening any file of the desk.

use crate::said::Said;
use crate::view::reader::{LastCard, check};
use balie_card::Watch;
use balie_desk::config::Language;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;
use tokio::sync::mpsc;

/// How long a card is waited for.
const CARD: Duration = Duration::from_secs(10);

/// Looks, waits a moment for a card where there is a reader, and prints the report. The exit code is 1 when something is wrong.
pub fn run(language: Language) -> ExitCode {
    let facts = balie_card::look();
    let last = if facts.readers.is_empty() { None } else { card(language) };
    let view = check(facts, last, language);
    // Whoever closed the other end does not want to read it.
    if writeln!(io::stdout(), "{}", view.report).is_err() {
        return ExitCode::FAILURE;
    }
    if view.findings.iter().any(|finding| finding.fault) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// What kind of card lies there or is laid there within [`CARD`]. One that is put into a slot says nothing of how passes are read, so that
/// one is still waited for.
fn card(language: Language) -> Option<LastCard> {
    // Whoever does not listen there sees the answer all the same.
    let _ = writeln!(io::stderr(), "{}", Said::of(language).say("readerCheck.lay", &[]));
    let (send, mut events) = mpsc::channel(64);
    let _watch = Watch::start(send);
    let waits = tokio::runtime::Builder::new_current_thread().enable_time().build().ok()?;
    waits.block_on(async {
        let mut met = None;
        let waited = async {
            while let Some(event) = events.recv().await {
                met = LastCard::of(&event, None).or(met.take());
                if met.as_ref().is_some_and(|card: &LastCard| card.is_laid || card.trouble.is_some()) {
                    break;
                }
            }
        };
        // When the time is over, what was met until then counts.
        let _ = tokio::time::timeout(CARD, waited).await;
        met
    })
}
