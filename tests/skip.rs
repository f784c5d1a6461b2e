//! Saying that a test did not run, so that nobody takes it for one that passed.

use std::fs::OpenOptions;
use std::io::Write;

/// Whether a test has to be left out, and says why.
///
/// What a test prints is kept from sight while it passes; so the reason also goes into the file that `BALIE_SKIPS` names,
/// whose lines `cargo xtask test` prints at its end.
pub fn skipped(missing: Option<String>) -> bool {
    let Some(why) = missing else { return false };
    println!("skipped: {why}");
    if let Some(file) = std::env::var_os("BALIE_SKIPS") {
        let written = OpenOptions::new().create(true).append(true).open(file).and_then(|mut f| writeln!(f, "{why}"));
        if let Err(error) = written {
            eprintln!("the reason could not be kept: {error}");
        }
    }
    true
}
