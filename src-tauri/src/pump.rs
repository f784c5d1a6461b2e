//! One loop between the world and the desk: what readers report goes to the desk, what changed is told to the window.

use crate::dto::Stage;
use crate::shell::{Opened, Place, Shell};
use crate::tell::Tell;
use crate::view;
use balie_card::Watch;
use balie_core::card::CardKind;
use balie_core::reader::{CardRead, Face, ReaderEvent, ReaderName};
use balie_core::time::Moment;
use balie_desk::desk::{Change, Readers};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tauri::{AppHandle, Manager};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::time::Interval;

/// More reports than this are never under way: the reader thread waits then.
const REPORTS: usize = 64;

/// Runs for as long as the program does.
pub async fn run(app: AppHandle, opened: Opened, mut changes: Receiver<Change>) {
    let (send, mut reports) = mpsc::channel::<ReaderEvent>(REPORTS);
    // The window and the desk are open by now: a driver that hangs takes nothing with it.
    let watch = Watch::start(send);
    let shell = app.state::<Shell>();
    let mut in_front = shell.in_front.subscribe();
    let allow = |in_front: bool| watch.allow_national_number(in_front && opened.desk.may_use_national_number());
    allow(*in_front.borrow_and_update());
    let tell = Tell::begin(&app, &opened);
    let mut wake = Wake::new();
    let mut elsewhere = Elsewhere::default();
    loop {
        tokio::select! {
            Some(report) = reports.recv() => {
                shell.reader_reports(&report, Moment::now());
                if elsewhere.takes(&report, *shell.in_front.borrow(), &opened.desk.readers()) {
                    continue;
                }
                if note_card(&shell, &report).await {
                    continue;
                }
                // Reports are taken in in their order; only looking up waits for the network, and no tap waits for that.
                if let Some(whom) = opened.desk.reader_reports(report) {
                    let desk = Arc::clone(&opened.desk);
                    tauri::async_runtime::spawn(async move { desk.look_up(whom).await });
                }
            }
            change = changes.recv() => {
                allow(*shell.in_front.borrow());
                match change {
                    Ok(change) => tell.of(change),
                    Err(RecvError::Lagged(_)) => {
                        for change in [Change::Person, Change::Desk, Change::Events, Change::Lines, Change::Ready] {
                            tell.of(change);
                        }
                    }
                    Err(RecvError::Closed) => break,
                }
            }
            Ok(()) = in_front.changed() => {
                let is = *in_front.borrow_and_update();
                allow(is);
                if is && opened.desk.person().is_none() && opened.desk.may_use_national_number() {
                    // It was not read, so that nobody is looked up: the clerk is told to put it in again.
                    drop(elsewhere.left().map(|report| opened.desk.reader_reports(report)));
                }
            }
            () = wake.next() => wake.look(&shell).await,
        }
    }
    drop((watch, tell));
}

/// Tells the set-up that a card was read. Which one is nobody's business there, so it goes no further.
async fn note_card(shell: &Shell, report: &ReaderEvent) -> bool {
    let is_news = match report {
        // An eID in its slot says nothing of how passes are read.
        ReaderEvent::Card(read) => read.kind.is_laid() && !shell.card_read.swap(true, Ordering::Relaxed),
        ReaderEvent::Readers(_) | ReaderEvent::Trouble(_) => true,
        ReaderEvent::Removed(_) => false,
    };
    let in_set_up = matches!(shell.place(), Place::Desk(_, Stage::SetUp));
    if is_news && in_set_up {
        if let ReaderEvent::Readers(_) = report {
            // How the readers stand is taken in first, and told below as any other change.
            return false;
        }
        view::way_in::changed(shell).await;
    }
    in_set_up && matches!(report, ReaderEvent::Card(_))
}

/// The cards that are put into a slot while the clerk is at another program, which reads eIDs itself (the population register, a
/// signature): nobody is looked up for them, and whoever stands at the desk stays there. A pass that is laid counts all the same.
#[derive(Default)]
struct Elsewhere {
    /// The eID that still is in its slot.
    left: Option<ReaderName>,
}

impl Elsewhere {
    /// Takes such a card away from the desk, and what one met; `false` for a report that the desk is to have.
    fn takes(&mut self, report: &ReaderEvent, in_front: bool, readers: &Readers) -> bool {
        match report {
            ReaderEvent::Card(read) if !in_front && !read.kind.is_laid() => {
                self.left = matches!(read.kind, CardKind::Eid(_)).then(|| read.reader.clone());
                true
            }
            ReaderEvent::Card(_) => {
                self.left = None;
                false
            }
            ReaderEvent::Readers(readers) => {
                let mut slots = readers.iter().flat_map(|reader| &reader.slots);
                self.left.take_if(|left| slots.all(|slot| slot.name != *left));
                false
            }
            ReaderEvent::Removed(reader) => {
                self.left.take_if(|left| left == reader);
                false
            }
            ReaderEvent::Trouble(trouble) => !in_front && trouble.reader().is_some_and(|slot| takes_in(readers, slot)),
        }
    }

    /// The eID that was put in for another program and is there still, as one of which nothing was read.
    fn left(&mut self) -> Option<ReaderEvent> {
        let reader = self.left.take()?;
        Some(ReaderEvent::Card(CardRead { reader, kind: CardKind::Eid(None) }))
    }
}

/// Whether a card is put into this slot, and not laid on it.
fn takes_in(readers: &Readers, slot: &ReaderName) -> bool {
    let Readers::Connected(readers) = readers else { return false };
    readers.iter().flat_map(|reader| &reader.slots).any(|known| known.name == *slot && known.face == Face::Contact)
}

/// How often it is looked whether the computer slept.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// A gap like this between the clock on the wall and the one that stands still during a sleep was a sleep, in seconds. A clock
/// that is set by a program of the system moves by less.
const SLEPT_SECONDS: i64 = 30;

/// Locks the desk when the computer wakes from a sleep.
struct Wake {
    tick: Interval,
    seen: (Moment, Instant),
}

impl Wake {
    fn new() -> Self {
        Self { tick: tokio::time::interval(LOOK_EVERY), seen: (Moment::now(), Instant::now()) }
    }

    async fn next(&mut self) {
        self.tick.tick().await;
    }

    async fn look(&mut self, shell: &Shell) {
        let (now, steady) = (Moment::now(), Instant::now());
        let went_on = i64::try_from(steady.duration_since(self.seen.1).as_secs()).unwrap_or(i64::MAX);
        let slept = now.as_second() - self.seen.0.as_second() - went_on > SLEPT_SECONDS || went_on > SLEPT_SECONDS;
        self.seen = (now, steady);
        if slept && shell.can_lock() {
            tracing::info!("the computer slept");
            // Nothing can go wrong with it that somebody could mend here.
            let _ = shell.lock().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use balie_core::card::ChipNumber;
    use balie_core::insz::Insz;
    use balie_core::reader::{Reader, ReaderTrouble, Slot};

    fn slot() -> ReaderName {
        ReaderName("Combi 00 00".to_owned())
    }

    fn readers() -> Vec<Reader> {
        let slots = [("Combi 00 00", Face::Contact), ("Combi 00 01", Face::Contactless)];
        let slots = slots.map(|(name, face)| Slot { name: ReaderName(name.to_owned()), face });
        vec![Reader { name: "Combi".to_owned(), slots: slots.into() }]
    }

    fn takes(elsewhere: &mut Elsewhere, report: &ReaderEvent, in_front: bool) -> bool {
        elsewhere.takes(report, in_front, &Readers::Connected(readers()))
    }

    fn card(kind: CardKind) -> ReaderEvent {
        ReaderEvent::Card(CardRead { reader: slot(), kind })
    }

    #[test]
    fn a_card_that_is_put_in_for_another_program_is_not_for_the_desk() {
        let chip = ChipNumber::parse("04363CDAEE3880").unwrap();
        let eid = || card(CardKind::Eid(Insz::parse("80010101392")));
        for (report, in_front, taken) in [
            (eid(), true, false),
            (eid(), false, true),
            (card(CardKind::Other { length: 0 }), false, true),
            (card(CardKind::Other { length: 4 }), false, false),
            (card(CardKind::UitpasLike(chip)), false, false),
            (ReaderEvent::Removed(slot()), false, false),
            (ReaderEvent::Readers(vec![]), false, false),
            (ReaderEvent::Trouble(ReaderTrouble::Mute(slot())), true, false),
            (ReaderEvent::Trouble(ReaderTrouble::Mute(slot())), false, true),
            (ReaderEvent::Trouble(ReaderTrouble::Mute(ReaderName("Combi 00 01".to_owned()))), false, false),
            (ReaderEvent::Trouble(ReaderTrouble::NoService), false, false),
        ] {
            assert_eq!(takes(&mut Elsewhere::default(), &report, in_front), taken, "{report:?} {in_front}");
        }
    }

    #[test]
    fn an_eid_that_is_there_still_is_told_without_its_number_and_only_once() {
        let mut elsewhere = Elsewhere::default();
        takes(&mut elsewhere, &card(CardKind::Eid(Insz::parse("80010101392"))), false);
        // That card may have told what its slot takes.
        takes(&mut elsewhere, &ReaderEvent::Readers(readers()), false);
        assert_eq!(elsewhere.left(), Some(card(CardKind::Eid(None))));
        assert_eq!(elsewhere.left(), None);
        takes(&mut elsewhere, &card(CardKind::Eid(None)), false);
        takes(&mut elsewhere, &ReaderEvent::Readers(vec![]), false);
        assert_eq!(elsewhere.left(), None, "its reader was pulled out");
        takes(&mut elsewhere, &card(CardKind::Eid(None)), false);
        takes(&mut elsewhere, &ReaderEvent::Removed(slot()), false);
        assert_eq!(elsewhere.left(), None, "it was taken out");
        takes(&mut elsewhere, &card(CardKind::Other { length: 0 }), false);
        assert_eq!(elsewhere.left(), None, "a badge of the staff");
    }
}
