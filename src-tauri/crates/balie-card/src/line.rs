//! What the handle, the supervisor and the reader thread share: the channel to the desk, the heartbeat, and the wish to
//! stop. Nothing here waits for the smart-card service.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use balie_core::reader::{ReaderEvent, ReaderTrouble};
use pcsc::Context;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use crate::presence::Presence;

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
    events: Sender<ReaderEvent>,
    pub(crate) stop: Latch,
    /// Set when the supervisor ended.
    pub(crate) ended: Latch,
    pub(crate) presence: Mutex<Presence>,
    waiting: Mutex<Option<Context>>,
    told_no_service: AtomicBool,
}

impl Line {
    pub(crate) fn new(events: Sender<ReaderEvent>) -> Arc<Self> {
        Arc::new(Self {
            events,
            stop: Latch::default(),
            ended: Latch::default(),
            presence: Mutex::default(),
            waiting: Mutex::default(),
            told_no_service: AtomicBool::new(false),
        })
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
    began: Instant,
    beat_ms: AtomicU64,
}

impl Turn {
    pub(crate) fn new(line: &Arc<Line>) -> Arc<Self> {
        Arc::new(Self {
            line: Arc::clone(line),
            ended: Latch::default(),
            retired: AtomicBool::new(false),
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

    /// Tells the desk. A desk that is behind is waited for, so that no event is lost.
    pub(crate) fn tell(&self, event: ReaderEvent) -> Result<(), Over> {
        let mut unsent = event;
        while !self.over() {
            self.beat();
            match self.line.events.try_send(unsent) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Closed(_)) => return Err(Over),
                Err(TrySendError::Full(event)) => unsent = event,
            }
            self.line.stop.wait(WHEN_FULL);
        }
        Err(Over)
    }

    /// Tells the desk that the service is missing, unless it knows.
    pub(crate) fn service_missing(&self) -> Result<(), Over> {
        if self.line.told_no_service.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        self.tell(ReaderEvent::Trouble(ReaderTrouble::NoService))
    }

    /// Notes that the service answers; says whether the desk believes that it is missing.
    pub(crate) fn service_found(&self) -> bool {
        self.line.told_no_service.swap(false, Ordering::AcqRel)
    }

    /// Makes the wait in this context one that can be cancelled; `None` when there is no context any more.
    pub(crate) fn waits_in(&self, context: Option<&Context>) {
        if !self.retired.load(Ordering::Acquire) {
            *lock(&self.line.waiting) = context.cloned();
        }
    }
}
