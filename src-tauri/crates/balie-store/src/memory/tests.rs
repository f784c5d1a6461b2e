//! A key leaves nothing behind in memory.
#![cfg(target_os = "linux")]

use crate::key::Key;
use crate::open::connect;
use std::fs::File;
use std::os::unix::fs::FileExt;

/// How often any of these stands in the memory of this program. They are kept turned round here, and what is looked at is
/// passed over itself, so that this search does not find itself.
fn found(turned: &[Vec<u8>]) -> usize {
    const OVERLAP: u64 = 100;
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let memory = File::open("/proc/self/mem").unwrap();
    let mut part = vec![0; 1 << 20];
    let (ours, end_of_ours) = (part.as_ptr() as u64, part.as_ptr() as u64 + part.len() as u64);
    let mut first = [false; 256];
    for what in turned {
        first[usize::from(what[what.len() - 1])] = true;
    }
    let mut count = 0;
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        let (mut at, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
        while at < to {
            if (ours..end_of_ours).contains(&at) {
                at = end_of_ours;
                continue;
            }
            let until = if at < ours { to.min(ours) } else { to };
            let length = part.len().min(usize::try_from(until - at).unwrap());
            let Ok(read) = memory.read_at(&mut part[..length], at) else { break };
            for (start, byte) in part[..read].iter().enumerate() {
                if first[usize::from(*byte)] {
                    let is_there = |what: &&Vec<u8>| {
                        part[start..read].get(..what.len()).is_some_and(|found| found.iter().rev().eq(what.iter()))
                    };
                    count += turned.iter().filter(is_there).count();
                }
            }
            let next = at + read as u64;
            at = if next < until && read as u64 > OVERLAP { next - OVERLAP } else { next };
            if read == 0 {
                break;
            }
        }
    }
    count
}

#[tokio::test]
async fn a_key_is_nowhere_in_memory_once_its_file_is_closed() {
    let key = Key::random().unwrap();
    let raw: Vec<u8> = key.bytes().iter().rev().copied().collect();
    let hex = |upper: bool| -> Vec<u8> {
        let digits: &[u8; 16] = if upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
        raw.iter().flat_map(|byte| [digits[usize::from(byte & 15)], digits[usize::from(byte >> 4)]]).collect()
    };
    let looked_for = [raw.clone(), hex(true), hex(false)];
    assert!(found(&looked_for) > 0, "the search finds the key that is there");

    let folder = tempfile::tempdir().unwrap();
    let pool = connect(&folder.path().join("a.db"), &key).await.unwrap();
    sqlx::raw_sql("create table a (b)").execute(&pool).await.unwrap();
    let moved = Box::new((key, 1));
    pool.close().await;
    drop(pool);
    drop(moved);
    // Whoever keeps count of the open files hears of it.
    tokio::task::yield_now().await;
    assert_eq!(found(&looked_for), 0);
}
