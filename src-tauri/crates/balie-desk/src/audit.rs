//! Looking at passes: every look is written in the trail, and whoever looks at very many without doing anything is noticed
//! (security.md S-18). No browsing and no searching by name exists; this is about numbers and cards one by one.

use crate::desk::Desk;
use balie_core::pass::UitpasNumber;
use std::collections::VecDeque;
use std::time::Duration;

/// So many numbers may be typed in [`TYPED_WITHIN`]: more than a scanner at the busiest door.
const TYPED_MOST: usize = 30;

const TYPED_WITHIN: Duration = Duration::from_secs(60);

/// More looks than this in [`UNUSED_WITHIN`], with nothing done for anybody, are written down as such.
const UNUSED_MOST: usize = 30;

const UNUSED_WITHIN: Duration = Duration::from_secs(600);

/// The looks of the last minutes, by the clock that nobody can set.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    typed: VecDeque<Duration>,
    unused: VecDeque<Duration>,
    /// It was written down already.
    told: bool,
}

impl Looks {
    /// Whether one more number may be typed, which then counts.
    fn types(&mut self, now: Duration) -> bool {
        forget_before(&mut self.typed, now.saturating_sub(TYPED_WITHIN));
        let may = self.typed.len() < TYPED_MOST;
        if may {
            self.typed.push_back(now);
        }
        may
    }

    /// Counts a look, and says how many there were without an act when that is to be written down.
    fn looks(&mut self, now: Duration) -> Option<usize> {
        forget_before(&mut self.unused, now.saturating_sub(UNUSED_WITHIN));
        self.unused.push_back(now);
        let many = self.unused.len() > UNUSED_MOST;
        let told = std::mem::replace(&mut self.told, many);
        (many && !told).then_some(self.unused.len())
    }

    /// Something was done for somebody.
    fn acts(&mut self) {
        self.unused.clear();
        self.told = false;
    }
}

fn forget_before(looks: &mut VecDeque<Duration>, before: Duration) {
    while looks.front().is_some_and(|look| *look < before) {
        looks.pop_front();
    }
}

impl Desk {
    /// Whether one more number may be typed now.
    pub(crate) fn may_type(&self) -> bool {
        let now = self.steady();
        self.floor().looks.types(now)
    }

    /// Writes that a pass was looked at.
    pub(crate) async fn looked_at(&self, number: &UitpasNumber) {
        let (now, steady) = (self.now(), self.steady());
        let many = self.floor().looks.looks(steady);
        let mut noted = self.ledger.viewed(number, now).await;
        if let (Ok(()), Some(count)) = (&noted, many) {
            tracing::warn!(count, "very many passes were looked at without an act");
            noted = self.ledger.viewed_many(count, now).await;
        }
        if let Err(error) = noted {
            tracing::error!(%error, "that a pass was looked at cannot be written");
        }
    }

    /// Something was done for somebody.
    pub(crate) fn acted(&self) {
        self.floor().looks.acts();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u64) -> Duration {
        Duration::from_secs(1_000 + second)
    }

    #[test]
    fn nobody_types_more_numbers_than_a_queue_has_people() {
        let mut looks = Looks::default();
        for _ in 0..TYPED_MOST {
            assert!(looks.types(at(0)));
        }
        assert!(!looks.types(at(0)) && !looks.types(at(60)));
        assert!(looks.types(at(61)), "a minute later");
    }

    #[test]
    fn many_looks_without_an_act_are_told_once() {
        let mut looks = Looks::default();
        let told: Vec<usize> = (0..100).filter_map(|second| looks.looks(at(second))).collect();
        assert_eq!(told, [UNUSED_MOST + 1]);
        looks.acts();
        let told = (100..110).filter_map(|second| looks.looks(at(second))).count();
        assert_eq!(told, 0);
        let slow = (0..100).filter_map(|minute| looks.looks(at(10_000 + 60 * minute))).count();
        assert_eq!(slow, 0, "one a minute is a quiet desk");
    }
}
