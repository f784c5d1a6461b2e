//! A stand-in of the smart-card service, on the socket between the client library of pcsc-lite and pcscd.
//!
//! The virtual readers of a real pcscd ([`crate::pcscd`]) can be neither plugged nor pulled out, and its errors cannot be
//! ordered. So this speaks pcscd's own protocol, and the real library, the real binding and our real watch run against
//! it. What differs from pcscd is only that readers, cards and troubles are made by a test. Stories told as text are
//! played by [`player`].
//!
//! Not here: drivers, so neither commands for the reader itself nor its attributes.

use std::fs;
use std::io::{self, Read};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tempfile::TempDir;

pub mod card;
mod client;
pub mod codes;
pub mod faults;
pub mod player;
pub mod storm;
pub mod talk;
mod trace;
pub mod wire;
mod world;

use card::Card;
use client::Client;
use faults::{Act, Fault};
use wire::Verb;
use world::World;

/// How much a client has sent when it has sent its whole header and begun with its first question.
const FIRST_WORDS: usize = 9;

/// A smart-card service with a socket of its own. It ends when this is dropped.
pub struct StandIn {
    world: Arc<World>,
    _folder: TempDir,
    listening: Option<JoinHandle<()>>,
}

impl StandIn {
    /// A service that does not run yet: for whoever meets it, the service is missing.
    pub fn prepare() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("balie-service-").tempdir()?;
        let world = Arc::new(World::new(folder.path().join("pcscd.comm")));
        Ok(Self { world, _folder: folder, listening: None })
    }

    /// Starts the service, unless it runs. Readers and cards are where they were; every count begins anew.
    pub fn start(&mut self) -> io::Result<()> {
        if self.world.is_alive() {
            return Ok(());
        }
        self.stop();
        let listener = UnixListener::bind(self.socket())?;
        self.world.begin();
        let world = Arc::clone(&self.world);
        self.listening = Some(thread::Builder::new().name("service".into()).spawn(move || listen(&world, &listener))?);
        Ok(())
    }

    /// Ends the service as a crash does: every connection is cut, and the socket's file stays behind.
    pub fn die(&mut self) {
        self.world.end();
        if let Some(thread) = self.listening.take() {
            let _ = thread.join();
        }
    }

    /// Ends the service as the system does: the socket's file is gone too.
    pub fn stop(&mut self) {
        self.die();
        // There is none when the service never ran.
        let _ = fs::remove_file(self.socket());
    }

    /// What a program needs to find this service instead of the one of the system; it holds over restarts.
    pub fn env(&self) -> Vec<(String, String)> {
        vec![("PCSCLITE_CSOCK_NAME".into(), self.socket().display().to_string())]
    }

    /// Plugs a reader in; `false` when it is there already, or there is no room.
    pub fn plug(&self, reader: &str) -> bool {
        self.world.plug(reader, true)
    }

    /// Pulls a reader out, and hands back what lay on it; nothing when there is no such reader.
    pub fn unplug(&self, reader: &str) -> Option<Option<Card>> {
        self.world.unplug(reader, true)
    }

    /// Lays a card on a reader; `false` when there is no such reader.
    pub fn lay(&self, reader: &str, card: Card) -> bool {
        self.world.lay(reader, Some(card), true)
    }

    /// Takes the card from a reader; `false` when there is no such reader.
    pub fn take(&self, reader: &str) -> bool {
        self.world.lay(reader, None, true)
    }

    /// Sets the count of cards that came and went, which has 16 bits.
    pub fn set_counter(&self, reader: &str, counter: u16) -> bool {
        self.world.change(reader, |reader| reader.counter = counter)
    }

    /// Makes the driver of a reader report nothing but errors, or makes it well.
    pub fn set_sick(&self, reader: &str, is_sick: bool) -> bool {
        self.world.change(reader, |reader| reader.is_sick = is_sick)
    }

    /// Makes the card on a reader unresponsive, or responsive again.
    pub fn set_mute(&self, reader: &str, is_mute: bool) -> bool {
        self.world.change(reader, |reader| {
            if let Some(card) = &mut reader.card {
                card.mute = is_mute;
            }
        })
    }

    /// Resets the card on a reader, as another program may do.
    pub fn reset(&self, reader: &str) -> bool {
        self.world.change(reader, |reader| reader.resets += 1)
    }

    /// Lets something go wrong.
    pub fn plan(&self, fault: Fault) {
        self.world.plan(fault);
    }

    /// Forgets everything that is still to go wrong, and lets go of whatever hangs.
    pub fn answer_again(&self) {
        self.world.answer_again();
    }

    /// How many questions went wrong so far.
    pub fn went_wrong(&self) -> usize {
        self.world.went_wrong()
    }

    /// How many connections are open.
    pub fn clients(&self) -> usize {
        self.world.clients()
    }

    /// The APDUs that reached a card on this reader since this was last asked.
    pub fn asked(&self, reader: &str) -> Vec<Vec<u8>> {
        self.world.lock().reader(reader).map(|reader| reader.asked.split_off(0)).unwrap_or_default()
    }

    /// What clients did that other programs would suffer from: cards that were reset, or taken for one alone.
    pub fn harm(&self) -> Vec<String> {
        self.world.lock().harm.clone()
    }

    /// Where the service is reached.
    pub fn socket(&self) -> &Path {
        self.world.socket()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.stop();
    }
}

fn listen(world: &Arc<World>, listener: &UnixListener) {
    for stream in listener.incoming().map_while(Result::ok) {
        // Those who came meanwhile stay unheard, and are cut when the service ends: so it is with a pcscd that hangs.
        let act = world.fault(Verb::Accept, None);
        if act == Some(Act::Hangs) {
            world.hang();
        }
        if !world.is_alive() {
            return;
        }
        if act == Some(Act::TurnsAway) {
            turn_away(&stream);
            continue;
        }
        let Ok((id, stream)) = world.enter(stream) else { continue };
        let shared = Arc::clone(world);
        let thread = thread::Builder::new().name("service-client".into()).spawn(move || {
            // A client that left, was cut or spoke nonsense: in each case the talk is over.
            let _ = Client { world: &shared, id, stream: &stream }.serve();
            shared.leave(id);
        });
        if thread.is_err() {
            world.leave(id);
        }
    }
}

/// Closes a connection with the first question unread, which the client's side of the system tells it.
fn turn_away(mut stream: &UnixStream) {
    // A client that says nothing is not waited for; then it only sees that nobody answers.
    let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
    let _ = stream.read_exact(&mut [0; FIRST_WORDS]);
}
