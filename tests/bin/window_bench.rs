//! How long a clerk waits for the window: `cargo xtask bench window`.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
#[path = "../bench/figure.rs"]
mod figure;
#[cfg(target_os = "linux")]
#[path = "../bench/fill.rs"]
mod fill;
#[cfg(target_os = "linux")]
#[path = "../bench/start.rs"]
mod start;
#[cfg(target_os = "linux")]
#[path = "../bench/taps.rs"]
mod taps;

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("nothing was measured: it needs WebKitWebDriver and Xvfb, which only Linux has");
    ExitCode::FAILURE
}

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let measured = tokio::runtime::Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(run(&words)));
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("nothing was measured: {why}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(target_os = "linux")]
async fn run(words: &[&str]) -> Result<(), Box<dyn std::error::Error>> {
    let mut figures = Vec::new();
    match words {
        // Started by the bench itself, in the session that has the keyring.
        ["fill", folder, count] => return fill::fill(std::path::Path::new(folder), count.parse()?).await,
        ["taps"] => figures.extend(taps::measure().await?),
        ["start"] => figures.extend(start::measure().await?),
        [] => {
            figures.extend(taps::measure().await?);
            figures.extend(start::measure().await?);
        }
        _ => return Err("usage: window_bench [taps | start]".into()),
    }
    for figure in figures {
        println!("{}", figure.told());
    }
    Ok(())
}
