//! The loop of the reader thread: list the readers, wait for a change, act on it.
//!
//! A context that gave an error is never trusted again: it is dropped and established anew, and no question whether it
//! is valid is ever asked (it says yes after the service restarted). The readers are listed at least once a second,
//! because not every system announces a new one.

use std::ffi::{CStr, CString};
use std::time::{Duration, SystemTime};

use balie_core::reader::{CardRead, ReaderEvent, ReaderName, ReaderTrouble};
use pcsc::{Context, Error, PNP_NOTIFICATION, ReaderState, Scope, State};

use crate::line::{Over, Turn, lock};
use crate::presence::{Seen, Step};
use crate::read::Readings;

const WAIT: Duration = Duration::from_secs(1);
/// A wait of one second that took this long by the clock on the wall: the computer slept.
const SLEPT: Duration = Duration::from_secs(30);
const READ_LIMIT: Duration = Duration::from_secs(3);
/// Between two looks that found nothing to do: some systems report changes without end.
const CALM: Duration = Duration::from_millis(20);

/// Doubles the pause after each failure.
pub(crate) struct BackOff(Duration);

impl BackOff {
    const FIRST: Duration = Duration::from_millis(250);
    const LAST: Duration = Duration::from_secs(2);

    pub(crate) fn new() -> Self {
        Self(Self::FIRST)
    }

    pub(crate) fn next(&mut self) -> Duration {
        let pause = self.0;
        self.0 = (pause * 2).min(Self::LAST);
        pause
    }
}

enum End {
    Over,
    Slept,
    Service(Error),
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        Self::Service(error)
    }
}

impl From<Over> for End {
    fn from(_: Over) -> Self {
        Self::Over
    }
}

/// Watches the readers until the turn is over.
pub(crate) fn watch(turn: &Turn) {
    let mut readings = Readings::default();
    let mut pause = BackOff::new();
    let mut failures = 0_u32;
    while !turn.over() {
        turn.beat();
        let established = Context::establish(Scope::User);
        let missing = established.is_err();
        let end = established.map_err(End::Service).and_then(|context| {
            turn.waits_in(Some(&context));
            let mut session = Session { turn, context, readings: &mut readings, states: vec![], names: None };
            let end = loop {
                match session.round() {
                    Ok(()) => (failures, pause) = (0, BackOff::new()),
                    Err(end) => break end,
                }
            };
            turn.waits_in(None);
            Err(end)
        });
        lock(&turn.line.presence).distrust();
        match end {
            Err(End::Over) => return,
            Err(End::Slept) => tracing::info!("the computer slept; the readers are opened anew"),
            Err(End::Service(error)) => {
                failures = failures.saturating_add(1);
                if failures == 1 {
                    tracing::info!(?error, "the smart-card service gave up");
                }
                // One broken context is no news: most often the next one works.
                if (missing || failures > 1) && turn.service_missing().is_err() {
                    return;
                }
                turn.line.stop.wait(pause.next());
            }
            Ok(()) => {}
        }
    }
}

struct Session<'a> {
    turn: &'a Turn,
    context: Context,
    readings: &'a mut Readings,
    states: Vec<ReaderState>,
    names: Option<Vec<ReaderName>>,
}

impl Session<'_> {
    fn round(&mut self) -> Result<(), End> {
        self.turn.beat();
        if self.turn.over() {
            return Err(End::Over);
        }
        self.list()?;
        if !self.wait()? {
            return Ok(());
        }
        let mut acted = false;
        for at in 0..self.states.len() {
            acted |= self.look(at)?;
        }
        if !acted {
            self.turn.line.stop.wait(CALM);
        }
        Ok(())
    }

    fn list(&mut self) -> Result<(), End> {
        let mut buffer = [0_u8; 4096];
        let mut readers: Vec<CString> = match self.context.list_readers(&mut buffer) {
            Ok(names) => names.map(CStr::to_owned).collect(),
            Err(Error::NoReadersAvailable) => vec![],
            Err(error) => return Err(error.into()),
        };
        let names: Vec<ReaderName> = readers.iter().map(|name| name_of(name)).collect();
        if announces_readers() {
            readers.push(PNP_NOTIFICATION().to_owned());
        }
        self.states.retain(|state| readers.iter().any(|name| name.as_c_str() == state.name()));
        for name in readers {
            if !self.states.iter().any(|state| state.name() == name.as_c_str()) {
                self.states.push(ReaderState::new(name, State::UNAWARE));
            }
        }
        let gone = lock(&self.turn.line.presence).keep_only(&names);
        for reader in gone {
            self.turn.tell(ReaderEvent::Removed(reader))?;
        }
        if self.turn.service_found() || self.names.as_ref() != Some(&names) {
            self.names = Some(names.clone());
            self.turn.tell(ReaderEvent::Readers(names))?;
        }
        Ok(())
    }

    /// Waits for a change; `false` when there was none to look at.
    fn wait(&mut self) -> Result<bool, End> {
        if self.states.is_empty() {
            self.turn.line.stop.wait(WAIT);
            return Ok(false);
        }
        for state in &mut self.states {
            state.sync_current_state();
        }
        let began = SystemTime::now();
        let waited = self.context.get_status_change(WAIT, &mut self.states);
        if began.elapsed().is_ok_and(|elapsed| elapsed > SLEPT) {
            return Err(End::Slept);
        }
        match waited {
            Ok(()) => Ok(true),
            Err(Error::Timeout | Error::Cancelled) => Ok(false),
            // A reader left between the list and the wait: list again.
            Err(Error::UnknownReader) => {
                self.turn.line.stop.wait(CALM);
                self.states.clear();
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Acts on what one reader shows; says whether there was anything to do.
    fn look(&mut self, at: usize) -> Result<bool, End> {
        let Some(state) = self.states.get(at).filter(|state| state.name() != PNP_NOTIFICATION()) else {
            return Ok(false);
        };
        let (reader, name, seen) = (state.name().to_owned(), name_of(state.name()), seen(state));
        let steps = lock(&self.turn.line.presence).see(&name, seen);
        for step in &steps {
            self.turn.beat();
            let outcome = match step {
                Step::Taken => {
                    self.turn.tell(ReaderEvent::Removed(name.clone()))?;
                    continue;
                }
                Step::Mute => Err(ReaderTrouble::Unreadable(name.clone())),
                Step::Read => self.readings.read(&reader, &name, READ_LIMIT),
            };
            let outcome = match outcome {
                Ok(kind) => ReaderEvent::Card(CardRead { reader: name.clone(), kind }),
                // Not the card's fault: it is read again once the service is back.
                Err(ReaderTrouble::NoService) => {
                    lock(&self.turn.line.presence).distrust_one(&name);
                    return Err(End::Service(Error::NoService));
                }
                Err(trouble) => ReaderEvent::Trouble(trouble),
            };
            let news = lock(&self.turn.line.presence).settle(&name, outcome);
            for event in news {
                self.turn.tell(event)?;
            }
        }
        Ok(!steps.is_empty())
    }
}

/// Whether the system has a pseudo reader that announces other readers. Without it pcscd returns at once when there is
/// no reader; macOS does not know it.
fn announces_readers() -> bool {
    cfg!(not(target_os = "macos"))
}

fn name_of(reader: &CStr) -> ReaderName {
    ReaderName(reader.to_string_lossy().into_owned())
}

fn seen(state: &ReaderState) -> Seen {
    let flags = state.event_state();
    Seen {
        present: flags.contains(State::PRESENT),
        mute: flags.contains(State::MUTE),
        count: u16::try_from(state.event_count()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_from_a_quarter_of_a_second_to_two() {
        let mut pause = BackOff::new();
        let pauses: Vec<_> = (0..5).map(|_| pause.next().as_millis()).collect();
        assert_eq!(pauses, [250, 500, 1000, 2000, 2000]);
    }
}
