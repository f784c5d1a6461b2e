//! Starts Balie.

// A second window with a console would stand behind the desk on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    balie::start(std::env::args_os())
}
