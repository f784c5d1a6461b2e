//! Every card that was laid is told once.

use std::collections::BTreeMap;

use super::stand::Laid;

/// What a program did not tell, and what it told too often.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) missed: usize,
    /// Told again, or told although it never lay there.
    pub(crate) double: usize,
}

/// Compares the cards that were laid with the lines of a program.
pub(crate) fn tally(laid: &[Laid], told: &[String]) -> Tally {
    let mut counts: BTreeMap<(&str, &str), usize> =
        laid.iter().map(|card| ((card.reader, card.chip.as_str()), 0)).collect();
    let mut strange = 0;
    for line in told.iter().filter_map(|line| line.strip_prefix("card\t")) {
        let mut fields = line.split('\t');
        match counts.get_mut(&(fields.next().unwrap_or_default(), fields.next().unwrap_or_default())) {
            Some(count) => *count += 1,
            None => strange += 1,
        }
    }
    let missed = counts.values().filter(|count| **count == 0).count();
    let double: usize = counts.values().map(|count| count.saturating_sub(1)).sum();
    Tally { missed, double: double + strange }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missed_and_what_is_double_is_counted() {
        let laid = ["04A1", "04A2", "04A3"].map(|chip| Laid { at_ns: 0, reader: "left", chip: chip.to_owned() });
        let told = |lines: &[&str]| tally(&laid, &lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>());
        let all = ["readers\tleft", "card\tleft\t04A1", "removed\tleft", "card\tleft\t04A2\t17", "card\tleft\t04A3"];
        assert_eq!(told(&all), Tally { missed: 0, double: 0 });
        assert_eq!(told(&all[..3]), Tally { missed: 2, double: 0 });
        assert_eq!(told(&[&all[..], &all[1..2], &all[1..2]].concat()), Tally { missed: 0, double: 2 });
        assert_eq!(told(&[&all[1..4], &["card\tright\t04A3"]].concat()), Tally { missed: 1, double: 1 });
        assert_eq!(told(&["trouble\tunreadable\tleft", "card\tleft\tother 4"]), Tally { missed: 3, double: 1 });
    }
}
