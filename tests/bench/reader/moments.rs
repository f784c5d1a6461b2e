//! What `meter.c` noted in a program: when it saw each card, when it had the answer, and when it told.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

const SIZE: usize = 32;
const SEEN: u32 = 1;
const ASKED: u32 = 2;
const ANSWERED: u32 = 3;
const WRITTEN: u32 = 4;

/// The life of one card in a program, in nanoseconds of the monotonic clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Read {
    /// `SCardGetStatusChange` returned with the card.
    pub(crate) seen_ns: i64,
    /// `SCardTransmit` began to ask for the identifier.
    pub(crate) asked_ns: i64,
    /// `SCardTransmit` returned with it.
    pub(crate) answered_ns: i64,
    /// Whoever prints has it: before the line is written, or in the event of the card.
    pub(crate) told_ns: Option<i64>,
}

/// Reads the moments of a program, by identifier.
pub(crate) fn read(path: &Path) -> io::Result<BTreeMap<String, Read>> {
    let bytes = fs::read(path)?;
    let number =
        |at: usize| bytes.get(at..at + 4).map_or(0, |four| u32::from_ne_bytes([four[0], four[1], four[2], four[3]]));
    // The first one only counts.
    let count = number(12);
    let room = bytes.len() / SIZE - 1;
    let count = usize::try_from(count).ok().filter(|count| *count <= room);
    let count = count.ok_or_else(|| io::Error::other("the meter had no room for all moments"))?;
    let all = (1..=count).map(|place| {
        let start = place * SIZE;
        let at_ns = bytes[start..start + 8].iter().rev().fold(0, |at, byte| at << 8 | i64::from(*byte));
        let length = usize::try_from(number(start + 12)).unwrap_or(SIZE).min(16);
        (number(start + 8), at_ns, &bytes[start + 16..start + 16 + length])
    });
    Ok(lives(all))
}

fn lives<'a>(moments: impl Iterator<Item = (u32, i64, &'a [u8])>) -> BTreeMap<String, Read> {
    let mut reads = BTreeMap::new();
    let (mut seen, mut asked, mut last) = (None, None, String::new());
    for (kind, at_ns, bytes) in moments {
        match (kind, seen.zip(asked)) {
            (SEEN, _) => seen = Some(at_ns),
            (ASKED, _) => asked = Some(at_ns),
            (ANSWERED, Some((seen_ns, asked_ns))) => {
                last = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
                reads.entry(last.clone()).or_insert(Read { seen_ns, asked_ns, answered_ns: at_ns, told_ns: None });
            }
            (WRITTEN, _) if bytes.starts_with(b"card\t") => {
                if let Some(read) = reads.get_mut(&last) {
                    read.told_ns.get_or_insert(at_ns);
                }
            }
            _ => {}
        }
    }
    reads
}

/// A program that says in its lines when the event of a card ran: that is when it has it, and not when it writes.
pub(crate) fn told_by_itself(reads: &mut BTreeMap<String, Read>, lines: &[String]) {
    for line in lines {
        let mut fields = line.split('\t').skip(2);
        if let (Some(chip), Some(Ok(at_ns))) = (fields.next(), fields.next().map(str::parse))
            && let Some(read) = reads.get_mut(chip)
        {
            read.told_ns = Some(at_ns);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_seen_then_answers_and_is_told_once() {
        let chip = [4, 1];
        let line = b"card\tBalie Test R".as_slice();
        let moments = [
            (WRITTEN, 1, b"readers\t".as_slice()),
            (SEEN, 5, &[]),
            (ASKED, 6, &[]),
            (ANSWERED, 7, &chip),
            (WRITTEN, 9, line),
            (WRITTEN, 11, b"removed\tBalie Te"),
            (SEEN, 20, &[]),
            (WRITTEN, 21, line),
        ];
        let read = Read { seen_ns: 5, asked_ns: 6, answered_ns: 7, told_ns: Some(9) };
        let mut reads = lives(moments.into_iter());
        assert_eq!(reads, BTreeMap::from([("0401".to_owned(), read)]));
        told_by_itself(&mut reads, &["card\tleft\t0401\t30".to_owned(), "removed\tleft".to_owned()]);
        assert_eq!(reads["0401"].told_ns, Some(30));
    }
}
