//! Answers at random. A seed makes the world and its troubles, so the same storm can blow again; which of its answers a
//! watch gets to hear depends on the moment, too.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::StandIn;
use super::card::Card;
use super::codes::{self, CODES};
use super::faults::{Act, Fault};
use super::wire::{LONGEST_ATR, Verb};

const READERS: [&str; 3] = ["Storm 0", "Storm 1", "Stürm 2"];
/// Questions whose failing costs the watch a card.
const OF_CARDS: [Verb; 4] = [Verb::Connect, Verb::Transmit, Verb::Transmit, Verb::Disconnect];
/// Questions whose failing costs the watch its context, and a pause.
const OF_SERVICES: [Verb; 7] =
    [Verb::Accept, Verb::Version, Verb::Establish, Verb::List, Verb::Wait, Verb::Unwait, Verb::Release];

/// A source of events that nobody would think of.
pub struct Storm {
    random: StdRng,
    said: Arc<AtomicUsize>,
}

impl Storm {
    /// The storm of this seed.
    pub fn new(seed: u64) -> Self {
        Self { random: StdRng::seed_from_u64(seed), said: Arc::default() }
    }

    /// How often a card answered at random.
    pub fn said(&self) -> usize {
        self.said.load(Ordering::Relaxed)
    }

    /// Lets one thing happen.
    pub fn blow(&mut self, service: &mut StandIn) {
        let reader = self.one_of(&READERS);
        match self.random.random_range(0..1000) {
            0..30 => drop(service.plug(reader)),
            30..34 => drop(service.unplug(reader)),
            840..860 => drop(service.take(reader)),
            860..862 => drop(service.set_mute(reader, true)),
            862..870 => drop(service.set_mute(reader, false)),
            870 => drop(service.set_sick(reader, true)),
            871..875 => drop(service.set_sick(reader, false)),
            875..880 => drop(service.set_counter(reader, self.random.random())),
            880..890 => drop(service.reset(reader)),
            // Each end of the service costs the watch a quarter of a second or more.
            890 if self.random.random_ratio(1, 4) => service.die(),
            891 if self.random.random_ratio(1, 4) => service.stop(),
            892..900 => service.answer_again(),
            900..902 => service.plan(self.fault(&OF_SERVICES)),
            902..908 => service.plan(self.fault(&OF_CARDS)),
            _ => {
                service.take(reader);
                service.lay(reader, self.card());
            }
        }
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.random.random_range(0..all.len())]
    }

    fn bytes(&mut self, lengths: RangeInclusive<usize>) -> Vec<u8> {
        let length = self.random.random_range(lengths);
        (0..length).map(|_| self.random.random()).collect()
    }

    fn card(&mut self) -> Card {
        // The library waits for a card without an ATR, so such a one is rare.
        let shortest = usize::from(!self.random.random_ratio(1, 200));
        let (atr, answer) = (self.bytes(shortest..=LONGEST_ATR), self.bytes(0..=300));
        // Protocols that there are not, too.
        let protocol = if self.random.random_ratio(1, 50) { self.random.random_range(0..8) } else { Card::T1 };
        let said = Arc::clone(&self.said);
        Card::answering(&atr, protocol, move |_| {
            said.fetch_add(1, Ordering::Relaxed);
            answer.clone()
        })
    }

    fn fault(&mut self, verbs: &[Verb]) -> Fault {
        let verb = self.one_of(verbs);
        let act = match self.random.random_range(0..10) {
            // Any number at all, too: libraries and drivers have codes of their own.
            0 if self.random.random_ratio(1, 4) => Act::Code(self.random.random()),
            1 => Act::Half,
            2 => Act::Late(Duration::from_millis(self.random.random_range(0..30))),
            3 | 4 => Act::Says(self.bytes(0..=300)),
            5 => Act::TakesCard,
            6 => Act::TakesReader,
            7 if verb == Verb::Accept => Act::TurnsAway,
            // Mostly what says something of a card; the others are taken for the end of the service.
            _ if OF_CARDS.contains(&verb) && self.random.random_ratio(9, 10) => {
                let code = self.one_of(&["SCARD_W_REMOVED_CARD", "SCARD_E_NO_SMARTCARD", "SCARD_W_RESET_CARD"]);
                Act::Code(codes::code(code).unwrap_or_default())
            }
            _ => Act::Code(self.one_of(&CODES).1),
        };
        let is_for_the_table = matches!(verb, Verb::List | Verb::Unwait | Verb::Accept);
        let act = if is_for_the_table && matches!(act, Act::Code(_)) { Act::Half } else { act };
        Fault::new(verb, None, act).times(Some(self.random.random_range(1..4)))
    }
}
