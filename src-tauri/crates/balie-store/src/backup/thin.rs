//! Which copies nobody needs any more.

use super::{Backup, Reason};
use jiff::civil::Date;
use std::collections::HashMap;

/// For how many days every copy is kept.
const DAYS: i32 = 7;

/// Which copies may go. Of each week the first is kept, which stays the first however many come after; and no copy is older
/// than what an act may tell of a person, which is `days`.
pub(super) fn not_needed(found: &[Backup], today: Date, days: i32) -> Vec<&Backup> {
    let age = |each: &Backup| (today - each.day).get_days();
    let mut first_of_week: HashMap<(i16, i8), Date> = HashMap::new();
    for each in found.iter().filter(|each| each.reason == Reason::Daily) {
        let first = first_of_week.entry(week(each.day)).or_insert(each.day);
        *first = each.day.min(*first);
    }
    let is_needed = |each: &Backup| match (each.reason, age(each)) {
        // One that no day has come to yet was made with a wrong clock, and is kept until its day is over.
        (_, age) if age < DAYS.min(days) => true,
        (Reason::Daily, age) => age < days && first_of_week.get(&week(each.day)) == Some(&each.day),
        // A ledger that was set aside is only ever removed by a person.
        (Reason::Replaced, _) => true,
        (Reason::Migration { .. }, age) => age < days,
    };
    found.iter().filter(|each| !is_needed(each)).collect()
}

fn week(day: Date) -> (i16, i8) {
    let week = day.iso_week_date();
    (week.year(), week.week())
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
    fn a_week_of_days_and_a_month_of_weeks_are_always_there_and_nothing_older() {
        let mut held: Vec<Backup> = Vec::new();
        let first = date(2026, 11, 21);
        for number in 0..800 {
            let today = first + number.days();
            held.push(daily(today));
            let gone: Vec<Backup> = not_needed(&held, today, 30).into_iter().cloned().collect();
            held.retain(|each| !gone.contains(each));
            let has = |from: i32, to: i32| held.iter().any(|each| (from..=to).contains(&(today - each.day).get_days()));
            for days in 0..7.min(number + 1) {
                assert!(has(days, days), "{today}: {days} days ago");
            }
            for weeks in 1..3 {
                let from = 7 * weeks;
                assert!(number < from + 6 || has(from, from + 6), "{today}: {weeks} weeks ago");
            }
            assert!(held.len() <= 7 + 5, "{today}: {} are kept", held.len());
            assert!(!has(30, 9_999), "{today}");
        }
    }

    #[test]
    fn what_was_set_aside_stays_and_a_copy_from_before_a_migration_stays_for_its_term() {
        let today = date(2026, 11, 21);
        let of = |reason, day| Backup { file: "f".into(), day, reason };
        let migration = Reason::Migration { from: 3, to: 4 };
        let found = [
            of(Reason::Replaced, date(2020, 1, 1)),
            of(migration, date(2026, 11, 1)),
            of(migration, date(2026, 10, 1)),
            of(Reason::Daily, date(2027, 5, 5)),
        ];
        assert_eq!(not_needed(&found, today, 30), [&found[2]]);
    }
}
