//! `cargo xtask bench rules`: what one decision of the core costs, in instructions, time and memory.
//!
//! Instructions repeat to about the last one on any machine, however busy, so they are what fails first. Time is told
//! beside a control that decides nothing, and fails only where even the fastest round is above the target.

use crate::bench::Figure;
use crate::packages::{self, Need};
use crate::shell::{Trouble, answer, cargo, heard, host};
use crate::workspace::Workspace;

/// The most instructions that one decision may take.
const INSTRUCTIONS: f64 = 200_000.0;
/// The most time that one decision may take, in nanoseconds.
const NANOSECONDS: f64 = 20_000.0;
/// How often a decision is made to count its instructions.
const TIMES: u32 = 1_000;

/// The row of the decision that decides nothing.
const CONTROL: &str = "control";

/// Measures every decision that the bench of the core knows.
pub(crate) fn measure(workspace: &Workspace, may_install: bool) -> Result<Vec<Figure>, Trouble> {
    let counts = cfg!(target_os = "linux");
    if counts {
        packages::ensure(Need::Counter, may_install)?;
    } else {
        println!("  instructions are counted on Linux only");
    }
    let mut command = cargo();
    command.args(["bench", "-p", "balie-core", "--bench", "rules"]).current_dir(&workspace.root);
    let rows = rows(&heard(command, "bench `rules`", "correct what the compiler or the bench names")?);
    let control = rows.iter().find(|row| row.name == CONTROL && row.median > 0.0);
    let (Some(control), true) = (control, rows.len() > 1) else {
        let remedy = "it must have a row `control` and one for each decision";
        return Err(Trouble::new("bench `rules` printed no table", remedy));
    };
    let nothing = if counts { instructions(workspace, CONTROL)? } else { 0.0 };
    let mut figures = Vec::new();
    println!();
    for row in rows.iter().filter(|row| row.name != CONTROL) {
        println!("{}", row.told(control));
        if counts {
            let each = (instructions(workspace, &row.name)? - nothing) / f64::from(TIMES);
            figures.push(Figure::new(row.name.clone(), each, INSTRUCTIONS, "instructions"));
        }
        figures.push(row.time());
    }
    Ok(figures)
}

/// All instructions of so many decisions, and of the start of the program.
fn instructions(workspace: &Workspace, name: &str) -> Result<f64, Trouble> {
    let runner = format!("CARGO_TARGET_{}_RUNNER", host().replace(['-', '.'], "_").to_uppercase());
    let times = TIMES.to_string();
    let mut command = cargo();
    command.args(["bench", "-p", "balie-core", "--bench", "count", "--", name, &times]).current_dir(&workspace.root);
    command.env(runner, "valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-fd=1");
    let told = answer(command).unwrap_or_default();
    let count = told.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    count.ok_or_else(|| {
        let remedy =
            format!("see that `valgrind` starts; `cargo bench -p balie-core --bench count -- {name} 1` says more");
        Trouble::new(format!("the instructions of `{name}` were not counted"), remedy)
    })
}

/// What divan found of one decision. Times are in nanoseconds.
#[derive(Debug, PartialEq)]
struct Row {
    name: String,
    fastest: f64,
    median: f64,
    allocations: f64,
}

impl Row {
    fn told(&self, control: &Self) -> String {
        let (times, allocations) = (self.median / control.median, self.allocations);
        format!(
            "{:<10} p50 {:.3} µs, {times:.0} times the control of {:.2} ns; {allocations} allocations",
            self.name,
            self.median / 1_000.0,
            control.median
        )
    }

    /// A busy machine makes the median late, and never the fastest round early.
    fn time(&self) -> Figure {
        let is_met = self.median <= NANOSECONDS;
        let (judged, what) = if is_met { (self.median, "p50") } else { (self.fastest, "fastest round, p50 is above") };
        Figure::new(format!("{} ({what})", self.name), judged / 1_000.0, NANOSECONDS / 1_000.0, "µs")
    }
}

/// Reads the table of divan: a row for each decision, and under it how often it allocated, where it did.
fn rows(lines: &[String]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut counts_follow = false;
    for line in lines {
        let bare = line.trim_start_matches(|letter: char| letter.is_whitespace() || "│├╰─".contains(letter));
        let cells: Vec<&str> = bare.split('│').map(str::trim).collect();
        let [first, _, median, ..] = cells.as_slice() else { continue };
        if let (Some((name, fastest)), Some(median)) = (first.split_once(' '), nanoseconds(median)) {
            if let Some(fastest) = nanoseconds(fastest.trim()) {
                rows.push(Row { name: name.to_owned(), fastest, median, allocations: 0.0 });
            }
        } else if let (true, Some(row), Ok(count)) = (counts_follow, rows.last_mut(), median.parse()) {
            row.allocations = count;
        }
        counts_follow = *first == "alloc:";
    }
    rows
}

fn nanoseconds(text: &str) -> Option<f64> {
    let (number, unit) = text.split_once(' ')?;
    let times = match unit {
        "ns" => 1.0,
        "µs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * times)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
Timer precision: 20 ns
rules           fastest       │ slowest       │ median        │ mean          │ samples │ iters
╰─ decision                   │               │               │               │         │
   ├─ check_in  369.7 ns      │ 10.02 µs      │ 388.7 ns      │ 416.2 ns      │ 400     │ 400
   │            max alloc:    │               │               │               │         │
   │              7           │ 7             │ 7             │ 7             │         │
   │              320 B       │ 320 B         │ 320 B         │ 320 B         │         │
   │            alloc:        │               │               │               │         │
   │              2           │ 2             │ 2             │ 2             │         │
   │              320 B       │ 320 B         │ 320 B         │ 320 B         │         │
   ├─ control   1 ns          │ 1.039 ns      │ 1.01 ns       │ 1.01 ns       │ 400     │ 819200
   ╰─ redeem    19.4 µs       │ 237.6 ms      │ 23.5 µs       │ 23.8 µs       │ 400     │ 6400
";

    #[test]
    fn the_table_of_divan_is_read() {
        let row = |name: &str, fastest, median, allocations| Row { name: name.into(), fastest, median, allocations };
        let expected = [
            row("check_in", 369.7, 388.7, 2.0),
            row("control", 1.0, 1.01, 0.0),
            row("redeem", 19_400.0, 23_500.0, 0.0),
        ];
        assert_eq!(rows(&TABLE.lines().map(String::from).collect::<Vec<_>>()), expected);
    }

    #[test]
    fn a_busy_machine_does_not_fail_the_time() {
        let row = |fastest, median| Row { name: "a".into(), fastest, median, allocations: 0.0 };
        assert!(row(500.0, 600.0).time().is_met());
        assert!(row(19_400.0, 23_500.0).time().is_met());
        assert!(!row(20_100.0, 23_500.0).time().is_met());
    }
}
