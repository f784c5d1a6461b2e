//! Lists the commands, so that a window may call only those that its capability names.

const COMMANDS: &[&str] = &[
    "startup",
    "desk",
    "events",
    "person",
    "lines",
    "choose_event",
    "identify",
    "sell",
    "check_in",
    "redeem",
    "undo",
    "dismiss",
    "refresh",
    "diagnosis",
    "to_check",
    "resolve",
    "seen_extra",
    "send_now",
    "story",
    "clock_is_right",
    "work_on_here",
    "hand_over",
    "take_over",
    "unlock",
    "lock",
    "recover",
    "try_again",
    "set_pin",
    "recovery_code",
    "confirm_recovery_code",
    "sign_in",
    "cancel_sign_in",
    "sign_out",
    "desks",
    "choose_desk",
    "set_up",
    "write_settings",
    "end_set_up",
    "practise",
    "ready",
    "prepare",
    "stop_preparing",
    "judge_list",
    "kept",
    "wipe",
    "practice_cards",
    "practice_tap",
    "practice_network",
];

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
