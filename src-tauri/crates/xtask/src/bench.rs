//! `cargo xtask bench`: one figure for each bench, compared with its target.

use crate::packages::{self, Need};
use crate::powercut;
use crate::reader;
use crate::rules;
use crate::shell::{Trouble, cargo, heard};
use crate::window;
use crate::workspace::Workspace;

/// Measures one thing; the second word is whether it may install what it needs.
type Measure = fn(&Workspace, bool) -> Result<Vec<Figure>, Trouble>;

const BENCHES: [(&str, Measure); 8] = [
    ("sell", |workspace, _| told_by(workspace, "balie-desk", "sell", &[])),
    ("rules", rules::measure),
    ("durable", durable),
    ("start", |workspace, _| told_by(workspace, "balie-store", "start", &["--features", "rehearsal"])),
    ("upload", |workspace, _| told_by(workspace, "balie-desk", "upload", &[])),
    ("snapshot", |workspace, _| told_by(workspace, "balie-store", "snapshot", &[])),
    ("window", window::measure),
    ("reader", reader::measure),
];

/// What was asked for: one bench by name, or all.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    name: Option<&'static str>,
    no_install: bool,
}

impl Wanted {
    pub(crate) fn parse(words: &[String]) -> Result<Self, Trouble> {
        let mut wanted = Self::default();
        for word in words {
            match BENCHES.iter().find(|(known, _)| known == word) {
                _ if word == "--no-install" => wanted.no_install = true,
                None => return Err(Trouble::words(format!("there is no bench `{word}`"))),
                Some(_) if wanted.name.is_some() => return Err(Trouble::words("`bench` takes one name")),
                Some((name, _)) => wanted.name = Some(name),
            }
        }
        Ok(wanted)
    }
}

/// Runs the benches and prints their figures on the last lines.
pub(crate) fn bench(wanted: &Wanted) -> Result<(), Trouble> {
    let workspace = Workspace::find()?;
    let mut figures = Vec::new();
    for (_, measure) in BENCHES.iter().filter(|(name, _)| wanted.name.is_none_or(|wanted| wanted == *name)) {
        figures.extend(measure(&workspace, !wanted.no_install)?);
    }
    println!();
    for figure in &figures {
        println!("{}", figure.told());
    }
    match figures.iter().find(|figure| !figure.is_met()) {
        None => Ok(()),
        Some(figure) => Err(Trouble::new(
            format!("bench `{}` misses its target", figure.name),
            "run it again on a quiet machine; if it stays, look for what became slower since the last good commit",
        )),
    }
}

/// The figures that a bench tells by itself.
fn told_by(workspace: &Workspace, package: &str, name: &str, words: &[&str]) -> Result<Vec<Figure>, Trouble> {
    let mut command = cargo();
    command.args(["bench", "-p", package, "--bench", name]).args(words).current_dir(&workspace.root);
    let lines = heard(command, &format!("bench `{name}`"), "correct what the compiler or the bench names")?;
    figures(&lines, name)
}

/// The figures in what a bench printed, which are useless without the one that has its name.
pub(crate) fn figures(lines: &[String], name: &str) -> Result<Vec<Figure>, Trouble> {
    let figures: Vec<Figure> = lines.iter().filter_map(|line| Figure::parse(line)).collect();
    if figures.iter().any(|figure| figure.name == name) {
        return Ok(figures);
    }
    let remedy = format!("it must print `FIGURE name={name} ratio=… target=…`");
    Err(Trouble::new(format!("bench `{name}` printed no figure"), remedy))
}

/// Recording an act beside a bare sync, and how often it is synced, which the recorder of the power cuts sees.
fn durable(workspace: &Workspace, may_install: bool) -> Result<Vec<Figure>, Trouble> {
    if !cfg!(target_os = "linux") {
        println!("  syncs are counted on Linux only");
        return told_by(workspace, "balie-store", "durable", &[]);
    }
    packages::ensure(Need::Compiler, may_install)?;
    let folder = workspace.scratch("durable");
    let unusable = |why| Trouble::new(format!("{}: {why}", folder.display()), "see that it can be written");
    std::fs::create_dir_all(&folder).map_err(unusable)?;
    let recorder = powercut::recorder(workspace, &folder)?;
    let recording = folder.join("recording");
    let words = [recorder.to_string_lossy(), recording.to_string_lossy()];
    told_by(workspace, "balie-store", "durable", &["--", &words[0], &words[1]])
}

/// What a bench found, where at most `target` is good.
#[derive(Debug, PartialEq)]
pub(crate) struct Figure {
    name: String,
    value: f64,
    target: f64,
    unit: String,
}

impl Figure {
    pub(crate) fn new(name: String, value: f64, target: f64, unit: &str) -> Self {
        Self { name, value, target, unit: unit.to_owned() }
    }

    /// A figure that a bench tells itself is a ratio, so many times the cost of its yardstick, or a value with its unit.
    fn parse(line: &str) -> Option<Self> {
        let words = line.trim().strip_prefix("FIGURE ")?;
        let field = |name: &str| words.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        let number = |name| field(name)?.parse().ok().filter(|number: &f64| number.is_finite());
        let (value, unit) = match number("ratio") {
            Some(ratio) => (ratio, "times its yardstick"),
            None => (number("value")?, field("unit")?),
        };
        Some(Self::new(field("name")?.into(), value, number("target")?, unit))
    }

    pub(crate) fn is_met(&self) -> bool {
        self.value <= self.target
    }

    fn told(&self) -> String {
        let Self { name, value, target, unit } = self;
        let verdict = if self.is_met() { "met" } else { "MISSED" };
        let decimals = if *target < 1_000.0 { 2 } else { 0 };
        format!("{name}: {value:.decimals$} {unit}, target at most {target:.decimals$}: {verdict}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_read_from_its_line() {
        let figure = Figure::parse("FIGURE name=sell ratio=1.42 target=1.6 unit=x").unwrap();
        assert_eq!(figure, Figure::new("sell".into(), 1.42, 1.6, "times its yardstick"));
        assert!(figure.is_met());
        assert_eq!(figure.told(), "sell: 1.42 times its yardstick, target at most 1.60: met");
    }

    #[test]
    fn a_figure_can_have_a_unit() {
        let figure = Figure::parse("FIGURE name=durable_most value=1 target=1 unit=syncs").unwrap();
        assert_eq!(figure.told(), "durable_most: 1.00 syncs, target at most 1.00: met");
        assert_eq!(Figure::parse("FIGURE name=start value=0.4 target=1"), None);
    }

    #[test]
    fn a_figure_without_numbers_is_none() {
        for line in ["FIGURE name=sell ratio=NaN target=1.6", "FIGURE name=sell ratio=1", "figure", ""] {
            assert_eq!(Figure::parse(line), None, "{line}");
        }
    }

    #[test]
    fn a_bench_without_its_own_figure_failed() {
        let lines = ["7 taps", "FIGURE name=reader_idle value=1 target=2 unit=ms"].map(String::from);
        assert_eq!(figures(&lines, "reader_idle").unwrap().len(), 1);
        assert!(figures(&lines, "reader").is_err());
    }

    #[test]
    fn a_missed_target_is_said() {
        let figure = Figure::parse("FIGURE name=sell ratio=1.7 target=1.6").unwrap();
        assert!(figure.told().ends_with("MISSED"));
        let counted = Figure::new("quote".into(), 10_817.1, 200_000.0, "instructions");
        assert_eq!(counted.told(), "quote: 10817 instructions, target at most 200000: met");
    }

    #[test]
    fn only_known_benches_are_named() {
        let parse = |line: &str| Wanted::parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>()).ok();
        assert_eq!(parse(""), Some(Wanted::default()));
        assert_eq!(parse("rules --no-install"), Some(Wanted { name: Some("rules"), no_install: true }));
        assert_eq!(parse("buy"), None);
        assert_eq!(parse("sell rules"), None);
    }
}
