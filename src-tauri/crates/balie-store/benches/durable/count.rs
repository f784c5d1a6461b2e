//! How often a record is synced: what `tests/powercut/record.c` wrote down of a program that marks where each begins and
//! ends.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::process::Command;

/// How many records are counted: the journal is emptied several times meanwhile.
const RECORDS: usize = 600;
const HEADER: usize = 24;

/// What was seen between the two marks of a record.
#[derive(Debug, Default)]
struct Seen {
    syncs: usize,
    writes: usize,
    bytes: usize,
    /// The journal was emptied into the file, or begun anew: that takes syncs of its own, once in a hundred records.
    emptied: bool,
}

/// Has this program record under the recorder, and tells how often each was synced.
pub(crate) fn count(recorder: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => std::fs::create_dir_all(folder)?,
    }
    // SQLite asks the kernel for the true names.
    let folder = folder.canonicalize()?;
    let mut counted = Command::new(std::env::current_exe()?);
    counted.arg("record").arg(&folder).arg(RECORDS.to_string()).env("LD_PRELOAD", recorder);
    counted.env("BALIE_POWERCUT_LOG", folder.join("log")).env("BALIE_POWERCUT_FOLDER", folder.join("profile"));
    if !counted.status()?.success() {
        return Err("nothing could be recorded under the recorder".into());
    }
    let seen = read(&std::fs::read(folder.join("log"))?)?;
    let (emptied, plain): (Vec<&Seen>, Vec<&Seen>) = seen.iter().partition(|seen| seen.emptied);
    let (most, least) = (plain.iter().map(|seen| seen.syncs).max(), plain.iter().map(|seen| seen.syncs).min());
    let (Some(most), Some(1..)) = (most, least) else { return Err("a record was not synced at all".into()) };
    if seen.len() != RECORDS || emptied.is_empty() {
        return Err(format!("{} records, and the journal was emptied {} times", seen.len(), emptied.len()).into());
    }
    let each = |of: fn(&Seen) -> usize| plain.iter().map(|seen| of(seen)).sum::<usize>() as f64 / plain.len() as f64;
    println!("a record makes {:.1} writes of {:.0} bytes together", each(|seen| seen.writes), each(|seen| seen.bytes));
    let all: usize = seen.iter().map(|seen| seen.syncs).sum();
    println!("FIGURE name=durable_most value={most} target=1 unit=syncs");
    println!("FIGURE name=durable_all value={:.3} target=1.05 unit=syncs", all as f64 / RECORDS as f64);
    Ok(())
}

fn read(log: &[u8]) -> Result<Vec<Seen>, Box<dyn Error>> {
    let (mut names, mut all, mut current, mut rest) = (HashMap::new(), Vec::new(), None::<Seen>, log);
    while !rest.is_empty() {
        let header = rest.get(..HEADER).ok_or("the log is torn")?;
        let descriptor = i32::from_ne_bytes(header[4..8].try_into()?);
        let at = u64::from_ne_bytes(header[8..16].try_into()?);
        let length = usize::try_from(u64::from_ne_bytes(header[16..24].try_into()?))?;
        let bytes = rest.get(HEADER..HEADER + length).ok_or("the log is torn")?;
        rest = &rest[HEADER + length..];
        let in_journal =
            |names: &HashMap<i32, String>| names.get(&descriptor).is_some_and(|name| name.ends_with("-wal"));
        match (header[0], current.as_mut()) {
            (b'o', _) => drop(names.insert(descriptor, String::from_utf8_lossy(bytes).into_owned())),
            (b'c', _) => drop(names.remove(&descriptor)),
            (b'm', _) if bytes == b"begin" => current = Some(Seen::default()),
            (b'm', _) => all.extend(current.take()),
            (b's', Some(seen)) => seen.syncs += 1,
            (b'w', Some(seen)) => {
                (seen.writes, seen.bytes) = (seen.writes + 1, seen.bytes + length);
                seen.emptied |= !in_journal(&names) || at == 0;
            }
            (b'x', _) => return Err(format!("the recorder saw {}", String::from_utf8_lossy(bytes)).into()),
            _ => {}
        }
    }
    Ok(all)
}
