//! The packages of the operating system, installed where that can be done and named where it cannot.

use std::path::Path;

use crate::shell::{Trouble, answer, must, program};

/// To compile the window: the web view, a C compiler and perl for SQLCipher's OpenSSL, the card readers.
const BUILD: [&str; 5] = ["libwebkit2gtk-4.1-dev", "pkg-config", "build-essential", "perl", "libpcsclite-dev"];
/// To show the window on a virtual display and drive it.
const STAGE: [&str; 7] =
    ["webkit2gtk-driver", "xvfb", "xauth", "x11-utils", "dbus", "gnome-keyring", "fonts-dejavu-core"];
/// To present virtual cards to a real reader daemon.
const READERS: [&str; 2] = ["pcscd", "vsmartcard-vpcd"];
/// To compile the fuzzer, which is C++.
const COMPILER: [&str; 1] = ["build-essential"];
/// To count instructions.
const COUNTER: [&str; 1] = ["valgrind"];
/// To compile for other systems: the compiler and linker for Windows, the ones of this system for what runs while building, and
/// perl for SQLCipher's OpenSSL.
const OTHER_SYSTEMS: [&str; 3] = ["gcc-mingw-w64-x86-64", "build-essential", "perl"];
/// To install a tool that is written in Python.
const PYTHON: [&str; 1] = ["python3-venv"];

/// To compile what needs no window, and the packages of npm that are C++.
const PROGRAMS: [&str; 5] = ["pkg-config", "build-essential", "perl", "libpcsclite-dev", "python3"];

/// How much of the machine a command needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Window,
    VirtualWindow,
    Everything,
    Readers,
    Compiler,
    Counter,
    OtherSystems,
    Python,
}

impl Need {
    fn packages(self) -> Vec<&'static str> {
        match self {
            Self::Window => BUILD.to_vec(),
            Self::VirtualWindow => [&BUILD[..], &STAGE].concat(),
            Self::Everything => [&BUILD[..], &STAGE, &READERS].concat(),
            Self::Readers => [&PROGRAMS[..], &READERS].concat(),
            Self::Compiler => COMPILER.to_vec(),
            Self::Counter => COUNTER.to_vec(),
            Self::OtherSystems => OTHER_SYSTEMS.to_vec(),
            Self::Python => PYTHON.to_vec(),
        }
    }
}

/// Sees to it that the system packages are there.
pub(crate) fn ensure(need: Need, may_install: bool) -> Result<(), Trouble> {
    if cfg!(target_os = "linux") && Path::new("/etc/debian_version").exists() {
        return debian(need, may_install);
    }
    match need {
        Need::Window | Need::VirtualWindow | Need::Everything => elsewhere(),
        // What is missing says so when it is started.
        Need::Readers | Need::Compiler | Need::Counter | Need::OtherSystems | Need::Python => {
            println!("  needed, and not installed for you here: {}", need.packages().join(" "))
        }
    }
    Ok(())
}

fn debian(need: Need, may_install: bool) -> Result<(), Trouble> {
    let wanted = need.packages();
    let missing = missing(&wanted, &installed(&wanted));
    if missing.is_empty() {
        println!("  system packages: all there ({})", wanted.len());
        return Ok(());
    }
    let by_hand = format!("apt-get install {}", missing.join(" "));
    if !may_install {
        let what = format!("system packages are missing: {}", missing.join(" "));
        return Err(Trouble::missing(what, format!("{by_hand}, or leave out --no-install")));
    }
    println!("  installing {}", missing.join(" "));
    apt_get(&["update", "--quiet"], &by_hand)?;
    let mut words = vec!["install", "--quiet", "--yes", "--no-install-recommends"];
    words.extend(missing);
    apt_get(&words, &by_hand)
}

fn apt_get(words: &[&str], by_hand: &str) -> Result<(), Trouble> {
    // `env` because sudo passes no variables on; the lock of another apt is waited for, not failed at.
    let root = answer({
        let mut id = program("id");
        id.arg("-u");
        id
    })
    .is_some_and(|id| id.trim() == "0");
    let mut command = program(if root { "env" } else { "sudo" });
    if !root {
        command.arg("env");
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    command.args(["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]).args(words);
    let remedy = format!("install by hand as an administrator: {by_hand}");
    must(command, "installing system packages", &remedy)
}

/// What dpkg knows about these packages, one `name status` a line.
fn installed(names: &[&str]) -> String {
    // dpkg-query fails as a whole when it does not know one of the names, so each is asked for by itself.
    names
        .iter()
        .filter_map(|name| {
            let mut query = program("dpkg-query");
            query.args(["--show", "--showformat", "${Package} ${db:Status-Status}\\n", name]);
            answer(query)
        })
        .collect()
}

fn missing<'a>(wanted: &[&'a str], installed: &str) -> Vec<&'a str> {
    let there = |name: &str| installed.lines().any(|line| line == format!("{name} installed"));
    wanted.iter().copied().filter(|name| !there(name)).collect()
}

fn elsewhere() {
    let needed = if cfg!(target_os = "macos") {
        "the Xcode command-line tools (`xcode-select --install`) and Node 20"
    } else if cfg!(windows) {
        "WebView2 (part of Windows 11), the MSVC build tools with a Windows SDK, Node 20, and perl on the path \
         (Strawberry Perl) for OpenSSL"
    } else {
        "what Debian calls libwebkit2gtk-4.1-dev pkg-config build-essential perl libpcsclite-dev; for the tests also \
         webkit2gtk-driver xvfb dbus gnome-keyring pcscd vsmartcard-vpcd"
    };
    println!("  system packages are not installed for you here. Needed: {needed}.");
    let mut perl = program("perl");
    perl.arg("-v");
    if answer(perl).is_none() {
        println!("  perl was not found: building OpenSSL will fail without it.");
    }
    let mut xcode = program("xcode-select");
    xcode.arg("-p");
    if cfg!(target_os = "macos") && answer(xcode).is_none() {
        println!("  the Xcode command-line tools were not found: run `xcode-select --install`.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_installed_counts() {
        let told = "perl installed\nxvfb config-files\ndbus-x11 installed\n";
        assert_eq!(missing(&["perl", "xvfb", "dbus"], told), ["xvfb", "dbus"]);
    }

    #[test]
    fn running_needs_no_test_stage() {
        assert!(!Need::Window.packages().contains(&"xvfb"));
        assert!(!Need::VirtualWindow.packages().contains(&"pcscd"));
        assert_eq!(Need::Everything.packages().len(), 14);
        assert!(Need::Everything.packages().contains(&"build-essential"), "`test` also fuzzes");
        assert_eq!(Need::Counter.packages(), ["valgrind"]);
        assert!(Need::Readers.packages().contains(&"vsmartcard-vpcd"));
        assert!(!Need::Readers.packages().contains(&"libwebkit2gtk-4.1-dev"));
    }
}
