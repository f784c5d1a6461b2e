//! What goes wrong, and with which question.

use std::time::{Duration, Instant};

use super::wire::Verb;

/// How a question goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// It is answered with this return code. A wait is signalled at once with this code.
    Code(u32),
    /// It is not answered until the service answers again.
    Hangs,
    /// It is answered after a while.
    Late(Duration),
    /// The card answers with these bytes.
    Says(Vec<u8>),
    /// The card is taken just before.
    TakesCard,
    /// The reader is pulled out just before.
    TakesReader,
    /// Half of the answer comes, and then the connection is closed.
    Half,
    /// The connection is closed with the question unread, as pcscd does when polkit gives no permission.
    TurnsAway,
    /// The whole service ends.
    Dies,
}

/// Something that will go wrong.
#[derive(Debug, Clone)]
pub struct Fault {
    verb: Verb,
    /// Only for questions about this reader.
    reader: Option<String>,
    act: Act,
    /// How often it still happens; without end when there is no number.
    times: Option<u32>,
    /// How long it still happens from the first time on; without end when there is no time.
    lasts: Option<Duration>,
    since: Option<Instant>,
}

impl Fault {
    /// A fault that happens once.
    pub fn new(verb: Verb, reader: Option<&str>, act: Act) -> Self {
        Self { verb, reader: reader.map(str::to_owned), act, times: Some(1), lasts: None, since: None }
    }

    /// The same fault this many times, or for ever.
    pub fn times(mut self, times: Option<u32>) -> Self {
        self.times = times;
        self
    }

    /// The same fault for this long, counted from the first time that it happens.
    pub fn lasting(mut self, time: Duration) -> Self {
        (self.times, self.lasts) = (None, Some(time));
        self
    }

    pub(super) fn is_for(&self, verb: Verb, reader: Option<&str>) -> bool {
        self.verb == verb && (self.reader.is_none() || self.reader.as_deref() == reader) && !self.is_over()
    }

    pub(super) fn happen(&mut self) -> Act {
        self.times = self.times.map(|times| times.saturating_sub(1));
        self.since.get_or_insert_with(Instant::now);
        self.act.clone()
    }

    pub(super) fn is_over(&self) -> bool {
        let lasted = self.since.is_some_and(|since| self.lasts.is_some_and(|lasts| since.elapsed() >= lasts));
        lasted || self.times == Some(0)
    }
}
