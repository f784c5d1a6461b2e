//! The uploader: the one place that sends acts to UiTPAS, each with its intent on the disk first.

use crate::connection::Connection;
use crate::desk::{Change, Desk, LANES};
use crate::judge::{Sent, judge};
use crate::sample::Sample;
use balie_core::clock::jumped;
use balie_core::entry::Act;
use balie_core::life::{Attempt, Hold as Held, Open};
use balie_core::outbox::State;
use balie_core::pace::probe_wait;
use balie_core::time::Moment;
use balie_core::upload::{Class, answered, claimed, expired, price_differs};
use balie_remote::ask::AskError;
use balie_remote::outcome::{Hold, Outcome};
use balie_store::open::StoreError;
use balie_store::outbox::{Closing, Evidence};
use balie_store::trail::Actor;
use jiff::SignedDuration;
use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

/// How often the queue is looked at when nobody rings; entries whose wait is over go then.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How long the next attempt waits after one that ended in doubt, doubled for each that follows, at most forty seconds: a
/// server that swallows one answer may swallow the next.
const AFTER_A_DOUBT: Duration = Duration::from_secs(5);

/// How long the end of the program waits for the attempts that are open.
const LAST_ATTEMPT: Duration = Duration::from_secs(16);

/// How long the end of the program waits for whoever is still in one of its files.
const LAST_WRITE: Duration = Duration::from_secs(2);

/// The wait after a "too many requests" that names none.
const SHORTEST_WAIT_SECONDS: u32 = 30;

/// The name under which is kept that UiTPAS held nothing any more of what was to be taken out.
pub const WAS_GONE: &str = "was-gone";

/// The name under which is kept that the deadline passed before it was sent.
pub const EXPIRED: &str = "expired";

/// The name under which is kept that no record is known of what was to be taken out, so that nothing was sent.
pub const NO_RECORD: &str = "no-record";

/// The name under which is kept that nobody here can read what UiTPAS says about the price, so that nothing was sent.
pub const UNREADABLE_TARIFF: &str = "unreadable-tariff";

/// The name under which is kept that the card turned out to be of somebody else than the number that was typed for it, so
/// that nothing was sent.
pub const WRONG_CARD: &str = "wrong-card";

/// What one turn of a lane came to.
enum Turn {
    /// Something was sent.
    Sent,
    /// Nothing may go now.
    Nothing,
    /// The politeness limit asks to wait so many milliseconds.
    Wait(u64),
}

impl Desk {
    /// Sends what is queued for as long as the program runs. Start it once.
    pub async fn keep_uploading(self: Arc<Self>) {
        let mut probe_at = None;
        let mut seen = (self.now(), self.steady());
        // What was left of an earlier run need not wait, nor does what waits by the clock of that run.
        self.wait_by_the_clock_as_it_is().await;
        self.bell.notify_one();
        loop {
            let rung = tokio::time::timeout(LOOK_EVERY, self.bell.notified()).await.is_ok();
            if self.look_at_the_clock(&mut seen).await {
                probe_at = None;
            }
            self.watch_what_waits();
            if self.connection() != Connection::Connected {
                if !rung && probe_at.is_some_and(|at| at > tokio::time::Instant::now()) {
                    continue;
                }
                let every = SignedDuration::try_from(self.config.probe_every).unwrap_or_default();
                let wait = Duration::try_from(probe_wait(every, rand::random())).unwrap_or_default();
                probe_at = Some(tokio::time::Instant::now() + wait);
                if self.probe().await != Connection::Connected {
                    continue;
                }
            }
            probe_at = None;
            self.upload_all().await;
            let doubts = self.floor().doubts.checked_sub(1);
            if let Some(doubts) = doubts {
                let wait = AFTER_A_DOUBT * 2_u32.pow(doubts.min(3));
                // Whether it was hurried or not, the next round begins.
                let _ = tokio::time::timeout(wait, self.hurried.notified()).await;
            }
        }
    }

    /// After a sleep, or when the clock was set, the line is taken for broken until it is tried. Says whether it was so.
    async fn look_at_the_clock(&self, seen: &mut (Moment, Duration)) -> bool {
        let (now, steady) = (self.now(), self.steady());
        let went_on = SignedDuration::try_from(steady.saturating_sub(seen.1)).unwrap_or_default();
        let has_jumped = jumped(now.duration_since(seen.0), went_on);
        if has_jumped {
            tracing::info!("the computer slept, or its clock was set");
            self.connection_is(Connection::Unknown);
            self.wait_by_the_clock_as_it_is().await;
        }
        *seen = (now, steady);
        self.watch_the_clock(now).await;
        has_jumped
    }

    /// Begins no attempt any more, and waits for those that are open, so that closing the window leaves no doubt.
    pub async fn stop_sending(&self) {
        let all = u32::try_from(LANES).unwrap_or(1);
        match tokio::time::timeout(LAST_ATTEMPT, self.sending.acquire_many(all)).await {
            // Never given back: whatever the uploader still wants to begin waits for the end of the program.
            Ok(turns) => turns.into_iter().for_each(tokio::sync::SemaphorePermit::forget),
            Err(_) => tracing::warn!("an attempt is still open; it is found in doubt at the next start"),
        }
    }

    /// Ends the work of the desk: nothing is on its way any more, and nobody is in its files, from which SQLCipher takes its
    /// memory away when the program ends.
    pub async fn close(&self) {
        self.stop_preparing();
        self.stop_sending().await;
        let closed = async { tokio::join!(self.ledger.close(), self.snapshot.lock()) };
        if tokio::time::timeout(LAST_WRITE, closed).await.is_err() {
            tracing::warn!("a file is still in use at the end of the program");
        }
    }

    /// Does all that may be done now: sends until the queue is empty or the line is, and then looks up what is in doubt.
    pub async fn upload_all(&self) {
        // Another program that sends from this ledger by now does not know what this one looks up or takes out.
        if !self.ledger.sends_from_here().await {
            return;
        }
        self.recover_cut_off().await;
        self.refuse_expired().await;
        self.send_beside(self.know_strangers()).await;
        if self.connection() == Connection::Connected {
            self.look_all().await;
        }
    }

    /// Sends while it is asked whose the rest is, and again whenever that sets something free or something new is recorded:
    /// the asking is slow, and what UiTPAS takes for a short time only does not wait for the end of it. After a refusal that
    /// leaves the line in question, nothing more goes until it is tried.
    async fn send_beside(&self, asking: impl Future<Output = ()>) {
        let mut asking = pin!(asking);
        let mut asked = false;
        loop {
            let everybody_is_known = asked;
            let mut lanes = pin!(self.lanes());
            let more_may_go = loop {
                tokio::select! {
                    () = &mut asking, if !asked => asked = true,
                    more_may_go = &mut lanes => break more_may_go,
                }
            };
            if !more_may_go && !asked {
                asking.as_mut().await;
            }
            if everybody_is_known || !more_may_go {
                return;
            }
            if !asked {
                tokio::select! {
                    () = &mut asking => asked = true,
                    () = self.bell.notified() => {}
                }
            }
        }
    }

    /// Sends until nothing is left that may go now. Says whether more may go when there is more.
    async fn lanes(&self) -> bool {
        let (one, two, three, four) = tokio::join!(self.lane(), self.lane(), self.lane(), self.lane());
        one && two && three && four
    }

    /// An attempt whose end could not be written, because the disk was full for a moment, is in doubt like one that was cut
    /// off. To be called when nothing is under way.
    async fn recover_cut_off(&self) {
        let _books = self.books.lock().await;
        let cut_off = Self::held(&self.queue).iter().any(|open| open.life.state == State::Sending);
        if !cut_off || self.sending.available_permits() < LANES {
            return;
        }
        match self.ledger.recover(self.now(), self.server_about().1).await {
            Ok(found) => tracing::warn!(found, "attempts whose end could not be written are in doubt"),
            Err(error) => tracing::error!(%error, "attempts that were cut off cannot be put in doubt"),
        }
        self.renew_queue().await;
    }

    /// Waits until the politeness limit lets one more request go that nobody waits for.
    ///
    /// # Errors
    /// [`AskError::RateLimited`] after UiTPAS asked to wait: then it is for later.
    pub(crate) async fn be_polite(&self) -> Result<(), AskError> {
        loop {
            let milliseconds = u64::try_from(self.steady().as_millis()).unwrap_or(u64::MAX);
            let (wait, is_held) = {
                let mut pace = Self::held(&self.pace);
                (pace.ask(milliseconds), pace.is_held(milliseconds))
            };
            match wait {
                Ok(()) => return Ok(()),
                Err(_) if is_held => return Err(AskError::RateLimited),
                Err(wait) => tokio::time::sleep(Duration::from_millis(wait.max(1))).await,
            }
        }
    }

    /// Takes in what came of a question that nobody waits for: when UiTPAS heard us, and whether it was too much.
    pub(crate) fn asked<T>(&self, answer: &Result<T, AskError>) {
        self.saw(answer);
        match answer {
            Ok(_) => Self::held(&self.pace).went_well(),
            Err(AskError::RateLimited) => self.asked_to_wait(None),
            Err(_) => {}
        }
    }

    /// UiTPAS asks to wait, for so many seconds where it says so.
    fn asked_to_wait(&self, seconds: Option<u32>) {
        let milliseconds = u64::try_from(self.steady().as_millis()).unwrap_or(u64::MAX);
        Self::held(&self.pace).too_many(seconds, milliseconds);
    }

    async fn lane(&self) -> bool {
        loop {
            match self.upload_next().await {
                Ok(Turn::Sent) if self.connection() == Connection::Connected => {}
                Ok(Turn::Sent) => return false,
                Ok(Turn::Wait(milliseconds)) if milliseconds < 1_000 => {
                    tokio::time::sleep(Duration::from_millis(milliseconds.max(1))).await;
                }
                Ok(_) => return true,
                Err(error) => {
                    // What could not be written stays as it is; an open attempt is found in doubt at the next start.
                    tracing::error!(%error, "the queue cannot be worked on");
                    return false;
                }
            }
        }
    }

    /// Sends what goes next, if anything may.
    async fn upload_next(&self) -> Result<Turn, StoreError> {
        let Ok(_turn) = self.sending.acquire().await else { return Ok(Turn::Nothing) };
        let Some((batch, attempt)) = (match self.claim_next().await? {
            Ok(claimed) => claimed,
            Err(wait) => return Ok(Turn::Wait(wait)),
        }) else {
            return Ok(Turn::Nothing);
        };
        self.tell(Change::Lines);
        let before = self.connection();
        let outcome = {
            let Ok(_place) = self.line.acquire().await else { return Ok(Turn::Nothing) };
            if before == Connection::Connected && self.connection() != before {
                // The line broke while this waited for it: not a byte was sent.
                self.settle(&batch, &Outcome::NotSent, attempt).await?;
                return Ok(Turn::Nothing);
            }
            let outcome = self.send(&batch, attempt.labelled).await;
            self.hear_the_time();
            // Whoever waits for the line must know before it is theirs.
            match outcome {
                Outcome::Unknown(_) => self.connection_is(Connection::Slow),
                Outcome::NotSent => self.connection_is(Connection::Offline),
                Outcome::Accepted(_) | Outcome::NotProcessed(_) | Outcome::Refused(_) => {}
            }
            outcome
        };
        let class = self.settle(&batch, &outcome, attempt).await?;
        self.after(&batch, &outcome, class).await;
        Ok(Turn::Sent)
    }

    /// What goes next, of those that it is known whose they are. To be called with the books held.
    async fn next_known(&self, now: Moment) -> Result<Option<Vec<Open>>, StoreError> {
        loop {
            let Some(batch) = Self::held(&self.queue).next(now) else { return Ok(None) };
            let unknown: Vec<Open> = batch.iter().filter(|open| self.is_unknown(open)).cloned().collect();
            if unknown.is_empty() {
                return Ok(Some(batch));
            }
            self.put_off(&unknown).await?;
        }
    }

    /// Takes what goes next and writes the intent to send it; or says how many milliseconds to wait.
    async fn claim_next(&self) -> Result<Result<Option<(Vec<Open>, Attempt)>, u64>, StoreError> {
        let _books = self.books.lock().await;
        if !self.knows_the_time() {
            // Asking anything makes UiTPAS be heard again.
            self.connection_is(Connection::Unknown);
            self.bell.notify_one();
            return Ok(Ok(None));
        }
        let now = self.now();
        let Some(batch) = self.next_known(now).await? else { return Ok(Ok(None)) };
        let milliseconds = u64::try_from(self.steady().as_millis()).unwrap_or(u64::MAX);
        if let Err(wait) = Self::held(&self.pace).ask(milliseconds) {
            return Ok(Err(wait));
        }
        let (from, _) = self.server_about();
        let sale = matches!(batch.first().map(|open| &open.entry.act), Some(Act::Sale(_)));
        let attempt = Attempt {
            batch: 0,
            from,
            until: from,
            fresh: batch.iter().all(|open| Attempt::is_fresh(open.entry.occurred, now)),
            labelled: sale && self.config.receipt_in_label && !self.floor().label_not_echoed,
        };
        let changes = claimed(&batch)?;
        let number = match self.ledger.claim(&changes, &attempt, now).await {
            Ok(number) => number,
            Err(error) => {
                self.renew_queue().await;
                return Err(error);
            }
        };
        let batch: Vec<Open> =
            batch.into_iter().zip(&changes).map(|(open, change)| Open { life: change.life, ..open }).collect();
        let mut queue = Self::held(&self.queue);
        for open in &batch {
            queue.put(open.clone(), now);
        }
        Ok(Ok(Some((batch, Attempt { batch: number, ..attempt }))))
    }

    /// Writes what became of a request.
    async fn settle(&self, sent: &[Open], outcome: &Outcome<Vec<Sent>>, attempt: Attempt) -> Result<Class, StoreError> {
        let _books = self.books.lock().await;
        let attempt = Attempt { until: self.server_about().1.max(attempt.from), ..attempt };
        // As they stand now: meanwhile the clerk may have taken one back.
        let batch: Vec<Open> = {
            let queue = Self::held(&self.queue);
            sent.iter().filter_map(|open| queue.get(open.receipt()).cloned()).collect()
        };
        if batch.len() != sent.len() {
            return Err(StoreError::Changed);
        }
        let (class, evidence, status) = judge(outcome, batch.len());
        let mut changes = answered(&batch, class, &attempt, self.now(), rand::random())?;
        let evidence: HashMap<i64, Evidence> = batch.iter().map(Open::receipt).zip(evidence).collect();
        for open in &batch {
            let confirmed = changes.iter().rev().find(|change| change.receipt == open.receipt());
            let Some(life) = confirmed.map(|change| change.life) else { continue };
            if life.state == State::Confirmed && evidence.get(&open.receipt()).is_some_and(|all| differs(open, all)) {
                changes.push(price_differs(&Open { life, ..open.clone() })?);
            }
        }
        let closing = Closing { batch: attempt.batch, status, server_date: self.api.heard().map(|heard| heard.date) };
        self.carry_out(&changes, &evidence, Some(closing), Actor::Machine).await?;
        Ok(class)
    }

    /// What follows from an outcome besides how the entries stand.
    async fn after(&self, batch: &[Open], outcome: &Outcome<Vec<Sent>>, class: Class) {
        for open in batch {
            tracing::info!(receipt = %open.entry.receipt, ?class, "answered");
            if let (Act::Cancellation(cancellation), Class::Accepted) = (&open.entry.act, class) {
                self.offer_again(cancellation.of).await;
            }
        }
        if let Outcome::Accepted(sent) = outcome {
            Self::held(&self.pace).went_well();
            self.note_samples(batch, sent);
        }
        if let Class::NotProcessed { hold: Held::Wait, seconds } = class {
            // Half a minute is what is taken where UiTPAS names no wait; then the own one grows.
            self.asked_to_wait(Some(seconds).filter(|seconds| *seconds > SHORTEST_WAIT_SECONDS));
        }
        let doubted = matches!(class, Class::Unknown { .. });
        {
            let mut floor = self.floor();
            floor.doubts = if doubted { floor.doubts.saturating_add(1) } else { 0 };
        }
        let held_before = batch.iter().any(|open| open.life.hold == Some(Held::SignIn));
        self.connection_is(match outcome {
            Outcome::Accepted(_) | Outcome::Refused(_) => Connection::Connected,
            Outcome::NotProcessed(Hold::SignIn) if !held_before => {
                // The refused token was dropped: a new one may be all it takes, so nobody is asked to sign in yet.
                self.bell.notify_one();
                Connection::Unknown
            }
            Outcome::NotProcessed(Hold::Forbidden | Hold::Wait { .. }) => Connection::Connected,
            Outcome::NotProcessed(Hold::SignIn) => Connection::SignInNeeded,
            Outcome::NotSent => Connection::Offline,
            Outcome::Unknown(_) => Connection::Slow,
        });
    }

    fn note_samples(&self, batch: &[Open], sent: &[Sent]) {
        if sent.iter().any(|sent| sent.other_label) && self.config.receipt_in_label {
            tracing::warn!("UiTPAS repeats labels otherwise than they were sent");
            self.floor().label_not_echoed = true;
        }
        let mut settling = Self::held(&self.settling);
        for (open, sent) in batch.iter().zip(sent) {
            let Some(record) = sent.records.first() else { continue };
            if settling.0.is_sample() {
                settling.1.push_back(Sample::new(Arc::clone(&open.entry), record));
            }
        }
    }

    /// Refuses what UiTPAS takes no more (T18).
    async fn refuse_expired(&self) {
        if !self.knows_the_time() {
            // A clock that somebody set says nothing of what is too late at UiTPAS.
            return;
        }
        let _books = self.books.lock().await;
        let gone = Self::held(&self.queue).expired(self.server_now());
        for open in gone {
            let evidence = HashMap::from([(open.receipt(), Evidence::of_problem(EXPIRED))]);
            let done = match expired(&open) {
                Ok(changes) => self.carry_out(&changes, &evidence, None, Actor::Machine).await,
                Err(error) => Err(error.into()),
            };
            match done {
                Ok(()) => tracing::warn!(receipt = %open.entry.receipt, "its time passed"),
                Err(error) => tracing::error!(%error, "what expired cannot be refused"),
            }
        }
    }
}

/// Whether UiTPAS counts another price than was charged.
pub(crate) fn differs(open: &Open, evidence: &Evidence) -> bool {
    let Act::Sale(sale) = &open.entry.act else { return false };
    evidence.records.iter().any(|record| record.price.is_some_and(|price| price != sale.charged))
}
