//! A simulated desk: the glue between the core, the disk and the network, and nothing that the core decides.

use crate::disk::Disk;
use crate::scenario::{MINUTE, SECOND};
use crate::server::{Answer, Sent, millis, moment};
use crate::wire::{Fate, class_of};
use crate::world::{Event, World};
use balie_core::clock::{ServerClock, must_be_heard_again};
use balie_core::entry::{Act, Entry};
use balie_core::life::{Attempt, Life, Open};
use balie_core::outbox::{Signal, State};
use balie_core::pace::{Pace, probe_wait};
use balie_core::queue::Queue;
use balie_core::settle::Settling;
use balie_core::time::Moment;
use balie_core::upload::{self, Change, Class};
use jiff::SignedDuration;
use std::collections::HashMap;

/// How long the client waits for an answer.
pub(crate) const PATIENCE: i64 = 15 * SECOND;

/// So many requests that change something are under way at once, at most.
const POSTS: usize = 2;

/// The shortest wait between two questions whether the server is there.
const PROBE_EVERY: SignedDuration = SignedDuration::from_secs(15);

/// A desk.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) disk: Disk,
    pub(crate) queue: Queue,
    pub(crate) clock: ServerClock,
    /// Both clocks of the desk when the server was last heard.
    heard: Option<(Moment, i64)>,
    pub(crate) settling: Settling,
    pub(crate) pace: Pace,
    /// Since when each doubt is known, by the clock that nobody can set.
    pub(crate) since: HashMap<i64, i64>,
    /// How far the clock on the wall is ahead of the true time.
    pub(crate) ahead: i64,
    started_at: i64,
    pub(crate) slept: i64,
    pub(crate) asleep_until: i64,
    off_until: Option<i64>,
    pub(crate) boot: u32,
    pub(crate) wake_at: i64,
    pub(crate) posts: usize,
    pub(crate) looking: bool,
    online: bool,
    probing: bool,
    probe_at: i64,
    pub(crate) wait_until: i64,
    /// There is no network.
    pub(crate) cut_off: bool,
}

impl Desk {
    pub(crate) fn new(number: usize, ahead: i64) -> Self {
        Self {
            disk: Disk { desk: number, ..Disk::default() },
            queue: Queue::default(),
            clock: ServerClock::default(),
            heard: None,
            settling: Settling::default(),
            pace: Pace::default(),
            since: HashMap::new(),
            ahead,
            started_at: 0,
            slept: 0,
            asleep_until: 0,
            off_until: Some(0),
            boot: 0,
            wake_at: i64::MAX,
            posts: 0,
            looking: false,
            online: true,
            probing: false,
            probe_at: 0,
            wait_until: 0,
            cut_off: false,
        }
    }

    pub(crate) fn wall(&self, now: i64) -> Moment {
        moment(now, self.ahead)
    }

    /// The clock that nobody can set: it begins with the program, and stands still while the computer sleeps.
    pub(crate) const fn steady(&self, now: i64) -> i64 {
        now - self.started_at - self.slept
    }

    pub(crate) fn server_now(&self, now: i64) -> Moment {
        self.clock.at(self.wall(now))
    }

    pub(crate) fn server_at_least(&self, now: i64) -> Moment {
        self.clock.earliest(self.wall(now))
    }

    /// When a desk that is off or asleep is there again.
    pub(crate) fn away_until(&self, now: i64) -> Option<i64> {
        self.off_until.or_else(|| Some(self.asleep_until).filter(|until| *until > now))
    }

    pub(crate) fn settle(&self) -> SignedDuration {
        self.settling.time(SignedDuration::from_millis(PATIENCE))
    }

    pub(crate) fn crash(&mut self, now: i64, back: i64) {
        for row in &mut self.disk.rows {
            if row.life.state == State::Sending {
                row.ended_at = now;
            }
        }
        self.off_until = Some(back);
        self.boot += 1;
        (self.queue, self.clock, self.heard) = (Queue::default(), ServerClock::default(), None);
        self.since.clear();
        (self.posts, self.looking, self.probing, self.wake_at) = (0, false, false, i64::MAX);
    }

    /// An answer came that says what time it is over there.
    pub(crate) fn hears(&mut self, now: i64, asked_steady: i64, header: Moment) {
        let wall = self.wall(now);
        let took = SignedDuration::from_millis(self.steady(now) - asked_steady);
        self.clock.heard(wall.saturating_sub(took).unwrap_or(wall), wall, header);
        self.heard = Some((wall, self.steady(now)));
    }

    /// Whether the clock of the server is known: it is not when the own clock was set since it was heard.
    fn knows_time(&self, now: i64) -> bool {
        self.heard.is_some_and(|(wall, steady)| {
            let by_wall = self.wall(now).duration_since(wall);
            !must_be_heard_again(by_wall, SignedDuration::from_millis(self.steady(now) - steady))
        })
    }
}

/// One request.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) desk: usize,
    pub(crate) boot: u32,
    pub(crate) receipts: Vec<i64>,
    pub(crate) items: Vec<Sent>,
    pub(crate) take_out: Vec<u32>,
    pub(crate) attempt: Attempt,
    pub(crate) fate: Fate,
    pub(crate) asked_steady: i64,
    pub(crate) header: Option<Moment>,
    pub(crate) result: Option<Answer>,
    pub(crate) slept: bool,
}

impl World {
    /// A computer starts, and the program on it.
    pub(crate) fn start(&mut self, d: usize) {
        let now = self.now;
        let desk = &mut self.desks[d];
        (desk.off_until, desk.started_at, desk.slept, desk.wait_until) = (None, now, 0, 0);
        (desk.pace, desk.online, desk.probe_at, desk.asleep_until) = (Pace::default(), true, 0, 0);
        let wall = desk.wall(now);
        let mut changes = Vec::new();
        for row in &desk.disk.rows {
            if let (State::Sending, Some((attempt, _))) = (row.life.state, row.attempt) {
                let attempt = Attempt { until: desk.clock.latest(wall).max(attempt.from), ..attempt };
                let open = Open { entry: row.entry.clone(), token: row.token.clone(), life: row.life };
                match upload::found_open(&open, &attempt, wall) {
                    Ok(change) => changes.push(change),
                    Err(why) => return self.breaks(why.to_string()),
                }
            }
        }
        if let Err(why) = self.desks[d].disk.commit(&changes) {
            return self.breaks(why);
        }
        let found: Vec<i64> = changes.iter().map(|change| change.receipt).collect();
        if now > 0 {
            self.tell(d, || format!("starts, found open: {found:?}"));
        }
        if self.survives(d) {
            let desk = &mut self.desks[d];
            desk.queue = Queue::new(desk.disk.all_open(), wall);
            self.work(d);
        }
    }

    /// Tells the queue how entries stand on the disk.
    pub(crate) fn put(&mut self, d: usize, receipts: &[i64]) {
        let desk = &mut self.desks[d];
        let wall = desk.wall(self.now);
        for receipt in receipts {
            if let Some(open) = desk.disk.open(*receipt) {
                if open.life.state == State::InDoubt {
                    let steady = desk.steady(self.now);
                    desk.since.entry(*receipt).or_insert(steady);
                } else {
                    desk.since.remove(receipt);
                }
                desk.queue.put(open, wall);
            }
        }
        if let Err(why) = desk.queue.check() {
            self.breaks(why);
        }
    }

    /// Commits changes and the records that prove them, with what follows from a wish to cancel. False when something
    /// else was written in between, or the desk does not outlive it.
    pub(crate) fn commit(&mut self, d: usize, changes: &[Change], owned: &[(i64, Vec<u32>)]) -> bool {
        if !self.desks[d].disk.accepts(changes) {
            self.tell(d, || "what was read is out of date".to_owned());
            return false;
        }
        if let Err(why) = self.desks[d].disk.commit(changes) {
            self.breaks(why);
            return false;
        }
        for (receipt, ids) in owned {
            if let Err(why) = self.desks[d].disk.own(*receipt, ids) {
                self.breaks(why);
            }
        }
        for change in changes {
            self.tell(d, || match change.signal {
                Some(signal) => format!(
                    "#{} {signal:?} -> {:?}{}",
                    change.receipt,
                    change.life.state,
                    change.life.dispute.map_or(String::new(), |why| format!(", {}", why.code()))
                ),
                None => format!("#{} is looked at again", change.receipt),
            });
        }
        let mut touched: Vec<i64> = changes.iter().map(|change| change.receipt).collect();
        for change in changes.iter().filter(|change| change.life.cancel_wanted) {
            if change.life.state == State::Confirmed && change.signal.is_some() {
                touched.extend(self.cancels_at_server(d, change.receipt));
            }
        }
        if !self.survives(d) {
            return false;
        }
        self.put(d, &touched);
        true
    }

    fn cancels_at_server(&mut self, d: usize, receipt: i64) -> Option<i64> {
        let dice = self.rng.any();
        let occurred = self.desks[d].wall(self.now);
        let cancellation = self.desks[d].disk.record_cancellation(receipt, occurred, dice)?;
        self.tell(d, || format!("#{cancellation} takes #{receipt} back"));
        Some(cancellation)
    }

    /// Does what there is to do now.
    pub(crate) fn work(&mut self, d: usize) {
        let now = self.now;
        if self.desks[d].away_until(now).is_some() || self.broken.is_some() {
            return;
        }
        let desk = &self.desks[d];
        if !desk.online || !desk.knows_time(now) {
            self.probe(d);
        } else {
            self.expire(d);
            while self.desks[d].away_until(now).is_none() && self.send_next(d) {}
            if self.desks[d].away_until(now).is_none() && !self.desks[d].looking {
                self.look(d);
            }
        }
        self.plan(d);
    }

    fn expire(&mut self, d: usize) {
        let now = self.desks[d].server_now(self.now);
        for open in self.desks[d].queue.expired(now) {
            match upload::expired(&open) {
                Ok(changes) => {
                    if !self.commit(d, &changes, &[]) {
                        return;
                    }
                }
                Err(why) => return self.breaks(why.to_string()),
            }
        }
    }

    /// Notes when there is something to do again.
    fn plan(&mut self, d: usize) {
        let (now, desk) = (self.now, &self.desks[d]);
        if desk.away_until(now).is_some() {
            return;
        }
        let due = desk.queue.due().map_or(i64::MAX, |due| millis(due, desk.ahead));
        let ticks =
            desk.queue.iter().any(|open| open.life.state == State::Queued && open.entry.act.deadline().is_some());
        let mut next = [due, desk.wait_until].into_iter().filter(|at| *at > now).min().unwrap_or(i64::MAX);
        if ticks {
            next = next.min(now + MINUTE);
        }
        if (!desk.online || !desk.knows_time(now)) && !desk.probing {
            next = next.min(desk.probe_at.max(now + 1));
        }
        if next < desk.wake_at || desk.wake_at <= now {
            self.desks[d].wake_at = next;
            if next < i64::MAX {
                self.at(next, Event::Work(d));
            }
        }
    }

    fn probe(&mut self, d: usize) {
        let now = self.now;
        let desk = &mut self.desks[d];
        if desk.probing || now < desk.probe_at {
            return;
        }
        desk.probing = true;
        let (boot, asked, cut_off) = (desk.boot, desk.steady(now), desk.cut_off);
        let scenario = self.setting.scenario;
        let fails = cut_off || self.strikes(scenario.lost + scenario.answer_lost + scenario.not_sent);
        let takes = if fails { PATIENCE } else { self.latency() };
        self.at(now + takes, Event::Probed { desk: d, boot, asked, heard: !fails });
    }

    pub(crate) fn probed(&mut self, d: usize, boot: u32, asked: i64, heard: bool) {
        let now = self.now;
        let dice = self.rng.any();
        if self.desks[d].boot != boot {
            return;
        }
        self.desks[d].probing = false;
        if heard && self.desks[d].away_until(now).is_none() {
            let header = self.server.header(now);
            let desk = &mut self.desks[d];
            desk.hears(now, asked, header);
            if !desk.online {
                desk.online = true;
                let mut hurried = Vec::new();
                for open in desk.queue.to_hurry() {
                    if let Some(row) = desk.disk.row_mut(open.receipt()) {
                        row.life.not_before = Moment::UNIX_EPOCH;
                        hurried.push(open.receipt());
                    }
                }
                self.put(d, &hurried);
            }
        } else {
            let desk = &mut self.desks[d];
            let at = desk.wall(now) + probe_wait(PROBE_EVERY, dice);
            desk.probe_at = millis(at, desk.ahead);
        }
        self.work(d);
    }

    /// Sends what goes next, and says whether there was something.
    fn send_next(&mut self, d: usize) -> bool {
        let now = self.now;
        let desk = &mut self.desks[d];
        if desk.posts >= POSTS || !desk.online {
            return false;
        }
        let Some(batch) = desk.queue.next(desk.wall(now)) else { return false };
        if !desk.may_ask(now) {
            return false;
        }
        let from = desk.server_at_least(now);
        let wall = desk.wall(now);
        let is_sale = |open: &Open| matches!(open.entry.act, Act::Sale(_));
        let attempt = Attempt {
            batch: desk.disk.next_batch(),
            from,
            until: from,
            fresh: batch.iter().all(|open| Attempt::is_fresh(open.entry.occurred, wall)),
            labelled: self.setting.labelled && batch.iter().all(is_sale),
        };
        let changes = match upload::claimed(&batch) {
            Ok(changes) => changes,
            Err(why) => {
                self.breaks(why.to_string());
                return false;
            }
        };
        let receipts: Vec<i64> = batch.iter().map(Open::receipt).collect();
        for receipt in &receipts {
            if let Some(row) = self.desks[d].disk.row_mut(*receipt) {
                row.attempt = Some((attempt, true));
            }
        }
        // CP 4: the intent is on the disk, and not a byte has left.
        if self.commit(d, &changes, &[]) {
            self.send(d, receipts, attempt);
            return self.broken.is_none();
        }
        false
    }

    fn send(&mut self, d: usize, receipts: Vec<i64>, attempt: Attempt) {
        let desk = &self.desks[d];
        let (mut items, mut take_out) = (Vec::with_capacity(receipts.len()), Vec::new());
        let mut unwritten = None;
        for receipt in &receipts {
            let Some(row) = desk.disk.row(*receipt) else { continue };
            let is_intended = row.life.state == State::Sending && row.attempt == Some((attempt, true));
            if !is_intended {
                unwritten = Some(*receipt);
            }
            if let Act::Cancellation(cancellation) = &row.entry.act {
                let of = desk.disk.row(cancellation.of_receipt.sequence);
                take_out.extend(of.map(|row| row.ids.clone()).unwrap_or_default());
            } else {
                let token = attempt.labelled.then(|| row.token.clone());
                items.push(Sent { cause: (d, *receipt), entry: row.entry.clone(), token, bad: row.bad });
            }
        }
        if let Some(receipt) = unwritten {
            return self.breaks(format!("I2: {receipt} is sent without its intent on the disk"));
        }
        let (asked_steady, boot) = (desk.steady(self.now), desk.boot);
        let (fate, arrives, answers) = self.fate(d);
        let what =
            || format!("sends {receipts:?} as {}: {fate:?}, arrives {arrives:?}, answer {answers}", attempt.batch);
        self.tell(d, what);
        self.tally.requests += 1;
        self.tally.answers_lost += u64::from(fate == Fate::Silent && arrives.is_some());
        self.desks[d].posts += 1;
        let request = self.requests.len();
        let (header, result, slept) = (None, None, false);
        self.requests.push(Request {
            desk: d,
            boot,
            receipts,
            items,
            take_out,
            attempt,
            fate,
            asked_steady,
            header,
            result,
            slept,
        });
        if let Some(after) = arrives {
            self.at(self.now + after, Event::Arrives(request));
        }
        self.at(self.now + answers, Event::Answer(request));
        // CP 5 and 6: bytes are on their way.
        self.survives(d);
    }

    /// The answer of a request arrives, or the client gives up.
    pub(crate) fn answer(&mut self, which: usize) {
        let (d, now) = (self.requests[which].desk, self.now);
        if self.desks[d].boot != self.requests[which].boot {
            return;
        }
        if let Some(later) = self.desks[d].away_until(now) {
            self.requests[which].slept = true;
            return self.at(later, Event::Answer(which));
        }
        let dice = self.rng.any();
        let request = &self.requests[which];
        let desk = &mut self.desks[d];
        desk.posts -= 1;
        let steady = desk.steady(now);
        let is_heard = matches!(request.fate, Fate::Fine | Fate::Held(_) | Fate::Broken) && !request.slept;
        if let (true, Some(header)) = (is_heard, request.header) {
            desk.hears(now, request.asked_steady, header);
        }
        let class = class_of(request, &mut desk.pace, steady);
        let elapsed = SignedDuration::from_millis(steady - request.asked_steady);
        let counted = request.attempt.from.saturating_add(elapsed).unwrap_or(request.attempt.from);
        let attempt = Attempt { until: desk.clock.latest(desk.wall(now)).max(counted), ..request.attempt };
        for receipt in &request.receipts {
            if let Some(row) = desk.disk.row_mut(*receipt) {
                row.ended_at = now;
            }
        }
        let batch = desk.disk.opens(&request.receipts);
        let changes = upload::answered(&batch, class, &attempt, desk.wall(now), dice);
        let mut owned = Vec::new();
        if let (Class::Accepted, Some(Answer::Made(ids))) = (class, &request.result) {
            owned = request.receipts.iter().copied().zip(ids.iter().cloned()).collect();
        }
        desk.online &= class != Class::NotSent;
        match changes {
            Ok(mut changes) => {
                if class == Class::Accepted {
                    changes.extend(taken_out(&desk.disk, &batch));
                }
                self.tell(d, || format!("hears {class:?}"));
                // CP 8: the answer was read, and is not on the disk yet.
                if self.survives(d) && self.commit(d, &changes, &owned) {
                    self.samples(d, &owned);
                }
            }
            Err(why) => return self.breaks(why.to_string()),
        }
        self.work(d);
    }

    /// How long it takes until some of the new records are listed.
    fn samples(&mut self, d: usize, owned: &[(i64, Vec<u32>)]) {
        let since = self.now;
        for number in owned.iter().filter_map(|(_, ids)| ids.first().copied()) {
            if self.desks[d].settling.is_sample() {
                self.at(since + 2 * SECOND, Event::Sample { desk: d, number, since });
            }
        }
    }

    pub(crate) fn sample(&mut self, d: usize, number: u32, since: i64) {
        let (now, record) = (self.now, &self.server.records[number as usize]);
        let waited = now - since;
        if record.listed_from <= now || waited > 10 * MINUTE {
            self.desks[d].settling.saw(SignedDuration::from_millis(waited));
        } else {
            self.at(now + waited, Event::Sample { desk: d, number, since });
        }
    }

    /// The clerk takes an act back.
    pub(crate) fn take_back(&mut self, d: usize, receipt: i64) {
        if let Some(later) = self.desks[d].away_until(self.now) {
            return self.at(later + SECOND, Event::TakenBack(d, receipt));
        }
        let Some(row) = self.desks[d].disk.row(receipt) else { return };
        match row.life.state {
            State::Queued | State::Refused | State::Sending | State::InDoubt if !row.life.cancel_wanted => {
                let Some(open) = self.desks[d].disk.open(receipt) else { return };
                match upload::take_back(&open, self.desks[d].wall(self.now)) {
                    Ok(change) => drop(self.commit(d, &[change], &[])),
                    Err(why) => return self.breaks(why.to_string()),
                }
            }
            State::Confirmed => {
                let new = self.cancels_at_server(d, receipt);
                if self.survives(d) {
                    self.put(d, new.as_slice());
                }
            }
            _ => {}
        }
        self.work(d);
    }
}

impl Desk {
    /// The own politeness limit.
    pub(crate) fn may_ask(&mut self, now: i64) -> bool {
        let steady = self.steady(now);
        match self.pace.ask(u64::try_from(steady).unwrap_or(0)) {
            Ok(()) => true,
            Err(wait) => {
                self.wait_until = now + i64::try_from(wait).unwrap_or(MINUTE).max(1);
                false
            }
        }
    }
}

/// What the answer to a cancellation means for what it takes back.
fn taken_out(disk: &Disk, batch: &[Open]) -> Vec<Change> {
    let of = |open: &Open| match &open.entry.act {
        Act::Cancellation(cancellation) => Some(cancellation.of_receipt.sequence),
        _ => None,
    };
    let change = |receipt: i64| {
        let life: Life = disk.row(receipt)?.life.take(Signal::TakenOut).ok()?;
        Some(Change { receipt, signal: Some(Signal::TakenOut), life })
    };
    batch.iter().filter_map(of).filter_map(change).collect()
}

/// Whether an entry is for a group.
pub(crate) fn is_group(entry: &Entry) -> bool {
    crate::people::is_group(&entry.act.holder().passholder)
}
