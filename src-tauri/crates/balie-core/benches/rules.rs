//! How long each decision takes and how often it asks for memory, beside a control that decides nothing.
//!
//! `cargo xtask bench rules` reads the table that this prints.

mod decisions;

use divan::{AllocProfiler, Bencher};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

#[divan::bench(args = decisions::ALL.map(|(name, _)| name), sample_count = 400)]
fn decision(bencher: Bencher, name: &str) {
    let prepare = decisions::ALL.iter().find(|(known, _)| *known == name).map(|(_, prepare)| prepare);
    // What cannot be prepared stays out of the table, and the command that reads it says so.
    if let Some(decide) = prepare.and_then(|prepare| prepare()) {
        bencher.bench_local(decide);
    }
}
