//! What the packages for Linux carry, so that the card reader ACR122U works as soon as they are installed: the kernel has a
//! driver that takes it before pcscd does.

#![expect(clippy::unwrap_used, reason = "a broken checkout fails these tests, also in what they call")]

use balie_tests::skip::skipped;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where the kernel's modules and udev look for what packages bring; what an administrator puts into `/etc` goes before it.
const MODPROBE: &str = "/usr/lib/modprobe.d/balie-acr122u.conf";
const UDEV: &str = "/usr/lib/udev/rules.d/92-balie-acr122u.rules";

/// The modules that are not to be loaded for a reader: its driver, and the two that this one needs.
const MODULES: [&str; 3] = ["pn533_usb", "pn533", "nfc"];

/// Who asks pcscd, and who is asked: each distribution has names of its own for them.
const NEEDED: [(&str, &[&str]); 2] =
    [("deb", &["libpcsclite1", "pcscd", "libccid"]), ("rpm", &["pcsc-lite", "pcsc-lite-ccid"])];

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri")
}

fn package(name: &str) -> Value {
    let text = fs::read_to_string(sources().join("tauri.conf.json")).unwrap();
    let config: Value = serde_json::from_str(&text).unwrap();
    config["bundle"]["linux"][name].clone()
}

/// The file of the repository that both packages bring to this place.
fn carried(place: &str) -> PathBuf {
    let [deb, rpm] = NEEDED.map(|(name, _)| package(name)["files"][place].as_str().map(str::to_owned));
    assert_eq!(deb, rpm, "both carry the same as {place}");
    sources().join(deb.unwrap())
}

#[test]
fn both_packages_carry_what_the_reader_needs_and_ask_for_pcscd() {
    for (name, needed) in NEEDED {
        let package = package(name);
        let depends: Vec<&str> = package["depends"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(depends, needed, "{name}");
        let files = package["files"].as_object().unwrap();
        assert_eq!(files.keys().collect::<Vec<_>>(), [MODPROBE, UDEV], "{name}");
        let script = sources().join(package["postInstallScript"].as_str().unwrap());
        for file in files.values().map(|file| sources().join(file.as_str().unwrap())).chain([script]) {
            assert!(fs::metadata(&file).is_ok_and(|file| file.len() > 0), "{name}: {}", file.display());
        }
    }
}

#[test]
fn the_modules_that_take_the_reader_are_not_loaded_for_it() {
    let text = fs::read_to_string(carried(MODPROBE)).unwrap();
    let said: Vec<&str> = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    assert_eq!(said, MODULES.map(|module| format!("blacklist {module}")));
}

#[test]
fn modprobe_understands_what_it_is_told() {
    let Some(told) = output(Command::new("modprobe").args(["--showconfig", "-C"]).arg(carried(MODPROBE))) else {
        skipped(Some("kmod is not installed, whose modprobe reads what is not to be loaded".to_owned()));
        return;
    };
    let told = String::from_utf8(told.stdout).unwrap();
    for module in MODULES {
        assert!(told.lines().any(|line| line == format!("blacklist {module}")), "{module}: {told}");
    }
}

#[test]
fn udev_understands_the_rule() {
    let knows = output(Command::new("udevadm").args(["verify", "--help"]));
    if !knows.is_some_and(|asked| asked.status.success()) {
        skipped(Some("there is no udevadm that can verify a rule (that of systemd 254 or later)".to_owned()));
        return;
    }
    // Most computers have no such group, which is no mistake of the rule.
    let verified = output(Command::new("udevadm").args(["verify", "--resolve-names=never"]).arg(carried(UDEV)));
    let verified = verified.unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

#[test]
fn the_rule_takes_no_other_reader_and_from_no_other_driver() {
    let rule = fs::read_to_string(carried(UDEV)).unwrap();
    let lines: Vec<&str> = rule.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    let place =
        |wanted: &str| lines.iter().position(|line| line.contains(wanted)).unwrap_or_else(|| panic!("{wanted}"));
    let taken = place("driver/unbind");
    let section = &lines[place(r#"LABEL="balie_acr122u_interface""#)..taken];
    let leaves = |line: &&str| line.ends_with(r#"GOTO="balie_acr122u_end""#);
    assert!(section.iter().any(|line| line.starts_with(r#"DRIVER!="pn533_usb""#) && leaves(line)), "{section:?}");
    assert!(
        section.iter().any(|line| line.starts_with(r#"ENV{PRODUCT}!="72f/2200/*|"#) && leaves(line)),
        "{section:?}"
    );
}

/// In a container without udev, and for a user who may not speak to it, an installation succeeds all the same.
#[test]
fn the_script_after_the_installation_never_fails() {
    let script = sources().join(package("deb")["postInstallScript"].as_str().unwrap());
    assert_eq!(package("deb")["postInstallScript"], package("rpm")["postInstallScript"]);
    let empty = tempfile::tempdir().unwrap();
    let Some(ran) = output(Command::new("/bin/sh").arg(script).env("PATH", empty.path())) else {
        skipped(Some("there is no shell, which installs packages".to_owned()));
        return;
    };
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

/// What a program says; nothing where it is not installed. Those of an administrator are not on everybody's path.
fn output(command: &mut Command) -> Option<Output> {
    let path = std::env::var("PATH").unwrap_or_default();
    if command.get_envs().all(|(name, _)| name != "PATH") {
        command.env("PATH", format!("{path}:/usr/sbin:/sbin"));
    }
    command.output().ok()
}
