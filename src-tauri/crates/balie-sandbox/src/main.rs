//! `balie-sandbox --listen 127.0.0.1:PORT [--control 127.0.0.1:PORT]`: runs the stand-in until it is interrupted.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use balie_sandbox::Sandbox;

const USAGE: &str = "usage: balie-sandbox --listen 127.0.0.1:PORT [--control 127.0.0.1:PORT]";

struct Arguments {
    listen: SocketAddr,
    control: SocketAddr,
}

fn read_arguments(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let (mut listen, mut control) = (None, any_port);
    while let Some(word) = words.next() {
        let mut address = || {
            let value = words.next().ok_or_else(|| format!("{word} needs an address such as 127.0.0.1:8080"))?;
            value.parse::<SocketAddr>().map_err(|_| format!("{value} is not an address such as 127.0.0.1:8080"))
        };
        match word.as_str() {
            "--listen" => listen = Some(address()?),
            "--control" => control = address()?,
            _ => return Err(format!("unknown argument {word}")),
        }
    }
    Ok(Arguments { listen: listen.ok_or("--listen is missing")?, control })
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let arguments = match read_arguments(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("balie-sandbox: {message}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let sandbox = match Sandbox::start_with_control(arguments.listen, arguments.control).await {
        Ok(sandbox) => sandbox,
        Err(error) => {
            eprintln!("balie-sandbox: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("url {}", sandbox.url());
    println!("control {}", sandbox.control_url());
    until_interrupted().await;
    ExitCode::SUCCESS
}

#[cfg(unix)]
async fn until_interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signals) => signals.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated => {}
    }
}

#[cfg(not(unix))]
async fn until_interrupted() {
    // Without a way to hear an interruption, the process simply runs until it is ended.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
