//! Which copies nobody needs any more.

use super::{Backup, Reason};
use jiff::civil::Date;
use std::collections::HashMap;

/// For how many days every copy is kept.
const DAYS: i32 = 7;
/// For how many days one of each week is kept: five weeks.
const WEEKS: i32 = 35;
/// For how many days one of each month is kept. No copy is older: what it holds of people has a term.
const MONTHS: i32 = 366;

/// Which copies may go. Of each week and of each month the first is kept, which stays the first however many come after.
pub(super) fn not_needed(found: &[Backup], today: Date) -> Vec<&Backup> {
    let age = |each: &Backup| (today - each.day).get_days();
    let daily = || found.iter().filter(|each| each.reason == Reason::Daily);
    let mut first_of_week: HashMap<(i16, i8), Date> = HashMap::new();
    let mut first_of_month: HashMap<(i16, i8), Date> = HashMap::new();
    for each in daily() {
        for (firsts, period) in [(&mut first_of_week, week(each.day)), (&mut first_of_month, month(each.day))] {
            let first = firsts.entry(period).or_insert(each.day);
            *first = each.day.min(*first);
        }
    }
    let is_needed = |each: &Backup| match (each.reason, age(each)) {
        // One that no day has come to yet was made with a wrong clock, and is kept until its day is over.
        (_, age) if age < DAYS => true,
        (Reason::Daily, age) => {
            (age < WEEKS && first_of_week.get(&week(each.day)) == Some(&each.day))
                || (age < MONTHS && first_of_month.get(&month(each.day)) == Some(&each.day))
        }
        // A ledger that was set aside is only ever removed by a person.
        (Reason::Replaced, _) => true,
        (Reason::Migration { .. }, age) => age < MONTHS,
    };
    found.iter().filter(|each| !is_needed(each)).collect()
}

fn week(day: Date) -> (i16, i8) {
    let week = day.iso_week_date();
    (week.year(), week.week())
}

fn month(day: Date) -> (i16, i8) {
    (day.year(), day.month())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;

    fn daily(day: Date) -> Backup {
        Backup { file: format!("ledger-{day}.db").into(), day, reason: Reason::Daily }
    }

    #[test]
    fn a_week_of_days_five_weeks_and_a_year_of_months_are_always_there() {
        let mut held: Vec<Backup> = Vec::new();
        let first = date(2026, 11, 21);
        for number in 0..800 {
            let today = first + number.days();
            held.push(daily(today));
            let gone: Vec<Backup> = not_needed(&held, today).into_iter().cloned().collect();
            held.retain(|each| !gone.contains(each));
            let has = |from: i32, to: i32| held.iter().any(|each| (from..=to).contains(&(today - each.day).get_days()));
            for days in 0..7.min(number + 1) {
                assert!(has(days, days), "{today}: {days} days ago");
            }
            for weeks in 1..5 {
                let from = 7 * weeks;
                assert!(number < from + 6 || has(from, from + 6), "{today}: {weeks} weeks ago");
            }
            for months in 1..12 {
                let from = 30 * months - 15;
                assert!(number < from + 45 || has(from, from + 45), "{today}: {months} months ago");
            }
            assert!(held.len() <= 7 + 6 + 13, "{today}: {} are kept", held.len());
            assert!(!has(366, 9_999), "{today}");
        }
    }

    #[test]
    fn what_was_set_aside_stays_and_a_copy_from_before_a_migration_stays_for_a_year() {
        let today = date(2026, 11, 21);
        let of = |reason, day| Backup { file: "f".into(), day, reason };
        let migration = Reason::Migration { from: 3, to: 4 };
        let found = [
            of(Reason::Replaced, date(2020, 1, 1)),
            of(migration, date(2026, 1, 2)),
            of(migration, date(2025, 1, 1)),
            of(Reason::Daily, date(2027, 5, 5)),
        ];
        assert_eq!(not_needed(&found, today), [&found[2]]);
    }
}
