//! The loop of the reader thread: list the readers, wait for a change, act on it.
//!
//! A context that gave an error is never trusted again: it is dropped and established anew, and no question whether it
//! is valid is ever asked (it says yes after the service restarted). The readers are listed at least once a second,
//! because not every system announces a new one.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{CStr, CString};
use std::time::{Duration, Instant, SystemTime};

use balie_core::card::CardKind;
use balie_core::reader::{CardRead, Face, ReaderEvent, ReaderName, ReaderTrouble};
use pcsc::{Context, Error, PNP_NOTIFICATION, ReaderState, Scope, State};

use crate::device::{self, is_device};
use crate::line::{Over, Turn, lock};
use crate::presence::{Seen, Step};
use crate::read::{Laid, known, read};

/// Between two looks that found nothing to do: some systems report changes without end.
const CALM: Duration = Duration::from_millis(20);

/// Doubles the pause after each failure.
pub(crate) struct BackOff(Duration);

impl BackOff {
    const FIRST: Duration = Duration::from_millis(250);
    /// A service that is back is found within this time; looking whether it is costs next to nothing.
    const LAST: Duration = Duration::from_secs(1);

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
    let mut pause = BackOff::new();
    let mut failures = 0_u32;
    while !turn.over() {
        turn.beat();
        let established = Context::establish(Scope::User);
        let missing = established.is_err();
        let end = established.map_err(End::Service).and_then(|context| {
            turn.waits_in(Some(&context));
            let looked = (SystemTime::now(), Instant::now());
            let mut session =
                Session { turn, context, states: vec![], faces: BTreeMap::new(), new: BTreeSet::new(), looked };
            let end = loop {
                match session.round() {
                    Ok(()) => (failures, pause) = (0, BackOff::new()),
                    Err(end) => break end,
                }
            };
            turn.waits_in(None);
            Err(end)
        });
        // Of a thread that was left behind nobody wants to know any more what it believed.
        if turn.over() {
            return;
        }
        lock(&turn.line.presence).distrust();
        match end {
            Err(End::Over) => return,
            Err(End::Slept) => tracing::info!("the computer slept; the readers are opened anew"),
            Err(End::Service(error)) => {
                failures = failures.saturating_add(1);
                if failures == 1 {
                    tracing::info!(?error, "the smart-card service gave up");
                }
                // One broken context is no news: most often the next one works. And the library says the same of a service that was killed
                // as of one that lets nobody in, so that is asked twice.
                let trouble = of_service(error);
                let is_sure = failures > 1 || missing && trouble == ReaderTrouble::NoService;
                if is_sure && turn.service_missing(trouble).is_err() {
                    return;
                }
                turn.line.stop.wait(pause.next());
            }
            Ok(()) => {}
        }
    }
}

/// What an error that ended a context means for all readers.
fn of_service(error: Error) -> ReaderTrouble {
    match error {
        Error::SecurityViolation | Error::NoAccess => ReaderTrouble::NoPermission(None),
        // It runs and lets nobody in: other programs left no place, or the library does not fit it. Beginning anew helps it, starting it
        // does not.
        Error::NoMemory | Error::ServerTooBusy | Error::CommError | Error::InternalError => ReaderTrouble::ServiceHangs,
        _ => ReaderTrouble::NoService,
    }
}

struct Session<'a> {
    turn: &'a Turn,
    context: Context,
    states: Vec<ReaderState>,
    /// What the slots take by their names.
    faces: BTreeMap<ReaderName, Face>,
    /// The slots that were not looked at yet.
    new: BTreeSet<ReaderName>,
    /// Both clocks as they stood after the last wait, so that no moment is left out.
    looked: (SystemTime, Instant),
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
        let listed: Vec<CString> = match self.context.list_readers(&mut buffer) {
            Ok(names) => names.filter(|name| is_device(&name_of(name))).map(CStr::to_owned).collect(),
            Err(Error::NoReadersAvailable) => vec![],
            Err(error) => return Err(error.into()),
        };
        self.is_ours()?;
        let names: Vec<ReaderName> = listed.iter().map(|name| name_of(name)).collect();
        let by_name = device::readers(&names).into_iter().flat_map(|reader| reader.slots);
        self.faces = by_name.map(|slot| (slot.name, slot.face)).collect();
        let asked = self.turn.line.not_stuck(&names);
        let mut wanted: Vec<CString> =
            listed.into_iter().filter(|name| self.takes_cards(&name_of(name), &asked)).collect();
        if self.turn.line.system.announces_readers {
            wanted.push(PNP_NOTIFICATION().to_owned());
        }
        self.states.retain(|state| wanted.iter().any(|name| name.as_c_str() == state.name()));
        for name in wanted {
            if !self.states.iter().any(|state| state.name() == name.as_c_str()) {
                self.new.insert(name_of(&name));
                self.states.push(ReaderState::new(name, State::UNAWARE));
            }
        }
        let gone = lock(&self.turn.line.presence).keep_only(&names);
        for reader in gone {
            self.tell(ReaderEvent::Removed(reader))?;
        }
        let readers = lock(&self.turn.line.faces).readers(&names);
        self.turn.readers_are(readers)?;
        Ok(())
    }

    /// A turn that was left behind while the service hung notes nothing any more: another one knows better by now.
    fn is_ours(&self) -> Result<(), Over> {
        if self.turn.over() { Err(Over) } else { Ok(()) }
    }

    /// Whether visitors' cards come to this slot, and its driver answers.
    fn takes_cards(&self, slot: &ReaderName, asked: &[ReaderName]) -> bool {
        asked.contains(slot) && self.faces.get(slot) != Some(&Face::Inside)
    }

    /// Waits for a change; `false` when there was none to look at.
    fn wait(&mut self) -> Result<bool, End> {
        let system = self.turn.line.system;
        if self.states.is_empty() {
            self.turn.line.stop.wait(system.wait);
            self.looked = (SystemTime::now(), Instant::now());
            return Ok(false);
        }
        for state in &mut self.states {
            state.sync_current_state();
        }
        let (context, states) = (&self.context, &mut self.states);
        let waited = known(|| context.get_status_change(system.wait, states)).unwrap_or(Err(Error::UnknownError));
        self.is_ours()?;
        let (wall, steady) = std::mem::replace(&mut self.looked, (SystemTime::now(), Instant::now()));
        if system.slept(wall.elapsed().ok(), steady.elapsed()) {
            return Err(End::Slept);
        }
        match waited {
            Ok(()) => Ok(true),
            Err(Error::Timeout | Error::Cancelled) => Ok(false),
            // A reader left between the list and the wait: list again.
            Err(Error::UnknownReader | Error::ReaderUnavailable) => {
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
        let (name, seen) = (name_of(state.name()), seen(state));
        let is_new = self.new.remove(&name);
        let steps = lock(&self.turn.line.presence).see(&name, seen);
        for step in &steps {
            let outcome = match step {
                Step::Taken => {
                    self.tell(ReaderEvent::Removed(name.clone()))?;
                    continue;
                }
                Step::Mute => Err(ReaderTrouble::Mute(name.clone())),
                Step::Read => self.read(at, &name)?,
            };
            let outcome = match outcome {
                Ok(kind) => {
                    lock(&self.turn.line.faces).met(&name, &kind);
                    ReaderEvent::Card(CardRead { reader: name.clone(), kind })
                }
                // Not the card's fault: it is read again once the service is back. A card at which a service breaks that is there again is one
                // that cannot be read.
                Err(trouble) if trouble.is_of_service() => {
                    if lock(&self.turn.line.presence).breaks_first(&name) {
                        return Err(End::Service(Error::NoService));
                    }
                    ReaderEvent::Trouble(ReaderTrouble::Unreadable(name.clone()))
                }
                Err(trouble) => ReaderEvent::Trouble(trouble),
            };
            // A key or a badge that lies in its slot all day, where nobody put it in now.
            let is_at_home =
                is_new && matches!(&outcome, ReaderEvent::Card(CardRead { kind: CardKind::Other { length: 0 }, .. }));
            let news = lock(&self.turn.line.presence).settle(&name, outcome);
            for event in news.into_iter().filter(|event| !is_at_home || matches!(event, ReaderEvent::Removed(_))) {
                self.tell(event)?;
            }
        }
        Ok(!steps.is_empty())
    }

    /// Reads the card in a slot, in this thread and context. The supervisor goes on without this turn where the driver hangs.
    fn read(&self, at: usize, name: &ReaderName) -> Result<Result<CardKind, ReaderTrouble>, End> {
        let Some(state) = self.states.get(at) else { return Err(End::Over) };
        let face = self.faces.get(name).copied().unwrap_or(Face::Unknown);
        let laid = Laid { reader: state.name(), name, face, atr: state.atr() };
        self.turn.reads(Some(name));
        let outcome = known(|| read(self.turn, &self.context, &laid))
            .unwrap_or_else(|| Err(ReaderTrouble::Unreadable(name.clone())));
        self.turn.reads(None);
        self.is_ours()?;
        Ok(outcome)
    }

    /// Tells the desk what happened at a reader, as far as it is to know.
    fn tell(&self, event: ReaderEvent) -> Result<(), Over> {
        let news = lock(&self.turn.line.debounce).take(event, Instant::now());
        for event in news {
            self.turn.tell(event)?;
        }
        Ok(())
    }
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
    fn pauses_grow_from_a_quarter_of_a_second_to_one() {
        let mut pause = BackOff::new();
        let pauses: Vec<_> = (0..5).map(|_| pause.next().as_millis()).collect();
        assert_eq!(pauses, [250, 500, 1000, 1000, 1000]);
    }
}
