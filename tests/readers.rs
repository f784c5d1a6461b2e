//! Cards at the readers: a real pcscd, virtual readers and cards, and the watch of `balie-card` in a process of its own.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use balie_tests::pcscd::{Pcscd, stage_missing};
use balie_tests::skip::skipped;
use balie_tests::virtual_card::{A_SECOND_TAP, Behaviour, EidCard, VirtualCard};
use balie_tests::watcher::{QUIET, Watcher};

const CHIP: &str = "04363CDAEE3880";
const OTHER_CHIP: &str = "04A1B2C3D4E5F6";
const LEFT: &str = Pcscd::READERS[0];
const RIGHT: &str = Pcscd::READERS[1];

fn watch(pcscd: &Pcscd, words: &[&str]) -> io::Result<Watcher> {
    Watcher::start(env!("CARGO_BIN_EXE_watch"), pcscd.env(), words)
}

/// A service with two readers and a watch that has seen them, or nothing where the stage is missing.
fn stage() -> io::Result<Option<(Pcscd, Watcher)>> {
    if skipped(stage_missing()) {
        return Ok(None);
    }
    let pcscd = Pcscd::start()?;
    let watcher = watch(&pcscd, &[])?;
    watcher.tells_readers(&Pcscd::READERS);
    Ok(Some((pcscd, watcher)))
}

/// Starts another program, which takes the card on a reader for itself.
fn hold(pcscd: &Pcscd, reader: &str) -> io::Result<Child> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("hold.c"), include_str!("stage/hold.c"))?;
    let cc = Command::new("cc")
        .args(["-Wall", "-I/usr/include/PCSC", "-o", "hold", "hold.c", "-lpcsclite"])
        .current_dir(folder.path())
        .status()?;
    assert!(cc.success());
    Command::new(folder.path().join("hold"))
        .arg(reader)
        .envs(pcscd.env())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
}

#[test]
fn the_chip_number_of_a_card_is_read() -> io::Result<()> {
    let Some((pcscd, watcher)) = stage()? else { return Ok(()) };
    let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(CHIP))?;
    watcher.tells(&format!("card\t{LEFT}\t{CHIP}"));
    card.take();
    watcher.tells(&format!("removed\t{LEFT}"));
    Ok(())
}

#[test]
fn every_reader_is_read() -> io::Result<()> {
    let Some((pcscd, watcher)) = stage()? else { return Ok(()) };
    for (port, reader, chip) in [(pcscd.ports()[0], LEFT, CHIP), (pcscd.ports()[1], RIGHT, OTHER_CHIP)] {
        let card = VirtualCard::lay(port, Behaviour::honest(chip))?;
        watcher.tells(&format!("card\t{reader}\t{chip}"));
        card.take();
        watcher.tells(&format!("removed\t{reader}"));
    }
    watcher.is_quiet();
    Ok(())
}

#[test]
fn a_resting_card_is_one_event_and_laid_again_it_is_two() -> io::Result<()> {
    let Some((pcscd, watcher)) = stage()? else { return Ok(()) };
    for _ in 0..2 {
        let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(CHIP))?;
        watcher.tells(&format!("card\t{LEFT}\t{CHIP}"));
        watcher.is_quiet();
        card.take();
        watcher.tells(&format!("removed\t{LEFT}"));
        thread::sleep(A_SECOND_TAP);
    }
    watcher.is_quiet();
    Ok(())
}

#[test]
fn the_same_card_again_at_once_is_one_tap_and_another_card_is_not() -> io::Result<()> {
    let Some((pcscd, watcher)) = stage()? else { return Ok(()) };
    let port = pcscd.ports()[0];
    let card = VirtualCard::lay(port, Behaviour::honest(CHIP))?;
    watcher.tells(&format!("card\t{LEFT}\t{CHIP}"));
    card.take();
    watcher.tells(&format!("removed\t{LEFT}"));
    for _ in 0..3 {
        let card = VirtualCard::lay(port, Behaviour::honest(CHIP))?;
        watcher.is_quiet();
        assert!(card.told().is_some(), "it was read");
        card.take();
    }
    let _other = VirtualCard::lay(port, Behaviour::honest(OTHER_CHIP))?;
    watcher.tells(&format!("card\t{LEFT}\t{OTHER_CHIP}"));
    Ok(())
}

#[test]
fn two_cards_at_once_are_said_and_the_one_that_stays_is_told() -> io::Result<()> {
    let Some((pcscd, watcher)) = stage()? else { return Ok(()) };
    let left = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(CHIP))?;
    watcher.tells(&format!("card\t{LEFT}\t{CHIP}"));
    let _right = VirtualCard::lay(pcscd.ports()[1], Behaviour::honest(OTHER_CHIP))?;
    watcher.tells(&format!("trouble\ttwo cards\t{RIGHT}"));
    watcher.is_quiet();
    left.take();
    watcher.tells(&format!("removed\t{LEFT}"));
    watcher.tells(&format!("card\t{RIGHT}\t{OTHER_CHIP}"));
    Ok(())
}

/// A published test number.
const NUMBER: &str = "80010101392";

#[test]
fn of_an_eid_the_national_number_is_read_where_that_is_allowed_and_nothing_else() -> io::Result<()> {
    let Some((pcscd, reads)) = eid_stage(&["--national-number"])? else { return Ok(()) };
    for newer in [false, true] {
        let card = VirtualCard::lay(pcscd.ports()[1], Behaviour::Eid(EidCard::of(NUMBER, newer)))?;
        reads.tells(&format!("card\t{RIGHT}\teid {NUMBER}"));
        let commands: Vec<_> = card.heard().into_iter().filter(|message| message.len() > 1).collect();
        assert!(commands.iter().all(|command| command.len() <= 17), "only short commands: {commands:02X?}");
        let read: u32 = commands.iter().filter(|command| command[1] == 0xB0).map(|command| u32::from(command[4])).sum();
        assert_eq!(read, 7 * 2 + 11, "seven heads of fields, and one value");
        assert!(!card.heard().contains(&vec![2]), "no reset");
        card.take();
        reads.tells(&format!("removed\t{RIGHT}"));
    }
    Ok(())
}

#[test]
fn an_eid_that_may_not_be_read_is_not_asked_anything() -> io::Result<()> {
    let Some((pcscd, knows)) = eid_stage(&[])? else { return Ok(()) };
    let card = VirtualCard::lay(pcscd.ports()[1], Behaviour::Eid(EidCard::of(NUMBER, true)))?;
    knows.tells(&format!("card\t{RIGHT}\teid"));
    knows.is_quiet();
    assert_eq!(card.heard().into_iter().filter(|message| message.len() > 1).count(), 0);
    Ok(())
}

#[test]
fn an_eid_without_a_good_number_is_unreadable() -> io::Result<()> {
    let Some((pcscd, reads)) = eid_stage(&["--national-number"])? else { return Ok(()) };
    let cut = EidCard { newer: false, identity: EidCard::of(NUMBER, false).identity[..60].to_vec() };
    for card in
        [EidCard::of("80010101393", true), EidCard::of("", false), cut, EidCard { newer: true, identity: vec![] }]
    {
        let card = VirtualCard::lay(pcscd.ports()[1], Behaviour::Eid(card))?;
        reads.tells(&format!("trouble\tunreadable\t{RIGHT}"));
        card.take();
        reads.tells(&format!("removed\t{RIGHT}"));
    }
    Ok(())
}

#[test]
fn an_eid_in_its_slot_and_a_pass_on_the_reader_are_not_two_cards() -> io::Result<()> {
    let Some((pcscd, knows)) = eid_stage(&[])? else { return Ok(()) };
    let _eid = VirtualCard::lay(pcscd.ports()[1], Behaviour::Eid(EidCard::of(NUMBER, false)))?;
    knows.tells(&format!("card\t{RIGHT}\teid"));
    let _pass = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(CHIP))?;
    knows.tells(&format!("card\t{LEFT}\t{CHIP}"));
    Ok(())
}

/// A service and a watch that is started with these words.
fn eid_stage(words: &[&str]) -> io::Result<Option<(Pcscd, Watcher)>> {
    if skipped(stage_missing()) {
        return Ok(None);
    }
    let pcscd = Pcscd::start()?;
    let watcher = watch(&pcscd, words)?;
    watcher.tells_readers(&Pcscd::READERS);
    Ok(Some((pcscd, watcher)))
}

#[test]
fn a_card_that_lies_there_at_the_start_is_read() -> io::Result<()> {
    let Some((pcscd, first)) = stage()? else { return Ok(()) };
    let _card = VirtualCard::lay(pcscd.ports()[1], Behaviour::honest(CHIP))?;
    first.tells(&format!("card\t{RIGHT}\t{CHIP}"));
    let second = watch(&pcscd, &[])?;
    second.tells_readers(&Pcscd::READERS);
    second.tells(&format!("card\t{RIGHT}\t{CHIP}"));
    first.is_quiet();
    Ok(())
}

#[test]
fn telephones_and_other_cards_are_told_apart() -> io::Result<()> {
    let Some((pcscd, watcher)) = stage()? else { return Ok(()) };
    for (uid, kind) in [
        ("08AABBCC", "random"),
        ("12AABBCC", "other 4"),
        ("00112233445566778899", "other 10"),
        ("E007", "other 2"),
        (&"5A".repeat(250), "other 250"),
    ] {
        let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(uid))?;
        watcher.tells(&format!("card\t{LEFT}\t{kind}"));
        card.take();
        watcher.tells(&format!("removed\t{LEFT}"));
    }
    Ok(())
}

#[test]
fn errors_and_nonsense_are_unreadable_and_the_next_card_is_read() -> io::Result<()> {
    let Some((pcscd, watcher)) = stage()? else { return Ok(()) };
    let long = [vec![0x04; 2000], vec![0x90, 0x00]].concat();
    for (answer, trouble) in [
        (&[0x6A, 0x81][..], "unreadable"),
        (&[0x90, 0x00], "unreadable"),
        (&[0x90], "unreadable"),
        // The driver waits for the rest of an answer that has no bytes.
        (&[], "reader hangs"),
        (&[0xA5; 40], "unreadable"),
        (&long, "unreadable"),
    ] {
        let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::Says(answer.to_vec()))?;
        watcher.tells(&format!("trouble\t{trouble}\t{LEFT}"));
        card.take();
        watcher.tells(&format!("removed\t{LEFT}"));
    }
    let _card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(CHIP))?;
    watcher.tells(&format!("card\t{LEFT}\t{CHIP}"));
    Ok(())
}

#[test]
fn a_card_that_leaves_while_it_is_asked_was_removed_too_soon() -> io::Result<()> {
    let Some((pcscd, watcher)) = stage()? else { return Ok(()) };
    let _card = VirtualCard::lay(pcscd.ports()[0], Behaviour::Leaves)?;
    watcher.tells(&format!("trouble\tremoved too soon\t{LEFT}"));
    watcher.tells(&format!("removed\t{LEFT}"));
    watcher.is_quiet();
    Ok(())
}

#[test]
fn a_card_that_the_reader_cannot_reach_was_removed_too_soon() -> io::Result<()> {
    let Some((pcscd, watcher)) = stage()? else { return Ok(()) };
    let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::Says(vec![0x63, 0x00]))?;
    watcher.tells(&format!("trouble\tremoved too soon\t{LEFT}"));
    assert_eq!(card.heard().into_iter().filter(|message| message.len() > 1).count(), 2, "it is asked once more");
    Ok(())
}

#[test]
fn a_slow_card_is_waited_for() -> io::Result<()> {
    let Some((pcscd, watcher)) = stage()? else { return Ok(()) };
    let late = Behaviour::Late(Duration::from_millis(800), vec![0x08, 1, 2, 3]);
    let _card = VirtualCard::lay(pcscd.ports()[0], late)?;
    watcher.tells(&format!("card\t{LEFT}\trandom"));
    Ok(())
}

#[test]
fn a_card_that_never_answers_holds_up_neither_the_desk_nor_the_next_card() -> io::Result<()> {
    let Some((pcscd, watcher)) = stage()? else { return Ok(()) };
    let silent = VirtualCard::lay(pcscd.ports()[0], Behaviour::Silent)?;
    watcher.tells(&format!("trouble\treader hangs\t{LEFT}"));
    watcher.is_quiet();
    let other = VirtualCard::lay(pcscd.ports()[1], Behaviour::honest(OTHER_CHIP))?;
    watcher.tells(&format!("card\t{RIGHT}\t{OTHER_CHIP}"));
    other.take();
    watcher.tells(&format!("removed\t{RIGHT}"));
    silent.take();
    watcher.tells(&format!("removed\t{LEFT}"));
    let _card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(CHIP))?;
    watcher.tells(&format!("card\t{LEFT}\t{CHIP}"));
    Ok(())
}

#[test]
fn a_card_that_another_program_holds_is_in_use_and_read_when_laid_again() -> io::Result<()> {
    let Some((pcscd, first)) = stage()? else { return Ok(()) };
    let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(CHIP))?;
    first.tells(&format!("card\t{LEFT}\t{CHIP}"));
    let mut holder = hold(&pcscd, LEFT)?;
    let mut held = String::new();
    BufReader::new(holder.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?).read_line(&mut held)?;
    assert_eq!(held, "held\n");
    let second = watch(&pcscd, &[])?;
    second.tells_readers(&Pcscd::READERS);
    second.tells(&format!("trouble\tin use\t{LEFT}"));
    first.is_quiet();
    drop(holder.stdin.take());
    assert!(holder.wait()?.success());
    card.take();
    second.tells(&format!("removed\t{LEFT}"));
    let _card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(CHIP))?;
    second.tells(&format!("card\t{LEFT}\t{CHIP}"));
    Ok(())
}

#[test]
fn a_watch_ends_promptly_also_while_a_driver_hangs() -> io::Result<()> {
    let Some((pcscd, mut watcher)) = stage()? else { return Ok(()) };
    let mut hanging = watch(&pcscd, &[])?;
    hanging.tells_readers(&Pcscd::READERS);
    let idle = watcher.stop()?;
    assert!(idle < Duration::from_millis(900), "{idle:?}, so the wait was not cancelled");
    watcher.tells("over");
    let _card = VirtualCard::lay(pcscd.ports()[0], Behaviour::Silent)?;
    thread::sleep(QUIET);
    let stuck = hanging.stop()?;
    assert!(stuck < Duration::from_secs(4), "{stuck:?}");
    Ok(())
}

#[test]
fn a_missing_service_is_told_once_and_found_when_it_starts() -> io::Result<()> {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let mut pcscd = Pcscd::prepare()?;
    let watcher = watch(&pcscd, &[])?;
    watcher.tells("trouble\tno service");
    thread::sleep(Duration::from_secs(2));
    watcher.is_quiet();
    pcscd.run()?;
    watcher.tells_readers(&Pcscd::READERS);
    let _card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(CHIP))?;
    watcher.tells(&format!("card\t{LEFT}\t{CHIP}"));
    Ok(())
}

#[test]
fn a_service_that_stops_or_crashes_is_told_once_and_found_again() -> io::Result<()> {
    let Some((mut pcscd, watcher)) = stage()? else { return Ok(()) };
    for (end, chip) in [(Pcscd::stop as fn(&mut Pcscd), CHIP), (Pcscd::kill, OTHER_CHIP)] {
        let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(chip))?;
        watcher.tells(&format!("card\t{LEFT}\t{chip}"));
        end(&mut pcscd);
        watcher.tells("trouble\tno service");
        card.take();
        pcscd.run()?;
        let began = Instant::now();
        watcher.tells_readers(&Pcscd::READERS);
        watcher.tells(&format!("removed\t{LEFT}"));
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
    watcher.is_quiet();
    Ok(())
}

#[test]
fn a_computer_that_slept_opens_the_readers_anew_and_a_resting_card_is_no_tap() -> io::Result<()> {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let pcscd = Pcscd::start()?;
    let folder = tempfile::tempdir()?;
    let clock = folder.path().join("clock");
    fs::write(&clock, "0")?;
    let shim = shim(folder.path(), "clock_jump", include_str!("stage/clock_jump.c"))?;
    let mut env = pcscd.env();
    env.push(("LD_PRELOAD".to_owned(), shim));
    env.push(("BALIE_CLOCK".to_owned(), clock.display().to_string()));
    let watcher = Watcher::start(env!("CARGO_BIN_EXE_watch"), env, &[])?;
    watcher.tells_readers(&Pcscd::READERS);
    let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(CHIP))?;
    watcher.tells(&format!("card\t{LEFT}\t{CHIP}"));
    let before = watcher.sockets()?;
    // It lies on the shelf for an hour.
    fs::write(&clock, "3600")?;
    assert!(watcher.reconnects(&before)?, "{before:?}");
    watcher.is_quiet();
    // The clock is set back to the hour before, which is no sleep.
    let before = watcher.sockets()?;
    fs::write(&clock, "0")?;
    thread::sleep(Duration::from_secs(3));
    assert_eq!(watcher.sockets()?, before);
    card.take();
    watcher.tells(&format!("removed\t{LEFT}"));
    Ok(())
}

#[test]
fn a_program_that_stood_still_looks_again() -> io::Result<()> {
    let Some((pcscd, watcher)) = eid_stage(&["--slept-ms", "1000"])? else { return Ok(()) };
    let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(CHIP))?;
    watcher.tells(&format!("card\t{LEFT}\t{CHIP}"));
    let before = watcher.sockets()?;
    let signal = |name: &str| Command::new("kill").args([name, &watcher.pid().to_string()]).status();
    assert!(signal("-STOP")?.success());
    card.take();
    let _other = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(OTHER_CHIP))?;
    thread::sleep(Duration::from_secs(3));
    assert!(signal("-CONT")?.success());
    assert!(watcher.reconnects(&before)?);
    watcher.tells(&format!("removed\t{LEFT}"));
    watcher.tells(&format!("card\t{LEFT}\t{OTHER_CHIP}"));
    Ok(())
}

/// Compiles a library that stands between a program and the system, and says where it is.
fn shim(folder: &Path, name: &str, source: &str) -> io::Result<String> {
    let (file, library) = (folder.join(format!("{name}.c")), folder.join(format!("{name}.so")));
    fs::write(&file, source)?;
    let cc = Command::new("cc")
        .args(["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o"])
        .arg(&library)
        .arg(&file)
        .arg("-ldl")
        .status()?;
    assert!(cc.success());
    Ok(library.display().to_string())
}

#[test]
fn a_card_is_left_as_it_was_found() -> io::Result<()> {
    let Some((pcscd, watcher)) = stage()? else { return Ok(()) };
    let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::honest(CHIP))?;
    watcher.tells(&format!("card\t{LEFT}\t{CHIP}"));
    watcher.is_quiet();
    let mut heard = card.heard();
    // pcscd itself gives power to a card that is used, and takes it from one that is not.
    heard.retain(|message| *message != [0] && *message != [1]);
    assert_eq!(heard, [[0xFF, 0xCA, 0, 0, 0]], "one question, and no reset");
    Ok(())
}

#[test]
fn fifty_taps_leave_nothing_open() -> io::Result<()> {
    let Some((pcscd, watcher)) = stage()? else { return Ok(()) };
    let mut held = vec![];
    for tap in 0..50 {
        let port = pcscd.ports()[tap % 2];
        let reader = Pcscd::READERS[tap % 2];
        let chip = format!("04{tap:012X}");
        let card = VirtualCard::lay(port, Behaviour::honest(&chip))?;
        watcher.tells(&format!("card\t{reader}\t{chip}"));
        card.take();
        watcher.tells(&format!("removed\t{reader}"));
        held.push((watcher.open_files()?, watcher.threads()?));
    }
    assert_eq!(held.last(), held.first(), "{held:?}");
    Ok(())
}
