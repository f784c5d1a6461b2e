//! The list as text that a spreadsheet opens by itself: with the marks that it expects in the country of the language, and
//! without anything that it would take for a formula.

use super::table::{Cell, acts};
use super::{Book, Words};
use crate::config::Language;
use balie_core::money::Cents;
use std::fmt::Write;

/// Tells a spreadsheet that this is UTF-8.
const MARK: &str = "\u{feff}";

/// What a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// What stands between two columns, and before the cents. In Dutch and French the comma is before the cents.
const fn marks(language: Language) -> (char, char) {
    match language {
        Language::Nl | Language::Fr => (';', ','),
        Language::En => (',', '.'),
    }
}

pub(super) fn of(book: &Book, words: &Words) -> Vec<u8> {
    let (heads, rows) = acts(book, words);
    let heads: Vec<Cell> = heads.into_iter().map(Cell::Text).collect();
    let mut text = MARK.to_owned();
    for row in std::iter::once(&heads).chain(&rows) {
        line(&mut text, row, marks(book.language));
    }
    text.into_bytes()
}

fn line(text: &mut String, row: &[Cell], (between, decimal): (char, char)) {
    for (place, cell) in row.iter().enumerate() {
        if place > 0 {
            text.push(between);
        }
        // Writing into a text cannot fail.
        let _ = match cell {
            Cell::Empty => Ok(()),
            Cell::Text(words) => write!(text, "{}", quoted(words, between)),
            Cell::Count(count) => write!(text, "{count}"),
            Cell::Money(cents) => write!(text, "{}", amount(*cents, decimal)),
            Cell::Day(day) => write!(text, "{day}"),
        };
    }
    text.push_str("\r\n");
}

/// An amount; one that is written with a comma is quoted where the comma stands between columns, which it never does here.
fn amount(cents: Cents, decimal: char) -> String {
    cents.to_string().replace('.', &decimal.to_string())
}

fn quoted(words: &str, between: char) -> String {
    // An apostrophe makes a spreadsheet take it for words.
    let guard =
        if words.trim_start_matches([' ', '"']).starts_with(FORMULA) || words.starts_with(FORMULA) { "'" } else { "" };
    if words.contains(['"', '\n', '\r', between]) {
        format!("\"{guard}{}\"", words.replace('"', "\"\""))
    } else {
        format!("{guard}{words}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(row: &[Cell], language: Language) -> String {
        let mut text = String::new();
        line(&mut text, row, marks(language));
        text
    }

    #[test]
    fn nothing_in_it_is_taken_for_a_formula() {
        for (words, safe) in [
            ("=1+1", "'=1+1"),
            ("+32", "'+32"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            (" =1", "' =1"),
            ("=1;2", "\"'=1;2\""),
            ("Zwemmen - les", "Zwemmen - les"),
            ("1 + 1", "1 + 1"),
        ] {
            assert_eq!(quoted(words, ';'), safe);
        }
    }

    #[test]
    fn marks_inside_words_are_quoted_and_amounts_have_the_comma_of_the_language() {
        let row = [Cell::text("Zeg \"ja\"; nu"), Cell::Count(-12), Cell::Money(Cents(-1_205)), Cell::Empty];
        assert_eq!(written(&row, Language::Nl), "\"Zeg \"\"ja\"\"; nu\";-12;-12,05;\r\n");
        assert_eq!(written(&row, Language::En), "\"Zeg \"\"ja\"\"; nu\",-12,-12.05,\r\n");
        let day = Cell::Day("2026-11-21".parse().unwrap());
        assert_eq!(written(&[day, Cell::text("a,b")], Language::Fr), "2026-11-21;a,b\r\n");
        assert_eq!(written(&[Cell::text("a,b")], Language::En), "\"a,b\"\r\n");
    }
}
