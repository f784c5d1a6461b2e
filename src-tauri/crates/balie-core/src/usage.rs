//! How often a person did something already: the rows that UiTPAS listed, and our own entries that it cannot have
//! listed yet (rules.md, Limits).

use crate::limit::Limit;
use crate::time::Moment;
use std::collections::HashSet;

/// One use that counts towards a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// When it counts: the moment of the row at UiTPAS, or of our entry while it has none.
    pub at: Moment,
    /// When UiTPAS accepted it; absent while it has not.
    pub confirmed: Option<Moment>,
}

impl Use {
    /// Whether an answer that was asked for at this moment can have counted this use.
    pub fn is_counted_in_an_answer_of(self, asked: Moment) -> bool {
        self.confirmed.is_some_and(|confirmed| confirmed < asked)
    }
}

/// One row that UiTPAS listed: a ticket sale, a check-in or a redemption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerRow {
    /// Its id at UiTPAS.
    pub id: String,
    /// When UiTPAS registered it.
    pub at: Moment,
}

/// One use by an entry of ours that is neither withdrawn, cancelled nor refused. A group sale has one for each ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnUse {
    /// The use.
    pub counted: Use,
    /// The id that UiTPAS gave it, once it did.
    pub server_id: Option<String>,
}

/// Puts the rows of UiTPAS and our own entries together; what is in both counts once.
///
/// An entry of ours that UiTPAS accepted and no longer lists still counts: somebody may have taken it away there, and
/// without asking the desk is the stricter of the two.
pub fn merge(rows: &[ServerRow], own: &[OwnUse]) -> Vec<Use> {
    let listed: HashSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let ours = own.iter().filter(|entry| entry.server_id.as_deref().is_none_or(|id| !listed.contains(id)));
    let theirs = rows.iter().map(|row| Use { at: row.at, confirmed: Some(row.at) });
    theirs.chain(ours.map(|entry| entry.counted)).collect()
}

impl Limit {
    /// How many of the uses count now.
    pub fn used_by(self, uses: &[Use], now: Moment) -> u32 {
        self.used(uses.iter().map(|earlier| earlier.at), now)
    }

    /// How many of the uses that an answer of then cannot have counted count now.
    pub fn unseen(self, uses: &[Use], asked: Moment, now: Moment) -> u32 {
        let unseen = uses.iter().filter(|earlier| !earlier.is_counted_in_an_answer_of(asked));
        self.used(unseen.map(|earlier| earlier.at), now)
    }

    /// Whether one more fits, with an answer of UiTPAS that one more was allowed: what the answer had not counted must
    /// fit beside that one.
    pub fn leaves_room_after(self, uses: &[Use], asked: Moment, now: Moment) -> bool {
        self.unseen(uses, asked, now) == 0 || self.used_by(uses, now) < self.volume
    }

    /// When the newest use was made, among those that count now.
    pub fn newest_use(self, uses: &[Use], now: Moment) -> Option<Moment> {
        uses.iter().map(|earlier| earlier.at).filter(|at| self.period.holds_both(*at, now)).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Period;
    use proptest::prelude::*;

    fn at(second: i64) -> Moment {
        Moment::from_second(1_795_000_000 + second).unwrap()
    }

    fn row(id: &str, second: i64) -> ServerRow {
        ServerRow { id: id.to_owned(), at: at(second) }
    }

    fn own(id: Option<&str>, second: i64) -> OwnUse {
        let counted = Use { at: at(second), confirmed: id.map(|_| at(second + 1)) };
        OwnUse { counted, server_id: id.map(str::to_owned) }
    }

    #[test]
    fn what_is_in_both_counts_once_and_what_is_in_one_counts() {
        let rows = [row("1", 0), row("2", 10)];
        let ours = [own(Some("2"), 9), own(Some("3"), 20), own(None, 30)];
        let uses = merge(&rows, &ours);
        assert_eq!(uses.iter().map(|each| each.at).collect::<Vec<_>>(), [at(0), at(10), at(20), at(30)]);
        assert_eq!(uses.iter().filter(|each| each.confirmed.is_none()).count(), 1);
    }

    #[test]
    fn room_is_what_the_answer_left_less_what_it_cannot_have_seen() {
        let once = Limit { volume: 1, period: Period::Absolute };
        let seen = Use { at: at(0), confirmed: Some(at(1)) };
        let waiting = Use { at: at(0), confirmed: None };
        assert!(once.leaves_room_after(&[seen], at(5), at(6)), "UiTPAS counted it and says yes all the same");
        assert!(!once.leaves_room_after(&[waiting], at(5), at(6)));
        assert!(!once.leaves_room_after(&[seen], at(1), at(6)), "accepted in the moment of asking");
        let twice = Limit { volume: 2, ..once };
        assert!(twice.leaves_room_after(&[waiting], at(5), at(6)));
        assert!(!twice.leaves_room_after(&[seen, waiting], at(5), at(6)));
        assert_eq!(twice.newest_use(&[seen, Use { at: at(3), confirmed: None }], at(6)), Some(at(3)));
    }

    proptest! {
        #[test]
        fn the_order_of_entries_does_not_matter_and_more_never_counts_less(
            seconds in proptest::collection::vec((0_i64..5_000_000, any::<bool>()), 0..20), cut in 0_usize..20,
        ) {
            let now = at(2_500_000);
            let limit = Limit { volume: 3, period: Period::Week };
            let mut uses: Vec<Use> = seconds
                .iter()
                .map(|(second, sent)| Use { at: at(*second), confirmed: sent.then(|| at(*second)) })
                .collect();
            let all = limit.used_by(&uses, now);
            prop_assert!(limit.used_by(&uses[..cut.min(uses.len())], now) <= all);
            uses.reverse();
            prop_assert_eq!(limit.used_by(&uses, now), all);
        }
    }
}
