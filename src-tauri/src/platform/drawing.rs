//! Linux: how the window is drawn. GTK and WebKitGTK decide that by themselves, and on some computers they decide badly.

use std::fs;
use std::path::Path;
use tauri::WebviewWindow;
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt, glib};

/// What is said to GTK and WebKitGTK by a word in the environment.
type Word = (&'static str, &'static str);

/// With it WebKitGTK does not share its pictures with the screen through DMA-BUF, which leaves the window empty with the driver
/// of NVIDIA. R-44 would say so everywhere; but without DMA-BUF WebKitGTK paints the scrollbars of the system over what lies
/// above them, so it is said where the empty window was met.
const NO_DMA_BUF: Word = ("WEBKIT_DISABLE_DMABUF_RENDERER", "1");

/// With it GTK does not look for OpenGL. Without a graphics card it would find an imitation, which takes longer to come than all
/// the rest of GTK.
const NO_OPENGL: Word = ("GDK_GL", "disable");

/// Is there when the driver of NVIDIA is at work.
const NVIDIA: &str = "/sys/module/nvidia";

/// By these WebKitGTK is told from outside how it paints.
const SAID: [&str; 2] = ["WEBKIT_FORCE_COMPOSITING_MODE", "WEBKIT_DISABLE_COMPOSITING_MODE"];

/// Where Linux shows the graphics cards that programs can draw with, as `renderD128` and further.
const CARDS: &str = "/dev/dri";

/// Says how the window is drawn before GTK begins, unless whoever starts Balie has said it. An environment is safely changed only
/// while nobody else reads it, so this comes first of all: there is one other thread by then, with which the allocator of WebKit
/// gives memory back, and it reads nothing.
pub fn before_the_window() {
    let words = words(Path::new(NVIDIA).exists(), paints_straight());
    for (name, word) in words.into_iter().flatten() {
        if let Err(error) = glib::setenv(name, word, false) {
            tracing::warn!(%error, name, "the window is drawn as WebKitGTK does by itself");
        }
    }
}

/// What is to be said on such a computer.
const fn words(nvidia: bool, straight: bool) -> [Option<Word>; 2] {
    [if nvidia { Some(NO_DMA_BUF) } else { None }, if straight { Some(NO_OPENGL) } else { None }]
}

/// Has the page painted straight into the window where there is no graphics card, as on a terminal server. WebKitGTK
/// otherwise imitates a graphics card there, and each picture passes through the imitation, which is slower and takes more
/// memory.
pub fn as_the_window_opens(window: &WebviewWindow) {
    if !paints_straight() {
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

/// Whether the page is painted straight into the window: whoever starts Balie may have said otherwise.
fn paints_straight() -> bool {
    !SAID.iter().any(|name| std::env::var_os(name).is_some()) && !has_card(Path::new(CARDS))
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
    fn each_word_is_said_where_the_window_needs_it() {
        assert_eq!(words(false, false), [None, None], "a computer with a card of another maker");
        assert_eq!(words(true, false), [Some(NO_DMA_BUF), None]);
        assert_eq!(words(false, true), [None, Some(NO_OPENGL)]);
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
