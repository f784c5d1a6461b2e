//! The side of the service in the talk with one client, question by question, with the return codes of pcscd 1.9.9.

use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::sync::PoisonError;
use std::thread;

use super::card::Card;
use super::codes::{
    INSUFFICIENT_BUFFER, INVALID_HANDLE, NO_SMARTCARD, PROTO_MISMATCH, READER_UNAVAILABLE, REMOVED_CARD, RESET_CARD,
    SERVICE_STOPPED, SHARING_VIOLATION, SUCCESS, UNKNOWN_READER, UNPOWERED_CARD, UNSUPPORTED_FEATURE,
};
use super::faults::Act;
use super::wire::{MAJOR, MINORS, Question, Verb, two};
use super::world::{Handle, State, World};

const SHARE_EXCLUSIVE: u32 = 1;
const SHARE_DIRECT: u32 = 3;
const LEAVE_CARD: u32 = 0;
const RESET: u32 = 1;

/// One client of the service.
pub(super) struct Client<'a> {
    pub(super) world: &'a World,
    pub(super) id: u32,
    pub(super) stream: &'a UnixStream,
}

impl Client<'_> {
    /// Answers until the client leaves, or is cut.
    pub(super) fn serve(&self) -> io::Result<()> {
        loop {
            let question = Question::read(self.stream)?;
            let reader = self.reader_of(&question);
            match self.world.fault(question.verb, reader.as_deref()) {
                None => self.answer(question)?,
                Some(act) => self.go_wrong(&act, question, &reader.unwrap_or_default())?,
            }
        }
    }

    fn go_wrong(&self, act: &Act, question: Question, reader: &str) -> io::Result<()> {
        match act {
            Act::Code(code) if question.verb == Verb::Wait => {
                return self.world.wait(self.id, self.stream, Some(*code));
            }
            Act::Code(code) => return self.send(&failed(question, *code)),
            Act::Says(answer) if question.verb == Verb::Transmit => return self.send(&says(question, answer)),
            Act::Half => {
                let answer = self.prepare(question);
                self.send(&answer[..answer.len() / 2])?;
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            Act::Dies => {
                self.world.end();
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            Act::TurnsAway => return Err(io::ErrorKind::PermissionDenied.into()),
            Act::Hangs => {
                self.world.hang();
            }
            Act::Late(delay) => thread::sleep(*delay),
            Act::TakesCard => {
                self.world.lay(reader, None, true);
            }
            Act::TakesReader => {
                self.world.unplug(reader, true);
            }
            Act::Says(_) => {}
        }
        self.answer(question)
    }

    fn answer(&self, question: Question) -> io::Result<()> {
        match question.verb {
            Verb::Wait => self.world.wait(self.id, self.stream, None),
            Verb::Unwait => self.world.unwait(self.id, self.stream),
            _ => self.send(&self.prepare(question)),
        }
    }

    fn send(&self, answer: &[u8]) -> io::Result<()> {
        (&mut &*self.stream).write_all(answer)
    }

    /// The reader that a question is about.
    fn reader_of(&self, question: &Question) -> Option<String> {
        match question.verb {
            Verb::Connect => Some(question.reader()),
            Verb::Transmit
            | Verb::Disconnect
            | Verb::Begin
            | Verb::End
            | Verb::Status
            | Verb::Control
            | Verb::Reconnect
            | Verb::Attribute => self.world.lock().handles.get(&question.word(0)).map(|handle| handle.reader.clone()),
            _ => None,
        }
    }

    fn prepare(&self, mut question: Question) -> Vec<u8> {
        match question.verb {
            Verb::Version => version(question),
            Verb::Establish => {
                question.set(1, self.world.establish(self.id));
                question.returns(SUCCESS)
            }
            Verb::Release => {
                self.world.release(self.id);
                question.returns(SUCCESS)
            }
            Verb::List | Verb::Wait => self.world.table(),
            Verb::Events => two(self.world.lock().reader_events, SUCCESS),
            Verb::Cancel => {
                let code = self.world.cancel(question.word(0));
                question.returns(code)
            }
            Verb::Connect => self.connect(question),
            Verb::Reconnect => self.reconnect(question),
            Verb::Disconnect => self.disconnect(question),
            Verb::Transmit => self.transmit(question),
            Verb::Begin | Verb::End | Verb::Status => self.hold(question),
            // No driver, so nothing of what only a driver knows.
            Verb::Control | Verb::Attribute => question.returns(UNSUPPORTED_FEATURE),
            Verb::Accept | Verb::Unwait => two(0, SUCCESS),
        }
    }

    fn connect(&self, mut question: Question) -> Vec<u8> {
        let (name, share, preferred) = (question.reader(), question.word(33), question.word(34));
        let mut state = self.world.lock();
        // As pcscd does: a card that somebody has for himself is waited for.
        while state.reader(&name).is_some_and(|reader| reader.holder.is_some()) {
            state = self.world.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let sharing = state.sharing(&name);
        let protocol = match may_connect(&mut state, &name, share, preferred) {
            Ok(_) if sharing == -1 => return question.returns(SHARING_VIOLATION),
            Ok(protocol) => protocol,
            Err(code) => return question.returns(code),
        };
        question.set(36, protocol);
        if share == SHARE_EXCLUSIVE && sharing != 0 {
            return question.returns(SHARING_VIOLATION);
        }
        let number = state.number();
        let (laying, resets) = state.reader(&name).map(|reader| (reader.laying, reader.resets)).unwrap_or_default();
        let is_exclusive = share == SHARE_EXCLUSIVE;
        if is_exclusive {
            state.harm.push(format!("{name} was taken from every other program"));
        }
        state.handles.insert(number, Handle { client: self.id, reader: name, laying, resets, is_exclusive });
        question.set(35, number);
        question.returns(SUCCESS)
    }

    fn reconnect(&self, mut question: Question) -> Vec<u8> {
        let mut state = self.world.lock();
        let Some(name) = state.handles.get(&question.word(0)).map(|handle| handle.reader.clone()) else {
            return question.returns(INVALID_HANDLE);
        };
        let protocol = match may_connect(&mut state, &name, question.word(1), question.word(2)) {
            Ok(protocol) => protocol,
            Err(code) => return question.returns(code),
        };
        dispose(&mut state, &name, question.word(3));
        let (laying, resets) = state.reader(&name).map(|reader| (reader.laying, reader.resets)).unwrap_or_default();
        if let Some(handle) = state.handles.get_mut(&question.word(0)) {
            (handle.laying, handle.resets) = (laying, resets);
        }
        question.set(4, protocol);
        question.returns(SUCCESS)
    }

    fn disconnect(&self, question: Question) -> Vec<u8> {
        let mut state = self.world.lock();
        let Some(handle) = state.handles.remove(&question.word(0)) else {
            return question.returns(INVALID_HANDLE);
        };
        if let Some(reader) = state.reader(&handle.reader) {
            reader.holder = reader.holder.filter(|holder| *holder != question.word(0));
        }
        dispose(&mut state, &handle.reader, question.word(1));
        self.world.changed.notify_all();
        question.returns(SUCCESS)
    }

    fn transmit(&self, question: Question) -> Vec<u8> {
        let card = {
            let mut state = self.world.lock();
            match usable(&mut state, question.word(0)) {
                Ok((reader, card)) => {
                    if let Some(reader) = state.reader(&reader) {
                        reader.asked.push(question.apdu.clone());
                    }
                    card
                }
                Err(code) => return failed(question, code),
            }
        };
        if question.word(1) != card.protocol {
            return failed(question, PROTO_MISMATCH);
        }
        let answer = card.ask(&question.apdu);
        says(question, &answer)
    }

    /// Beginning and ending to have a card alone, and the question how it does.
    fn hold(&self, question: Question) -> Vec<u8> {
        let (mut state, number) = (self.world.lock(), question.word(0));
        let reader = match usable(&mut state, number) {
            Ok((reader, _)) => reader,
            Err(code) => return question.returns(code),
        };
        let Some(reader) = state.reader(&reader) else { return question.returns(READER_UNAVAILABLE) };
        match question.verb {
            Verb::Begin => reader.holder = Some(number),
            Verb::End => {
                reader.holder = None;
                let name = reader.name.clone();
                dispose(&mut state, &name, question.word(1));
                self.world.changed.notify_all();
            }
            _ => {}
        }
        question.returns(SUCCESS)
    }
}

fn version(mut question: Question) -> Vec<u8> {
    let known = question.word(0) == MAJOR && MINORS.contains(&question.word(1));
    if known {
        return question.returns(SUCCESS);
    }
    question.set(0, MAJOR);
    question.set(1, MINORS.iter().copied().max().unwrap_or_default());
    question.returns(SERVICE_STOPPED)
}

/// The answer to a question that went wrong: a card then said nothing.
fn failed(mut question: Question, code: u32) -> Vec<u8> {
    if question.verb == Verb::Transmit {
        question.set(6, 0);
    }
    question.returns(code)
}

fn says(mut question: Question, answer: &[u8]) -> Vec<u8> {
    let length = u32::try_from(answer.len()).unwrap_or(u32::MAX);
    let room = question.word(6);
    question.set(6, length);
    // Drivers count protocols from T=0, clients by bits.
    question.set(4, question.word(1).saturating_sub(1));
    if length > room {
        return question.returns(INSUFFICIENT_BUFFER);
    }
    [question.returns(SUCCESS), answer.to_vec()].concat()
}

/// The protocol of a connection to the card on this reader, or why there can be none.
fn may_connect(state: &mut State, name: &str, share: u32, preferred: u32) -> Result<u32, u32> {
    let reader = state.reader(name).ok_or(UNKNOWN_READER)?;
    if reader.is_sick {
        return Err(READER_UNAVAILABLE);
    }
    match &reader.card {
        _ if share == SHARE_DIRECT => Ok(0),
        None => Err(NO_SMARTCARD),
        Some(card) if card.mute => Err(UNPOWERED_CARD),
        Some(card) if card.protocol & preferred == 0 => Err(PROTO_MISMATCH),
        Some(card) => Ok(card.protocol),
    }
}

/// The card behind a connection, or why it cannot be used.
fn usable(state: &mut State, number: u32) -> Result<(String, Card), u32> {
    let handle = state.handles.get(&number).ok_or(INVALID_HANDLE)?;
    let (name, laying, resets) = (handle.reader.clone(), handle.laying, handle.resets);
    let reader = state.reader(&name).filter(|reader| !reader.is_sick).ok_or(READER_UNAVAILABLE)?;
    match &reader.card {
        _ if reader.holder.is_some_and(|holder| holder != number) => Err(SHARING_VIOLATION),
        Some(card) if reader.laying == laying && reader.resets == resets => Ok((name, card.clone())),
        Some(_) if reader.laying == laying => Err(RESET_CARD),
        _ => Err(REMOVED_CARD),
    }
}

fn dispose(state: &mut State, name: &str, disposition: u32) {
    if disposition == LEAVE_CARD {
        return;
    }
    state.harm.push(format!("the card on {name} was {}", if disposition == RESET { "reset" } else { "powered off" }));
    if let Some(reader) = state.reader(name) {
        reader.resets += 1;
    }
}
