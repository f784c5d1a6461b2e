//! One program at a service of its own, and the cards that are laid there.

use std::io;
use std::thread::sleep;
use std::time::{Duration, Instant};

use balie_tests::pcscd::Pcscd;
use balie_tests::virtual_card::{Behaviour, VirtualCard};
use rustix::time::{ClockId, clock_gettime};

use super::moments::{self, Read};
use super::programs::{Program, Tools, Which};
use super::tally::{Tally, tally};

/// Many times as long as anything takes: what was not told by then is missed.
const LIMIT: Duration = Duration::from_secs(5);
/// So many cards may be missed before laying more is no use.
const MOST_MISSED: usize = 20;
/// So long everything rests before a card is taken and before the next is laid.
const REST: Duration = Duration::from_millis(5);
/// By then a second line about the last card would have come.
const LATE: Duration = Duration::from_secs(1);

/// A card that was laid.
pub(crate) struct Laid {
    pub(crate) at_ns: i64,
    pub(crate) reader: &'static str,
    pub(crate) chip: String,
}

/// A program with a pcscd and two readers for itself.
pub(crate) struct Stand {
    // Ends before the service does.
    pub(crate) program: Program,
    pcscd: Pcscd,
    laid: Vec<Laid>,
    told: Vec<String>,
    missed: usize,
}

impl Stand {
    /// Starts the service and the program, and waits until it has seen both readers.
    pub(crate) fn set(tools: &Tools, which: Which) -> io::Result<Self> {
        let pcscd = Pcscd::start()?;
        let program = Program::start(tools, which, &pcscd, true)?;
        let mut stand = Self { program, pcscd, laid: vec![], told: vec![], missed: 0 };
        if stand.waits_for(&format!("readers\t{}", Pcscd::READERS.join("\t"))) {
            return Ok(stand);
        }
        Err(io::Error::other(format!("{} does not see its readers", which.name())))
    }

    /// Lays a card that never lay there before, and takes it away when the program has told it.
    pub(crate) fn tap(&mut self, number: u32) -> io::Result<()> {
        let side = usize::from(number % 2 == 1);
        let (port, reader) = (self.pcscd.ports()[side], Pcscd::READERS[side]);
        // 0x04 as the cards of UiTPAS have it; the rest is invented.
        let chip = format!("04BA11{number:08X}");
        self.laid.push(Laid { at_ns: now_ns(), reader, chip: chip.clone() });
        let card = VirtualCard::lay(port, Behaviour::honest(&chip))?;
        if !self.waits_for(&format!("card\t{reader}\t")) {
            self.missed += 1;
        }
        sleep(REST);
        card.take();
        if !self.waits_for(&format!("removed\t{reader}")) || self.missed > MOST_MISSED {
            let lines = self.told.iter().rev().take(5).rev().cloned().collect::<Vec<_>>().join("\n");
            return Err(io::Error::other(format!("{} lost sight of its readers:\n{lines}", self.program.which.name())));
        }
        sleep(REST);
        Ok(())
    }

    /// Waits until a line begins like this; says whether one did.
    fn waits_for(&mut self, beginning: &str) -> bool {
        let since = Instant::now();
        while let Some(line) = self.program.line(LIMIT.saturating_sub(since.elapsed())) {
            let found = line.starts_with(beginning);
            self.told.push(line);
            if found {
                return true;
            }
        }
        false
    }

    /// Counts what was not told, and what was told too often.
    pub(crate) fn tally(&mut self) -> Tally {
        while let Some(line) = self.program.line(LATE) {
            self.told.push(line);
        }
        tally(&self.laid, &self.told)
    }

    /// When each card was seen and read, in the order in which they were laid.
    pub(crate) fn reads(&self, tools: &Tools) -> io::Result<Vec<(&Laid, Read)>> {
        let mut reads = moments::read(&tools.moments(self.program.which))?;
        if self.program.which == Which::NfcPcsc {
            moments::told_by_itself(&mut reads, &self.told);
        }
        Ok(self.laid.iter().filter_map(|laid| Some((laid, reads.remove(&laid.chip)?))).collect())
    }
}

/// The clock of the meter.
fn now_ns() -> i64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec * 1_000_000_000 + now.tv_nsec
}
