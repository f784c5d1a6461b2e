//! The simulated network between a desk and the server.

use crate::desk::{PATIENCE, Request};
use crate::scenario::SECOND;
use crate::server::Answer;
use crate::world::World;
use balie_core::life::Hold;
use balie_core::pace::Pace;
use balie_core::upload::Class;

/// What may become of a request on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Fine,
    NotSent,
    /// It never arrives, or its answer does not.
    Silent,
    /// 5xx.
    Broken,
    Held(Hold),
    Mismatch,
}

impl World {
    pub(crate) fn latency(&mut self) -> i64 {
        if self.strikes(self.setting.scenario.slow) {
            return self.rng.between(SECOND, 12 * SECOND);
        }
        self.rng.between(30, 600)
    }

    /// What becomes of a request, after how long it arrives, and after how long the client knows.
    pub(crate) fn fate(&mut self, d: usize) -> (Fate, Option<i64>, i64) {
        let scenario = self.setting.scenario;
        let latency = self.latency();
        let arrives = self.rng.between(latency / 8, latency);
        if self.desks[d].cut_off || self.strikes(scenario.not_sent) {
            return (Fate::NotSent, None, latency);
        }
        if self.strikes(scenario.lost) {
            return (Fate::Silent, None, PATIENCE);
        }
        if self.strikes(scenario.answer_lost) {
            let gives_up = if self.rng.permille(500) { PATIENCE } else { latency };
            return (Fate::Silent, Some(arrives), gives_up);
        }
        if self.strikes(scenario.late) {
            let (from, to) = scenario.late_between;
            let gives_up = if self.rng.permille(800) { PATIENCE } else { latency };
            return (Fate::Silent, Some(gives_up + self.rng.between(from, to)), gives_up);
        }
        if self.strikes(scenario.broken) {
            return (Fate::Broken, self.rng.permille(500).then_some(arrives), latency);
        }
        if self.strikes(scenario.held) {
            let hold = [Hold::Wait, Hold::SignIn, Hold::Forbidden][self.rng.index(3)];
            return (Fate::Held(hold), None, latency);
        }
        if self.strikes(scenario.mismatch) {
            return (Fate::Mismatch, Some(arrives), latency);
        }
        (Fate::Fine, Some(arrives), latency)
    }

    pub(crate) fn arrives(&mut self, which: usize) {
        let now = self.now;
        let request = &mut self.requests[which];
        request.header = Some(self.server.header(now));
        let answer = if request.items.is_empty() {
            // One after the other; what is lost on the way may have been half of them.
            let whole = request.fate == Fate::Fine || self.rng.permille(500);
            let some = if whole { request.take_out.len() } else { self.rng.index(request.take_out.len() + 1) };
            for id in &request.take_out[..some] {
                self.server.take_out(*id, now);
            }
            Answer::Made(Vec::new())
        } else {
            self.server.take(&request.items, now, &mut self.rng)
        };
        let (desk, told) = (request.desk, format!("UiTPAS: {:?} -> {answer:?}", request.receipts));
        request.result = Some(answer);
        self.tell(desk, || told);
    }
}

/// What the client makes of what it heard.
pub(crate) fn class_of(request: &Request, pace: &mut Pace, steady: i64) -> Class {
    let steady = u64::try_from(steady).unwrap_or(0);
    if request.slept {
        return Class::Unknown { mismatch: false };
    }
    match request.fate {
        Fate::NotSent => Class::NotSent,
        Fate::Silent | Fate::Broken => Class::Unknown { mismatch: false },
        Fate::Mismatch => Class::Unknown { mismatch: true },
        Fate::Held(hold) => {
            let seconds = if hold == Hold::Wait { pace.too_many(None, steady) } else { 0 };
            Class::NotProcessed { hold, seconds }
        }
        Fate::Fine => {
            pace.went_well();
            match &request.result {
                Some(Answer::Made(_)) => Class::Accepted,
                Some(Answer::Refused { culprit, limit }) => Class::Refused { culprit: *culprit, limit: *limit },
                None => Class::Unknown { mismatch: false },
            }
        }
    }
}
