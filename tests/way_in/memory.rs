//! S-2: where the keys stand in memory while the program runs, and that they are gone once the desk is locked.
//!
//! A process has one keyring for as long as it lives, so the keys are taken out of the vault, and looked for, by this program
//! started once more in the session of the test.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;

use balie_store::pin::Pin;
use balie_store::rehearsal::keys::Trace;
use balie_store::vault::Vault;
use balie_tests::clerk::Clerk;
use balie_tests::skip::skipped;
use balie_tests::stage::yasmina_types_her_number;

use crate::entrance::{Entrance, Outcome, PIN, left_out, tries_the_pin};

/// Names the folder of the profile for the program started once more.
const FOLDER: &str = "BALIE_FOLDER";
/// Names the processes to look into.
const PROCESSES: &str = "BALIE_PROCESSES";

/// How often the key of the ledger and that of the snapshot stand in one process.
type Found = (usize, usize);

/// Looks into the processes for the keys; says one line for each.
#[test]
fn the_one_who_looks() {
    let (Some(folder), Ok(processes)) = (std::env::var_os(FOLDER), std::env::var(PROCESSES)) else { return };
    for line in looked(Path::new(&folder), &processes).unwrap_or_else(|why| vec![format!("failed: {why}")]) {
        println!("looked: {line}");
    }
}

fn looked(folder: &Path, processes: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let profile = std::fs::read_to_string(folder.join("profile-id"))?;
    let pin = Pin::new(PIN).ok_or("no PIN")?;
    let keys = Vault::at(folder, profile.trim())?.open_with_pin(&pin).map_err(|why| format!("{why:?}"))?;
    let (ledger, snapshot) = (Trace::of(&keys.ledger), Trace::of(&keys.snapshot));
    let look = |pid: &str| {
        let found = memory_of(pid, &[&ledger, &snapshot])?;
        Ok(format!("{pid} {} {}", found[0], found[1]))
    };
    processes.split(' ').map(look).collect()
}

/// The size of a page of memory. Where pages are larger, this only looks into some of them twice.
const PAGE: u64 = 4_096;

/// So many pages are looked into at once.
const PAGES: u64 = 1_024;

/// How often each trace stands in what a process can write to and has in memory.
fn memory_of(pid: &str, traces: &[&Trace]) -> io::Result<Vec<usize>> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps"))?;
    let (memory, table) = (File::open(format!("/proc/{pid}/mem"))?, File::open(format!("/proc/{pid}/pagemap"))?);
    let (mut counts, mut looked) = (vec![0; traces.len()], 0);
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let Some((from, to)) = line.split(' ').next().and_then(|place| place.split_once('-')) else { continue };
        let number = |text| u64::from_str_radix(text, 16).map_err(io::Error::other);
        let (from, to) = (number(from)?, number(to)?);
        for at in (from..to).step_by(usize::try_from(PAGE * PAGES).map_err(io::Error::other)?) {
            for (begin, end) in present(&table, at, to.min(at + PAGE * PAGES))? {
                // Each run goes on a little into what follows, so that nothing is cut in two.
                let length = usize::try_from(end - begin).map_err(io::Error::other)?;
                let mut part = vec![0; length + Trace::LONGEST];
                let got = memory.read_at(&mut part, begin).or_else(|_| memory.read_at(&mut part[..length], begin));
                let got = got.unwrap_or_default();
                for (count, trace) in counts.iter_mut().zip(traces) {
                    *count += trace.stands_in(&part[..got], length);
                }
                looked += got;
            }
        }
    }
    if looked < 1 << 20 { Err(io::Error::other(format!("{pid}: only {looked} bytes were read"))) } else { Ok(counts) }
}

/// The runs of pages between two addresses that are in memory or were swapped out: most of what a page reserves is not.
fn present(table: &File, from: u64, to: u64) -> io::Result<Vec<(u64, u64)>> {
    let mut entries = vec![0; usize::try_from((to - from) / PAGE * 8).map_err(io::Error::other)?];
    let got = table.read_at(&mut entries, from / PAGE * 8)?;
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for (at, entry) in (from..).step_by(4_096).zip(entries[..got].chunks_exact(8)) {
        // The two highest of the 64 bits of an entry.
        if entry[7] >> 6 == 0 {
            continue;
        }
        match runs.last_mut().filter(|(_, end)| *end == at) {
            Some((_, end)) => *end += PAGE,
            None => runs.push((at, at + PAGE)),
        }
    }
    Ok(runs)
}

/// What is found in the program itself, and in all that it started.
fn look(entrance: &Entrance, clerk: &Clerk) -> Result<(Found, Vec<Found>), Box<dyn std::error::Error>> {
    let app = clerk.driver().app_pid()?;
    let others = clerk.driver().started_by_app()?;
    let all: Vec<String> = std::iter::once(app).chain(others).map(|pid| pid.to_string()).collect();
    let out = Command::new(std::env::current_exe()?)
        .args(["--exact", "memory::the_one_who_looks", "--nocapture"])
        .envs(entrance.stage.room.env())
        .env(FOLDER, entrance.stage.profile.path())
        .env(PROCESSES, all.join(" "))
        .output()?;
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    let count = |line: &str| {
        let mut words = line.split(' ').skip(1).map(str::parse::<usize>);
        Some((words.next()?.ok()?, words.next()?.ok()?))
    };
    let found: Option<Vec<Found>> =
        said.lines().filter_map(|line| line.split_once("looked: ")).map(|(_, line)| count(line)).collect();
    match found {
        Some(found) if found.len() == all.len() && !found.is_empty() => Ok((found[0], found[1..].to_vec())),
        _ => Err(format!("{said}{}", String::from_utf8_lossy(&out.stderr)).into()),
    }
}

/// Why memory cannot be looked into: it takes the right to look into programs that let nobody look into them.
fn blind() -> Option<String> {
    // Every process may read its own status; the capabilities that count stand in it.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let held = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let held = held.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or_default();
    const PTRACE: u64 = 1 << 19;
    (held & PTRACE == 0).then(|| "looking into the memory of another program takes CAP_SYS_PTRACE".to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_desk_has_no_key_of_people_in_memory_and_the_page_never_has_one() -> Outcome {
    if left_out() || skipped(blind()) {
        return Ok(());
    }
    let entrance = Entrance::prepare().await?;
    let (clerk, _) = entrance.set_up().await?;
    yasmina_types_her_number(&clerk).await?;
    clerk.records().await?;
    clerk.waits_until("line-0", "data-state", "confirmed").await?;
    let (open, page) = look(&entrance, &clerk)?;
    assert!(open.0 > 0 && open.1 > 0, "what is looked for is found while the desk is open: {open:?}");
    assert!(page.len() > 1, "the page runs in processes of its own: {page:?}");
    assert!(page.iter().all(|found| *found == (0, 0)), "{page:?}");

    clerk.presses_with_control('l').await?;
    clerk.finds("locked").await?;
    let (locked, page) = look(&entrance, &clerk)?;
    println!("open {open:?}, locked {locked:?}");
    assert_eq!(locked.1, 0, "{locked:?}");
    assert!(locked.0 > 0, "what waits goes on being sent");
    assert!(page.iter().all(|found| *found == (0, 0)), "{page:?}");

    // Once more, after the PIN; and after a start with it.
    tries_the_pin(&clerk, PIN).await?;
    clerk.finds("line-0").await?;
    clerk.presses_with_control('l').await?;
    clerk.finds("locked").await?;
    assert_eq!(look(&entrance, &clerk)?.0.1, 0);
    clerk.goes_home().await?;
    let clerk = entrance.open().await?;
    clerk.finds("locked").await?;
    assert_eq!(look(&entrance, &clerk)?.0, (0, 0), "before the PIN there is nothing");
    tries_the_pin(&clerk, PIN).await?;
    clerk.finds("line-0").await?;
    clerk.presses_with_control('l').await?;
    clerk.finds("locked").await?;
    assert_eq!(look(&entrance, &clerk)?.0.1, 0);
    Ok(clerk.goes_home().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_lets_nobody_look_into_it_and_its_page_works() -> Outcome {
    // Whoever may look into everything may look into this as well, and learns nothing.
    if left_out()
        || (blind().is_none() && skipped(Some("the program is closed to ordinary users; this one is not".into())))
    {
        return Ok(());
    }
    let entrance = Entrance::prepare().await?;
    let clerk = entrance.open().await?;
    clerk.finds("set-up").await?;
    let app = clerk.driver().app_pid()?;
    for file in ["environ", "mem", "maps"] {
        let page = clerk.driver().started_by_app()?;
        assert!(File::open(format!("/proc/{}/{file}", page[0])).is_ok(), "the look itself works");
        let refused = File::open(format!("/proc/{app}/{file}")).map_err(|why| why.kind()).err();
        assert_eq!(refused, Some(io::ErrorKind::PermissionDenied), "{file}");
    }
    let limits = std::fs::read_to_string(format!("/proc/{app}/limits"))?;
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap_or_default();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    Ok(clerk.goes_home().await?)
}
