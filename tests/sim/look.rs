//! How a desk looks at the rows of UiTPAS: complete lists only, which two scans in a row agree on.

use crate::desk::is_group;
use crate::scenario::SECOND;
use crate::server::{Kind, Query, number_of};
use crate::world::{Event, World};
use balie_core::entry::Act;
use balie_core::life::{Dispute, Life, Open};
use balie_core::outbox::{Signal, State};
use balie_core::queue::Look;
use balie_core::reconcile::{self, Item, Known, Row, Verdict};
use balie_core::upload::{self, Change};
use jiff::SignedDuration;

/// A list that never stays the same is left for later after so many scans.
const MOST_SCANS: usize = 6;

/// A doubt must be this old before anything may be called absent; a little less than the shortest settle time, because the
/// clock of the server is known within a second or two only.
const SHORTEST_SETTLE: i64 = 118 * SECOND;

/// A look that is under way.
#[derive(Debug)]
pub(crate) struct Looking {
    desk: usize,
    boot: u32,
    batch: Vec<Open>,
    is_recheck: bool,
    query: Query,
    seen: Option<Vec<u32>>,
    scans: usize,
    began: i64,
    asked_steady: i64,
    surplus: Vec<u32>,
}

impl World {
    pub(crate) fn look(&mut self, d: usize) {
        let now = self.now;
        let desk = &mut self.desks[d];
        let Some(look) = desk.queue.next_look(desk.wall(now)) else { return };
        let (batch, is_recheck) = match look {
            Look::Doubt(batch) => (batch, false),
            Look::Recheck(open) => (vec![open], true),
        };
        let Some(query) = query_of(&batch) else { return };
        if !desk.may_ask(now) {
            return;
        }
        desk.looking = true;
        let (boot, asked_steady) = (desk.boot, desk.steady(now));
        let look = self.looks.len();
        self.looks.push(Looking {
            desk: d,
            boot,
            batch,
            is_recheck,
            query,
            seen: None,
            scans: 0,
            began: now,
            asked_steady,
            surplus: Vec::new(),
        });
        self.scan(look);
    }

    fn scan(&mut self, look: usize) {
        let takes = self.latency();
        let d = self.looks[look].desk;
        self.looks[look].began = self.now;
        self.looks[look].asked_steady = self.desks[d].steady(self.now);
        self.at(self.now + takes, Event::Scanned(look));
    }

    pub(crate) fn scanned(&mut self, which: usize) {
        let (d, now) = (self.looks[which].desk, self.now);
        if self.desks[d].boot != self.looks[which].boot {
            return;
        }
        let scenario = self.setting.scenario;
        let fails = self.strikes(scenario.lost + scenario.answer_lost + scenario.not_sent);
        let slept = self.desks[d].away_until(now);
        if let Some(later) = slept {
            return self.at(later, Event::Scanned(which));
        }
        if self.strikes(scenario.held / 10) && !self.looks[which].is_recheck {
            return self.unreadable(which);
        }
        if fails || self.desks[d].cut_off {
            return self.done_looking(d);
        }
        let header = self.server.header(now);
        let look = &mut self.looks[which];
        self.desks[d].hears(now, look.asked_steady, header);
        let seen = self.server.scan(&look.query, (look.began, now), &mut self.rng);
        look.scans += 1;
        let agree = look.seen.as_ref() == Some(&seen);
        look.seen = Some(seen);
        match (agree, look.scans < MOST_SCANS) {
            (false, true) => self.scan(which),
            (false, false) => self.done_looking(d),
            (true, _) if self.looks[which].is_recheck => self.judge_again(which),
            (true, _) => self.judge_doubt(which),
        }
    }

    fn done_looking(&mut self, d: usize) {
        self.desks[d].looking = false;
        self.work(d);
    }

    fn unreadable(&mut self, which: usize) {
        let d = self.looks[which].desk;
        let batch = self.still(which);
        if let Some(batch) = batch {
            self.settle(d, &batch, &Verdict::Disputed(Dispute::Unreadable), &[]);
        }
        self.done_looking(d);
    }

    /// The entries of a look, if nothing happened to them meanwhile.
    fn still(&self, which: usize) -> Option<Vec<Open>> {
        let look = &self.looks[which];
        let same = |open: &Open| self.desks[look.desk].disk.open(open.receipt()).as_ref() == Some(open);
        look.batch.iter().all(same).then(|| look.batch.clone())
    }

    fn rows(&self, which: usize) -> Vec<Row> {
        let seen = self.looks[which].seen.iter().flatten();
        seen.filter_map(|number| self.server.records.get(*number as usize)).map(|record| record.row.clone()).collect()
    }

    fn judge_doubt(&mut self, which: usize) {
        let d = self.looks[which].desk;
        let Some(batch) = self.still(which) else { return self.done_looking(d) };
        let rows = self.rows(which);
        let verdict = self.with_known(d, &batch, |items, known| reconcile::verdict(items, &rows, known));
        if let Some(verdict) = verdict {
            self.tell(d, || format!("looks for {:?} in {} rows: {verdict:?}", receipts(&batch), rows.len()));
            if verdict == Verdict::Absent {
                self.must_be_settled(d, &batch);
            }
            self.settle(d, &batch, &verdict, &rows);
        }
        self.done_looking(d);
    }

    /// Asks the core about these entries.
    fn with_known<T>(&self, d: usize, batch: &[Open], ask: impl FnOnce(&[Item<'_>], &Known<'_>) -> T) -> Option<T> {
        let desk = &self.desks[d];
        let items: Vec<Item<'_>> = batch
            .iter()
            .filter_map(|open| {
                let doubt = open.life.doubt.as_ref()?;
                Some(Item {
                    entry: &open.entry,
                    token: &open.token,
                    doubt,
                    group: is_group(&open.entry),
                    by_hand: false,
                })
            })
            .collect();
        let steady = desk.steady(self.now);
        let waited = batch.iter().map(|open| steady - desk.since.get(&open.receipt()).copied().unwrap_or(steady)).min();
        let known = Known {
            accounted: &|id| {
                id.get(1..).and_then(|id| id.parse().ok()).is_some_and(|id| desk.disk.owned.contains_key(&id))
            },
            alone: self.setting.alone,
            listed_at: desk.server_at_least(self.now),
            waited: SignedDuration::from_millis(waited.unwrap_or(0)),
            settle: desk.settle(),
        };
        (items.len() == batch.len()).then(|| ask(&items, &known))
    }

    /// I5: only long enough after the attempt may something be called absent.
    fn must_be_settled(&mut self, d: usize, batch: &[Open]) {
        for open in batch {
            let ended = self.desks[d].disk.row(open.receipt()).map_or(0, |row| row.ended_at);
            if self.now - ended < SHORTEST_SETTLE {
                self.breaks(format!("I5: {} is absent {} ms after its attempt", open.receipt(), self.now - ended));
            }
        }
    }

    fn settle(&mut self, d: usize, batch: &[Open], verdict: &Verdict, rows: &[Row]) {
        let desk = &self.desks[d];
        let changes = upload::looked(batch, verdict, desk.server_now(self.now), desk.settle(), desk.wall(self.now));
        let mut changes = match changes {
            Ok(changes) => changes,
            Err(why) => return self.breaks(why.to_string()),
        };
        let mut owned = Vec::new();
        if let Verdict::Found { rows: found, surplus } = verdict {
            let number = |at: &usize| rows.get(*at).map(number_of);
            for (open, found) in batch.iter().zip(found) {
                owned.push((open.receipt(), found.iter().filter_map(number).collect()));
            }
            // What is too many is taken out by a look of its own, which is made as often as it takes.
            for open in surplus.iter().filter_map(|(position, _)| batch.get(*position)) {
                let now = desk.wall(self.now);
                let found = changes.iter_mut().find(|change| change.receipt == open.receipt());
                if let Some(change) = found.filter(|change| change.life.recheck_at.is_none()) {
                    change.life = Life { doubt: open.life.doubt, recheck_at: Some(now), ..change.life };
                }
            }
        }
        let left = changes.iter().filter(|change| change.life.state == State::InDoubt).count();
        if left != 0 && left != batch.len() {
            self.breaks(format!("I7: {left} of {} stay in doubt", batch.len()));
        }
        self.commit(d, &changes, &owned);
    }

    fn judge_again(&mut self, which: usize) {
        let d = self.looks[which].desk;
        let Some(batch) = self.still(which) else { return self.done_looking(d) };
        if self.desks[d].queue.is_crowded(&batch[0]) {
            return self.done_looking(d);
        }
        let rows = self.rows(which);
        let surplus = self.with_known(d, &batch, |items, known| {
            items.first().map(|item| reconcile::surplus(item, &batch[0].life, &rows, known)).unwrap_or_default()
        });
        let Some(surplus) = surplus else { return self.done_looking(d) };
        self.tell(d, || format!("looks again for {:?} in {} rows: {surplus:?}", receipts(&batch), rows.len()));
        let numbers = |found: &[usize]| found.iter().map(|at| number_of(&rows[*at])).collect::<Vec<u32>>();
        let (ours, perhaps) = (numbers(&surplus.ours), numbers(&surplus.perhaps));
        let open = &batch[0];
        if !ours.is_empty() {
            for number in &ours {
                let cause = self.server.records[*number as usize].cause;
                if cause.0 != d {
                    self.breaks(format!("I9: r{number} of another desk is taken out"));
                }
            }
            self.looks[which].surplus = ours;
            let takes = self.latency();
            return self.at(self.now + takes, Event::Healed(which));
        }
        let desk = &mut self.desks[d];
        let (receipt, life) = (open.receipt(), open.life.rechecked(desk.wall(self.now)));
        if !perhaps.is_empty() {
            desk.disk.show(receipt, perhaps);
        }
        self.commit(d, &[Change { receipt, signal: None, life }], &[]);
        self.done_looking(d);
    }

    /// The records too many were taken out, or the request was lost and is made again at the next look.
    pub(crate) fn healed(&mut self, which: usize) {
        let (d, now) = (self.looks[which].desk, self.now);
        if self.desks[d].boot != self.looks[which].boot {
            return;
        }
        if let Some(later) = self.desks[d].away_until(now) {
            return self.at(later, Event::Healed(which));
        }
        let scenario = self.setting.scenario;
        if self.strikes(scenario.lost + scenario.not_sent) {
            return self.done_looking(d);
        }
        for number in &self.looks[which].surplus {
            self.server.take_out(*number, now);
            self.tally.healed += 1;
        }
        if !self.strikes(scenario.answer_lost)
            && let Some(batch) = self.still(which)
        {
            let open = &batch[0];
            let life = open.life.rechecked(self.desks[d].wall(now));
            let receipt = open.receipt();
            match life.take(Signal::SurplusTakenOut) {
                Ok(life) => {
                    self.commit(d, &[Change { receipt, signal: Some(Signal::SurplusTakenOut), life }], &[]);
                }
                Err(why) => self.breaks(why.to_string()),
            }
        }
        self.done_looking(d);
    }
}

fn receipts(batch: &[Open]) -> Vec<i64> {
    batch.iter().map(Open::receipt).collect()
}

/// The list that shows all of these entries.
fn query_of(batch: &[Open]) -> Option<Query> {
    let first = &batch.first()?.entry.act;
    let person = &first.holder().passholder;
    match first {
        Act::Sale(sale) if batch.iter().any(|open| open.entry.act.holder().passholder != *person) => {
            Some(Query::Event(sale.event.clone()))
        }
        act => Some(Query::Person(Kind::of(act)?, person.clone())),
    }
}
