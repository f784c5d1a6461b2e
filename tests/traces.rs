//! What happens at counters elsewhere, played: each file of `traces/` is a story of readers and cards.
#![cfg(target_os = "linux")]

use std::fs;
use std::io;
use std::path::Path;
use std::sync::mpsc::RecvTimeoutError;
use std::thread;
use std::time::{Duration, Instant};

use balie_tests::pcscd::{Pcscd, stage_missing};
use balie_tests::service::StandIn;
use balie_tests::service::card::Card;
use balie_tests::service::player::play;
use balie_tests::service::storm::Storm;
use balie_tests::service::talk::{Answers, about_a_card, about_readers, ask_card, until_laid};
use balie_tests::skip::skipped;
use balie_tests::virtual_card::{Behaviour, VirtualCard};
use balie_tests::watcher::Watcher;

macro_rules! traces {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                play(Path::new(env!("CARGO_BIN_EXE_watch")), include_str!(concat!("traces/", stringify!($name), ".trace")))
                    .unwrap_or_else(|why| panic!("tests/traces/{}.trace, {why}", stringify!($name)));
            }
        )*

        /// Every story that is played here.
        const PLAYED: &[&str] = &[$(stringify!($name)),*];
    };
}

traces! {
    a_key_that_lies_in_its_slot
    another_program_holds_the_card_a_while
    another_program_is_in_a_transaction
    another_program_keeps_the_card
    card_changed_unseen
    card_gone_at_connect
    card_mute_then_awake
    card_rests_while_all_restarts
    card_was_reset_once
    counter_wraps
    driver_with_codes_of_its_own
    garbage_from_the_card
    library_and_service_do_not_fit
    no_common_protocol
    no_notification_of_readers
    no_permission
    no_permission_for_one_reader
    no_reader_was_ever_there
    only_one_short_apdu
    reader_gone_in_an_apdu
    reader_hangs_in_an_apdu
    reader_plugged_a_hundred_times
    reader_unavailable_without_end
    same_card_again
    service_dies_in_an_apdu
    service_freezes_and_goes_on
    service_hangs_and_is_killed
    service_hangs_at_establish
    service_hangs_at_the_list
    service_is_full
    service_leaves_with_the_last_reader
    service_never_ran
    service_restarts
    turned_away_by_polkit
    two_readers_at_once
    two_cards_in_one_field
    usb_reset_with_a_card
}

#[test]
fn every_story_is_played_and_says_where_it_comes_from() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("traces");
    let mut found = 0;
    for file in fs::read_dir(folder).unwrap().flatten() {
        let (name, text) = (file.file_name().into_string().unwrap(), fs::read_to_string(file.path()).unwrap());
        assert!(PLAYED.contains(&name.trim_end_matches(".trace")), "{name} is played by no test");
        let says = |begin: &str| text.lines().any(|line| line.starts_with(begin));
        assert!(text.starts_with("#! written after the report") || text.starts_with("#! recorded"), "{name}");
        assert!(says("# R-") && text.contains("# https://") && says("# What must hold:"), "{name}");
        assert!(says("expect ") && says("run "), "{name}");
        found += 1;
    }
    assert_eq!(found, PLAYED.len());
}

#[test]
fn a_story_that_goes_otherwise_is_told_with_its_line() {
    let watch = Path::new(env!("CARGO_BIN_EXE_watch"));
    let begin = "reader + A\nservice start\nrun linux\nexpect readers | A\n";
    for (line, why) in [
        ("expect within 100 removed | A", "line 5: expect within 100 removed | A\ntold was Err(Timeout)"),
        ("card + A uid=08010203\nexpect quiet 3000", "line 6: expect quiet 3000\ntold was Ok(\"card\\tA\\trandom\")"),
        ("card + A uid=08010203\nsleep 500", "at the end: [\"card\\tA\\trandom\"] []"),
        ("asked A 00A40400", "line 5: asked A 00A40400\nasked was []"),
        ("card + B uid=04", "line 5: card + B uid=04\nno reader that was plugged in before: B uid=04"),
        ("next connect A SCARD_E_NOTHING", "line 5: next connect A SCARD_E_NOTHING\nno return code: SCARD_E_NOTHING"),
        ("repeat 2\nsleep 1", "line 5: repeat 2\na repetition without end"),
        ("dance", "line 5: dance\nno step of a trace"),
    ] {
        let told = play(watch, &format!("{begin}{line}\n")).unwrap_err();
        assert!(told.starts_with(why), "{told}");
    }
}

/// The stand-in is worth what it has in common with the real service, so both are asked everything that it knows.
#[test]
fn the_stand_in_answers_as_pcscd_does() -> io::Result<()> {
    if skipped(stage_missing()) {
        return Ok(());
    }
    const CHIP: [u8; 7] = [0x04, 0x36, 0x3C, 0xDA, 0xEE, 0x38, 0x80];
    let [left, right] = Pcscd::READERS;
    let (pcscd, mut stand_in) = (Pcscd::start()?, StandIn::prepare()?);
    assert!(stand_in.plug(left) && stand_in.plug(right));
    stand_in.start()?;
    let real = pcscd.env()[0].1.clone();
    let (real, ours) = (Path::new(&real), stand_in.socket());
    let differ = differences(about_readers(real, right)?, about_readers(ours, right)?);
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    let card = VirtualCard::lay(pcscd.ports()[0], Behaviour::Honest(CHIP.to_vec()))?;
    stand_in.lay(left, Card::tag(&CHIP));
    until_laid(real, 0, true)?;
    let theirs = about_a_card(real, left, || {
        card.take();
        until_laid(real, 0, false)
    })?;
    let ours = about_a_card(ours, left, || {
        stand_in.take(left);
        until_laid(ours, 0, false)
    })?;
    assert!(theirs.len() > 15);
    let differ = differences(theirs, ours);
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    Ok(())
}

fn differences(theirs: Answers, ours: Answers) -> Vec<String> {
    let differ = theirs.into_iter().zip(ours).filter(|(theirs, ours)| theirs != ours);
    differ.map(|(theirs, ours)| format!("pcscd: {theirs:?}\nours:  {ours:?}")).collect()
}

#[test]
fn a_contact_card_can_be_made_of_anything_that_answers() -> io::Result<()> {
    let mut service = StandIn::prepare()?;
    service.start()?;
    service.plug("Contact Reader");
    let mut selected = None;
    let card = Card::answering(&[0x3B, 0x00], Card::T0, move |apdu| match apdu {
        [0x00, 0xA4, 0x02, 0x0C, 0x02, file @ ..] => {
            selected = file.first().copied();
            vec![0x90, 0x00]
        }
        [0x00, 0xB0, _, _, length] => match selected {
            Some(file) => [vec![file; usize::from(*length)], vec![0x90, 0x00]].concat(),
            None => vec![0x69, 0x86],
        },
        _ => vec![0x6D, 0x00],
    });
    service.lay("Contact Reader", card);
    let [select, read, other] =
        [&[0, 0xA4, 2, 0x0C, 2, 0x40, 0x31][..], &[0, 0xB0, 0, 0, 0xFF], &[0xFF, 0xCA, 0, 0, 0]];
    let said = ask_card(service.socket(), "Contact Reader", Card::T0, &[read, other, select, read])?;
    let whole = [vec![0x40; 255], vec![0x90, 0x00]].concat();
    assert_eq!(said, [vec![0x69, 0x86], vec![0x6D, 0x00], vec![0x90, 0x00], whole]);
    assert_eq!(service.asked("Contact Reader"), [read, other, select, read]);
    Ok(())
}

/// The library tears down what it keeps when the program ends: no thread of ours may be in the midst of a question then.
#[test]
fn a_program_that_ends_while_it_waits_for_a_card_ends_well_each_time() -> io::Result<()> {
    let mut service = StandIn::prepare()?;
    service.start()?;
    service.plug("Reader");
    for _ in 0..200 {
        let watch = Watcher::start(env!("CARGO_BIN_EXE_watch"), service.env(), &["--system", "linux"])?;
        watch.tells("readers\tReader");
        watch.end().map_err(io::Error::other)?;
    }
    Ok(())
}

/// Whatever the service answers, the watch lives on and reads the next honest card.
#[test]
fn a_watch_outlives_two_thousand_answers_at_random() -> io::Result<()> {
    const HONEST: &str = "Honest Reader";
    let seed = std::env::var("BALIE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand::random);
    println!("BALIE_SEED={seed}");
    let (mut service, mut storm) = (StandIn::prepare()?, Storm::new(seed));
    service.start()?;
    let watch = Watcher::start(env!("CARGO_BIN_EXE_watch"), service.env(), &["--system", "linux"])?;
    let at_random = |service: &StandIn, storm: &Storm| service.went_wrong() + storm.said();
    for round in 0_u8..8 {
        let began = Instant::now();
        while at_random(&service, &storm) < 250 * (usize::from(round) + 1) {
            storm.blow(&mut service);
            thread::sleep(Duration::from_millis(1));
            while watch.line(Duration::ZERO).is_ok() {}
            service.start()?;
            assert!(began.elapsed() < Duration::from_secs(60), "BALIE_SEED={seed}: the watch asks nothing any more");
        }
        service.answer_again();
        service.plug(HONEST);
        service.lay(HONEST, Card::tag(&[0x04, 1, 2, 3, 4, 5, round]));
        let (honest, began) = (format!("card\t{HONEST}\t040102030405{round:02X}"), Instant::now());
        loop {
            match watch.line(Duration::from_secs(20)) {
                Ok(line) if line == honest => break,
                Ok(_) if began.elapsed() < Duration::from_secs(20) => {}
                told => panic!("round {round}, BALIE_SEED={seed}: {told:?} instead of an honest card"),
            }
        }
        let (wrong, said) = (service.went_wrong(), storm.said());
        println!("round {round}: {wrong} went wrong, {said} said at random, honest after {:?}", began.elapsed());
        service.unplug(HONEST);
    }
    assert_ne!(watch.line(Duration::ZERO), Err(RecvTimeoutError::Disconnected));
    watch.end().map(drop).map_err(io::Error::other)
}
