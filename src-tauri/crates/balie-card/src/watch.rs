//! The handle of the desk, and the supervisor that keeps the reader thread alive.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use balie_core::reader::{ReaderEvent, ReaderName, ReaderTrouble};
use tokio::sync::mpsc::Sender;

use crate::line::{Latch, Line, Over, SetAtEnd, Turn, lock};
use crate::session::{self, BackOff};
use crate::system::System;

const FAREWELL: Duration = Duration::from_millis(1500);
const LOOK_IN: Duration = Duration::from_millis(250);
/// A look that took so long was no look: the computer slept, or had no time for this program, and the reader thread had none either.
const NOT_AT_WORK: Duration = Duration::from_secs(2);
/// A service that hangs holds on to a thread for each attempt, so the attempts are counted.
const HUNG_AT_MOST: usize = 3;

/// Watches every reader, until it is dropped.
///
/// Dropping it ends the thread within moments; a driver that hangs keeps its thread, but never the app.
#[must_use = "dropping the watch ends it"]
pub struct Watch {
    line: Arc<Line>,
}

impl Watch {
    /// Starts to watch, and returns at once: the smart-card service is only spoken to in the thread of the watch.
    ///
    /// What happens at the readers is sent through the channel, beginning with [`ReaderEvent::Readers`] or with
    /// [`ReaderTrouble::NoService`](balie_core::reader::ReaderTrouble::NoService). Take a channel of some dozens of
    /// events; when it is full the watch waits, and loses nothing. When the receiver is dropped the watch ends.
    pub fn start(events: Sender<ReaderEvent>) -> Self {
        Self::start_on(System::here(), events)
    }

    /// The same, with a loop for another system than this one.
    pub fn start_on(system: System, events: Sender<ReaderEvent>) -> Self {
        Self::start_with(system, events, session::watch)
    }

    /// Lets the national number of an eID be read from now on, or not: only where the organizer wants it, and only while UiTPAS can be
    /// asked for it. At first it is not.
    pub fn allow_national_number(&self, allowed: bool) {
        self.line.allow_national_number(allowed);
    }

    fn start_with(system: System, events: Sender<ReaderEvent>, body: Body) -> Self {
        let line = Line::new(system, events);
        let watch = Self { line: Arc::clone(&line) };
        let supervised = Arc::clone(&line);
        let thread = thread::Builder::new().name("balie-card".to_owned()).spawn(move || {
            let _ended = SetAtEnd(&supervised.ended);
            supervise(&supervised, body);
        });
        if let Err(error) = thread {
            tracing::error!(%error, "the readers are not watched: no thread");
            // The channel is empty, so this does not wait.
            if Turn::new(&line).service_missing(ReaderTrouble::ServiceHangs).is_err() {
                tracing::debug!("nobody listens to the readers");
            }
            line.ended.set();
        }
        watch
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.line.stop.set();
        let (line, done) = (Arc::clone(&self.line), Arc::new(Latch::default()));
        let cancelled = Arc::clone(&done);
        let cancel = thread::Builder::new().name("balie-card-stop".to_owned()).spawn(move || {
            let _done = SetAtEnd(&cancelled);
            line.cancel();
            drop(line);
        });
        if let Err(error) = cancel {
            tracing::debug!(%error, "the wait ends by itself");
            done.set();
        }
        // The program may end right after this, and the library then tears down what a thread in the midst of a question still uses.
        if !self.line.ended.wait(FAREWELL) || !done.wait(FAREWELL) {
            tracing::warn!("the reader thread hangs and is left behind");
        }
        self.line.hang_up();
    }
}

type Body = fn(&Turn);

/// How a turn of the reader thread came to its end.
enum Ended {
    Returned,
    /// The service does not answer.
    Hung,
    /// The driver of one reader does not answer.
    HungAt(ReaderName),
}

fn supervise(line: &Arc<Line>, body: Body) {
    let mut pause = BackOff::new();
    let mut hung: Vec<Arc<Turn>> = vec![];
    while !line.stop.is_set() {
        hung.retain(|turn| !turn.ended.is_set());
        let turn = Turn::new(line);
        let worker = Arc::clone(&turn);
        let thread = thread::Builder::new().name("balie-card-watch".to_owned()).spawn(move || {
            let _ended = SetAtEnd(&worker.ended);
            body(&worker);
        });
        match thread {
            Err(error) => tracing::error!(%error, "no thread for the readers"),
            Ok(thread) => match attend(&turn, hung.len() < HUNG_AT_MOST) {
                Ended::Returned if thread.join().is_ok() => return,
                Ended::Returned => tracing::error!("the reader thread panicked and is started again"),
                Ended::HungAt(reader) => {
                    tracing::warn!(reader = reader.0, "the reader does not answer; the others go on without it");
                    if leave_behind(line, reader, &turn).is_err() {
                        return;
                    }
                    continue;
                }
                Ended::Hung => {
                    tracing::error!("the smart-card service does not answer; the reader thread is started again");
                    hung.push(Arc::clone(&turn));
                }
            },
        }
        // Whoever panicked or hung may have known what lies on the readers, or not.
        lock(&line.presence).distrust();
        if Turn::new(line).service_missing(ReaderTrouble::ServiceHangs).is_err() {
            return;
        }
        line.stop.wait(pause.next());
    }
}

/// Goes on without a reader whose driver hangs, until it is back. What is known of the cards on the other ones stays true.
fn leave_behind(line: &Arc<Line>, reader: ReaderName, turn: &Arc<Turn>) -> Result<(), Over> {
    line.leave_alone(reader.clone(), turn);
    let outcome = ReaderEvent::Trouble(ReaderTrouble::ReaderHangs(reader.clone()));
    let news = lock(&line.presence).settle(&reader, outcome);
    for event in news {
        let told = lock(&line.debounce).take(event, Instant::now());
        for event in told {
            Turn::new(line).tell(event)?;
        }
    }
    Ok(())
}

/// Stays with a turn until its thread ends, or hangs and may be left behind.
fn attend(turn: &Turn, may_leave: bool) -> Ended {
    loop {
        let began = Instant::now();
        if turn.ended.wait(LOOK_IN) {
            return Ended::Returned;
        }
        if began.elapsed() > NOT_AT_WORK {
            turn.beat();
        }
        let stops = turn.line.stop.is_set() && !turn.ended.wait(FAREWELL);
        let hangs = turn.silence() > turn.line.system.silence;
        if let Some(reader) = turn.hangs_at() {
            turn.retire();
            return Ended::HungAt(reader);
        }
        if stops || (hangs && may_leave) {
            turn.retire();
            return Ended::Hung;
        }
        // Told by a turn of its own: telling is a beat, and this thread does not live.
        if hangs && Turn::new(&turn.line).service_missing(ReaderTrouble::ServiceHangs).is_err() {
            tracing::debug!("nobody listens to the readers any more");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use balie_core::reader::{Face, Reader, Slot};
    use tokio::sync::mpsc::{Receiver, channel};

    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    fn next(events: &mut Receiver<ReaderEvent>) -> Option<ReaderEvent> {
        let began = Instant::now();
        while began.elapsed() < SOON {
            if let Ok(event) = events.try_recv() {
                return Some(event);
            }
            thread::sleep(Duration::from_millis(5));
        }
        None
    }

    fn readers(name: &str) -> ReaderEvent {
        let slot = Slot { name: ReaderName(name.to_owned()), face: Face::Unknown };
        ReaderEvent::Readers(vec![Reader { name: name.to_owned(), slots: vec![slot] }])
    }

    #[test]
    fn a_panic_is_told_and_the_thread_starts_again() {
        static LIVES: AtomicU32 = AtomicU32::new(0);
        let (sender, mut events) = channel(8);
        let _watch = Watch::start_with(System::LINUX, sender, |turn| {
            assert!(LIVES.fetch_add(1, Ordering::SeqCst) > 0, "the first life ends early, on purpose");
            let _ = turn.tell(readers("second life"));
            turn.line.stop.wait(SOON);
        });
        assert_eq!(next(&mut events), Some(ReaderEvent::Trouble(ReaderTrouble::ServiceHangs)));
        assert_eq!(next(&mut events), Some(readers("second life")));
    }

    #[test]
    fn a_thread_that_hangs_is_left_behind_and_tells_nothing_when_it_wakes() {
        static LIVES: AtomicU32 = AtomicU32::new(0);
        let (sender, mut events) = channel(8);
        let system = System { silence: Duration::from_millis(400), ..System::LINUX };
        let _watch = Watch::start_with(system, sender, |turn| {
            if LIVES.fetch_add(1, Ordering::SeqCst) == 0 {
                thread::sleep(Duration::from_millis(1500));
                assert!(turn.tell(readers("first life")).is_err());
            } else {
                let _ = turn.tell(readers("second life"));
                while !turn.over() {
                    turn.beat();
                    turn.line.stop.wait(Duration::from_millis(20));
                }
            }
        });
        assert_eq!(next(&mut events), Some(ReaderEvent::Trouble(ReaderTrouble::ServiceHangs)));
        assert_eq!(next(&mut events), Some(readers("second life")));
        thread::sleep(Duration::from_millis(1500));
        assert!(events.try_recv().is_err());
    }

    #[test]
    fn dropping_the_watch_does_not_wait_for_a_thread_that_hangs() {
        let (sender, _events) = channel(8);
        let watch = Watch::start_with(System::LINUX, sender, |_| thread::sleep(Duration::from_secs(20)));
        thread::sleep(Duration::from_millis(50));
        let began = Instant::now();
        drop(watch);
        assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    }

    #[test]
    fn a_desk_that_is_behind_loses_no_event_and_a_desk_that_left_ends_the_watch() {
        let (sender, mut events) = channel(1);
        let watch = Watch::start_with(System::LINUX, sender, |turn| while turn.tell(readers("again")).is_ok() {});
        thread::sleep(Duration::from_millis(100));
        for _ in 0..5 {
            assert_eq!(next(&mut events), Some(readers("again")));
        }
        drop(events);
        assert!(watch.line.ended.wait(SOON));
    }
}
