//! What the service of the stand-in sees: readers and cards, and who is connected. It lives on while the service does not.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::card::Card;
use super::codes::{CANCELLED, INVALID_HANDLE, SUCCESS};
use super::faults::{Act, Fault};
use super::wire::{Row, SLOTS, Verb, two};

const UNKNOWN: u32 = 0x01;
const ABSENT: u32 = 0x02;
const PRESENT: u32 = 0x04;
const SWALLOWED: u32 = 0x08;
const POWERED: u32 = 0x10;
const NEGOTIABLE: u32 = 0x20;
/// Nobody reads so slowly, and a world that waits for a client stands still.
const PATIENCE: Duration = Duration::from_secs(5);

/// A reader, with what lies on it.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) name: String,
    /// Its driver reports nothing but errors.
    pub(super) is_sick: bool,
    pub(super) counter: u16,
    pub(super) card: Option<Card>,
    /// Which laying this is, so that a connection knows its card from the next.
    pub(super) laying: u32,
    pub(super) resets: u32,
    /// The connection that has the card for itself.
    pub(super) holder: Option<u32>,
    pub(super) asked: Vec<Vec<u8>>,
}

impl Reader {
    fn state(&self) -> u32 {
        match &self.card {
            _ if self.is_sick => UNKNOWN,
            None => ABSENT,
            Some(card) if card.mute => PRESENT | SWALLOWED,
            Some(_) => PRESENT | POWERED | NEGOTIABLE,
        }
    }
}

/// A connection to a card.
pub(super) struct Handle {
    pub(super) client: u32,
    pub(super) reader: String,
    pub(super) laying: u32,
    pub(super) resets: u32,
    pub(super) is_exclusive: bool,
}

struct Client {
    stream: Arc<UnixStream>,
    context: u32,
    waits: bool,
}

#[derive(Default)]
pub(super) struct State {
    /// Counts starts and ends of the service; odd while it runs.
    life: u32,
    /// Counts how often whatever hung was let go.
    wakes: u32,
    slots: [Option<Reader>; SLOTS],
    clients: BTreeMap<u32, Client>,
    pub(super) handles: BTreeMap<u32, Handle>,
    faults: Vec<Fault>,
    went_wrong: usize,
    last_number: u32,
    pub(super) reader_events: u32,
    pub(super) harm: Vec<String>,
}

impl State {
    /// A number that nobody had before, over restarts too: the client library knows contexts by it.
    pub(super) fn number(&mut self) -> u32 {
        self.last_number += 1;
        self.last_number
    }

    pub(super) fn readers(&mut self) -> impl Iterator<Item = &mut Reader> {
        self.slots.iter_mut().flatten()
    }

    pub(super) fn reader(&mut self, name: &str) -> Option<&mut Reader> {
        self.readers().find(|reader| reader.name == name)
    }

    /// How many connections there are to this reader; `-1` for one that lets nobody else in.
    pub(super) fn sharing(&self, reader: &str) -> i32 {
        let mut ours = self.handles.values().filter(|handle| handle.reader == reader);
        if ours.clone().any(|handle| handle.is_exclusive) {
            return -1;
        }
        ours.by_ref().fold(0, |count, _| count + 1)
    }

    fn table(&self) -> Vec<u8> {
        let mut table = vec![];
        for slot in &self.slots {
            let Some(reader) = slot else {
                Row::default().write(&mut table);
                continue;
            };
            let sharing = self.sharing(&reader.name);
            let awake = reader.card.as_ref().filter(|card| !card.mute && !reader.is_sick);
            let protocol = awake.filter(|_| sharing != 0).map_or(0, |card| card.protocol);
            let row = Row {
                name: &reader.name,
                counter: u32::from(reader.counter),
                state: reader.state(),
                sharing,
                atr: awake.map_or(&[], |card| &card.atr),
                protocol,
            };
            row.write(&mut table);
        }
        table
    }

    /// Tells everybody who waits; each is told once. Who has left is noticed by the thread that reads from it.
    fn signal(&mut self) {
        for client in self.clients.values_mut().filter(|client| client.waits) {
            client.waits = false;
            let _ = (&*client.stream).write_all(&two(0, SUCCESS));
        }
    }

    fn let_go(&mut self, handles: impl Fn(&Handle) -> bool) {
        self.handles.retain(|_, handle| !handles(handle));
        let State { slots, handles, .. } = self;
        for reader in slots.iter_mut().flatten() {
            reader.holder = reader.holder.filter(|holder| handles.contains_key(holder));
        }
    }
}

/// The world, shared by the test and by one thread for each client.
pub(super) struct World {
    socket: PathBuf,
    state: Mutex<State>,
    pub(super) changed: Condvar,
}

impl World {
    /// A world without readers, whose service is reached at this socket.
    pub(super) fn new(socket: PathBuf) -> Self {
        Self { socket, state: Mutex::default(), changed: Condvar::new() }
    }

    pub(super) fn socket(&self) -> &Path {
        &self.socket
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a life of the service; a fresh service counts from zero and has no faults.
    pub(super) fn begin(&self) {
        let mut state = self.lock();
        state.life += 1;
        state.faults.clear();
        // A connection may still have been made while the last life ended.
        state.let_go(|_| true);
        state.readers().for_each(|reader| (reader.counter, reader.resets) = (0, 0));
    }

    /// Ends the life of the service: every connection is cut.
    pub(super) fn end(&self) {
        let mut state = self.lock();
        state.life += state.life % 2;
        for client in state.clients.values() {
            // A client that left is as cut as it gets.
            let _ = client.stream.shutdown(Shutdown::Both);
        }
        state.clients.clear();
        state.let_go(|_| true);
        self.changed.notify_all();
        drop(state);
        // Whoever waits for a client is woken by one; nobody may be waiting any more.
        let _ = UnixStream::connect(&self.socket);
    }

    pub(super) fn is_alive(&self) -> bool {
        self.lock().life % 2 == 1
    }

    /// Stands still until the service answers again; says whether it still lives then.
    pub(super) fn hang(&self) -> bool {
        let state = self.lock();
        let (life, wakes) = (state.life, state.wakes);
        let still = |state: &mut State| state.life == life && state.wakes == wakes;
        self.changed.wait_while(state, still).unwrap_or_else(PoisonError::into_inner).life == life
    }

    /// Forgets every fault and lets go of whatever hangs.
    pub(super) fn answer_again(&self) {
        let mut state = self.lock();
        state.faults.clear();
        state.wakes += 1;
        self.changed.notify_all();
    }

    pub(super) fn plan(&self, fault: Fault) {
        self.lock().faults.push(fault);
    }

    /// What is to go wrong with this question, if anything.
    pub(super) fn fault(&self, verb: Verb, reader: Option<&str>) -> Option<Act> {
        let mut state = self.lock();
        let mut planned = state.faults.iter_mut();
        let fault = planned.find(|fault| fault.is_for(verb, reader))?;
        let act = fault.happen();
        state.faults.retain(|fault| !fault.is_over());
        state.went_wrong += 1;
        Some(act)
    }

    pub(super) fn went_wrong(&self) -> usize {
        self.lock().went_wrong
    }

    /// Lets a client in.
    pub(super) fn enter(&self, stream: UnixStream) -> io::Result<(u32, Arc<UnixStream>)> {
        stream.set_write_timeout(Some(PATIENCE))?;
        let (mut state, stream) = (self.lock(), Arc::new(stream));
        let client = state.number();
        state.clients.insert(client, Client { stream: Arc::clone(&stream), context: 0, waits: false });
        Ok((client, stream))
    }

    /// A client left, and everything that it had is free again.
    pub(super) fn leave(&self, client: u32) {
        let mut state = self.lock();
        state.clients.remove(&client);
        state.let_go(|handle| handle.client == client);
        self.changed.notify_all();
    }

    pub(super) fn clients(&self) -> usize {
        self.lock().clients.len()
    }

    pub(super) fn establish(&self, client: u32) -> u32 {
        let mut state = self.lock();
        let context = state.number();
        if let Some(client) = state.clients.get_mut(&client) {
            client.context = context;
        }
        context
    }

    pub(super) fn release(&self, client: u32) {
        self.lock().let_go(|handle| handle.client == client);
        self.changed.notify_all();
    }

    pub(super) fn table(&self) -> Vec<u8> {
        self.lock().table()
    }

    /// Sends the table and notes that this client waits, before anything else can happen.
    pub(super) fn wait(&self, client: u32, mut stream: &UnixStream, signal: Option<u32>) -> io::Result<()> {
        let mut state = self.lock();
        let table = state.table();
        if let Some(client) = state.clients.get_mut(&client) {
            client.waits = signal.is_none();
        }
        stream.write_all(&table)?;
        signal.map_or(Ok(()), |code| stream.write_all(&two(0, code)))
    }

    /// Notes that a client waits no more. It is answered only when it was not signalled before.
    pub(super) fn unwait(&self, client: u32, mut stream: &UnixStream) -> io::Result<()> {
        let mut state = self.lock();
        match state.clients.get_mut(&client) {
            Some(client) if client.waits => {
                client.waits = false;
                stream.write_all(&two(0, SUCCESS))
            }
            _ => Ok(()),
        }
    }

    /// Ends the wait in this context, for whoever asks.
    pub(super) fn cancel(&self, context: u32) -> u32 {
        let mut state = self.lock();
        let Some(client) = state.clients.values_mut().find(|client| client.context == context && context != 0) else {
            return INVALID_HANDLE;
        };
        if client.waits {
            client.waits = false;
            // A client that left needs no word.
            let _ = (&*client.stream).write_all(&two(0, CANCELLED));
        }
        SUCCESS
    }

    /// Plugs a reader in; `tell` says whether those who wait are told of it.
    pub(super) fn plug(&self, name: &str, tell: bool) -> bool {
        self.happen(tell, |state| {
            let reader = Reader { name: name.to_owned(), ..Reader::default() };
            let is_new = state.reader(name).is_none();
            let Some(slot) = state.slots.iter_mut().find(|slot| slot.is_none() && is_new) else { return false };
            *slot = Some(reader);
            state.reader_events += 1;
            true
        })
    }

    /// Pulls a reader out, with what lies on it; a card that lies on it is handed back.
    pub(super) fn unplug(&self, name: &str, tell: bool) -> Option<Option<Card>> {
        self.happen(tell, |state| {
            let of = |slot: &&mut Option<Reader>| slot.as_ref().is_some_and(|reader| reader.name == name);
            let reader = state.slots.iter_mut().find(of)?.take();
            state.reader_events += 1;
            reader.map(|reader| reader.card)
        })
    }

    /// Lays a card on a reader, or takes the one that lies there.
    pub(super) fn lay(&self, name: &str, card: Option<Card>, tell: bool) -> bool {
        self.happen(tell, |state| {
            let laying = state.number();
            let Some(reader) = state.reader(name) else { return false };
            // Counts as pcscd does, which goes on with zero after 16 bits are full.
            reader.counter = reader.counter.wrapping_add(1);
            (reader.card, reader.laying) = (card, laying);
            true
        })
    }

    /// Changes a reader in any other way.
    pub(super) fn change(&self, name: &str, change: impl FnOnce(&mut Reader)) -> bool {
        self.happen(true, |state| state.reader(name).map(change).is_some())
    }

    fn happen<T>(&self, tell: bool, what: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let outcome = what(&mut state);
        if tell {
            state.signal();
        }
        self.changed.notify_all();
        outcome
    }
}
