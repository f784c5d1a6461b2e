//! How long what waits to be sent may wait before a person hears of it. Until then it exists on one computer only, and
//! UiTPAS dates it by the day on which it is sent (sync.md §1.2 point 5 and §1.12, "PC lost before upload").

use crate::entry::Act;
use crate::time::{Moment, Period, date_of, start_of};
use jiff::civil::Date;

/// From this age on the desk says that something waits, in seconds.
const OLD_SECONDS: i64 = 4 * 3_600;

/// From this age on it says so more strongly, in seconds.
const VERY_OLD_SECONDS: i64 = 24 * 3_600;

/// So long before the end of a day or a month it says that the day or the month ends, in seconds.
const NEAR_SECONDS: i64 = 2 * 3_600;

/// What waits no longer than this is on its way and no queue, in seconds: a desk with a connection must not show a warning
/// for a moment at every sale of the last evening of the month.
const ON_ITS_WAY_SECONDS: i64 = 60;

/// When the oldest act was done of those that wait to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// Of any kind; absent when nothing waits.
    pub oldest: Option<Moment>,
    /// Of the sales.
    pub oldest_sale: Option<Moment>,
    /// Of the points that were saved.
    pub oldest_check_in: Option<Moment>,
}

/// How old the oldest act is that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Age {
    /// Young enough to say nothing.
    Young,
    /// Four hours or more.
    Old,
    /// A day or more.
    VeryOld,
}

/// A border of the calendar, beyond which UiTPAS counts what waits otherwise than when it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Border {
    /// The month ends soon, and sales wait: later the limits of the next month count, and its settlement.
    MonthEnds,
    /// Sales of an earlier month wait; the date is that of the oldest.
    MonthEnded(Date),
    /// The day ends soon, and points wait: later the limits of the next day count.
    DayEnds,
    /// Points of an earlier day wait; the date is that of the oldest.
    DayEnded(Date),
}

/// What a person should hear about what waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warning {
    /// Since when the oldest waits.
    pub since: Moment,
    /// How old that is.
    pub age: Age,
    /// The border of the calendar that lies behind or close ahead; of several the one that can still be met, and a month
    /// before a day.
    pub border: Option<Border>,
}

impl Waiting {
    /// Takes in one act that waits.
    pub fn take_in(&mut self, act: &Act, occurred: Moment) {
        let earliest = |known: Option<Moment>| Some(known.map_or(occurred, |known| known.min(occurred)));
        self.oldest = earliest(self.oldest);
        match act {
            Act::Sale(_) => self.oldest_sale = earliest(self.oldest_sale),
            Act::CheckIn(_) => self.oldest_check_in = earliest(self.oldest_check_in),
            Act::Redemption(_) | Act::Cancellation(_) => {}
        }
    }

    /// What a person should hear about it now, if anything. The calendar is that of Brussels. An act that was done later
    /// than now, by a clock that was set back since, is young.
    pub fn warning(&self, now: Moment) -> Option<Warning> {
        let since = self.oldest?;
        let waited = now.as_second() - since.as_second();
        let age = match waited {
            VERY_OLD_SECONDS.. => Age::VeryOld,
            OLD_SECONDS.. => Age::Old,
            _ => Age::Young,
        };
        let border = self.border(now);
        (age > Age::Young || border.is_some()).then_some(Warning { since, age, border })
    }

    fn border(&self, now: Moment) -> Option<Border> {
        let stays = |at: &Moment| now.as_second() - at.as_second() >= ON_ITS_WAY_SECONDS;
        let (sale, point) = (self.oldest_sale.filter(stays), self.oldest_check_in.filter(stays));
        let today = date_of(now);
        let midnight = today.tomorrow().ok().and_then(start_of);
        let near = midnight.is_some_and(|midnight| midnight.as_second() - now.as_second() <= NEAR_SECONDS);
        let ended = |at: Option<Moment>, period: Period| at.filter(|at| !period.holds_both(*at, now)).map(date_of);
        if near && today == today.last_of_month() && sale.is_some() {
            return Some(Border::MonthEnds);
        }
        if near && point.is_some() {
            return Some(Border::DayEnds);
        }
        if let Some(date) = ended(sale, Period::Month) {
            return Some(Border::MonthEnded(date));
        }
        ended(point, Period::Day).map(Border::DayEnded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    fn sale(since: &str) -> Waiting {
        Waiting { oldest: Some(at(since)), oldest_sale: Some(at(since)), oldest_check_in: None }
    }

    fn point(since: &str) -> Waiting {
        Waiting { oldest: Some(at(since)), oldest_sale: None, oldest_check_in: Some(at(since)) }
    }

    fn exchange(since: &str) -> Waiting {
        Waiting { oldest: Some(at(since)), ..Waiting::default() }
    }

    fn border(waiting: Waiting, now: &str) -> Option<Border> {
        waiting.warning(at(now)).and_then(|warning| warning.border)
    }

    #[test]
    fn nothing_that_waits_is_nothing_to_say() {
        assert_eq!(Waiting::default().warning(at("2026-11-30T22:30:00Z")), None);
    }

    #[test]
    fn four_hours_is_old_and_a_day_is_very_old_to_the_second() {
        let age = |now| exchange("2026-11-18T08:00:00Z").warning(at(now)).map(|warning| warning.age);
        assert_eq!(age("2026-11-18T11:59:59Z"), None);
        assert_eq!(age("2026-11-18T12:00:00Z"), Some(Age::Old));
        assert_eq!(age("2026-11-19T07:59:59Z"), Some(Age::Old));
        assert_eq!(age("2026-11-19T08:00:00Z"), Some(Age::VeryOld));
        assert_eq!(age("2026-12-19T08:00:00Z"), Some(Age::VeryOld));
        assert_eq!(age("2026-11-17T08:00:00Z"), None, "the clock was set back");
    }

    #[test]
    fn hours_are_counted_and_not_the_clock_on_the_wall_when_it_changes() {
        // 25 October 2026: the clock goes back at three at night.
        let age = |now| exchange("2026-10-24T23:00:00Z").warning(at(now)).map(|warning| warning.age);
        assert_eq!((age("2026-10-25T02:59:59Z"), age("2026-10-25T03:00:00Z")), (None, Some(Age::Old)));
    }

    #[test]
    fn two_hours_before_the_month_ends_in_brussels_a_sale_that_waits_is_told() {
        let waiting = sale("2026-11-30T20:30:00Z");
        assert_eq!(border(waiting, "2026-11-30T20:59:59Z"), None);
        assert_eq!(border(waiting, "2026-11-30T21:00:00Z"), Some(Border::MonthEnds));
        assert_eq!(border(waiting, "2026-11-30T22:59:59Z"), Some(Border::MonthEnds));
        assert_eq!(border(sale("2026-11-29T20:30:00Z"), "2026-11-29T22:00:00Z"), None, "a day earlier");
        assert_eq!(border(sale("2026-07-31T18:00:00Z"), "2026-07-31T20:00:00Z"), Some(Border::MonthEnds), "in summer");
        assert_eq!(
            border(sale("2028-02-29T20:00:00Z"), "2028-02-29T22:00:00Z"),
            Some(Border::MonthEnds),
            "a leap year"
        );
        assert_eq!(border(sale("2028-02-28T20:00:00Z"), "2028-02-28T22:00:00Z"), None);
    }

    #[test]
    fn a_sale_of_an_earlier_month_is_told_with_its_date() {
        let ended = Some(Border::MonthEnded(Date::constant(2026, 11, 30)));
        assert_eq!(border(sale("2026-11-30T22:30:00Z"), "2026-11-30T23:00:00Z"), ended);
        assert_eq!(border(sale("2026-11-30T22:30:00Z"), "2026-12-15T10:00:00Z"), ended);
        assert_eq!(border(sale("2026-11-30T23:00:00Z"), "2026-12-01T10:00:00Z"), None, "midnight is of December");
        assert_eq!(border(sale("2026-12-01T10:00:00Z"), "2026-11-30T22:30:00Z"), None, "the clock was set back");
    }

    #[test]
    fn what_is_on_its_way_for_a_moment_shows_no_border() {
        assert_eq!(border(sale("2026-11-30T22:00:00Z"), "2026-11-30T22:00:59Z"), None);
        assert_eq!(border(sale("2026-11-30T22:00:00Z"), "2026-11-30T22:01:00Z"), Some(Border::MonthEnds));
        assert_eq!(border(sale("2026-11-30T22:59:30Z"), "2026-11-30T23:00:29Z"), None);
        assert_eq!(border(point("2026-11-20T22:59:30Z"), "2026-11-20T23:00:29Z"), None);
    }

    #[test]
    fn the_end_of_a_day_is_told_of_points_and_of_nothing_else() {
        assert_eq!(border(point("2026-11-20T19:00:00Z"), "2026-11-20T20:59:59Z"), None);
        assert_eq!(border(point("2026-11-20T19:00:00Z"), "2026-11-20T21:00:00Z"), Some(Border::DayEnds));
        let ended = Some(Border::DayEnded(Date::constant(2026, 11, 20)));
        assert_eq!(border(point("2026-11-20T22:30:00Z"), "2026-11-20T23:05:00Z"), ended);
        for waiting in [sale("2026-11-20T20:00:00Z"), exchange("2026-11-20T20:00:00Z")] {
            assert_eq!(border(waiting, "2026-11-20T22:00:00Z"), None);
            assert_eq!(border(waiting, "2026-11-20T23:30:00Z"), None);
        }
        assert_eq!(border(exchange("2026-11-30T20:00:00Z"), "2026-11-30T22:00:00Z"), None);
    }

    #[test]
    fn a_border_that_can_still_be_met_comes_first_and_a_month_before_a_day() {
        let both = |sale: &str, point: &str| Waiting {
            oldest: Some(at(sale).min(at(point))),
            oldest_sale: Some(at(sale)),
            oldest_check_in: Some(at(point)),
        };
        let evening = "2026-11-30T21:30:00Z";
        let found = border(both("2026-11-30T20:00:00Z", "2026-11-30T20:00:00Z"), evening);
        assert_eq!(found, Some(Border::MonthEnds));
        assert_eq!(border(both("2026-10-30T20:00:00Z", "2026-11-30T20:00:00Z"), evening), Some(Border::MonthEnds));
        assert_eq!(
            border(both("2026-11-20T20:00:00Z", "2026-11-19T20:00:00Z"), "2026-11-20T22:00:00Z"),
            Some(Border::DayEnds)
        );
        let stuck = both("2026-10-30T20:00:00Z", "2026-11-20T09:00:00Z");
        let ended = Some(Border::MonthEnded(Date::constant(2026, 10, 30)));
        assert_eq!(border(stuck, "2026-11-20T12:00:00Z"), ended);
        assert_eq!(border(stuck, "2026-11-20T22:00:00Z"), Some(Border::DayEnds), "the points can still be sent today");
    }

    #[test]
    fn the_oldest_counts_whatever_came_after_it() {
        let warning = sale("2026-11-18T08:00:00Z").warning(at("2026-11-18T13:00:00Z")).unwrap();
        assert_eq!((warning.since, warning.border), (at("2026-11-18T08:00:00Z"), None));
    }

    proptest! {
        // 2020 to 2030, in seconds; how long it waited is short as often as long.
        #[test]
        fn waiting_longer_never_makes_it_younger(
            since in 1_577_836_800_i64..1_893_456_000, waited in 0_i64..400 * 86_400, scale in 0_u32..5, more in 0_i64..86_400,
        ) {
            let age = |waited: i64| {
                let waiting = Waiting { oldest: Moment::from_second(since).ok(), ..Waiting::default() };
                waiting.warning(Moment::from_second(since + waited).unwrap()).map_or(Age::Young, |warning| warning.age)
            };
            let waited = waited / 10_i64.pow(scale);
            prop_assert!(age(waited) <= age(waited + more));
        }

        // Whoever sends now sends in the month of the oldest sale, or hears that it does not.
        #[test]
        fn no_sale_crosses_a_month_unsaid(since in 1_577_836_800_i64..1_893_456_000, waited in 60_i64..60 * 86_400) {
            let (since, now) = (Moment::from_second(since).unwrap(), Moment::from_second(since + waited).unwrap());
            let waiting = Waiting { oldest: Some(since), oldest_sale: Some(since), oldest_check_in: None };
            let same = Period::Month.holds_both(since, now);
            let told = waiting.warning(now).and_then(|warning| warning.border);
            prop_assert!(same || matches!(told, Some(Border::MonthEnded(_) | Border::MonthEnds)));
            let ended = matches!(told, Some(Border::MonthEnded(_)));
            prop_assert!(!(same && ended));
        }
    }
}
