//! One simulated world: the order of events in it, and what happens to its desks from outside.

use crate::desk::{Desk, Request};
use crate::look::Looking;
use crate::people::{Visit, act, visits};
use crate::rng::Rng;
use crate::scenario::{DAY, HOUR, MINUTE, SECOND, Setting};
use crate::server::Server;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The faults stop so long after the last visit.
const FAULTS_FOR: i64 = 4 * HOUR;

/// And so long after it a person looks at what the machine could not settle.
const PERSON_COMES_AFTER: i64 = 50 * HOUR;

/// Nothing may be left to happen so long after the last visit.
const END_AFTER: i64 = 9 * DAY;

/// More events than this in one world, and it runs in circles.
const MOST_EVENTS: u64 = 400_000;

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Event {
    Visit(usize),
    /// The desk looks whether there is something to do.
    Work(usize),
    /// A request arrives at the server.
    Arrives(usize),
    /// Its answer arrives, or the client gives up.
    Answer(usize),
    /// A scan of a list is complete.
    Scanned(usize),
    /// What was too much was taken out, or not.
    Healed(usize),
    /// Somebody asked the server whether it is there.
    Probed {
        desk: usize,
        boot: u32,
        asked: i64,
        heard: bool,
    },
    Starts(usize),
    Jumps(usize, i64),
    Sleeps(usize, i64),
    TakenBack(usize, i64),
    /// Whether a record that was just made is listed.
    Sample {
        desk: usize,
        number: u32,
        since: i64,
    },
    NetworkBack(usize),
    PersonComes,
}

/// What came of a seed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) seeds: u64,
    pub(crate) acts: u64,
    pub(crate) requests: u64,
    pub(crate) duplicates: u64,
    pub(crate) lost: u64,
    pub(crate) human: u64,
    pub(crate) healed: u64,
    pub(crate) taken: u64,
    pub(crate) answers_lost: u64,
    pub(crate) crashes: u64,
}

/// One world.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) setting: Setting,
    pub(crate) now: i64,
    pub(crate) rng: Rng,
    pub(crate) server: Server,
    pub(crate) desks: Vec<Desk>,
    pub(crate) requests: Vec<Request>,
    pub(crate) looks: Vec<Looking>,
    pub(crate) tally: Tally,
    /// What must not be.
    pub(crate) broken: Option<String>,
    /// The story, when it is asked for.
    pub(crate) story: Option<Vec<String>>,
    pub(crate) visits: Vec<Visit>,
    faults_until: i64,
    heap: BinaryHeap<Reverse<(i64, u64, Event)>>,
    count: u64,
}

impl World {
    pub(crate) fn new(setting: Setting, mut rng: Rng, tells: bool) -> Self {
        let scenario = setting.scenario;
        let visits = visits(&setting, &mut rng);
        let last = visits.last().map_or(0, |visit| visit.at);
        let server = Server {
            ahead: rng.between(-2 * MINUTE, 2 * MINUTE),
            limit: if scenario.limit > 0 { scenario.limit } else { 0 },
            lag: scenario.lag,
            lag_up_to: scenario.lag_up_to,
            ..Server::default()
        };
        let mut world = Self {
            setting,
            now: 0,
            server,
            desks: Vec::new(),
            requests: Vec::with_capacity(setting.acts * 2),
            looks: Vec::new(),
            tally: Tally { seeds: 1, acts: visits.len() as u64, ..Tally::default() },
            broken: None,
            story: tells.then(Vec::new),
            visits,
            faults_until: last + FAULTS_FOR,
            heap: BinaryHeap::with_capacity(256),
            count: 0,
            rng,
        };
        for desk in 0..scenario.desks {
            let ahead = world.rng.between(-3 * MINUTE, 3 * MINUTE);
            world.desks.push(Desk::new(desk, ahead));
            world.at(0, Event::Starts(desk));
            world.surprise(desk, last);
        }
        for visit in 0..world.visits.len() {
            world.at(world.visits[visit].at, Event::Visit(visit));
        }
        world.at(last + PERSON_COMES_AFTER, Event::PersonComes);
        world
    }

    /// Sleep, clocks that are set, and hours without a network, each at some moment.
    fn surprise(&mut self, desk: usize, last: i64) {
        let scenario = self.setting.scenario;
        if self.rng.permille(scenario.offline) {
            let until = self.rng.between(MINUTE, last.max(2 * MINUTE));
            self.desks[desk].cut_off = true;
            self.at(until, Event::NetworkBack(desk));
        }
        for _ in 0..self.rng.index(scenario.jumps + 1) {
            let at = self.rng.between(0, last + HOUR);
            let size = match self.rng.index(4) {
                0 => DAY,
                1 => self.rng.between(SECOND, HOUR),
                2 => self.rng.between(SECOND, 40 * SECOND),
                _ => self.rng.between(SECOND, 8 * HOUR),
            };
            let event = match self.rng.index(3) {
                0 => Event::Sleeps(desk, size.min(8 * HOUR)),
                1 => Event::Jumps(desk, size),
                _ => Event::Jumps(desk, -size),
            };
            self.at(at, event);
        }
    }

    /// Notes an event.
    pub(crate) fn at(&mut self, at: i64, event: Event) {
        self.count += 1;
        self.heap.push(Reverse((at.max(self.now), self.count, event)));
    }

    /// A line of the story.
    pub(crate) fn tell(&mut self, desk: usize, line: impl FnOnce() -> String) {
        if let Some(story) = &mut self.story {
            let (day, rest) = (self.now / DAY, self.now % DAY);
            let clock = format!("{:02}:{:02}:{:06.3}", rest / HOUR, rest / MINUTE % 60, (rest % MINUTE) as f64 / 1e3);
            story.push(format!("{day}d {clock}  B{}  {}", desk + 1, line()));
        }
    }

    /// Something that must not be.
    pub(crate) fn breaks(&mut self, why: String) {
        if self.broken.is_none() {
            self.tell(0, || format!("BROKEN  {why}"));
            self.broken = Some(why);
        }
    }

    pub(crate) fn are_faults_on(&self) -> bool {
        self.now < self.faults_until
    }

    /// Chance, while the faults are on.
    pub(crate) fn strikes(&mut self, permille: u32) -> bool {
        self.are_faults_on() && self.rng.permille(permille)
    }

    /// Runs until nothing can happen any more, or something is broken.
    pub(crate) fn run(&mut self) {
        let end = self.visits.last().map_or(0, |visit| visit.at) + END_AFTER;
        let mut events = 0_u64;
        while let Some(Reverse((at, _, event))) = self.heap.pop() {
            self.now = at;
            events += 1;
            if at > end {
                break;
            }
            if events > MOST_EVENTS {
                self.breaks(format!("liveness: {event:?} is still to come after {events} events"));
            }
            self.happens(event);
            if self.broken.is_some() {
                return;
            }
        }
        self.judge();
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Visit(visit) => self.visit(visit),
            Event::Work(desk) => {
                if self.desks[desk].wake_at == self.now {
                    self.desks[desk].wake_at = i64::MAX;
                    self.work(desk);
                }
            }
            Event::Arrives(request) => self.arrives(request),
            Event::Answer(request) => self.answer(request),
            Event::Scanned(look) => self.scanned(look),
            Event::Healed(look) => self.healed(look),
            Event::Probed { desk, boot, asked, heard } => self.probed(desk, boot, asked, heard),
            Event::Starts(desk) => self.start(desk),
            Event::Jumps(desk, by) => {
                self.tell(desk, || format!("the clock is set by {} s", by / SECOND));
                self.desks[desk].ahead += by;
                self.work(desk);
            }
            Event::Sleeps(desk, lasts) => self.sleeps(desk, lasts),
            Event::TakenBack(desk, receipt) => self.take_back(desk, receipt),
            Event::Sample { desk, number, since } => self.sample(desk, number, since),
            Event::NetworkBack(desk) => {
                self.tell(desk, || "the network is back".to_owned());
                self.desks[desk].cut_off = false;
            }
            Event::PersonComes => self.person_comes(),
        }
    }

    fn visit(&mut self, which: usize) {
        let visit = self.visits[which];
        let desk = visit.desk;
        if let Some(later) = self.desks[desk].away_until(self.now) {
            // Nobody is served by a computer that is off or asleep.
            self.at(later, Event::Visit(which));
            return;
        }
        let occurred = self.desks[desk].wall(self.now);
        let act = act(&visit, occurred, self.server.ahead, self.now);
        let dice = self.rng.any();
        let receipt = self.desks[desk].disk.record(act, occurred, dice, visit.bad);
        let what =
            || format!("#{receipt} {:?} of {} x{} about {}", visit.what, visit.person, visit.quantity, visit.about);
        self.tell(desk, what);
        if let Some(after) = visit.taken_back_after {
            self.at(self.now + after, Event::TakenBack(desk, receipt));
        }
        // CP 2: the act is on the disk, and nothing else is.
        if self.survives(desk) {
            self.put(desk, &[receipt]);
            self.work(desk);
        }
    }

    fn sleeps(&mut self, desk: usize, lasts: i64) {
        self.tell(desk, || format!("sleeps for {} s", lasts / SECOND));
        let wakes = self.now + lasts;
        let each = &mut self.desks[desk];
        if each.away_until(self.now).is_none() {
            each.asleep_until = wakes;
            each.slept += lasts;
            each.wake_at = wakes;
            self.at(wakes, Event::Work(desk));
        }
    }

    /// Whether a desk outlives this moment. When it does not, everything in its memory is gone.
    pub(crate) fn survives(&mut self, desk: usize) -> bool {
        if !self.strikes(self.setting.scenario.crash) {
            return true;
        }
        let back = self.now + self.rng.between(SECOND, 10 * MINUTE);
        self.tell(desk, || "crashes".to_owned());
        self.tally.crashes += 1;
        self.desks[desk].crash(self.now, back);
        self.at(back, Event::Starts(desk));
        false
    }
}
