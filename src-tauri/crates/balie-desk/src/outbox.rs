//! The outbox of the desk: the queue of the core and the table that it is an image of, changed together.

use crate::desk::{Change as Told, Desk};
use balie_core::clock::{ServerClock, must_be_heard_again};
use balie_core::life::{Life, Open};
use balie_core::outbox::State;
use balie_core::queue::Queue;
use balie_core::time::Moment;
use balie_core::upload::Change;
use balie_store::open::StoreError;
use balie_store::outbox::{Closing, Evidence, Steps};
use balie_store::trail::Actor;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// What is known of the clock of UiTPAS.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ServerTime {
    clock: ServerClock,
    /// The answer that it was last heard in.
    answer: Option<Instant>,
    /// Both clocks of the desk at that moment.
    at: Option<(Moment, Duration)>,
}

impl Desk {
    /// Writes steps and puts them in the queue. To be called with the books held, on entries that were read while they
    /// were.
    ///
    /// # Errors
    /// Fails when nothing could be written; the queue is then made anew from the table.
    pub(crate) async fn carry_out(
        &self,
        changes: &[Change],
        evidence: &HashMap<i64, Evidence>,
        closing: Option<Closing>,
        actor: Actor,
    ) -> Result<(), StoreError> {
        let now = self.now();
        match self.ledger.apply(&Steps { changes, evidence, closing, actor }, now).await {
            Ok(came) => {
                let mut queue = Self::held(&self.queue);
                for change in changes {
                    let Some(open) = queue.get(change.receipt).cloned() else { continue };
                    queue.put(Open { life: change.life, ..open }, now);
                }
                for open in came {
                    queue.put(open, now);
                }
                drop(queue);
                self.note_doubts(changes);
                self.tell(Told::Lines);
                self.tell(Told::Desk);
                Ok(())
            }
            Err(error) => {
                self.renew_queue().await;
                Err(error)
            }
        }
    }

    /// Makes the queue anew from the table.
    pub(crate) async fn renew_queue(&self) {
        match self.ledger.open_entries().await {
            Ok(entries) => *Self::held(&self.queue) = Queue::new(entries, self.now()),
            Err(error) => tracing::error!(%error, "the queue cannot be read"),
        }
    }

    /// Lets everything go at once that waits for the network or for somebody to sign in. What UiTPAS asked to wait keeps
    /// waiting.
    ///
    /// # Errors
    /// Fails when the file cannot be written.
    pub(crate) async fn hurry(&self) -> Result<(), StoreError> {
        let _books = self.books.lock().await;
        let waiting = Self::held(&self.queue).to_hurry();
        let at_once = |open: &Open| Change {
            receipt: open.receipt(),
            signal: None,
            life: Life { not_before: Moment::UNIX_EPOCH, ..open.life },
        };
        let changes: Vec<Change> = waiting.iter().map(at_once).collect();
        if changes.is_empty() { Ok(()) } else { self.carry_out(&changes, &HashMap::new(), None, Actor::Machine).await }
    }

    /// At the start, and after the clock was set or the computer slept: what stands in the queue as a moment of the clock as it
    /// was is brought near, and what waits for the network goes at once.
    pub(crate) async fn wait_by_the_clock_as_it_is(&self) {
        let done = match self.hurry().await {
            Ok(()) => self.bring_near().await,
            failed => failed,
        };
        if let Err(error) = done {
            tracing::error!(%error, "what waits cannot be hurried");
        }
    }

    async fn bring_near(&self) -> Result<(), StoreError> {
        let _books = self.books.lock().await;
        let now = self.now();
        let nearer = |open: &Open| {
            let life = open.life.after_the_clock_was_set(now);
            (life != open.life).then(|| Change { receipt: open.receipt(), signal: None, life })
        };
        let changes: Vec<Change> = Self::held(&self.queue).iter().filter_map(nearer).collect();
        if changes.is_empty() { Ok(()) } else { self.carry_out(&changes, &HashMap::new(), None, Actor::Machine).await }
    }

    /// From now on is counted how long a doubt is known, by the clock that nobody can set.
    fn note_doubts(&self, changes: &[Change]) {
        let steady = self.steady();
        let mut since = Self::held(&self.doubted_since);
        for doubt in
            changes.iter().filter(|change| change.life.state == State::InDoubt).filter_map(|change| change.life.doubt)
        {
            since.entry(doubt.batch).or_insert(steady);
        }
    }

    /// The clock of UiTPAS, as far as it is known.
    pub(crate) fn server_now(&self) -> Moment {
        Self::held(&self.server_clock).clock.at(self.now())
    }

    /// The earliest and the latest that it can be at UiTPAS.
    pub(crate) fn server_about(&self) -> (Moment, Moment) {
        let (now, time) = (self.now(), Self::held(&self.server_clock));
        (time.clock.earliest(now), time.clock.latest(now))
    }

    /// Takes in what the newest answer said of the time. To be called right after it came: if the clock is set in between,
    /// nobody can tell any more when that was.
    pub(crate) fn hear_the_time(&self) {
        let Some(heard) = self.api.heard() else { return };
        let (now, steady) = (self.now(), self.steady());
        let before = |ago: Duration| {
            let ago = jiff::SignedDuration::try_from(ago).unwrap_or_default();
            now.checked_sub(ago).unwrap_or(now)
        };
        let mut time = Self::held(&self.server_clock);
        if time.answer.is_some_and(|answer| answer == heard.answered) {
            return;
        }
        let (asked, answered) = (before(heard.asked.elapsed()), before(heard.answered.elapsed()));
        time.clock.heard(asked, answered, heard.date);
        (time.answer, time.at) = (Some(heard.answered), Some((now, steady)));
    }

    /// Whether the clock of UiTPAS is known: since it was heard, ours was not set and the computer did not sleep. The rows of
    /// UiTPAS are told apart by its clock, so nothing is sent or looked up without.
    pub(crate) fn knows_the_time(&self) -> bool {
        let Some((wall, steady)) = Self::held(&self.server_clock).at else { return true };
        let went_on = jiff::SignedDuration::try_from(self.steady().saturating_sub(steady)).unwrap_or_default();
        !must_be_heard_again(self.now().duration_since(wall), went_on)
    }
}
