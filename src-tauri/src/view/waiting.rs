//! What there is to say about what waits to be sent, as the window sees it.

use super::{plain, soon};
use crate::dto::{Notice, WaitingView};
use balie_core::time::Moment;
use balie_core::waiting::{Age, Border, Warning};

/// `count` acts wait.
pub fn view(warning: &Warning, count: u32, now: Moment) -> WaitingView {
    let old = plain("waiting.old").with("n", count).with("since", soon(warning.since, now));
    let age = (warning.age > Age::Young).then_some(old);
    WaitingView {
        long: warning.age == Age::VeryOld,
        notices: age.into_iter().chain(warning.border.map(border)).collect(),
    }
}

fn border(border: Border) -> Notice {
    let dated = |code: &str, date: jiff::civil::Date| plain(code).with("day", date.strftime("%d/%m"));
    match border {
        Border::MonthEnds => plain("waiting.monthEnds"),
        Border::MonthEnded(date) => dated("waiting.monthEnded", date),
        Border::DayEnds => plain("waiting.dayEnds"),
        Border::DayEnded(date) => dated("waiting.dayEnded", date),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use balie_core::waiting::Waiting;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    /// Codes with their facts, for sales that wait since then.
    fn said(since: &str, count: u32, now: &str) -> (bool, Vec<String>) {
        let waiting = Waiting { oldest: Some(at(since)), oldest_sale: Some(at(since)), oldest_check_in: None };
        let view = view(&waiting.warning(at(now)).unwrap(), count, at(now));
        let facts = |notice: &Notice| notice.facts.iter().map(|fact| format!(" {}", fact.value)).collect::<String>();
        (view.long, view.notices.iter().map(|notice| notice.code.clone() + &facts(notice)).collect())
    }

    #[test]
    fn the_hour_stands_there_today_and_the_day_as_well_on_any_other() {
        let morning = said("2026-11-18T08:00:00Z", 3, "2026-11-18T13:00:00Z");
        assert_eq!(morning, (false, vec!["waiting.old 3 09:00".to_owned()]));
        let one = said("2026-11-18T08:00:00Z", 1, "2026-11-19T08:00:00Z");
        assert_eq!(one, (true, vec!["waiting.old 1 18/11 09:00".to_owned()]));
    }

    #[test]
    fn a_month_that_ends_is_said_by_itself_and_one_that_ended_beside_the_age() {
        let evening = said("2026-11-30T20:00:00Z", 2, "2026-11-30T21:30:00Z");
        assert_eq!(evening, (false, vec!["waiting.monthEnds".to_owned()]));
        let later = said("2026-11-30T20:00:00Z", 2, "2026-12-01T09:00:00Z");
        assert_eq!(later, (false, vec!["waiting.old 2 30/11 21:00".to_owned(), "waiting.monthEnded 30/11".to_owned()]));
    }

    #[test]
    fn every_border_has_a_code_of_its_own() {
        let date = jiff::civil::Date::constant(2026, 11, 20);
        let borders = [Border::MonthEnds, Border::MonthEnded(date), Border::DayEnds, Border::DayEnded(date)];
        let codes = borders.map(|each| border(each).code);
        assert_eq!(codes, ["waiting.monthEnds", "waiting.monthEnded", "waiting.dayEnds", "waiting.dayEnded"]);
    }
}
