//! Asks the clerk for a file, with the dialog of the system.

use balie_core::time::{Moment, in_brussels};
use std::path::PathBuf;
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};
use tokio::sync::oneshot;

/// What kind of file is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// What the dialog calls it.
    name: &'static str,
    /// How its name ends.
    pub ending: &'static str,
}

/// Entries that go to another desk.
pub const PARCEL: Kind = Kind { name: "Balie", ending: "balie" };

/// A list as text.
pub const CSV: Kind = Kind { name: "CSV", ending: "csv" };

/// A workbook.
pub const XLSX: Kind = Kind { name: "Excel", ending: "xlsx" };

/// Something to print.
pub const PDF: Kind = Kind { name: "PDF", ending: "pdf" };

/// The diagnosis, for whoever looks after the computers.
pub const DIAGNOSIS: Kind = Kind { name: "JSON", ending: "json" };

/// A name for a new file: `balie-2026-11-21-1042.balie`.
pub fn name(now: Moment) -> String {
    format!("balie-{}.{}", in_brussels(now).strftime("%Y-%m-%d-%H%M"), PARCEL.ending)
}

/// A name for a new diagnosis: `balie-2026-11-21-1042.json`.
pub fn diagnosis_name(now: Moment) -> String {
    format!("balie-{}.{}", in_brussels(now).strftime("%Y-%m-%d-%H%M"), DIAGNOSIS.ending)
}

/// The file to write; `None` when the clerk chose none.
pub async fn to_write(app: &AppHandle, name: &str, kind: Kind) -> Option<PathBuf> {
    if let Some(path) = named_for_practice() {
        return Some(path);
    }
    let (told, chosen) = oneshot::channel();
    dialog(app, kind).set_file_name(name).save_file(move |file| {
        // Nobody waits any more when the window is gone.
        let _ = told.send(file);
    });
    path(chosen.await.ok().flatten())
}

/// The file to read; `None` when the clerk chose none.
pub async fn to_read(app: &AppHandle) -> Option<PathBuf> {
    if let Some(path) = named_for_practice() {
        return Some(path);
    }
    let (told, chosen) = oneshot::channel();
    dialog(app, PARCEL).pick_file(move |file| {
        let _ = told.send(file);
    });
    path(chosen.await.ok().flatten())
}

fn dialog(app: &AppHandle, kind: Kind) -> FileDialogBuilder<tauri::Wry> {
    let mut dialog = app.dialog().file().add_filter(kind.name, &[kind.ending]);
    if let Ok(folder) = app.path().document_dir() {
        dialog = dialog.set_directory(folder);
    }
    match app.get_webview_window("main") {
        Some(window) => dialog.set_parent(&window),
        None => dialog,
    }
}

fn path(file: Option<FilePath>) -> Option<PathBuf> {
    file.and_then(|file| file.into_path().ok())
}

/// A dialog of the system cannot be driven by a test, so a build for practice takes the file from `BALIE_FILE`.
#[cfg(feature = "practice")]
fn named_for_practice() -> Option<PathBuf> {
    std::env::var_os("BALIE_FILE").map(PathBuf::from)
}

#[cfg(not(feature = "practice"))]
const fn named_for_practice() -> Option<PathBuf> {
    None
}
