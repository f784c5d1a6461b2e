//! From the event of a card to its identifier: the watch of `balie-card`, a program in C on libpcsclite, and npm nfc-pcsc.
//!
//! **What is measured.** The event is the return of `SCardGetStatusChange` with the card. pcscd looks for a virtual card at
//! intervals, so what passes before that is the same for everybody, and told as information only. Our watch and C have the
//! identifier when `SCardTransmit` returns with it; an application of nfc-pcsc has it when the event `card` runs. One meter
//! (`meter.c`) takes these moments in all three programs; only the event in JavaScript tells its own, of the same clock.
//!
//! **What is told beside it.** Whoever waits at the channel of the watch has the identifier a moment later, which is noted
//! just before it is printed. The service, its driver and the card take the same of everybody, so that even C was only four
//! to five times as fast as nfc-pcsc: where it stands is told each time, and so is what remains without the exchange with
//! the card (all of `SCardTransmit`), for which a real card takes a time of its own.
//!
//! **What is the same.** Every card is laid at each of the three, one after the other, and who is first changes with each
//! card. Each has a pcscd of its own: several programs at one service wait for each other's command at the reader, and then
//! the order in which they attached decides.

mod idle;
mod moments;
mod programs;
mod stand;
mod tally;

use std::error::Error;
use std::io;

use balie_tests::pcscd::{Pcscd, stage_missing};

use crate::figure::{Figure, median, spread};
use idle::Idle;
use programs::{Tools, Which};
use stand::Stand;

/// Our p50 beside that of C, and beside that of nfc-pcsc: at least five times as fast (performance.md §4.1).
const TARGETS: [f64; 2] = [1.3, 0.2];
/// Microseconds of a processor that watching may take in each second in which nothing happens: a thousandth of it.
const IDLE: f64 = 1_000.0;
/// What the watch may hold of the memory after all those taps, in MB.
const MEMORY: f64 = 2.0;
/// Every order of the three, so that each comes as often after each of the others.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [1, 0, 2], [2, 1, 0], [0, 2, 1], [2, 0, 1], [1, 2, 0]];
/// The taps are looked at in so many parts, which shows how far the ratios repeat.
const PARTS: usize = 10;

/// The microseconds between two moments of each card.
struct Took {
    /// From the card to the event.
    event: Vec<f64>,
    /// From the event to the answer of the card.
    answer: Vec<f64>,
    /// From the event until whoever waits for it has it.
    told: Vec<f64>,
    /// The same, without the exchange with the card.
    apart: Vec<f64>,
}

pub(crate) fn measure(taps: u32) -> Result<Vec<Figure>, Box<dyn Error>> {
    if let Some(why) = stage_missing() {
        return Err(why.into());
    }
    if !Pcscd::runs_side_by_side()? {
        return Err("three services at once need namespaces, and this machine gives none".into());
    }
    let tools = Tools::build()?;
    let mut stands: Vec<Stand> =
        Which::ALL.into_iter().map(|which| Stand::set(&tools, which)).collect::<io::Result<_>>()?;
    for (tap, order) in (0..taps).zip(ORDERS.into_iter().cycle()) {
        for at in order {
            stands[at].tap(tap)?;
        }
    }
    println!("{taps} taps at each, in turn:");
    let mut figures = Vec::new();
    let mut times = Vec::new();
    for stand in &mut stands {
        let (which, found) = (stand.program.which, stand.tally());
        println!("  {}: {} missed, {} double", which.name(), found.missed, found.double);
        if which == Which::Ours {
            figures.push(Figure::of("reader_missed", count(found.missed)?, 0.0, "taps"));
            figures.push(Figure::of("reader_double", count(found.double)?, 0.0, "taps"));
        }
        times.push(took(&tools, stand, usize::try_from(taps)? - found.missed)?);
    }
    figures.splice(0..0, speed(&times)?);

    println!("while no card is there, after those taps:");
    let programs: Vec<_> = stands.iter().map(|stand| &stand.program).collect();
    let attached = idle::look_on(&tools, &programs)?;
    drop(stands);
    println!("without any reader:");
    let bare = idle::without_readers(&tools)?;
    let ours = |found: &[Idle], of: fn(&Idle) -> f64| found.first().map_or(f64::NAN, of);
    figures.push(Figure::of("reader_idle", ours(&attached, Idle::us_per_second), IDLE, "µs/s"));
    figures.push(Figure::of("reader_idle_bare", ours(&bare, Idle::us_per_second), IDLE, "µs/s"));
    figures.push(Figure::of("reader_memory", ours(&attached, |idle| idle.pss_mb), MEMORY, "MB"));
    Ok(figures)
}

fn count(cards: usize) -> Result<f64, Box<dyn Error>> {
    Ok(u32::try_from(cards)?.into())
}

/// Tells how long everything took in one program, for every card that it told.
fn took(tools: &Tools, stand: &Stand, cards: usize) -> Result<Took, Box<dyn Error>> {
    let mut took = Took { event: vec![], answer: vec![], told: vec![], apart: vec![] };
    for (laid, read) in stand.reads(tools)? {
        let since = |from: i64, until: i64| (until - from) as f64 / 1e3;
        took.event.push(since(laid.at_ns, read.seen_ns));
        took.answer.push(since(read.seen_ns, read.answered_ns));
        if let Some(told) = read.told_ns.map(|at| since(read.seen_ns, at)) {
            took.told.push(told);
            took.apart.push(told - since(read.asked_ns, read.answered_ns));
        }
    }
    let name = stand.program.which.name();
    let tells_apart = stand.program.which != Which::C;
    if took.answer.len() < cards || (tells_apart && took.told.len() != cards) {
        let (answers, told) = (took.answer.len(), took.told.len());
        return Err(format!("the meter in {name} saw {answers} answers and {told} lines of {cards} cards").into());
    }
    spread(&format!("  {name}, card to event (for information)"), &took.event, "µs");
    spread(&format!("  {name}, event to identifier"), &took.answer, "µs");
    if tells_apart {
        spread(&format!("  {name}, event to whoever waits for it"), &took.told, "µs");
    }
    Ok(took)
}

/// Our watch beside the two others.
fn speed(took: &[Took]) -> Result<Vec<Figure>, Box<dyn Error>> {
    let [ours, c, nfc] = took else { return Err("there are not three programs".into()) };
    ratio("C beside nfc-pcsc (for information)", &c.answer, &nfc.told);
    ratio("who waits for our watch, beside nfc-pcsc (for information)", &ours.told, &nfc.told);
    ratio("the same without the exchange with the card (for information)", &ours.apart, &nfc.apart);
    let [beside_c, beside_nfc] = [
        ratio("our watch beside C", &ours.answer, &c.answer),
        ratio("our watch beside nfc-pcsc", &ours.answer, &nfc.told),
    ];
    Ok(vec![Figure::times("reader", beside_c, TARGETS[0]), Figure::times("reader_nfc", beside_nfc, TARGETS[1])])
}

/// One p50 beside another, and how far that repeats in the parts of the run.
fn ratio(what: &str, one: &[f64], other: &[f64]) -> f64 {
    let part = |all: &[f64]| all.len().div_ceil(PARTS).max(1);
    let parts = one.chunks(part(one)).zip(other.chunks(part(other)));
    let mut ratios: Vec<f64> = parts.map(|(one, other)| median(one) / median(other)).collect();
    ratios.sort_by(f64::total_cmp);
    let ratio = median(one) / median(other);
    if let [least, .., most] = ratios[..] {
        println!("  {what}: {ratio:.3} times; in tenths of the taps {least:.3} to {most:.3}");
    }
    ratio
}
