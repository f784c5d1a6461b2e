//! From the event of a card to its identifier, beside C and npm nfc-pcsc: `cargo xtask bench reader`.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
#[path = "../bench/figure.rs"]
mod figure;
#[cfg(target_os = "linux")]
#[path = "../bench/reader/measure.rs"]
mod measure;

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("nothing was measured: it needs pcscd with vpcd, which only Linux has");
    ExitCode::FAILURE
}

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let measured = match words.as_slice() {
        [] => measure::measure(TAPS),
        [taps] if taps.parse::<u32>().is_ok_and(|taps| taps > 0) => measure::measure(taps.parse().unwrap_or(TAPS)),
        _ => Err("usage: reader_bench [TAPS]".into()),
    };
    match measured {
        Ok(figures) => {
            figures.iter().for_each(|figure| println!("{}", figure.told()));
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("nothing was measured: {why}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(target_os = "linux")]
const TAPS: u32 = 1_000;
