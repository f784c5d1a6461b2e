//! A table of rules: how its rows are read, judged and told when they fail.

use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::Path;

/// One row: one rule.
pub trait Row {
    /// What the rule is, as a short sentence.
    fn name(&self) -> &str;

    /// Where it stands written, for example `domain.md §3.3`.
    fn source(&self) -> &str;

    /// Holds the row against the rules; says what is different. A row that asserts nothing is different too.
    fn judge(&self) -> Result<(), String>;
}

/// Names the fields of a row that every row has.
macro_rules! named {
    ($row:ty, $judge:ident) => {
        impl crate::rules::table::Row for $row {
            fn name(&self) -> &str {
                &self.name
            }

            fn source(&self) -> &str {
                &self.source
            }

            fn judge(&self) -> Result<(), String> {
                $judge(self)
            }
        }
    };
}
pub(crate) use named;

/// Reads a file of tables.
pub fn read<T: DeserializeOwned>(file: &str) -> T {
    // Asked for at run time: a path that is compiled in would be wrong in the next checkout.
    let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    let path = Path::new(&folder).join("fixtures").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("fixtures/{file}: {error}"))
}

/// Judges every row, and fails with all that are different at once.
pub fn check<R: Row>(file: &str, rows: &[R], least: usize) {
    assert!(rows.len() >= least, "fixtures/{file} has {} rows, and once had {least}", rows.len());
    let mut names = BTreeSet::new();
    let mut wrong = Vec::new();
    for row in rows {
        let sourced =
            ["domain.md §", "domain.md, Appendix ", "rules.md, "].iter().any(|at| row.source().starts_with(at));
        let verdict = match () {
            () if row.name().is_empty() => Err("it has no name".to_owned()),
            () if !names.insert(row.name()) => Err("another row has this name".to_owned()),
            () if !sourced => Err("its source is no place in domain.md or rules.md".to_owned()),
            () => row.judge(),
        };
        if let Err(why) = verdict {
            wrong.push(format!("fixtures/{file}: {} ({}): {why}", row.name(), row.source()));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    println!("fixtures/{file}: {} rows", rows.len());
}

/// Every code must be the expectation of a row.
pub fn reaches<'a>(file: &str, codes: &[&str], reached: impl Iterator<Item = &'a str>) {
    let reached: BTreeSet<&str> = reached.collect();
    let missing: Vec<_> = codes.iter().filter(|code| !reached.contains(**code)).collect();
    assert!(missing.is_empty(), "fixtures/{file} reaches no row with {missing:?}");
}

/// What a row expects beside what was found; it collects how many things were held against each other.
#[derive(Default)]
pub struct Held {
    asserted: bool,
    wrong: Vec<String>,
}

impl Held {
    /// Holds a field that a row may leave out.
    pub fn maybe<T: PartialEq + Debug>(mut self, field: &str, expected: Option<T>, found: T) -> Self {
        let Some(expected) = expected else { return self };
        self.asserted = true;
        if expected != found {
            self.wrong.push(format!("{field} is {found:?}, not {expected:?}"));
        }
        self
    }

    /// All that is different, or that nothing was asserted.
    pub fn verdict(self) -> Result<(), String> {
        match (self.asserted, self.wrong.is_empty()) {
            (false, _) => Err("it asserts nothing".to_owned()),
            (true, true) => Ok(()),
            (true, false) => Err(self.wrong.join("; ")),
        }
    }
}

struct Sample {
    name: &'static str,
    source: &'static str,
    expects: Option<u8>,
}

fn judge(row: &Sample) -> Result<(), String> {
    Held::default().maybe("the number", row.expects, 1).verdict()
}

named!(Sample, judge);

#[test]
fn a_row_that_asserts_nothing_has_no_source_or_differs_is_told() {
    let sample = |source, expects| Sample { name: "a rule", source, expects };
    let fails = |rows: &[Sample]| std::panic::catch_unwind(|| check("x", rows, 1)).is_err();
    assert!(!fails(&[sample("rules.md, Points", Some(1))]));
    assert!(fails(&[sample("rules.md, Points", Some(2))]), "another number");
    assert!(fails(&[sample("rules.md, Points", None)]), "nothing asserted");
    assert!(fails(&[sample("hearsay", Some(1))]), "no source");
    assert!(fails(&[sample("rules.md, Points", Some(1)), sample("rules.md, Points", Some(1))]), "one name twice");
    assert!(fails(&[]), "no rows");
}
