//! What the handle, the supervisor and the reader thread share: the channel to the desk, the heartbeat, and the wish to
//! stop. Nothing here waits for the smart-card service.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use balie_core::reader::{Reader, ReaderEvent, ReaderName, ReaderTrouble};
use pcsc::Context;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use crate::debounce::Debounce;
use crate::faces::Faces;
use crate::presence::Presence;
use crate::system::System;

const WHEN_FULL: Duration = Duration::from_millis(10);

/// A lock that a thread which panicked does not spoil: every value behind it is whole between two statements.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A switch that is set once and can be waited for.
#[derive(Default)]
pub(crate) struct Latch {
    set: Mutex<bool>,
    changed: Condvar,
}

impl Latch {
    pub(crate) fn set(&self) {
        *lock(&self.set) = true;
        self.changed.notify_all();
    }

    pub(crate) fn is_set(&self) -> bool {
        *lock(&self.set)
    }

    /// Waits until it is set, at most `limit`; says whether it is.
    pub(crate) fn wait(&self, limit: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(lock(&self.set), limit, |set| !*set);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Sets a latch when it is dropped, also by a panic.
pub(crate) struct SetAtEnd<'a>(pub(crate) &'a Latch);

impl Drop for SetAtEnd<'_> {
    fn drop(&mut self) {
        self.0.set();
    }
}

/// The desk no longer listens, or the thread was told to stop.
#[derive(Debug)]
pub(crate) struct Over;

/// The line between the readers and the desk.
pub(crate) struct Line {
    /// Absent once the desk hung up: a thread that is left behind keeps the line, and must not keep the desk waiting for its end.
    events: Mutex<Option<Sender<ReaderEvent>>>,
    pub(crate) system: System,
    pub(crate) stop: Latch,
    /// Set when the supervisor ended.
    pub(crate) ended: Latch,
    pub(crate) presence: Mutex<Presence>,
    pub(crate) debounce: Mutex<Debounce>,
    pub(crate) faces: Mutex<Faces>,
    /// The readers whose driver hangs, with the turn that waits for it: they are not asked before that turn is back.
    stuck: Mutex<BTreeMap<ReaderName, Arc<Turn>>>,
    waiting: Mutex<Option<Context>>,
    /// What the desk was told of a service that is missing.
    missing: Mutex<Option<ReaderTrouble>>,
    /// What the desk was told of the readers.
    readers: Mutex<Option<Vec<Reader>>>,
    reads_national_number: AtomicBool,
}

impl Line {
    pub(crate) fn new(system: System, events: Sender<ReaderEvent>) -> Arc<Self> {
        Arc::new(Self {
            events: Mutex::new(Some(events)),
            system,
            stop: Latch::default(),
            ended: Latch::default(),
            presence: Mutex::default(),
            debounce: Mutex::default(),
            faces: Mutex::default(),
            stuck: Mutex::default(),
            waiting: Mutex::default(),
            missing: Mutex::default(),
            readers: Mutex::default(),
            reads_national_number: AtomicBool::new(false),
        })
    }

    /// Nothing is told any more.
    pub(crate) fn hang_up(&self) {
        lock(&self.events).take();
    }

    pub(crate) fn may_read_national_number(&self) -> bool {
        self.reads_national_number.load(Ordering::Acquire)
    }

    pub(crate) fn allow_national_number(&self, allowed: bool) {
        self.reads_national_number.store(allowed, Ordering::Release);
    }

    /// Leaves a reader alone until the turn that waits for it is back.
    pub(crate) fn leave_alone(&self, reader: ReaderName, turn: &Arc<Turn>) {
        lock(&self.stuck).insert(reader, Arc::clone(turn));
    }

    /// Those of the readers that may be asked. What lies on one that is back is read again: its answer came to nobody.
    pub(crate) fn not_stuck(&self, readers: &[ReaderName]) -> Vec<ReaderName> {
        let mut stuck = lock(&self.stuck);
        stuck.retain(|reader, turn| {
            if turn.ended.is_set() {
                lock(&self.presence).distrust_one(reader);
            }
            // One that was unplugged is another one when it comes back, whether its driver ever lets go of the thread or not.
            !turn.ended.is_set() && readers.contains(reader)
        });
        readers.iter().filter(|reader| !stuck.contains_key(reader)).cloned().collect()
    }

    /// Ends the wait for a status change. This asks the service, so it may hang.
    pub(crate) fn cancel(&self) {
        // The wait may only just be about to begin, and then one call would be lost.
        while !self.ended.is_set() {
            let waiting = lock(&self.waiting).clone();
            if let Some(Err(error)) = waiting.map(|context| context.cancel()) {
                tracing::debug!(?error, "a wait could not be cancelled");
            }
            self.ended.wait(Duration::from_millis(50));
        }
    }
}

/// One life of the reader thread: a new one begins after a panic or a hang, on the same line.
pub(crate) struct Turn {
    pub(crate) line: Arc<Line>,
    /// Set when the thread of this turn ended.
    pub(crate) ended: Latch,
    retired: AtomicBool,
    /// The reader whose card is asked just now.
    reading: Mutex<Option<ReaderName>>,
    began: Instant,
    beat_ms: AtomicU64,
}

impl Turn {
    pub(crate) fn new(line: &Arc<Line>) -> Arc<Self> {
        Arc::new(Self {
            line: Arc::clone(line),
            ended: Latch::default(),
            retired: AtomicBool::new(false),
            reading: Mutex::default(),
            began: Instant::now(),
            beat_ms: AtomicU64::new(0),
        })
    }

    /// Whether the thread of this turn is to end.
    pub(crate) fn over(&self) -> bool {
        self.retired.load(Ordering::Acquire) || self.line.stop.is_set()
    }

    /// Lets go of a thread that hangs: whatever it wakes up to, it tells nobody.
    pub(crate) fn retire(&self) {
        self.retired.store(true, Ordering::Release);
    }

    /// Says that the thread is alive.
    pub(crate) fn beat(&self) {
        let ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.beat_ms.store(ms, Ordering::Release);
    }

    /// How long nothing was heard of the thread.
    pub(crate) fn silence(&self) -> Duration {
        let beat = Duration::from_millis(self.beat_ms.load(Ordering::Acquire));
        self.began.elapsed().saturating_sub(beat)
    }

    /// Notes that a card on this reader is asked, or that no card is.
    pub(crate) fn reads(&self, reader: Option<&ReaderName>) {
        self.beat();
        *lock(&self.reading) = reader.cloned();
    }

    /// The reader that keeps the thread waiting longer than a driver may.
    pub(crate) fn hangs_at(&self) -> Option<ReaderName> {
        let reading = lock(&self.reading).clone();
        reading.filter(|_| self.silence() > self.line.system.reading)
    }

    /// Tells the desk. A desk that is behind is waited for, so that no event is lost.
    pub(crate) fn tell(&self, event: ReaderEvent) -> Result<(), Over> {
        let mut unsent = event;
        while !self.over() {
            self.beat();
            match lock(&self.line.events).as_ref().map(|events| events.try_send(unsent)) {
                Some(Ok(())) => return Ok(()),
                None | Some(Err(TrySendError::Closed(_))) => return Err(Over),
                Some(Err(TrySendError::Full(event))) => unsent = event,
            }
            self.line.stop.wait(WHEN_FULL);
        }
        Err(Over)
    }

    /// Tells the desk that the service is missing, and why, unless it knows.
    pub(crate) fn service_missing(&self, trouble: ReaderTrouble) -> Result<(), Over> {
        if lock(&self.line.missing).as_ref() == Some(&trouble) {
            return Ok(());
        }
        let calm = trouble == ReaderTrouble::NoService && self.line.system.service_comes_with_reader;
        self.tell(if calm { ReaderEvent::Readers(vec![]) } else { ReaderEvent::Trouble(trouble.clone()) })?;
        *lock(&self.line.missing) = Some(trouble);
        Ok(())
    }

    /// Tells the desk which readers there are, where it believes something else.
    pub(crate) fn readers_are(&self, readers: Vec<Reader>) -> Result<(), Over> {
        let is_known = lock(&self.line.missing).is_none() && lock(&self.line.readers).as_ref() == Some(&readers);
        if is_known {
            return Ok(());
        }
        self.tell(ReaderEvent::Readers(readers.clone()))?;
        *lock(&self.line.missing) = None;
        *lock(&self.line.readers) = Some(readers);
        Ok(())
    }

    /// Makes the wait in this context one that can be cancelled; `None` when there is no context any more.
    pub(crate) fn waits_in(&self, context: Option<&Context>) {
        if !self.retired.load(Ordering::Acquire) {
            let before = std::mem::replace(&mut *lock(&self.line.waiting), context.cloned());
            // Letting go of the last one asks the service, which may hang: not while others wait for the lock.
            drop(before);
        }
    }
}
