//! What identifies somebody: numbers, chips and national numbers, typed, scanned or read.

use super::table::{Held, check, named, read};
use balie_core::card::CardKind;
use balie_core::pass::{Identifier, IdentifierError};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    row: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    source: String,
    /// What was typed or scanned.
    text: Option<String>,
    /// The bytes that a reader gave, in hexadecimal digits.
    uid: Option<String>,
    /// What it is.
    is: String,
    /// The number or chip that comes out of it.
    value: Option<String>,
    /// How many digits or bytes it has.
    length: Option<usize>,
}

struct Found {
    is: &'static str,
    value: Option<String>,
    length: Option<usize>,
}

impl Found {
    const fn plain(is: &'static str) -> Self {
        Self { is, value: None, length: None }
    }
}

fn of_text(text: &str) -> Found {
    match Identifier::parse(text) {
        Ok(Identifier::Chip(chip)) => Found { value: Some(chip.to_hex()), ..Found::plain("chip") },
        Ok(Identifier::Number(number)) => Found { value: Some(number.reveal().to_owned()), ..Found::plain("number") },
        Ok(Identifier::Insz(insz)) => Found { value: Some(insz.reveal().to_owned()), ..Found::plain("insz") },
        // Only what a person forwards is one; no text is read as such.
        Ok(Identifier::Barcode(_)) => Found::plain("barcode"),
        Err(IdentifierError::CheckDigit) => Found::plain("checkDigit"),
        Err(IdentifierError::InszCheckDigits) => Found::plain("inszCheckDigits"),
        Err(IdentifierError::Length { digits }) => Found { length: Some(digits), ..Found::plain("length") },
        Err(IdentifierError::NotANumber) => Found::plain("notANumber"),
    }
}

fn of_uid(hex: &str) -> Found {
    let uid: Vec<u8> = hex.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
    match CardKind::of_uid(&uid) {
        CardKind::UitpasLike(chip) => Found { value: Some(chip.to_hex()), ..Found::plain("uitpas") },
        CardKind::RandomId => Found::plain("randomId"),
        // A card is an eID by how it presents itself, never by its identifier.
        CardKind::Eid(_) => Found::plain("eid"),
        CardKind::Other { length } => Found { length: Some(length), ..Found::plain("other") },
    }
}

fn judge(row: &Row) -> Result<(), String> {
    let found = match (&row.text, &row.uid) {
        (Some(text), None) => of_text(text),
        (None, Some(uid)) => of_uid(uid),
        _ => return Err("it is either typed or read".to_owned()),
    };
    let held = Held::default().maybe("it", Some(row.is.as_str()), found.is);
    held.maybe("its value", row.value.clone().map(Some), found.value)
        .maybe("its length", row.length.map(Some), found.length)
        .verdict()
}

named!(Row, judge);

#[test]
fn identification() {
    let table: Table = read("identification.toml");
    check("identification.toml", &table.row, 132);
    for is in [
        "number",
        "chip",
        "insz",
        "checkDigit",
        "inszCheckDigits",
        "length",
        "notANumber",
        "uitpas",
        "randomId",
        "other",
    ] {
        assert!(table.row.iter().any(|row| row.is == is), "no row is {is}");
    }
}
