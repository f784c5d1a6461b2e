//! One decision so many times over, to have its instructions counted: `count NAME TIMES` under callgrind.
//!
//! The count of the control, taken off, leaves the decisions alone. It repeats to the instruction, on a busy machine too.

mod decisions;

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    // Cargo adds a word of its own at the end.
    let [_, name, times, ..] = words.as_slice() else { return wrong("`count NAME TIMES` is what this wants") };
    let Ok(times) = times.parse::<u32>() else { return wrong("TIMES is a number") };
    let Some((_, prepare)) = decisions::ALL.iter().find(|(known, _)| known == name) else {
        return wrong("there is no decision of this name");
    };
    let Some(decide) = prepare() else { return wrong("the facts do not lead to a yes") };
    (0..times).for_each(|_| decide());
    ExitCode::SUCCESS
}

fn wrong(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::from(2)
}
