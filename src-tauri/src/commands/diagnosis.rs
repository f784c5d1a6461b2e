//! How well the answers of the desk agree with those of UiTPAS, and how things stand here.

use crate::dto::{DiagnosisFile, DiagnosisView, Problem};
use crate::file;
use crate::shell::Shell;
use crate::view;
use balie_store::durable;
use tauri::{AppHandle, State};

/// What was counted so far; no person can be found in it.
#[tauri::command]
#[specta::specta]
pub async fn diagnosis(shell: State<'_, Shell>) -> Result<DiagnosisView, Problem> {
    view::diagnosis(&*shell.desk().await?).await
}

/// Asks for a file and writes in it how things stand here, for whoever helps from afar: no person can be found in it. The file is
/// the answer; nothing happens, and nothing is the answer, when no file was chosen.
#[tauri::command]
#[specta::specta]
pub async fn save_diagnosis(app: AppHandle, shell: State<'_, Shell>) -> Result<Option<String>, Problem> {
    let desk = shell.desk().await?;
    let Some(path) = file::to_write(&app, &file::diagnosis_name(desk.time()), file::DIAGNOSIS).await else {
        return Ok(None);
    };
    // The desk may have been locked behind the dialog of the system.
    let desk = shell.desk().await?;
    let (now, diagnosis) = (view::desk(&desk, &shell).await?, view::diagnosis(&desk).await?);
    let whole = DiagnosisFile::new(now, diagnosis, desk.time().to_string());
    let written = serde_json::to_vec_pretty(&whole).map_err(std::io::Error::from);
    let written = written.and_then(|bytes| durable::write(&path, &bytes));
    written.map_err(|error| {
        // The name of a file may hold the name of a person: only what went wrong is logged.
        tracing::error!(kind = ?error.kind(), "the file of the diagnosis");
        Problem::clerk("diagnosis.file")
    })?;
    Ok(Some(path.display().to_string()))
}
