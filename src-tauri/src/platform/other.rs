//! Windows and macOS.

use tauri::{AppHandle, WebviewWindow};

/// Nothing has to be known before the window is drawn.
pub const fn before_the_window() {}

/// The system draws the window as it does all others.
pub const fn as_the_window_opens(_: &WebviewWindow) {}

/// The desk locks when the screen does. Not yet here: after a sleep it is locked by the look of `pump.rs` at the two clocks,
/// and where nobody touches anything the window locks it after three minutes.
pub async fn lock_with_the_screen(_: AppHandle) {}
