//! S-11: a mistake in the program, at the moment at which it holds a number, prints no number and leaves no file.

use std::process::Command;

use balie_core::redact::panic_line;
use balie_tests::scene::{Scene, YASMINA, YASMINAS_NUMBER};

use crate::planted::{MARK, longest_run};

/// Tells the program that it is the child.
const CHILD: &str = "BALIE_MISTAKE";

/// What the child does: its hook prints the line of the core and nothing else, as that of the program must, and a task of the
/// desk panics with a person in its hands.
#[tokio::test]
async fn the_child_makes_a_mistake() {
    let Ok(kind) = std::env::var(CHILD) else { return };
    std::panic::set_hook(Box::new(|info| eprintln!("{}", panic_line(info))));
    let scene = Scene::start().await;
    let person = scene.tap(YASMINA).await;
    let name = person.pass.clone().unwrap().first_name.unwrap();
    let ended = tokio::spawn(async move {
        let number = person.pass.unwrap().number.reveal().to_owned();
        match kind.as_str() {
            "text" => panic!("{MARK} {name} {number} {YASMINA}"),
            "unwrap" => number.parse::<u8>().map_err(|_| format!("{MARK} {name} {number}")).map(drop).unwrap(),
            "value" => std::panic::panic_any((MARK, name, number)),
            _ => drop([number][kind.len()..][1].clone()),
        }
    });
    assert!(ended.await.unwrap_err().is_panic());
    eprintln!("the desk goes on: {}", scene.desk.lines().await.unwrap().len());
    // As the program ends: without what the frame of the tests would tell.
    std::process::exit(3);
}

#[test]
fn a_mistake_prints_where_it_was_and_nothing_of_a_person() {
    for kind in ["text", "unwrap", "value", "index"] {
        let folder = tempfile::tempdir().unwrap();
        let ended = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "mistakes::the_child_makes_a_mistake", "--nocapture"])
            .env(CHILD, kind)
            .env("RUST_BACKTRACE", "full")
            .current_dir(folder.path())
            .output()
            .unwrap();
        let told = format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
        assert_eq!(ended.status.code(), Some(3), "{told}");
        assert!(told.contains("a mistake in the program, at tests/privacy/mistakes.rs:"), "{told}");
        assert!(told.contains("the desk goes on: 0"), "{told}");
        for secret in [MARK, "Yasmina", YASMINAS_NUMBER, YASMINA] {
            assert!(!told.contains(secret), "{kind}: {told}");
        }
        assert!(longest_run(&told) < 9, "{told}");
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().map(|file| file.file_name()).collect();
        assert!(left.is_empty(), "{kind} left {left:?}");
    }
}
