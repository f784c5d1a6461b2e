//! S-1: what a desk leaves behind on the disk of people whom it met. A thousand of them are planted, and every file that the
//! program, its page and the session wrote is searched, also after crashes with somebody on the screen.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aho_corasick::{AhoCorasick, MatchKind};
use balie_sandbox::TestCard;
use balie_tests::clerk::{Clerk, ENTER, ESCAPE, F5, F6};
use balie_tests::driver::{send, stage_missing};
use balie_tests::pcscd::{self, Pcscd};
use balie_tests::skip::skipped;
use balie_tests::stage::{EVENT, Stage};
use balie_tests::virtual_card::{Behaviour, VirtualCard};

use crate::entrance::Outcome;
use crate::lock::until;

/// How many people are planted.
const PEOPLE: usize = 1_000;

/// A name that nothing else bears: letters only, as names are.
fn name(number: usize) -> String {
    let letters: Vec<char> = ('a'..='z').collect();
    let place = |weight: usize| letters[number / weight % letters.len()];
    format!("Qurvina{}{}{}", place(676), place(26), place(1))
}

/// Every way in which something may stand in a file.
fn ways(text: &str) -> Vec<Vec<u8>> {
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut ways = vec![text.as_bytes().to_vec()];
    for bytes in [text.as_bytes(), &wide] {
        // What stands before it decides where the groups of three begin.
        ways.extend((0..3).map(|before| base64_inside(bytes, before)));
    }
    ways.push(wide);
    ways
}

/// The signs of base64 that these bytes alone decide, when so many bytes stand before them in their group of three.
fn base64_inside(bytes: &[u8], before: usize) -> Vec<u8> {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let padded = [&vec![0; before], bytes].concat();
    let bits: Vec<u8> = padded.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1)).collect();
    let sign = |six: &[u8]| SIGNS[six.iter().fold(0, |value, bit| value << 1 | usize::from(*bit))];
    bits.chunks_exact(6).skip((before * 8).div_ceil(6)).map(sign).collect()
}

/// What is searched for, and where.
struct Search {
    planted: AhoCorasick,
    folders: Vec<PathBuf>,
}

impl Search {
    fn of(people: &[TestCard], folders: Vec<PathBuf>) -> Result<Self, Box<dyn std::error::Error>> {
        let mut planted = Vec::new();
        for person in people {
            let chip = person.chip.clone().unwrap_or_default();
            let raw: Option<Vec<u8>> =
                (0..chip.len()).step_by(2).map(|at| u8::from_str_radix(chip.get(at..at + 2)?, 16).ok()).collect();
            planted.push(raw.ok_or("a chip that is no number")?);
            for text in [&person.number, &person.first_name, &chip, &chip.to_lowercase()] {
                planted.extend(ways(text));
            }
        }
        let planted = AhoCorasick::builder().match_kind(MatchKind::Standard).build(planted)?;
        Ok(Self { planted, folders })
    }

    /// How often something that was planted stands in each file, and how many bytes were read.
    fn finds(&self) -> Result<(BTreeMap<PathBuf, usize>, u64), Box<dyn std::error::Error>> {
        let (mut found, mut read) = (BTreeMap::new(), 0);
        for file in self.folders.iter().flat_map(|folder| files(folder)) {
            // A file may go while the program runs.
            let Ok(bytes) = fs::read(&file) else { continue };
            read += bytes.len() as u64;
            let count = self.planted.find_overlapping_iter(&bytes).count();
            // The name of a file tells as much as what stands in it.
            let count = count + self.planted.find_overlapping_iter(file.as_os_str().as_encoded_bytes()).count();
            if count > 0 {
                found.insert(file, count);
            }
        }
        Ok((found, read))
    }

    /// Nothing is found, and there was something to search.
    fn finds_nothing(&self, when: &str) -> Outcome {
        let (found, read) = self.finds()?;
        println!("{when}: {read} bytes, {found:?}");
        assert!(read > 1 << 20, "{when}: only {read} bytes were there to be searched");
        if found.is_empty() { Ok(()) } else { Err(format!("{when}: {found:#?}").into()) }
    }
}

/// The files in a folder and below it; what is no file, such as a socket, is left out.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            found.append(&mut files(&entry.path()));
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    found
}

/// Lays the cards of all of them on the two readers in turn, and waits for each to stand on the screen.
async fn meets(clerk: &Clerk, pcscd: &Pcscd, people: &[TestCard]) -> Outcome {
    for (person, port) in people.iter().zip(pcscd.ports().iter().cycle()) {
        let card = VirtualCard::lay(*port, Behaviour::honest(person.chip.as_deref().unwrap_or_default()))?;
        clerk.waits_for("person-name", &person.first_name).await?;
        card.take();
    }
    Ok(())
}

/// Types the number of somebody, and waits until they stand on the screen.
async fn types(clerk: &Clerk, person: &TestCard) -> std::io::Result<()> {
    clerk.presses(person.number.chars().chain([ENTER])).await?;
    clerk.waits_for("person-name", &person.first_name).await.map(drop)
}

/// Sells to whoever stands there, and saves their point.
async fn sells(clerk: &Clerk) -> Outcome {
    clerk.waits_until("offer-0", "data-price-cents", "200").await?;
    clerk.confirms().await?;
    clerk.waits_until("line-0", "data-kind", "sell").await?;
    clerk.waits_until("check-in", "data-ready", "true").await?;
    clerk.presses([F6]).await?;
    clerk.waits_until("line-0", "data-kind", "checkIn").await?;
    Ok(())
}

/// The environment of a program that may leave anything anywhere below a folder.
fn telling_everything(stage: &Stage) -> Result<Vec<(String, String)>, Box<dyn std::error::Error>> {
    let mut env = Vec::new();
    for (name, folder) in [("HOME", "home"), ("TMPDIR", "tmp")] {
        let folder = stage.room.bus.folder().join(folder);
        fs::create_dir_all(&folder)?;
        env.push((name.to_owned(), folder.to_string_lossy().into_owned()));
    }
    env.push(("BALIE_LOG".to_owned(), "trace".to_owned()));
    Ok(env)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_people_nothing_is_left_on_the_disk() -> Outcome {
    if skipped(stage_missing()) || skipped(pcscd::stage_missing()) {
        return Ok(());
    }
    let mut stage = Stage::set().await?;
    let people = stage.sandbox.welcome_named(PEOPLE, name);
    stage.room.log = Some(stage.room.bus.folder().join("log"));
    let search = Search::of(&people, vec![stage.profile.path().to_owned(), stage.room.bus.folder().to_owned()])?;
    search_can_find(&search, &people, stage.room.bus.folder())?;
    let pcscd = Pcscd::start()?;
    let env = [telling_everything(&stage)?, pcscd.env()].concat();

    // All of them stand on the list of the region; most are met by their card, some by their number.
    let clerk = stage.open(&env).await?;
    clerk.waits_until("header-reader", "data-state", "ready").await?;
    clerk.waits_until("header-connection", "data-state", "connected").await?;
    clerk.presses([F5]).await?;
    clerk.waits_for("ready.list", "1.0").await?;
    clerk.presses([ESCAPE]).await?;
    clerk.chooses(EVENT).await?;
    meets(&clerk, &pcscd, &people).await?;
    sells(&clerk).await?;
    stage.sandbox.set_offline(true).await?;
    types(&clerk, &people[7]).await?;
    sells(&clerk).await?;
    clerk.waits_until("header-to-send", "data-count", "2").await?;
    search.finds_nothing("open")?;

    // The page crashes with somebody on it, then the program.
    clerk.waits_for("person-name", &people[7].first_name).await?;
    let page = clerk.driver().started_by_app()?;
    assert!(!page.is_empty(), "the page runs in processes of its own");
    send("ABRT", &page)?;
    until("the page is gone", || {
        clerk.driver().started_by_app().map_or(true, |now| page.iter().all(|pid| !now.contains(pid)))
    })
    .await?;
    drop(clerk);
    search.finds_nothing("after the page crashed")?;
    // Online, because a name is known for the session only and asked again after it.
    stage.sandbox.set_offline(false).await?;
    let clerk = stage.open(&env).await?;
    clerk.waits_until("header-reader", "data-state", "ready").await?;
    clerk.waits_until("header-connection", "data-state", "connected").await?;
    clerk.chooses(EVENT).await?;
    meets(&clerk, &pcscd, &people[10..12]).await?;
    clerk.driver().end_app_by("ABRT").await?;
    drop(clerk);
    search.finds_nothing("after the program crashed")?;

    // What waited is sent, and the desk is left as at the end of a day.
    let clerk = stage.open(&env).await?;
    clerk.waits_until("header-to-send", "data-count", "0").await?;
    assert_eq!((stage.sandbox.ticket_sales().len(), stage.sandbox.checkins().len()), (2, 2));
    clerk.goes_home().await?;
    search.finds_nothing("closed")
}

/// The search finds what stands there in plain: each way, in a folder of its own below; and a core file, where crashes leave
/// one in the folder that a program was started in.
fn search_can_find(search: &Search, people: &[TestCard], folder: &Path) -> Outcome {
    let (here, person) = (folder.join("planted"), &people[PEOPLE / 2]);
    fs::create_dir(&here)?;
    for (number, way) in ways(&person.number).into_iter().chain(ways(&person.first_name)).enumerate() {
        fs::write(here.join(format!("{number}")), [b"xy".as_slice(), &way, b"z"].concat())?;
    }
    assert_eq!(search.finds()?.0.len(), 16);
    fs::remove_dir_all(&here)?;
    fs::create_dir(&here)?;
    let crash = "ulimit -c $(ulimit -Hc); kill -SEGV $$";
    Command::new("sh").args(["-c", crash]).env("SOMEBODY", &person.number).current_dir(&here).status()?;
    let pattern = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap_or_default();
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let may_be_whole = |line: &str| line.starts_with("Max core file size") && line.contains("unlimited");
    if limits.lines().any(may_be_whole) && !pattern.starts_with(['|', '/']) {
        assert_eq!(search.finds()?.0.len(), 1, "a core file with somebody in it is found");
    }
    fs::remove_dir_all(&here)?;
    assert!(search.finds()?.0.is_empty());
    Ok(())
}

#[test]
fn the_signs_inside_are_those_that_stand_there() {
    // `printf 0900 | base64`, and with one sign and two signs before it.
    for (before, signs) in [(0, "MDkwM"), (1, "A5MD"), (2, "wOTAw")] {
        assert_eq!(String::from_utf8_lossy(&base64_inside(b"0900", before)), signs);
    }
}
