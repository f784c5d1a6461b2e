//! The window speaks the vocabulary that Rust speaks: `ui/src/ipc.ts` is generated, and it is fresh.

use specta_typescript::Typescript;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/ipc.ts");

/// Writes the file anew when `BALIE_WRITE_IPC` is set; otherwise compares it.
#[test]
fn the_types_of_the_window_are_those_of_rust() {
    let fresh = tempfile::tempdir().unwrap();
    let generated = fresh.path().join("ipc.ts");
    let header = "// From src-tauri/src/dto.rs and the commands; written by BALIE_WRITE_IPC=1 cargo test -p balie --features practice --test ipc\n";
    balie::vocabulary().export(Typescript::default().header(header), &generated).unwrap();
    let generated = std::fs::read_to_string(generated).unwrap();
    if std::env::var_os("BALIE_WRITE_IPC").is_some() {
        std::fs::write(FILE, &generated).unwrap();
    }
    let kept = std::fs::read_to_string(FILE).unwrap();
    assert!(kept == generated, "ui/src/ipc.ts is stale: run BALIE_WRITE_IPC=1 cargo test -p balie --test ipc");
}

/// Every command that the capability of the window names exists, and the window may call nothing else.
#[test]
fn the_window_may_call_its_commands_and_nothing_of_the_system() {
    let file = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/capabilities/main.json")).unwrap();
    let capability: serde_json::Value = serde_json::from_str(&file).unwrap();
    let granted: Vec<&str> =
        capability["permissions"].as_array().unwrap().iter().map(|permission| permission.as_str().unwrap()).collect();
    let (own, system): (Vec<&str>, Vec<&str>) = granted.into_iter().partition(|name| name.starts_with("allow-"));
    // Its events, and how large its text is.
    assert_eq!(system, ["core:event:allow-listen", "core:event:allow-unlisten", "core:webview:allow-set-webview-zoom"]);
    let ipc = std::fs::read_to_string(FILE).unwrap();
    for permission in own {
        let command = permission.trim_start_matches("allow-").replace('-', "_");
        assert!(ipc.contains(&format!("\"{command}\"")), "{command} is granted and does not exist");
    }
    assert_eq!(capability["windows"], serde_json::json!(["main"]));
}
