//! The window of the desk: the only crate that names tauri. It parses, calls the desk and converts; it decides nothing.

mod arguments;
mod browser;
mod commands;
pub mod dto;
mod file;
mod frame;
mod language;
mod news;
mod opening;
mod page;
mod platform;
mod practice;
mod problem;
mod pump;
mod reader_check;
mod safe;
mod said;
mod second;
mod setup;
mod shell;
mod tell;
mod view;

use arguments::Arguments;
use balie_desk::config::Language;
use shell::Shell;
use std::ffi::OsString;
use std::process::ExitCode;
use tauri::{Manager, RunEvent};
use tauri_specta::{Builder, collect_commands, collect_events};

/// What the window can ask, and what it is told; the source of `ui/src/ipc.ts`.
pub fn vocabulary() -> Builder<tauri::Wry> {
    Builder::<tauri::Wry>::new()
        .disable_serde_phases()
        .commands(collect_commands![
            commands::startup::startup,
            commands::startup::came,
            commands::look::desk,
            commands::look::events,
            commands::look::person,
            commands::look::lines,
            commands::choose_event::choose_event,
            commands::identify::identify,
            commands::identify::scan,
            commands::sell::sell,
            commands::check_in::check_in,
            commands::redeem::redeem,
            commands::undo::undo,
            commands::dismiss::dismiss,
            commands::refresh::refresh,
            commands::diagnosis::diagnosis,
            commands::diagnosis::save_diagnosis,
            commands::reader::reader_check,
            commands::identify::forward,
            commands::settings::settings,
            commands::settings::change_settings,
            commands::check::to_check,
            commands::check::resolve,
            commands::check::seen_extra,
            commands::check::send_now,
            commands::check::story,
            commands::check::clock_is_right,
            commands::check::work_on_here,
            commands::day::day,
            commands::day::day_lines,
            commands::day::close_day,
            commands::day::export_day,
            commands::hand_over::hand_over,
            commands::hand_over::take_over,
            commands::way_in::unlock,
            commands::way_in::lock,
            commands::way_in::recover,
            commands::way_in::try_again,
            commands::way_in::set_pin,
            commands::way_in::recovery_code,
            commands::way_in::confirm_recovery_code,
            commands::way_in::sign_in,
            commands::way_in::cancel_sign_in,
            commands::way_in::sign_out,
            commands::way_in::desks,
            commands::way_in::choose_desk,
            commands::way_in::set_up,
            commands::way_in::write_settings,
            commands::way_in::end_set_up,
            commands::way_in::speak,
            commands::way_in::practise,
            commands::offline::ready,
            commands::offline::prepare,
            commands::offline::stop_preparing,
            commands::offline::judge_list,
            commands::offline::kept,
            commands::offline::wipe,
            commands::practice::practice_cards,
            commands::practice::practice_tap,
            commands::practice::practice_network,
        ])
        .events(collect_events![news::News])
}

/// Opens the window that `tauri.conf.json` describes. What its page says first, it says in this language.
fn open_window(app: &tauri::App, language: Language) -> Result<(), Box<dyn std::error::Error>> {
    let described = app.config().app.windows.iter().find(|window| window.label == setup::MAIN);
    let described = described.ok_or("tauri.conf.json describes no window")?;
    let told = language::told_to_the_page(language);
    let window = tauri::WebviewWindowBuilder::from_config(app.handle(), described)?
        .initialization_script(told)
        .visible(false)
        .on_page_load(|window, page| page::loads(&window, page.event()))
        .build()?;
    platform::as_the_window_opens(&window);
    Ok(())
}

/// Starts the program with the arguments of the command line, and runs until its window is closed.
pub fn start(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::parse(arguments) {
        Ok(Arguments::Say(text)) => {
            println!("{text}");
            return ExitCode::SUCCESS;
        }
        Ok(Arguments::ReaderCheck(language)) => {
            setup::log();
            return reader_check::run(language.unwrap_or_else(language::of_the_system));
        }
        Ok(Arguments::Run(options)) => options,
        Err(error) => {
            eprintln!("balie: {error}\n\n{}", arguments::HELP);
            return ExitCode::from(2);
        }
    };
    setup::log();
    platform::before_the_window();
    if let Err(error) = balie_store::memory::no_core_dumps() {
        tracing::warn!(%error, "the memory of this program may be written to a file when it crashes");
    }
    let vocabulary = vocabulary();
    let invoke_handler = vocabulary.invoke_handler();
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .plugin(frame::plugin())
        .invoke_handler(invoke_handler)
        .setup(move |app| {
            vocabulary.mount_events(app);
            let Some(ground) = setup::find_ground(app.handle(), &arguments) else {
                // The desk is open already, and its window is in front now.
                app.handle().exit(0);
                return Ok(());
            };
            let language = ground.language().or(arguments.language).unwrap_or_else(language::of_the_system);
            app.manage(Shell::new(app.handle().clone(), language));
            // The window takes longest, and opening the desk beside it would take time from it.
            open_window(app, language)?;
            opening::begin(app.handle().clone(), ground);
            frame::keep(app.handle().clone());
            page::watch(app.handle().clone());
            Ok(())
        })
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(|app, event| {
                frame::heard(app, &event);
                // The window is gone at once; the program ends a moment later, when nothing is half sent.
                #[cfg(target_os = "macos")]
                if let RunEvent::Opened { urls } = &event {
                    urls.iter().for_each(|url| app.state::<Shell>().links.came(url.as_str()));
                }
                if let RunEvent::ExitRequested { code: None, api, .. } = event {
                    api.prevent_exit();
                    let app = app.clone();
                    tauri::async_runtime::spawn(async move {
                        app.state::<Shell>().rest().await;
                        app.exit(0);
                    });
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("balie: the window could not be opened: {error}");
            ExitCode::FAILURE
        }
    }
}
