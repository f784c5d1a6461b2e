//! How the smart-card service of an operating system behaves, as far as the loop must know it.

use std::time::Duration;

/// What differs between the smart-card services of Linux, Windows and macOS, and how patient the loop is.
///
/// The loop is the same everywhere; a test may run it as another system than the one it is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct System {
    /// There is a pseudo reader that announces other readers. Without it pcscd returns at once where there is no reader;
    /// macOS does not know it.
    pub announces_readers: bool,
    /// The service starts with the first reader and leaves with the last one (Windows, macOS). A missing service then only says that
    /// there is no reader, which is a calm state.
    pub service_comes_with_reader: bool,
    /// How long one wait for a change lasts. After it the readers are listed again: no system announces every one of them.
    pub wait: Duration,
    /// A question to a card that takes longer: its driver hangs.
    pub reading: Duration,
    /// Nothing was heard of the reader thread for longer: the service hangs.
    pub silence: Duration,
    /// A wait that took so much longer than it should have: the computer slept.
    pub slept: Duration,
}

impl System {
    /// pcsc-lite.
    pub const LINUX: Self = Self {
        announces_readers: true,
        service_comes_with_reader: false,
        wait: Duration::from_secs(1),
        reading: Duration::from_secs(3),
        silence: Duration::from_secs(10),
        slept: Duration::from_secs(30),
    };

    /// SCardSvr: stopped a minute after the last reader left, and never started where there was none.
    pub const WINDOWS: Self = Self { service_comes_with_reader: true, ..Self::LINUX };

    /// The PC/SC framework of macOS.
    pub const MACOS: Self = Self { announces_readers: false, service_comes_with_reader: true, ..Self::LINUX };

    /// The one that this program runs on.
    pub const fn here() -> Self {
        if cfg!(windows) {
            Self::WINDOWS
        } else if cfg!(target_os = "macos") {
            Self::MACOS
        } else {
            Self::LINUX
        }
    }

    /// By its name: `linux`, `windows` or `macos`.
    pub fn of_word(word: &str) -> Option<Self> {
        match word {
            "linux" => Some(Self::LINUX),
            "windows" => Some(Self::WINDOWS),
            "macos" => Some(Self::MACOS),
            _ => None,
        }
    }

    /// Whether the computer slept during a wait that the clock on the wall and the one that cannot be set measured. On some systems
    /// both go on during a sleep, on others only the one on the wall does; that one may also be set back.
    pub(crate) fn slept(&self, wall: Option<Duration>, steady: Duration) -> bool {
        steady > self.wait + self.slept || wall.is_some_and(|wall| wall > steady + self.slept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_is_told_from_a_clock_that_was_set_back_and_from_a_busy_computer() {
        let (system, second) = (System::LINUX, Duration::from_secs(1));
        assert!(system.slept(Some(600 * second), second), "the clock that cannot be set stood still");
        assert!(system.slept(Some(600 * second), 600 * second), "both went on");
        assert!(system.slept(None, 600 * second), "both went on, and the one on the wall was set back after it");
        assert!(!system.slept(None, second), "the clock was set back");
        assert!(!system.slept(Some(9 * second), 9 * second), "a busy computer");
        assert!(!system.slept(Some(second), second));
    }

    #[test]
    fn every_system_has_its_word() {
        assert_eq!(System::of_word("windows"), Some(System::WINDOWS));
        assert_eq!(System::of_word("macos"), Some(System::MACOS));
        assert_eq!(System::of_word("linux"), Some(System::LINUX));
        assert_eq!(System::of_word("dos"), None);
    }
}
