//! The list of everyone who has the social tariff: whatever the bytes and however they are cut up, it is read whole or not
//! at all, and every number in it holds.
#![no_main]

use balie_core::pass::UitpasNumber;
use balie_remote::facts::read_social_tariff;
use libfuzzer_sys::fuzz_target;
use std::io::{Read, Result};

type Rows = Vec<(UitpasNumber, Option<u32>)>;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, body)) = bytes.split_first() else { return };
    let (mut rows, mut other_rows) = (Rows::new(), Rows::new());
    let whole = read_social_tariff(body, &mut rows, |_| {});
    let in_pieces = Pieces { rest: body, length: usize::from(*first).max(1) };
    let other = read_social_tariff(in_pieces, &mut other_rows, |_| {});
    assert_eq!(whole.is_ok(), other.is_ok(), "how it is cut up matters");
    let Ok(export) = whole else { return };
    assert_eq!(Ok(export), other);
    assert_eq!(rows, other_rows);
    assert_eq!(rows.len() as u64, export.rows - export.bad);
    assert_eq!(export.bytes, body.len() as u64);
    assert!(export.bad * 100 <= export.rows, "too many rows were left out");
    assert!(std::str::from_utf8(body).is_ok(), "it is no text");
    for (number, _) in &rows {
        assert_eq!(UitpasNumber::parse(number.reveal()).as_ref(), Some(number));
    }
});

/// Gives the bytes a few at a time, as a network may.
struct Pieces<'a> {
    rest: &'a [u8],
    length: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let (now, later) = self.rest.split_at(self.length.min(self.rest.len()).min(buffer.len()));
        buffer[..now.len()].copy_from_slice(now);
        self.rest = later;
        Ok(now.len())
    }
}
