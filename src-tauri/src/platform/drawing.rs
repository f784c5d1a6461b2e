//! Linux: how the window is drawn. WebKitGTK decides that by itself, and on some computers it decides badly.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use tauri::WebviewWindow;
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

/// With it WebKitGTK does not share its pictures with the screen through DMA-BUF.
const NO_DMA_BUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Is there when the driver of NVIDIA is at work.
const NVIDIA: &str = "/sys/module/nvidia";

/// By these WebKitGTK is told from outside how it paints.
const SAID: [&str; 2] = ["WEBKIT_FORCE_COMPOSITING_MODE", "WEBKIT_DISABLE_COMPOSITING_MODE"];

/// Where Linux shows the graphics cards that programs can draw with, as `renderD128` and further.
const CARDS: &str = "/dev/dri";

/// Has the window drawn without DMA-BUF where that leaves it empty, which is with the driver of NVIDIA, unless whoever starts
/// Balie has said how. R-44 would do so everywhere; but without DMA-BUF WebKitGTK paints the scrollbars of the system over
/// what lies above them, so it is done where the empty window was met. WebKitGTK reads this from the environment, and an
/// environment is only safely changed for a program that begins, so the program begins anew; it keeps its process.
pub fn before_the_window() {
    if !begins_anew(std::env::var_os(NO_DMA_BUF).is_some(), Path::new(NVIDIA).exists()) {
        return;
    }
    match std::env::current_exe() {
        Ok(program) => {
            let error = Command::new(program).args(std::env::args_os().skip(1)).env(NO_DMA_BUF, "1").exec();
            tracing::warn!(%error, "the window is drawn as WebKitGTK does by itself");
        }
        Err(error) => tracing::warn!(%error, "the window is drawn as WebKitGTK does by itself"),
    }
}

/// Whether the program has to begin anew: never when somebody has said how the window is drawn, so that it does so once.
const fn begins_anew(somebody_said: bool, nvidia: bool) -> bool {
    nvidia && !somebody_said
}

/// Has the page painted straight into the window where there is no graphics card, as on a terminal server. WebKitGTK
/// otherwise imitates a graphics card there, and each picture passes through the imitation, which is slower and takes more
/// memory. Whoever starts Balie may have said otherwise.
pub fn as_the_window_opens(window: &WebviewWindow) {
    if SAID.iter().any(|name| std::env::var_os(name).is_some()) || has_card(Path::new(CARDS)) {
        return;
    }
    let asked = window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    });
    if let Err(error) = asked {
        tracing::warn!(%error, "the window is drawn as WebKitGTK does by itself");
    }
}

/// Whether there is a graphics card to draw with.
fn has_card(cards: &Path) -> bool {
    let found = fs::read_dir(cards).into_iter().flatten().flatten();
    found.into_iter().any(|card| card.file_name().to_string_lossy().starts_with("renderD"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_begins_anew_once_and_only_with_the_driver_that_needs_it() {
        assert!(begins_anew(false, true));
        assert!(!begins_anew(true, true), "it would begin for ever");
        assert!(!begins_anew(false, false) && !begins_anew(true, false));
    }

    #[test]
    fn only_what_can_be_drawn_with_is_a_card() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_card(&folder.path().join("absent")) && !has_card(folder.path()));
        fs::write(folder.path().join("card0"), "").unwrap();
        assert!(!has_card(folder.path()), "a screen without anything that draws");
        fs::write(folder.path().join("renderD128"), "").unwrap();
        assert!(has_card(folder.path()));
    }
}
