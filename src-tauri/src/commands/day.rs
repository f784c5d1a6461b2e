//! The day: its books, its list, closing it, and its files.

use super::short;
use crate::dto::{DayFormat, DayPage, DayQuery, DayView, DayWords, Problem};
use crate::file;
use crate::shell::Shell;
use crate::view::day as view;
use balie_desk::export::Format;
use balie_store::ledger::Environment;
use tauri::{AppHandle, State};

/// The books of a day, `2026-11-21`; nothing asks for today.
#[tauri::command]
#[specta::specta]
pub async fn day(shell: State<'_, Shell>, day: Option<String>) -> Result<DayView, Problem> {
    let desk = shell.desk().await?;
    let day = day.map_or_else(|| Ok(desk.today()), |day| view::read_day(&day))?;
    view::day(&desk, day).await
}

/// A part of the acts of a day.
#[tauri::command]
#[specta::specta]
pub async fn day_lines(shell: State<'_, Shell>, query: DayQuery) -> Result<DayPage, Problem> {
    short(&query.text)?;
    short(query.event.as_deref().unwrap_or_default())?;
    view::page(&*shell.desk().await?, query).await
}

/// Writes that a day was closed, and gives its books as they are then.
#[tauri::command]
#[specta::specta]
pub async fn close_day(shell: State<'_, Shell>, day: String) -> Result<DayView, Problem> {
    let (desk, day) = (shell.desk().await?, view::read_day(&day)?);
    desk.close_day(day).await?;
    view::day(&desk, day).await
}

/// Asks for a file and writes a day into it. The answer is the name of the file with its folder, or nothing when none was
/// chosen.
#[tauri::command]
#[specta::specta]
pub async fn export_day(
    app: AppHandle,
    shell: State<'_, Shell>,
    day: String,
    format: DayFormat,
    words: DayWords,
) -> Result<Option<String>, Problem> {
    let environment = shell.desk().await?.config().environment;
    let day = view::read_day(&day)?;
    are_short(&words)?;
    let (format, kind) = match format {
        DayFormat::Csv => (Format::Csv, file::CSV),
        DayFormat::Xlsx => (Format::Xlsx, file::XLSX),
        DayFormat::Pdf => (Format::Pdf, file::PDF),
    };
    let not_real = match environment {
        Environment::Production => "",
        Environment::Test | Environment::Practice => "-test",
    };
    let name = format!("{}-{day}{not_real}.{}", words.file, kind.ending);
    let Some(path) = file::to_write(&app, &name, kind).await else { return Ok(None) };
    // The desk may have been locked behind the dialog of the system.
    let desk = shell.desk().await?;
    desk.export_day(day, format, view::words(words), &path).await?;
    Ok(Some(path.display().to_string()))
}

/// All captions of a file together are no longer than this, in bytes.
const ALL_CAPTIONS: usize = 16 * 1024;

fn are_short(words: &DayWords) -> Result<(), Problem> {
    short(&words.file)?;
    let all = serde_json::to_vec(words).map_or(usize::MAX, |all| all.len());
    if all > ALL_CAPTIONS { Err(Problem::clerk("typed.tooLong")) } else { Ok(()) }
}
