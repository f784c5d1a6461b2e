//! One state of the world: what stands on the disk of each desk, what is under way, and what UiTPAS has.

use crate::case::{Case, LONG_TICKS, NOW, moment};
use balie_core::label;
use balie_core::life::{Dispute, Doubt, Hold, Life, MOST_IN_A_BATCH, Open, Proof};
use balie_core::outbox::State;
use balie_core::time::Moment;

/// Ticks from now; never more than nothing.
pub type Ticks = i16;

/// When it is looked up once more whether an entry is there twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Recheck {
    /// After the next long wait.
    Later,
    /// Now.
    Due,
}

/// What is not known of an attempt: [`Doubt`], with its moments in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Unknown {
    /// Told by its place among the requests in doubt.
    pub batch: u8,
    pub from: Ticks,
    pub until: Ticks,
    pub fresh: bool,
    pub labelled: bool,
    pub resent: bool,
    pub limited: bool,
    /// It was looked at once whether it is there twice.
    pub looked: bool,
}

/// How an entry stands, without what decides nothing: counts of steps, and moments before which nothing is done. Whatever
/// waits for its time here may come at once, which is more than the program does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kept {
    pub state: State,
    /// It was tried before.
    pub tried: bool,
    /// There was no permission for it.
    pub forbidden: bool,
    /// It goes alone.
    pub single: bool,
    pub unknown: Option<Unknown>,
    pub dispute: Option<Dispute>,
    pub wanted: bool,
    /// A person said that it is there.
    pub found_by_person: bool,
    pub recheck: Option<Recheck>,
    /// Since when this program knows of its doubt.
    pub since: Ticks,
    /// When it was done.
    pub occurred: Ticks,
    /// Its deadline is past.
    pub past: bool,
    /// A record too many that may be of another was shown to a person.
    pub shown: bool,
}

/// An act in the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Line {
    /// The clerk asked for it.
    pub asked: bool,
    pub kept: Option<Kept>,
    /// A person booked it by hand.
    pub by_hand: bool,
    /// The ids of its records.
    pub ids: Vec<u8>,
    /// The ids of records too many that are to be taken out.
    pub doomed: Vec<u8>,
}

/// What became of a request, as far as the desk has read it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Said {
    /// Nothing was sent yet.
    NotYet,
    Accepted(Vec<u8>),
    NotSent,
    NotProcessed(Hold),
    Refused {
        culprit: Option<usize>,
        limit: bool,
    },
    Nothing {
        mismatch: bool,
    },
}

/// A request under way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Flight {
    pub acts: Vec<usize>,
    pub from: Ticks,
    pub fresh: bool,
    pub said: Said,
}

/// A list that was read and not judged yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Listing {
    pub acts: Vec<usize>,
    pub recheck: bool,
    pub rows: Vec<Record>,
    pub at: Ticks,
}

/// What a desk forgets when its program ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Desk {
    pub flights: Vec<Flight>,
    pub listing: Option<Listing>,
}

/// A record at UiTPAS.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Record {
    pub at: Ticks,
    /// The act that it is of; a number beyond the acts is that of a foreign desk.
    pub of: usize,
    pub labelled: bool,
    /// A person booked it at UiTPAS by hand.
    pub by_hand: bool,
    /// Not listed yet, since an attempt that ended then.
    pub hidden: Option<Ticks>,
    pub id: u8,
}

/// A request that UiTPAS may still carry out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Late {
    pub acts: Vec<usize>,
    pub since: Ticks,
}

/// Everything.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct World {
    pub lines: Vec<Line>,
    pub desks: Vec<Desk>,
    pub records: Vec<Record>,
    pub late: Vec<Late>,
    /// The foreign desk sold.
    pub elsewhere: bool,
    /// How much went wrong, where that is bounded.
    pub spent: u8,
}

impl Kept {
    /// Right after it was recorded.
    pub fn new() -> Self {
        Self::of(&Life::fresh(), None)
    }

    /// What is kept of a life; what the core does not know stays as it was.
    pub fn of(life: &Life, before: Option<&Self>) -> Self {
        let ticks = |at: Moment| i16::try_from(at.duration_since(NOW).as_secs().div_euclid(60)).unwrap_or(-LONG_TICKS);
        let unknown = life.doubt.map(|doubt| Unknown {
            batch: u8::try_from(doubt.batch).unwrap_or(0),
            from: ticks(doubt.from),
            until: ticks(doubt.until),
            fresh: doubt.fresh,
            labelled: doubt.labelled,
            resent: doubt.resent,
            limited: doubt.limited,
            looked: doubt.looks > 0 && life.state != State::InDoubt,
        });
        let doubted = before.is_some_and(|before| before.state == State::InDoubt) && life.state == State::InDoubt;
        Self {
            state: life.state,
            tried: life.attempts > 0,
            forbidden: life.hold == Some(Hold::Forbidden),
            single: life.most < 2,
            unknown,
            dispute: life.dispute,
            wanted: life.cancel_wanted,
            found_by_person: life.proof == Some(Proof::Person),
            recheck: life.recheck_at.map(|at| if at <= NOW { Recheck::Due } else { Recheck::Later }),
            since: if doubted { before.map_or(0, |before| before.since) } else { 0 },
            occurred: before.map_or(0, |before| before.occurred),
            past: before.is_some_and(|before| before.past),
            shown: before.is_some_and(|before| before.shown),
        }
    }

    fn life(&self) -> Life {
        let doubt = self.unknown.map(|unknown| Doubt {
            batch: i64::from(unknown.batch),
            from: moment(unknown.from),
            until: moment(unknown.until),
            fresh: unknown.fresh,
            labelled: unknown.labelled,
            resent: unknown.resent,
            limited: unknown.limited,
            looks: u32::from(unknown.looked),
            look_at: Moment::UNIX_EPOCH,
        });
        Life {
            state: self.state,
            attempts: u32::from(self.tried),
            hold: self.forbidden.then_some(Hold::Forbidden),
            most: if self.single { 1 } else { MOST_IN_A_BATCH },
            doubt,
            dispute: self.dispute,
            cancel_wanted: self.wanted,
            proof: self.found_by_person.then_some(Proof::Person),
            recheck_at: self.recheck.map(|at| moment(if at == Recheck::Due { 0 } else { 60 })),
            ..Life::fresh()
        }
    }

    /// Whether neither the machine nor a person has anything to do with it.
    pub fn is_done(&self) -> bool {
        self.state.is_final() && self.recheck.is_none()
    }
}

impl World {
    /// Before anything was done.
    pub fn new(case: &Case) -> Self {
        Self {
            lines: vec![Line::default(); case.plans.len()],
            desks: vec![Desk::default(); case.desks],
            records: Vec::new(),
            late: Vec::new(),
            elsewhere: false,
            spent: 0,
        }
    }

    /// An entry as the core knows it.
    pub fn open(&self, case: &Case, act: usize) -> Option<Open> {
        let kept = self.lines[act].kept?;
        let entry = case.entry(act, kept.occurred, kept.past);
        Some(Open { token: label::token(&entry), entry, life: kept.life() })
    }

    pub fn state(&self, act: usize) -> Option<State> {
        self.lines[act].kept.map(|kept| kept.state)
    }

    /// The acts of a desk that are recorded.
    pub fn opens(&self, case: &Case, desk: usize) -> Vec<Open> {
        (0..case.plans.len())
            .filter(|act| case.plans[*act].desk == desk)
            .filter_map(|act| self.open(case, act))
            .collect()
    }

    /// Whether a record stands in the ledger of a desk.
    pub fn is_accounted(&self, case: &Case, desk: usize, id: u8) -> bool {
        let theirs = self.lines.iter().zip(&case.plans).filter(|(_, plan)| plan.desk == desk);
        theirs.into_iter().any(|(line, _)| line.ids.contains(&id))
    }

    /// Whether a person may have booked an act of this desk by hand whose records cannot be told from those of this one.
    pub fn may_be_booked_by_hand(&self, case: &Case, act: usize) -> bool {
        let others =
            (0..case.plans.len()).filter(|other| *other != act && case.plans[*other].desk == case.plans[act].desk);
        let may_be = |line: &Line| line.by_hand || line.kept.is_some_and(|kept| kept.life().may_be_booked_by_hand());
        others.filter(|other| case.same(act, *other)).any(|other| may_be(&self.lines[other]))
    }

    pub fn fresh_id(&self) -> u8 {
        (0..).find(|id| self.records.iter().all(|record| record.id != *id)).unwrap_or(u8::MAX)
    }

    /// Every moment of the past that is kept.
    fn moments(&mut self) -> Vec<&mut Ticks> {
        let mut all: Vec<&mut Ticks> = Vec::new();
        for line in &mut self.lines {
            let Some(kept) = &mut line.kept else { continue };
            all.push(&mut kept.since);
            all.push(&mut kept.occurred);
            if let Some(unknown) = &mut kept.unknown {
                all.extend([&mut unknown.from, &mut unknown.until]);
            }
        }
        for desk in &mut self.desks {
            all.extend(desk.flights.iter_mut().map(|flight| &mut flight.from));
            if let Some(listing) = &mut desk.listing {
                all.push(&mut listing.at);
                for record in &mut listing.rows {
                    all.push(&mut record.at);
                    all.extend(&mut record.hidden);
                }
            }
        }
        for record in &mut self.records {
            all.push(&mut record.at);
            all.extend(&mut record.hidden);
        }
        all.extend(self.late.iter_mut().map(|late| &mut late.since));
        all
    }

    /// Lets time pass.
    pub fn pass(&mut self, ticks: Ticks) {
        self.moments().into_iter().for_each(|at| *at = at.saturating_sub(ticks));
    }

    /// The same state, told in one way only.
    #[must_use]
    pub fn told_one_way(mut self, case: &Case) -> Self {
        self.forget_what_decides_nothing(case);
        self.name_batches();
        self.shorten_gaps();
        for desk in &mut self.desks {
            desk.flights.sort_by(|one, other| one.acts.cmp(&other.acts));
        }
        self.late.sort();
        self.name_records();
        self
    }

    fn forget_what_decides_nothing(&mut self, case: &Case) {
        let redeems = case.plans.iter().any(|plan| plan.what == crate::case::What::Redeem);
        for line in &mut self.lines {
            let Some(kept) = &mut line.kept else { continue };
            kept.forbidden &= redeems && kept.state == State::Queued;
            kept.occurred = if kept.state == State::Queued && !case.stale { kept.occurred.max(-2) } else { -2 };
            kept.since = if kept.state == State::InDoubt { kept.since.max(-crate::case::SETTLE_TICKS) } else { 0 };
            kept.tried |= kept.state != State::Queued;
            if !matches!(kept.state, State::Queued | State::Sending) {
                kept.single = true;
            }
            if kept.is_done() {
                kept.unknown = None;
                kept.wanted = false;
                kept.found_by_person = false;
            }
            if let Some(unknown) = &mut kept.unknown
                && kept.state != State::InDoubt
            {
                (unknown.batch, unknown.until) = (0, unknown.from);
                unknown.resent |= kept.state != State::Queued;
            }
        }
        let open = self.lines.iter().filter_map(|line| line.kept?.unknown.map(|unknown| unknown.from));
        let sent = self.desks.iter().flat_map(|desk| desk.flights.iter().map(|flight| flight.from));
        let first = open.chain(sent).min().unwrap_or(0);
        for record in &mut self.records {
            record.at = record.at.max(first - 1);
        }
    }

    fn name_batches(&mut self) {
        let mut names: Vec<u8> = Vec::new();
        for line in &mut self.lines {
            if let Some(Kept { state: State::InDoubt, unknown: Some(unknown), .. }) = &mut line.kept {
                let at = names.iter().position(|name| *name == unknown.batch).unwrap_or_else(|| {
                    names.push(unknown.batch);
                    names.len() - 1
                });
                unknown.batch = u8::try_from(at + 1).unwrap_or(u8::MAX);
            }
        }
    }

    /// Only the order of moments counts, whether they lie within the windows of the core, and whether a day is over.
    fn shorten_gaps(&mut self) {
        let mut known: Vec<Ticks> = self.moments().into_iter().map(|at| *at).collect();
        known.push(0);
        known.sort_unstable_by(|one, other| other.cmp(one));
        known.dedup();
        let mut names = vec![(0, 0)];
        for pair in known.windows(2) {
            let gap = pair[0].saturating_sub(pair[1]);
            let last = names.last().map_or(0, |name: &(Ticks, Ticks)| name.1);
            names.push((pair[1], last.saturating_sub(if gap > 12 { LONG_TICKS } else { gap })));
        }
        for at in self.moments() {
            *at = names.iter().find(|name| name.0 == *at).map_or(*at, |name| name.1);
        }
    }

    fn name_records(&mut self) {
        self.records.sort();
        let names: Vec<u8> = self.records.iter().map(|record| record.id).collect();
        let name = |id: &u8| names.iter().position(|known| known == id).and_then(|at| u8::try_from(at).ok());
        for line in &mut self.lines {
            line.ids = line.ids.iter().filter_map(name).collect();
            line.doomed = line.doomed.iter().filter_map(name).collect();
            line.ids.sort_unstable();
            line.doomed.sort_unstable();
        }
        for desk in &mut self.desks {
            for flight in &mut desk.flights {
                if let Said::Accepted(ids) = &mut flight.said {
                    *ids = ids.iter().filter_map(name).collect();
                }
            }
            for record in desk.listing.iter_mut().flat_map(|listing| &mut listing.rows) {
                record.id = name(&record.id).unwrap_or(u8::MAX);
            }
        }
        for (at, record) in self.records.iter_mut().enumerate() {
            record.id = u8::try_from(at).unwrap_or(u8::MAX);
        }
    }
}
