//! What the programs cost while no card is there.

use std::fs;
use std::io;
use std::thread::sleep;
use std::time::Duration;

use balie_tests::pcscd::Pcscd;

use super::programs::{Program, Tools, Which};

/// So long nothing happens.
const SECONDS: u32 = 20;
/// After so long a program has done everything that belongs to its start.
const SETTLED: Duration = Duration::from_secs(3);

/// What a program costs.
pub(crate) struct Idle {
    /// Milliseconds of a processor in all those seconds.
    cpu_ms: f64,
    /// How often its threads went to sleep in each second, so how often they woke.
    wakes: f64,
    /// What it alone uses, and its part of what it shares, in MB.
    pub(crate) pss_mb: f64,
    rss_mb: f64,
}

impl Idle {
    /// Microseconds of a processor in each second.
    pub(crate) fn us_per_second(&self) -> f64 {
        self.cpu_ms * 1e3 / f64::from(SECONDS)
    }

    fn told(&self, which: Which) -> String {
        let Self { cpu_ms, wakes, pss_mb, rss_mb } = self;
        let name = which.name();
        format!(
            "{name}: {cpu_ms:.2} ms of CPU in {SECONDS} s, {wakes:.1} wake-ups a second, {pss_mb:.1} MB (RSS {rss_mb:.1} MB)"
        )
    }
}

/// Starts the programs at a service that has no reader, and looks on.
pub(crate) fn without_readers(tools: &Tools) -> io::Result<Vec<Idle>> {
    let pcscd = Pcscd::start_without_readers()?;
    let programs: Vec<Program> =
        Which::ALL.into_iter().map(|which| Program::start(tools, which, &pcscd, false)).collect::<io::Result<_>>()?;
    look_on(tools, &programs.iter().collect::<Vec<_>>())
}

/// Looks on while nothing happens, and tells what each program cost.
pub(crate) fn look_on(tools: &Tools, programs: &[&Program]) -> io::Result<Vec<Idle>> {
    sleep(SETTLED);
    let before = (tools.cpu(programs)?, wakes(programs)?);
    sleep(Duration::from_secs(SECONDS.into()));
    let after = (tools.cpu(programs)?, wakes(programs)?);
    let mut found = Vec::new();
    for (at, program) in programs.iter().enumerate() {
        let idle = Idle {
            cpu_ms: after.0[at] - before.0[at],
            wakes: (after.1[at] - before.1[at]) / f64::from(SECONDS),
            pss_mb: memory(program, "Pss:")?,
            rss_mb: memory(program, "Rss:")?,
        };
        println!("  {}", idle.told(program.which));
        found.push(idle);
    }
    Ok(found)
}

fn wakes(programs: &[&Program]) -> io::Result<Vec<f64>> {
    let of = |program: &&Program| {
        let mut all = 0.0;
        for thread in fs::read_dir(format!("/proc/{}/task", program.pid()))? {
            all += number(&fs::read_to_string(thread?.path().join("status"))?, "voluntary_ctxt_switches:")?;
        }
        Ok(all)
    };
    programs.iter().map(of).collect()
}

fn memory(program: &Program, line: &str) -> io::Result<f64> {
    let told = fs::read_to_string(format!("/proc/{}/smaps_rollup", program.pid()))?;
    Ok(number(&told, line)? / 1024.0)
}

/// The number behind a name at the beginning of a line.
fn number(told: &str, name: &str) -> io::Result<f64> {
    let rest = told.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    let number = rest.split_whitespace().next().and_then(|number| number.parse().ok());
    number.ok_or_else(|| io::Error::other(format!("the system tells no {name}")))
}
