//! What the contract leaves open and a server does in its own way: how late a list knows, in which order it answers, and
//! what it says of a batch that it refuses.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::query::{Members, Page};

/// In which order rows come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The order of the contract: lists of check-ins and redemptions newest first, the rest as it was stored or asked.
    #[default]
    Kept,
    /// The other way around.
    Reversed,
    /// Another order at each answer, all of them fixed by the seed.
    Shuffled,
}

/// The habits of this server. The default ones are those of a server that does what one would expect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Habits {
    /// How long a record stays out of the three lists after it was stored, in milliseconds of the clock of the sandbox.
    pub list_lag_ms: u64,
    /// Whether `totalItems` counts the records that are still out of the list.
    pub lag_is_counted: bool,
    /// In which order the three lists of records come.
    pub list_order: Order,
    /// In which order the items of a batch of ticket sales are answered.
    pub batch_order: Order,
    /// What fixes the shuffled orders.
    pub seed: u64,
    /// The most rows that a page of the three lists holds, when that is less than was asked for.
    pub largest_page: Option<usize>,
    /// Whether the refusal of a batch says which item is the bad one, with `jsonPointer`.
    pub points_at_item: bool,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            list_lag_ms: 0,
            lag_is_counted: false,
            list_order: Order::Kept,
            batch_order: Order::Kept,
            seed: 0,
            largest_page: None,
            points_at_item: true,
        }
    }
}

/// A record in a list: since when it is stored, and how it is written.
pub(crate) struct Row<T> {
    pub(crate) stored: Timestamp,
    pub(crate) written: T,
}

/// The habits with what changes from answer to answer.
#[derive(Debug, Default)]
pub(crate) struct Manners {
    pub(crate) habits: Habits,
    /// How many orders were shuffled with this seed.
    shuffled: u64,
}

impl Manners {
    /// Takes up other habits. The shuffled orders begin anew.
    pub(crate) fn take_up(&mut self, habits: Habits) {
        *self = Self { habits, shuffled: 0 };
    }

    /// The page of a list of records that is shown now.
    pub(crate) fn page<T>(&mut self, page: Page, rows: Vec<Row<T>>, now: Timestamp) -> Members<T> {
        let lag = SignedDuration::from_millis(i64::try_from(self.habits.list_lag_ms).unwrap_or(i64::MAX));
        // A moment that no clock reaches is never shown.
        let is_shown = |row: &Row<T>| row.stored.checked_add(lag).is_ok_and(|from| from <= now);
        let stored = rows.len();
        let mut shown: Vec<T> = rows.into_iter().filter(is_shown).map(|row| row.written).collect();
        let total = if self.habits.lag_is_counted { stored } else { shown.len() };
        self.put_in_order(self.habits.list_order, &mut shown);
        let limit = self.habits.largest_page.map_or(page.limit, |most| page.limit.min(most));
        Page { limit, ..page }.cut(shown).of_total(total)
    }

    /// Puts the answers to a batch in the order of this server.
    pub(crate) fn put_batch_in_order<T>(&mut self, answers: &mut [T]) {
        self.put_in_order(self.habits.batch_order, answers);
    }

    fn put_in_order<T>(&mut self, order: Order, items: &mut [T]) {
        match order {
            Order::Kept => {}
            Order::Reversed => items.reverse(),
            Order::Shuffled => {
                let mut state = self.habits.seed ^ self.shuffled.wrapping_mul(0xd134_2543_de82_ef95);
                self.shuffled += 1;
                for end in (1..items.len()).rev() {
                    let among = u64::try_from(end + 1).unwrap_or(u64::MAX);
                    let place = usize::try_from(next(&mut state) % among).unwrap_or(0);
                    items.swap(end, place);
                }
            }
        }
    }
}

/// The next number of the SplitMix64 generator: small, and good enough for an order.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::{Habits, Manners, Order, Page, Row};
    use jiff::{Timestamp, ToSpan};
    use serde_json::json;

    fn shuffling(seed: u64) -> Manners {
        let mut manners = Manners::default();
        manners.take_up(Habits { batch_order: Order::Shuffled, seed, ..Habits::default() });
        manners
    }

    fn orders(manners: &mut Manners) -> Vec<Vec<u32>> {
        let order = |_| {
            let mut items: Vec<u32> = (0..20).collect();
            manners.put_batch_in_order(&mut items);
            items
        };
        (0..3).map(order).collect()
    }

    #[test]
    fn a_shuffled_order_changes_at_each_answer_and_comes_back_with_its_seed() {
        let first = orders(&mut shuffling(7));
        assert!(first[0] != first[1] && first[1] != first[2]);
        for order in &first {
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..20).collect::<Vec<_>>());
        }
        assert_eq!(orders(&mut shuffling(7)), first);
        assert_ne!(orders(&mut shuffling(8)), first);
    }

    #[test]
    fn a_row_is_shown_from_the_millisecond_on_which_its_lag_ends() {
        let stored: Timestamp = "2026-11-21T11:00:00Z".parse().unwrap();
        let shown = |counted: bool, milliseconds: i64| {
            let mut manners = Manners::default();
            manners.take_up(Habits { list_lag_ms: 30_000, lag_is_counted: counted, ..Habits::default() });
            let rows = vec![Row { stored, written: "a" }];
            let now = stored.checked_add(milliseconds.milliseconds()).unwrap();
            json!(manners.page(Page { start: 0, limit: 20 }, rows, now))
        };
        assert_eq!(shown(false, 29_999), json!({ "totalItems": 0, "member": [] }));
        assert_eq!(shown(true, 29_999), json!({ "totalItems": 1, "member": [] }));
        assert_eq!(shown(false, 30_000), json!({ "totalItems": 1, "member": ["a"] }));
    }
}
