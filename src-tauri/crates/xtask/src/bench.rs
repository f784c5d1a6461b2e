//! `cargo xtask bench`: one figure for each bench, compared with its target.

use crate::shell::{Trouble, cargo, heard};
use crate::workspace::Workspace;

/// Each bench with the package that it stands in.
const BENCHES: [(&str, &str); 1] = [("sell", "balie-desk")];

type Bench = (&'static str, &'static str);

/// The benches that were asked for: one by name, or all.
pub(crate) fn named(words: &[String]) -> Result<Vec<Bench>, Trouble> {
    match words {
        [] => Ok(BENCHES.to_vec()),
        [name] => match BENCHES.iter().find(|(known, _)| known == name) {
            Some(bench) => Ok(vec![*bench]),
            None => Err(Trouble::words(format!("there is no bench `{name}`"))),
        },
        _ => Err(Trouble::words("`bench` takes one name")),
    }
}

/// Runs the benches and prints their figures on the last lines.
pub(crate) fn bench(benches: Vec<Bench>) -> Result<(), Trouble> {
    let workspace = Workspace::find()?;
    let mut figures = Vec::new();
    for (name, package) in benches {
        let mut command = cargo();
        command.args(["bench", "-p", package, "--bench", name]).current_dir(&workspace.root);
        let lines = heard(command, &format!("bench `{name}`"), "correct what the compiler or the bench names")?;
        let figure = lines.iter().filter_map(|line| Figure::parse(line)).rfind(|figure| figure.name == name);
        figures.push(figure.ok_or_else(|| {
            Trouble::new(format!("bench `{name}` printed no figure"), "it must print `FIGURE name=… ratio=… target=…`")
        })?);
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

/// What a bench found: so many times the cost of its yardstick, where at most `target` times is good.
#[derive(Debug, PartialEq)]
struct Figure {
    name: String,
    ratio: f64,
    target: f64,
}

impl Figure {
    fn parse(line: &str) -> Option<Self> {
        let words = line.trim().strip_prefix("FIGURE ")?;
        let field = |name: &str| words.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        let number = |name| field(name)?.parse().ok().filter(|number: &f64| number.is_finite());
        Some(Self { name: field("name")?.into(), ratio: number("ratio")?, target: number("target")? })
    }

    fn is_met(&self) -> bool {
        self.ratio <= self.target
    }

    fn told(&self) -> String {
        let verdict = if self.is_met() { "met" } else { "MISSED" };
        format!("{}: {:.2} times its yardstick, target at most {:.2}: {verdict}", self.name, self.ratio, self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_read_from_its_line() {
        let figure = Figure::parse("FIGURE name=sell ratio=1.42 target=1.6 unit=x").unwrap();
        assert_eq!(figure, Figure { name: "sell".into(), ratio: 1.42, target: 1.6 });
        assert!(figure.is_met());
        assert_eq!(figure.told(), "sell: 1.42 times its yardstick, target at most 1.60: met");
    }

    #[test]
    fn a_figure_without_numbers_is_none() {
        for line in ["FIGURE name=sell ratio=NaN target=1.6", "FIGURE name=sell ratio=1", "figure", ""] {
            assert_eq!(Figure::parse(line), None, "{line}");
        }
    }

    #[test]
    fn a_missed_target_is_said() {
        let figure = Figure::parse("FIGURE name=sell ratio=1.7 target=1.6").unwrap();
        assert!(figure.told().ends_with("MISSED"));
    }

    #[test]
    fn only_known_benches_are_named() {
        assert_eq!(named(&[]).unwrap().len(), BENCHES.len());
        assert_eq!(named(&["sell".into()]).unwrap(), [("sell", "balie-desk")]);
        assert_eq!(named(&["buy".into()]).unwrap_err().code, 2);
    }
}
