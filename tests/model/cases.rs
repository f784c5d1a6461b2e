//! The cases that are played.

use crate::case::Case;
use crate::case::What::{self, Cancel, CheckIn, Redeem, Sale};

/// Every case of at most so many acts at at most so many desks. As much may go wrong as it likes with one act, so much with
/// two, and one thing less with three.
pub fn cases(acts: usize, desks: usize, wrong: u8) -> Vec<Case> {
    let fitting = all().into_iter().filter(|case| case.plans.len() <= acts && case.desks <= desks);
    let bound = |case: &Case| match case.plans.len() {
        0 | 1 if !case.very_late => u8::MAX,
        0 | 1 => wrong + 1,
        2 => wrong,
        _ => wrong.saturating_sub(1),
    };
    fitting.map(|case| Case { most_wrong: bound(&case), ..case }).collect()
}

/// How UiTPAS and the organizer look at it.
#[derive(Clone, Copy)]
struct Ways {
    token: bool,
    alone: bool,
    group: bool,
}

const WAYS: [Ways; 5] = [
    Ways { token: true, alone: true, group: false },
    Ways { token: true, alone: false, group: true },
    Ways { token: false, alone: true, group: false },
    Ways { token: false, alone: false, group: false },
    Ways { token: false, alone: false, group: true },
];

impl Ways {
    fn name(self) -> &'static str {
        match (self.token, self.alone, self.group) {
            (true, true, _) => "receipts, alone",
            (true, false, _) => "receipts, beside others, group",
            (false, true, _) => "counting, alone",
            (false, false, false) => "counting, beside others, person",
            (false, false, true) => "counting, beside others, group",
        }
    }

    fn case(self, name: &str, plans: &[(usize, u8, What)], limit: u8) -> Case {
        let Self { token, alone, group } = self;
        let stale = token || alone;
        let name = format!("{name}; {}", self.name());
        Case { token, alone, group, limit, stale, elsewhere: !alone, ..Case::new(&name, plans) }
    }
}

/// The plans of a case, with the limit of UiTPAS.
type Plans = (&'static str, &'static [(usize, u8, What)], u8);

const ONE_DESK: &[Plans] = &[
    ("one sale, limit 1", &[(0, 1, Sale)], 1),
    ("a sale taken back", &[(0, 1, Sale), (0, 1, Cancel(0))], 1),
    ("two sales to one person", &[(0, 1, Sale), (0, 1, Sale)], 9),
    ("two sales to one person, limit 1", &[(0, 1, Sale), (0, 1, Sale)], 1),
    ("two sales to two people", &[(0, 1, Sale), (0, 2, Sale)], 9),
    ("a point and a reward", &[(0, 1, CheckIn), (0, 1, Redeem)], 1),
    ("two sales, one taken back", &[(0, 1, Sale), (0, 1, Sale), (0, 1, Cancel(0))], 9),
    ("a sale, a point and a reward", &[(0, 1, Sale), (0, 1, CheckIn), (0, 1, Redeem)], 1),
    ("three sales to three people", &[(0, 1, Sale), (0, 2, Sale), (0, 3, Sale)], 9),
    ("two sales to one person and one to another", &[(0, 1, Sale), (0, 1, Sale), (0, 2, Sale)], 9),
];

const TWO_DESKS: &[Plans] = &[
    ("a sale at each of two desks", &[(0, 1, Sale), (1, 1, Sale)], 9),
    ("a sale at each of two desks, limit 1", &[(0, 1, Sale), (1, 1, Sale)], 1),
    ("two sales at one desk and one at another", &[(0, 1, Sale), (0, 1, Sale), (1, 1, Sale)], 9),
    ("a sale at each of two desks, one taken back", &[(0, 1, Sale), (1, 1, Sale), (0, 1, Cancel(0))], 9),
];

fn all() -> Vec<Case> {
    let mut all = Vec::new();
    for ways in WAYS {
        all.extend(ONE_DESK.iter().map(|(name, plans, limit)| ways.case(name, plans, *limit)));
    }
    // A person is at one desk, so that only a group can be at two.
    for ways in WAYS.iter().filter(|ways| ways.group) {
        all.extend(
            TWO_DESKS.iter().map(|(name, plans, limit)| Case { elsewhere: false, ..ways.case(name, plans, *limit) }),
        );
    }
    for ways in WAYS {
        let (name, plans, limit) = ONE_DESK[2];
        let slow = Case { split: true, late: false, ..ways.case(name, plans, limit) };
        all.push(Case { name: format!("{}; whatever happens while a list is read", slow.name), ..slow });
    }
    for ways in WAYS.iter().filter(|ways| ways.token) {
        for (name, plans, limit) in &ONE_DESK[..3] {
            let late = Case { very_late: true, elsewhere: false, ..ways.case(name, plans, *limit) };
            all.push(Case { name: format!("{}; done hours after it was given up", late.name), ..late });
        }
    }
    all.push(control());
    all
}

/// What cannot work and is known not to (sync.md §1.9, D): the same person at two desks at once, without receipts.
fn control() -> Case {
    let ways = Ways { token: false, alone: false, group: false };
    let (name, plans, limit) = TWO_DESKS[0];
    Case { must_fail: true, elsewhere: false, ..ways.case(name, plans, limit) }
}
