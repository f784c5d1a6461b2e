//! A long day at the readers: a real pcscd with four virtual readers, and the watch of `balie-card` in a process of its own.
//!
//! `cargo xtask soak` lays ten thousand cards; the tests lay fewer.
#![cfg(target_os = "linux")]

use std::env;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use balie_tests::pcscd::{Pcscd, stage_missing};
use balie_tests::skip::skipped;
use balie_tests::virtual_card::{Behaviour, VirtualCard};
use balie_tests::watcher::Watcher;

/// How many cards are laid unless `BALIE_TAPS` says so.
const TAPS: u64 = 1_000;
/// How much memory the watch may have more after the day than after its first taps, in KiB: what the allocator of the system moves about,
/// and no more after ten thousand taps than after a thousand.
const MORE_MEMORY_KIB: u64 = 256;
/// How soon a service that is back must be found.
const FOUND_AGAIN: Duration = Duration::from_secs(2);

fn stage() -> io::Result<Option<(Pcscd, Watcher)>> {
    if skipped(stage_missing()) {
        return Ok(None);
    }
    let mut pcscd = Pcscd::prepare_four()?;
    pcscd.run()?;
    let watcher = watcher(&pcscd)?;
    watcher.tells_readers(&Pcscd::FOUR);
    Ok(Some((pcscd, watcher)))
}

fn watcher(pcscd: &Pcscd) -> io::Result<Watcher> {
    Watcher::start(env!("CARGO_BIN_EXE_watch"), pcscd.env(), &[])
}

/// Lays a card that nobody laid before on one of the readers, and holds that it is told once, and its removal too.
fn tap(pcscd: &Pcscd, watcher: &Watcher, number: u64) -> io::Result<()> {
    let ports = pcscd.all_ports();
    let place = usize::try_from(number).map_err(io::Error::other)? % ports.len();
    let (reader, chip) = (Pcscd::FOUR[place], format!("04{number:012X}"));
    let card = VirtualCard::lay(ports[place], Behaviour::honest(&chip))?;
    watcher.tells(&format!("card\t{reader}\t{chip}"));
    card.take();
    watcher.tells(&format!("removed\t{reader}"));
    Ok(())
}

#[test]
fn no_tap_is_missed_or_doubled_and_nothing_stays_open() -> io::Result<()> {
    let Some((pcscd, watcher)) = stage()? else { return Ok(()) };
    let taps = env::var("BALIE_TAPS").ok().and_then(|taps| taps.parse().ok()).unwrap_or(TAPS).max(200);
    let began = Instant::now();
    let held = |watcher: &Watcher| Ok::<_, io::Error>((watcher.open_files()?, watcher.threads()?));
    let (mut first, mut memory) = (None, 0);
    for number in 0..taps {
        tap(&pcscd, &watcher, number)?;
        if number == 100 {
            (first, memory) = (Some(held(&watcher)?), watcher.own_memory_kib()?);
        }
    }
    watcher.is_quiet();
    let (last, memory_then) = (held(&watcher)?, watcher.own_memory_kib()?);
    println!(
        "{taps} taps on four readers in {:?}: none missed, none doubled; (files, threads) {last:?}, memory {memory} and then {memory_then} KiB",
        began.elapsed()
    );
    assert_eq!(Some(last), first, "files and threads");
    assert!(memory_then <= memory + MORE_MEMORY_KIB, "{memory} KiB became {memory_then}");
    Ok(())
}

#[test]
fn a_service_that_restarts_twenty_times_is_found_again_within_two_seconds() -> io::Result<()> {
    let Some((mut pcscd, watcher)) = stage()? else { return Ok(()) };
    let mut longest = Duration::ZERO;
    let files = watcher.open_files()?;
    for restart in 0..20 {
        if restart % 2 == 0 {
            pcscd.stop()
        } else {
            pcscd.kill()
        }
        watcher.tells("trouble\tno service");
        // Away for a moment, or for so long that the watch looks only now and then.
        thread::sleep(Duration::from_millis(100 + 173 * (restart % 10)));
        pcscd.run()?;
        let back = Instant::now();
        watcher.tells_readers(&Pcscd::FOUR);
        longest = longest.max(back.elapsed());
        tap(&pcscd, &watcher, restart)?;
    }
    println!("20 restarts, found again after {longest:?} at most");
    assert!(longest <= FOUND_AGAIN, "{longest:?}");
    assert_eq!(watcher.open_files()?, files);
    Ok(())
}

#[test]
fn every_reader_is_idle_without_work() -> io::Result<()> {
    let Some((mut pcscd, watcher)) = stage()? else { return Ok(()) };
    let worked = |watcher: &Watcher| {
        let before = watcher.worked_ticks()?;
        thread::sleep(Duration::from_secs(10));
        Ok::<_, io::Error>(watcher.worked_ticks()? - before)
    };
    let with = worked(&watcher)?;
    pcscd.stop();
    watcher.tells("trouble\tno service");
    let without = worked(&watcher)?;
    println!("in ten seconds without a card: {with} ticks with four readers, {without} without a service");
    // A loop that does not wait works for a thousand ticks in ten seconds.
    assert!(with <= 5 && without <= 5, "{with} and {without} ticks of a hundredth of a second");
    Ok(())
}

#[test]
fn a_service_that_dies_while_a_card_is_asked_is_found_again() -> io::Result<()> {
    let Some((mut pcscd, watcher)) = stage()? else { return Ok(()) };
    let port = pcscd.all_ports()[2];
    let late = VirtualCard::lay(port, Behaviour::Late(Duration::from_secs(2), vec![4, 1, 2, 3, 4, 5, 6]))?;
    while late.heard().iter().all(|message| message.len() == 1) {
        thread::sleep(Duration::from_millis(5));
    }
    pcscd.kill();
    watcher.tells("trouble\tno service");
    late.take();
    pcscd.run()?;
    // Of a card that was never told there is nothing to take back.
    watcher.tells_readers(&Pcscd::FOUR);
    tap(&pcscd, &watcher, 7)
}

#[test]
fn answers_of_every_length_and_any_status_word_do_no_harm() -> io::Result<()> {
    let Some((pcscd, watcher)) = stage()? else { return Ok(()) };
    let ports = pcscd.all_ports();
    let status = [[0x90, 0x00], [0x6A, 0x82], [0x63, 0x00], [0x6C, 0x07], [0x61, 0x10], [0xFF, 0xFF], [0x00, 0x00]];
    for length in 0_usize..=255 {
        let place = length % ports.len();
        let bytes: Vec<u8> = (0..length).map(|at| u8::try_from((at * 7 + length) % 256).unwrap_or_default()).collect();
        let card =
            VirtualCard::lay(ports[place], Behaviour::Says([&bytes[..], &status[length % status.len()]].concat()))?;
        let told = watcher.next().unwrap_or_default();
        let reader = Pcscd::FOUR[place];
        assert!(
            told.starts_with(&format!("card\t{reader}\t")) || told.starts_with("trouble\t") && told.ends_with(reader),
            "{length} bytes: {told}"
        );
        card.take();
        watcher.tells(&format!("removed\t{reader}"));
    }
    tap(&pcscd, &watcher, 1)
}
