//! The balance of points: what UiTPAS last said, and what this desk did since (rules.md, Rewards).

use crate::time::Moment;

/// How old a balance may be to exchange points on it without a connection, in seconds.
const BALANCE_MAX_AGE_SECONDS: i64 = 24 * 3_600;

/// One change of the balance by an entry of ours that is neither withdrawn, cancelled nor refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointsChange {
    /// Points saved, or (negative) points exchanged.
    pub points: i64,
    /// When UiTPAS accepted it; absent while it has not.
    pub confirmed: Option<Moment>,
}

/// What is known of the points of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// The points that can be exchanged, as far as is known.
    pub points: i64,
    /// When UiTPAS last said how many there are.
    pub as_of: Moment,
}

impl Balance {
    /// What UiTPAS said at some moment, with our own changes that it cannot have counted then.
    ///
    /// A change that was accepted in the very moment of the answer counts when it takes points away and not when it adds
    /// them: in doubt the desk gives away too little.
    pub fn known(said: i64, as_of: Moment, changes: &[PointsChange]) -> Self {
        let uncounted = |change: &&PointsChange| match change.confirmed {
            None => true,
            Some(confirmed) if change.points < 0 => confirmed >= as_of,
            Some(confirmed) => confirmed > as_of,
        };
        let since = changes.iter().filter(uncounted).map(|change| change.points);
        Self { points: since.fold(said, i64::saturating_add), as_of }
    }

    /// Whether it is young enough to exchange points on without a connection.
    pub fn is_fresh(self, now: Moment) -> bool {
        (0..=BALANCE_MAX_AGE_SECONDS).contains(&(now.as_second() - self.as_of.as_second()))
    }
}

/// How many points our own changes took away that an answer of this moment cannot have counted.
pub fn uncounted_spending(changes: &[PointsChange], asked: Moment) -> i64 {
    let uncounted =
        |change: &&PointsChange| change.points < 0 && change.confirmed.is_none_or(|confirmed| confirmed >= asked);
    changes.iter().filter(uncounted).fold(0, |sum: i64, change| sum.saturating_sub(change.points))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Moment {
        Moment::from_second(1_795_000_000 + second).unwrap()
    }

    #[test]
    fn what_uitpas_counted_already_is_not_counted_again() {
        let changes = [
            PointsChange { points: 1, confirmed: Some(at(-10)) },
            PointsChange { points: 2, confirmed: Some(at(10)) },
            PointsChange { points: 4, confirmed: None },
            PointsChange { points: -8, confirmed: None },
        ];
        assert_eq!(Balance::known(100, at(0), &changes), Balance { points: 98, as_of: at(0) });
    }

    #[test]
    fn in_the_very_moment_of_the_answer_the_desk_assumes_the_lesser() {
        let same = |points| [PointsChange { points, confirmed: Some(at(0)) }];
        assert_eq!(Balance::known(10, at(0), &same(3)).points, 10);
        assert_eq!(Balance::known(10, at(0), &same(-3)).points, 7);
    }

    #[test]
    fn a_balance_is_good_for_a_day_and_never_from_tomorrow() {
        let balance = Balance { points: 1, as_of: at(0) };
        assert!(balance.is_fresh(at(0)) && balance.is_fresh(at(BALANCE_MAX_AGE_SECONDS)));
        assert!(!balance.is_fresh(at(BALANCE_MAX_AGE_SECONDS + 1)) && !balance.is_fresh(at(-1)));
    }

    #[test]
    fn spending_that_an_answer_cannot_have_counted_is_summed() {
        let change = |points, confirmed: Option<i64>| PointsChange { points, confirmed: confirmed.map(at) };
        let changes = [change(-30, None), change(-4, Some(0)), change(-2, Some(-1)), change(7, None)];
        assert_eq!(uncounted_spending(&changes, at(0)), 34, "neither what was counted nor what was saved");
        assert_eq!(uncounted_spending(&[], at(0)), 0);
    }

    proptest! {
        #[test]
        fn the_order_of_changes_does_not_matter(
            points in proptest::collection::vec((-50_i64..50, proptest::option::of(-5_i64..5)), 0..12),
        ) {
            let change = |(points, second): &(i64, Option<i64>)| PointsChange { points: *points, confirmed: second.map(at) };
            let mut changes: Vec<PointsChange> = points.iter().map(change).collect();
            let forwards = Balance::known(20, at(0), &changes);
            changes.reverse();
            prop_assert_eq!(Balance::known(20, at(0), &changes), forwards);
        }
    }
}
