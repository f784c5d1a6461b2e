//! The frame of the window: where it stands and how large it is comes back at the next start; and whether the clerk is at it.

use crate::shell::Shell;
use std::time::Duration;
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Manager, RunEvent, WindowEvent, Wry};
use tauri_plugin_window_state::{AppHandleExt, StateFlags};

/// While a window is pulled larger it changes many times a second.
const PAUSE: Duration = Duration::from_millis(500);

/// What is kept. Whether the window is to be seen is not: it always is.
fn kept() -> StateFlags {
    StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN
}

/// Gives the window the frame that it had, and keeps it when the program ends.
pub fn plugin() -> TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::new().with_state_flags(kept()).build()
}

/// Notes that the frame changes, or that the clerk goes to another program or comes back.
pub fn heard(app: &AppHandle, event: &RunEvent) {
    let RunEvent::WindowEvent { event, .. } = event else { return };
    match event {
        WindowEvent::Resized(_) | WindowEvent::Moved(_) => app.state::<Shell>().framed.notify_one(),
        WindowEvent::Focused(is) => drop(app.state::<Shell>().in_front.send_replace(*is)),
        _ => {}
    }
}

/// Keeps the frame each time that it has changed: a program that is ended by force comes back as it was, too.
pub fn keep(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        loop {
            app.state::<Shell>().framed.notified().await;
            tokio::time::sleep(PAUSE).await;
            // On the thread of the window: it asks the window while it holds what the window's own events want to change, so
            // that from any other thread the two would wait for each other.
            let here = app.clone();
            let asked = app.run_on_main_thread(move || {
                if let Err(error) = here.save_window_state(kept()) {
                    tracing::warn!(%error, "the size of the window was not kept");
                }
            });
            if let Err(error) = asked {
                tracing::warn!(%error, "the size of the window was not kept");
            }
        }
    });
}
