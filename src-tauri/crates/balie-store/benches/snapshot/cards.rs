//! A list as UiTPAS gives it, made up.

use balie_core::pass::UitpasNumber;
use std::fs::File;
use std::io::{BufWriter, Result, Write};
use std::path::Path;

pub(crate) const COUNT: u64 = 1_000_000;

/// One in so many is a group pass.
const GROUP: u64 = 200;

/// Spreads the cards over all numbers that there are, so that the list comes in no order.
const SPREAD: u64 = 618_033_988_749;
const SERIALS: u64 = 1_000_000_000_000;

/// The number of a card: twelve digits and the one that makes them hold.
pub(crate) fn digits(card: u64) -> String {
    let serial = card.wrapping_mul(SPREAD) % SERIALS;
    let (mut sum, mut rest) = (0, serial);
    for place in 0..12 {
        let digit = rest % 10;
        let counted = if place % 2 == 0 { digit * 2 } else { digit };
        sum += counted / 10 + counted % 10;
        rest /= 10;
    }
    format!("{serial:012}{}", (10 - sum % 10) % 10)
}

pub(crate) fn number(card: u64) -> Option<UitpasNumber> {
    UitpasNumber::parse(&digits(card))
}

/// Writes the first cards as a list.
pub(crate) fn write(path: &Path, count: u64) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for card in 0..count {
        let digits = digits(card);
        file.write_all(if card == 0 { b"[" } else { b"," })?;
        if card % GROUP == 0 {
            write!(file, r#"{{"uitpasNumber":"{digits}","cardType":"GROUP","availableTickets":{}}}"#, card % 50)?;
        } else {
            write!(file, r#"{{"uitpasNumber":"{digits}","cardType":"REGULAR"}}"#)?;
        }
    }
    file.write_all(b"]")?;
    file.flush()
}
