//! The files of a day, read back by other programs than the one that wrote them.

use super::{mixed, words::dutch};
use balie_core::day::Place;
use balie_desk::config::Language;
use balie_desk::export::Format;
use balie_tests::scene::{NOORS_NUMBER, Scene, YASMINAS_NUMBER};
use calamine::{Data, Reader, Xlsx, open_workbook};
use std::path::PathBuf;

struct Written {
    file: PathBuf,
    _folder: tempfile::TempDir,
}

async fn written(scene: &Scene, format: Format, language: Language) -> Written {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dag");
    scene.desk.export_day(scene.desk.today(), format, (language, dutch()), &file).await.unwrap();
    Written { file, _folder: folder }
}

/// The cells of a line, as a spreadsheet takes them apart.
fn cells(line: &str, between: char) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => cells.last_mut().unwrap().push('"'),
            '"' => quoted = !quoted,
            letter if letter == between && !quoted => cells.push(String::new()),
            letter => cells.last_mut().unwrap().push(letter),
        }
    }
    cells
}

/// Nothing of a pass, and no word about who has kansentarief.
fn is_discreet(text: &str) {
    for number in [YASMINAS_NUMBER, NOORS_NUMBER] {
        assert!(!text.contains(number) && !text.contains(&number[..4]) && !text.contains(&number[9..]), "{text}");
    }
    for word in ["Yasmina", "Noor", "kansen", "Kansen"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

#[tokio::test]
async fn the_list_opens_in_a_spreadsheet_as_it_is_set_in_belgium() {
    let scene = mixed().await;
    for (language, between, amount) in
        [(Language::Nl, ';', "2,00"), (Language::Fr, ';', "2,00"), (Language::En, ',', "2.00")]
    {
        let csv = written(&scene, Format::Csv, language).await;
        let bytes = std::fs::read(&csv.file).unwrap();
        assert_eq!(&bytes[..3], b"\xef\xbb\xbf");
        let text = String::from_utf8(bytes[3..].to_vec()).unwrap();
        is_discreet(&text);
        let rows: Vec<Vec<String>> = text.lines().map(|line| cells(line, between)).collect();
        assert!(text.ends_with("\r\n") && rows.iter().all(|row| row.len() == 11), "{text}");
        assert_eq!((rows.len(), &*rows[0][0], &*rows[0][10]), (9, "Bon", "Staat"));
        assert_eq!(rows[1][..2], ["B1-000001", "2026-11-21"], "the oldest first");
        assert_eq!((&*rows[1][8], &*rows[1][10]), (amount, "verzonden"));
        let places: Vec<&str> = rows[1..].iter().map(|row| &*row[10]).collect();
        let expected = [
            "verzonden",
            "teruggenomen",
            "verzonden",
            "teruggenomen",
            "geweigerd",
            "na te kijken",
            "genoteerd",
            "genoteerd",
        ];
        assert_eq!(places, expected);
    }
}

#[tokio::test]
async fn the_workbook_holds_numbers_that_can_be_added_up() {
    let scene = mixed().await;
    let file = written(&scene, Format::Xlsx, Language::Nl).await;
    // The reader goes by the ending of the name.
    let named = file.file.with_extension("xlsx");
    std::fs::rename(&file.file, &named).unwrap();
    let mut workbook: Xlsx<_> = open_workbook(&named).unwrap();
    assert_eq!(workbook.sheet_names(), ["Handelingen", "Totalen"]);
    let list = workbook.worksheet_range("Handelingen").unwrap();
    assert_eq!((list.height(), list.width()), (9, 11));
    assert_eq!(list.get_value((1, 8)), Some(&Data::Float(2.0)));
    assert!(matches!(list.get_value((1, 1)), Some(Data::DateTime(_))), "{:?}", list.get_value((1, 1)));
    let sent = (1..9).filter(|row| list.get_value((*row, 10)).unwrap() == "verzonden");
    let charged: f64 = sent
        .filter_map(|row| if let Some(Data::Float(euro)) = list.get_value((row, 8)) { Some(*euro) } else { None })
        .sum();
    let report = scene.desk.report(scene.desk.today()).await.unwrap();
    // A ticket of 2,00 that UiTPAS has, and 2,00 given back for one that it no longer has.
    assert_eq!((charged, report.totals.at(Place::Sent).charged.0), (0.0, 200));
    let totals = workbook.worksheet_range("Totalen").unwrap();
    assert_eq!(totals.get_value((0, 0)).unwrap(), "Testomgeving: geen echte verkoop");
    let cell = |row: u32, column: u32| totals.get_value((row, column)).unwrap().to_string();
    assert_eq!((cell(2, 0), cell(4, 0), cell(4, 3)), ("Staat".to_owned(), "verzonden".to_owned(), "2".to_owned()));
    is_discreet(&format!("{list:?}{totals:?}"));
}

#[tokio::test]
async fn the_slip_tells_the_totals_and_the_end_of_the_trail() {
    let scene = mixed().await;
    scene.desk.close_day(scene.desk.today()).await.unwrap();
    let file = written(&scene, Format::Pdf, Language::Nl).await;
    let pdf = lopdf::Document::load(&file.file).unwrap();
    let pages: Vec<u32> = pdf.get_pages().into_keys().collect();
    let text = pdf.extract_text(&pages).unwrap();
    let trail = scene.ledger.trail_head().await.unwrap().short();
    for words in [
        "Dag 21/11/2026",
        "Testomgeving: geen echte verkoop",
        "Afgesloten op 21/11/2026 11:00",
        "na te kijken",
        "€ 2,00",
        "Wie betaalt wat: een schatting, café inbegrepen",
        "Gemeente",
        &format!("Controlegetal {trail}"),
    ] {
        assert!(text.contains(words), "{words} is missing in {text}");
    }
    assert!(!text.contains("B1-0000"), "no act stands on it: {text}");
    is_discreet(&text);
    assert_eq!(pages.len(), 1);
    if let Some(shown) = std::env::var_os("BALIE_SLIP") {
        std::fs::copy(&file.file, shown).unwrap();
    }
}

#[tokio::test]
async fn a_ledger_that_was_changed_by_hand_gives_no_file() {
    let scene = mixed().await;
    balie_store::rehearsal::change_the_trail(&scene.ledger, 2).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dag.pdf");
    let exported = scene.desk.export_day(scene.desk.today(), Format::Pdf, (Language::Nl, dutch()), &file).await;
    assert!(exported.is_err() && !file.exists());
}
