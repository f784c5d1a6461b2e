//! The strategies that everybody tries first, against the same server, network and people: they are the yardstick.

use crate::desk::PATIENCE;
use crate::people::{act, visits};
use crate::rng::Rng;
use crate::scenario::{SECOND, Setting};
use crate::server::{Answer, Kind, Query, Sent, Server, moment};
use crate::world::Tally;
use balie_core::entry::{Entry, EntryId, ReceiptNumber};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What to do when nobody knows what became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naive {
    /// Send it again until an answer comes.
    Retry,
    /// Let it be.
    Never,
    /// Look once whether it is there, and send it again if not.
    ReadThenRetry,
}

impl Naive {
    pub(crate) const ALL: [Self; 3] = [Self::Retry, Self::Never, Self::ReadThenRetry];

    pub(crate) fn play(self, setting: &Setting, mut rng: Rng) -> Tally {
        let scenario = setting.scenario;
        let visits = visits(setting, &mut rng);
        let mut server = Server { lag: scenario.lag, lag_up_to: scenario.lag_up_to, ..Server::default() };
        let mut tally = Tally { seeds: 1, acts: visits.len() as u64, ..Tally::default() };
        let mut known: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); scenario.desks];
        for (number, visit) in visits.iter().enumerate() {
            let sequence = i64::try_from(number).unwrap_or(0) + 1;
            let receipt = ReceiptNumber { prefix: "B".to_owned(), sequence };
            let act = act(visit, moment(visit.at, 0), 0, visit.at);
            let id = EntryId([0; 16]);
            let entry = Arc::new(Entry { id, receipt, act, occurred: moment(visit.at, 0) });
            let item = Sent { cause: (visit.desk, sequence), entry, token: None, bad: false };
            self.sell(&item, visit.at, setting, &mut server, &mut known[visit.desk], &mut rng);
            let made = server.records.iter().filter(|record| record.cause.1 == sequence).count();
            let wanted = visit.quantity as usize;
            tally.duplicates += u64::from(made > wanted);
            tally.lost += u64::from(made < wanted);
        }
        tally
    }

    fn sell(
        self,
        item: &Sent,
        mut at: i64,
        setting: &Setting,
        server: &mut Server,
        known: &mut BTreeSet<u32>,
        rng: &mut Rng,
    ) {
        let scenario = &setting.scenario;
        loop {
            let (arrives, is_answered) = match () {
                () if rng.permille(scenario.lost) => (None, false),
                () if rng.permille(scenario.answer_lost) => (Some(100), false),
                () if rng.permille(scenario.late) => {
                    let (from, to) = scenario.late_between;
                    (Some(PATIENCE + rng.between(from, to)), false)
                }
                () if rng.permille(scenario.broken) => (rng.permille(500).then_some(100), false),
                () => (Some(100), true),
            };
            if let Some(after) = arrives
                && let Answer::Made(ids) = server.take(std::slice::from_ref(item), at + after, rng)
                && is_answered
            {
                known.extend(ids.into_iter().flatten());
            }
            if is_answered || self == Self::Never {
                return;
            }
            at += PATIENCE + 2 * SECOND;
            if self == Self::ReadThenRetry && is_listed(item, at, server, known, rng) {
                return;
            }
        }
    }
}

/// Whether as many records as there should be stand in the list, which nobody knew of.
fn is_listed(item: &Sent, at: i64, server: &Server, known: &mut BTreeSet<u32>, rng: &mut Rng) -> bool {
    let Some(kind) = Kind::of(&item.entry.act) else { return true };
    let query = Query::Person(kind, item.entry.act.holder().passholder.clone());
    let seen = server.scan(&query, (at, at), rng);
    let is_new = |number: &u32| {
        server.records.get(*number as usize).is_some_and(|record| record.row.fits(&item.entry))
            && !known.contains(number)
    };
    let new: Vec<u32> = seen.into_iter().filter(is_new).collect();
    known.extend(&new);
    !new.is_empty()
}
