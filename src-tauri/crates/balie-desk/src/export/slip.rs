//! The slip of the day: what a coordinator files and what a till is counted against. No act and no pass stands on it.

use super::pdf::{MARGIN, Sheets, WIDTH, Weight};
use super::table::{self, Cell};
use super::{Book, ExportError, Words};
use crate::config::Language;
use balie_core::money::Cents;
use balie_core::time::{Moment, in_brussels};

const SMALL: (f32, Weight) = (9.0, Weight::Regular);
const PLAIN: (f32, Weight) = (10.0, Weight::Regular);
const STRONG: (f32, Weight) = (10.0, Weight::SemiBold);
/// Many captions stand beside each other, so they are smaller than what they are about.
const CAPTION: (f32, Weight) = (7.5, Weight::SemiBold);
const HEAD: (f32, Weight) = (18.0, Weight::SemiBold);

/// From one line to the next.
const STEP: f32 = 16.0;

/// How wide a column of figures is: wide enough for a long caption in each language.
const FIGURES: f32 = 57.0;

pub(super) fn of(book: &Book, words: &Words) -> Result<Vec<u8>, ExportError> {
    let (slip, mut sheets) = (&words.slip, Sheets::new()?);
    let whole = WIDTH - 2.0 * MARGIN;
    sheets.down(10.0);
    sheets.write(MARGIN, whole, HEAD, &slip.heading);
    for line in opening(book, words) {
        sheets.down(STEP);
        sheets.write(MARGIN, whole, PLAIN, &line);
    }
    sheets.down(STEP * 1.5);
    let (heads, rows) = table::places(book, words);
    table_of(&mut sheets, &heads, &rows, book.language);
    sheets.down(STEP);
    let (heads, rows) = table::kinds(book, words);
    table_of(&mut sheets, &heads, &rows, book.language);
    for (heading, rows) in table::parts(book, words) {
        sheets.down(STEP);
        table_of(&mut sheets, &[heading], &rows, book.language);
    }
    sheets.down(STEP);
    let heads = [slip.activities.clone(), slip.acts.clone(), words.columns.charged.clone()];
    table_of(&mut sheets, &heads, &table::activities(book), book.language);
    sheets.down(STEP * 1.5);
    sheets.write(MARGIN, whole, SMALL, &format!("{} {}", slip.trail, book.trail));
    sheets.finish(
        &slip.heading,
        match book.language {
            Language::Nl => "nl-BE",
            Language::Fr => "fr-BE",
            Language::En => "en",
        },
    )
}

/// Whose it is, when it was made, and how the day stands.
fn opening(book: &Book, words: &Words) -> Vec<String> {
    let slip = &words.slip;
    let closed = match book.report.closings.last() {
        Some(closed) => format!("{} {}", slip.closed, moment(closed.at)),
        None => slip.not_closed.clone(),
    };
    let made = format!("{} {}", slip.made, moment(book.made));
    let real = book.environment == balie_store::ledger::Environment::Production;
    let not_real = if real { "" } else { &slip.not_real };
    let changed = if book.report.changed_since > 0 { slip.changed.as_str() } else { "" };
    let lines = [book.organizer.clone(), not_real.to_owned(), closed, changed.to_owned(), made];
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

/// Writes captions and rows: words at the left, figures under each other at the right.
fn table_of(sheets: &mut Sheets, heads: &[String], rows: &[Vec<Cell>], language: Language) {
    let columns = rows.iter().map(Vec::len).chain([heads.len()]).max().unwrap_or(1);
    if !sheets.has_room(STEP * 3.0) {
        sheets.turn();
    }
    #[expect(clippy::cast_precision_loss, reason = "a table has few columns")]
    let figures = |count: usize| count as f32 * FIGURES;
    let right = |column: usize| WIDTH - MARGIN - figures(columns - 1 - column);
    let words = WIDTH - 2.0 * MARGIN - if heads.len() > 1 { figures(columns - 1) } else { 0.0 } - 4.0;
    let captions: Vec<Vec<String>> =
        heads.iter().skip(1).map(|head| sheets.broken(head, FIGURES - 5.0, CAPTION)).collect();
    let high = captions.iter().map(Vec::len).max().unwrap_or(1);
    for line in (0..high).rev() {
        if line == 0 {
            sheets.write(MARGIN, words, STRONG, heads.first().map_or("", String::as_str));
        }
        for (column, caption) in captions.iter().enumerate() {
            // The last lines stand on one level, however many there are.
            let of_caption = caption.len().checked_sub(line + 1).and_then(|place| caption.get(place));
            sheets.write_ending(right(column + 1), CAPTION, of_caption.map_or("", String::as_str));
        }
        if line > 0 {
            sheets.down(CAPTION.0 + 2.0);
        }
    }
    sheets.down(5.0);
    sheets.rule();
    let room = WIDTH - 2.0 * MARGIN - figures(columns - 1) - 4.0;
    for row in rows {
        sheets.down(STEP);
        for (column, cell) in row.iter().enumerate() {
            match cell {
                Cell::Text(words) if column == 0 => sheets.write(MARGIN, room, PLAIN, words),
                other => sheets.write_ending(right(column), PLAIN, &shown(other, language)),
            }
        }
    }
    sheets.down(STEP);
}

fn shown(cell: &Cell, language: Language) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(words) => words.clone(),
        Cell::Count(count) => count.to_string(),
        Cell::Money(cents) => money(*cents, language),
        Cell::Day(day) => day.strftime("%d/%m/%Y").to_string(),
    }
}

/// An amount as the language writes it.
fn money(cents: Cents, language: Language) -> String {
    let amount = cents.to_string();
    match language {
        Language::Nl => format!("€ {}", amount.replace('.', ",")),
        Language::Fr => format!("{} €", amount.replace('.', ",")),
        Language::En => format!("€{amount}"),
    }
}

fn moment(at: Moment) -> String {
    in_brussels(at).strftime("%d/%m/%Y %H:%M").to_string()
}
