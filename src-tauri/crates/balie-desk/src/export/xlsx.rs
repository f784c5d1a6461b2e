//! The day as a workbook: one sheet with the acts, one with what they add up to. Words are written as words, so that nothing
//! in it is a formula; amounts and dates are numbers, so that they can be added up.

use super::table::{self, Cell};
use super::{Book, ExportError, Words};
use balie_core::money::Cents;
use balie_store::ledger::Environment;
use jiff::civil::Date;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

/// How wide the columns of the list are, in letters.
const WIDTHS: [u16; 11] = [12, 12, 8, 18, 36, 18, 9, 14, 14, 9, 16];

/// The looks of cells.
struct Looks {
    head: Format,
    money: Format,
    day: Format,
}

pub(super) fn of(book: &Book, words: &Words) -> Result<Vec<u8>, ExportError> {
    let looks = Looks {
        head: Format::new().set_bold(),
        money: Format::new().set_num_format("#,##0.00"),
        day: Format::new().set_num_format("dd/mm/yyyy"),
    };
    let mut workbook = Workbook::new();
    let list = workbook.add_worksheet().set_name(&words.list)?;
    let (heads, rows) = table::acts(book, words);
    for (column, width) in (0..).zip(WIDTHS) {
        list.set_column_width(column, width)?;
    }
    list.set_freeze_panes(1, 0)?;
    write(list, 0, &heads, &rows, &looks)?;
    let totals = workbook.add_worksheet().set_name(&words.totals)?;
    totals.set_column_width(0, 44)?;
    let (heads, rows) = table::places(book, words);
    let mut row = 0;
    if book.environment != Environment::Production {
        totals.write_string_with_format(0, 0, &words.slip.not_real, &looks.head)?;
        row = 2;
    }
    row = write(totals, row, &heads, &rows, &looks)?;
    let (heads, rows) = table::kinds(book, words);
    row = write(totals, row + 1, &heads, &rows, &looks)?;
    for (heading, rows) in table::parts(book, words) {
        row = write(totals, row + 1, &[heading], &rows, &looks)?;
    }
    let heads = [words.slip.activities.clone(), words.slip.acts.clone(), words.columns.charged.clone()];
    write(totals, row + 1, &heads, &table::activities(book), &looks)?;
    Ok(workbook.save_to_buffer()?)
}

/// Writes captions and rows from a row on, and says which row comes next.
fn write(
    sheet: &mut Worksheet,
    from: u32,
    heads: &[String],
    rows: &[Vec<Cell>],
    looks: &Looks,
) -> Result<u32, XlsxError> {
    for (column, head) in (0..).zip(heads) {
        sheet.write_string_with_format(from, column, head, &looks.head)?;
    }
    let mut next = from + 1;
    for row in rows {
        for (column, cell) in (0..).zip(row) {
            match cell {
                Cell::Empty => &mut *sheet,
                Cell::Text(words) => sheet.write_string(next, column, words)?,
                Cell::Count(count) => sheet.write_number(next, column, number(*count))?,
                Cell::Money(cents) => sheet.write_number_with_format(next, column, euro(*cents), &looks.money)?,
                Cell::Day(day) => sheet.write_datetime_with_format(next, column, date(*day)?, &looks.day)?,
            };
        }
        next += 1;
    }
    Ok(next)
}

// A workbook knows no other numbers than these. Whole ones are exact up to 2^53, which no desk comes near.
#[expect(clippy::cast_precision_loss, reason = "no count of a desk comes near 2^53")]
const fn number(count: i64) -> f64 {
    count as f64
}

/// The nearest number to an amount, which is shown with two decimals.
fn euro(cents: Cents) -> f64 {
    number(cents.0) / 100.0
}

fn date(day: Date) -> Result<ExcelDateTime, XlsxError> {
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    ExcelDateTime::from_ymd(u16::try_from(day.year()).unwrap_or(1900), part(day.month()), part(day.day()))
}
