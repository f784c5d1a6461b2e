//! Why a reader does not work, and what to do: judged from what can be seen of the system. Nothing here looks; `balie-card` does.

use crate::reader::{Reader, ReaderName, ReaderTrouble};

/// The operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Linux, with pcsc-lite.
    Linux,
    /// Windows, with SCardSvr.
    Windows,
    /// macOS, with its own PC/SC framework.
    MacOs,
}

/// How the smart-card service stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It answers.
    Answers,
    /// It is on this computer, and does not run.
    Stopped,
    /// It is not on this computer.
    NotInstalled,
    /// It does not let this user in.
    Refuses,
    /// It takes a question and gives no answer.
    Hangs,
}

/// A reader on the USB bus, as the kernel sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsbReader {
    /// Its name, as it gives it itself.
    pub name: String,
    /// Vendor and product, for example `072f:2200`.
    pub id: String,
    /// The driver of the kernel that holds it instead of the smart-card service.
    pub held_by: Option<String>,
}

/// A package format that keeps a program away from the readers of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sandbox {
    /// Flatpak: the client library inside and the service outside must be of one version.
    Flatpak,
    /// Snap.
    Snap,
}

/// What can be seen of the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Which system it is.
    pub system: System,
    /// How the service stands.
    pub service: Reach,
    /// Whether the driver for USB readers is there (Linux: libccid); unknown elsewhere.
    pub usb_driver: Option<bool>,
    /// The readers on the USB bus; empty where that cannot be seen.
    pub usb: Vec<UsbReader>,
    /// The readers that the service knows.
    pub readers: Vec<Reader>,
    /// The program runs inside one.
    pub sandbox: Option<Sandbox>,
    /// Packages are installed with `apt` (Debian, Ubuntu); on another Linux with `dnf`.
    pub has_apt: bool,
    /// macOS uses its own driver for readers, which breaks contactless cards (since version 14); unknown elsewhere.
    pub own_mac_driver: Option<bool>,
    /// A card that was laid on a reader was read, and nothing went wrong since.
    pub has_read: bool,
    /// What went wrong last, if nothing went right since.
    pub trouble: Option<ReaderTrouble>,
}

/// Something that is wrong, or that all is well; each has a sentence and a remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Nothing is wrong that can be seen.
    Fine,
    /// There is no reader, which is no fault.
    NoReader,
    /// There is no reader, or the service is switched off (Windows): from here both look the same.
    NoReaderOrService,
    /// The smart-card service is not installed.
    ServiceNotInstalled,
    /// The smart-card service does not run.
    ServiceStopped,
    /// The smart-card service does not let this user in.
    NoPermission,
    /// The smart-card service does not answer.
    ServiceHangs,
    /// The driver for USB readers is not installed.
    DriverMissing,
    /// A driver of the kernel holds the reader.
    HeldByKernel {
        /// The reader.
        reader: String,
        /// The module, for example `pn533_usb`.
        module: String,
    },
    /// The reader is plugged in, and the service does not see it: unplug it, and plug it straight into the computer.
    NotSeen {
        /// The reader.
        reader: String,
    },
    /// The program is packed in a way that keeps it from the readers.
    Sandboxed,
    /// The driver of macOS itself may break cards that are laid on a reader.
    MacDriver,
    /// All readers take cards in only; none takes a card that is laid on it.
    OnlyContact,
    /// The last card could not be read, for this reason.
    Card(ReaderTrouble),
}

impl Finding {
    /// Every code that a finding of its own can have; those of cards are [`ReaderTrouble::CODES`].
    pub const CODES: [&'static str; 13] = [
        "readerCheck.fine",
        "readerCheck.noReader",
        "readerCheck.noReaderOrService",
        "readerCheck.serviceNotInstalled",
        "readerCheck.serviceStopped",
        "readerCheck.noPermission",
        "readerCheck.serviceHangs",
        "readerCheck.driverMissing",
        "readerCheck.heldByKernel",
        "readerCheck.notSeen",
        "readerCheck.sandboxed",
        "readerCheck.macDriver",
        "readerCheck.onlyContact",
    ];

    /// The code of this finding: the key of its sentence; the remedy stands under the same key with `.next`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Fine => "readerCheck.fine",
            Self::NoReader => "readerCheck.noReader",
            Self::NoReaderOrService => "readerCheck.noReaderOrService",
            Self::ServiceNotInstalled => "readerCheck.serviceNotInstalled",
            Self::ServiceStopped => "readerCheck.serviceStopped",
            Self::NoPermission => "readerCheck.noPermission",
            Self::ServiceHangs => "readerCheck.serviceHangs",
            Self::DriverMissing => "readerCheck.driverMissing",
            Self::HeldByKernel { .. } => "readerCheck.heldByKernel",
            Self::NotSeen { .. } => "readerCheck.notSeen",
            Self::Sandboxed => "readerCheck.sandboxed",
            Self::MacDriver => "readerCheck.macDriver",
            Self::OnlyContact => "readerCheck.onlyContact",
            Self::Card(trouble) => trouble.code(),
        }
    }

    /// Whether somebody has to do something about it.
    pub const fn is_fault(&self) -> bool {
        !matches!(self, Self::Fine | Self::NoReader | Self::NoReaderOrService)
    }

    /// What a person who administers this computer types in a terminal to mend it, where there is such a thing on this system.
    pub const fn command(&self, system: System, has_apt: bool) -> Option<&'static str> {
        match (self, system) {
            (Self::ServiceNotInstalled, System::Linux) if has_apt => Some("sudo apt install pcscd libccid"),
            (Self::ServiceNotInstalled, System::Linux) => Some("sudo dnf install pcsc-lite pcsc-lite-ccid"),
            (Self::DriverMissing, System::Linux) if has_apt => Some("sudo apt install libccid"),
            (Self::DriverMissing, System::Linux) => Some("sudo dnf install pcsc-lite-ccid"),
            (Self::ServiceStopped, System::Linux) => Some("sudo systemctl enable --now pcscd.socket"),
            (Self::ServiceHangs, System::Linux) => Some("sudo systemctl restart pcscd.service"),
            (Self::HeldByKernel { .. }, System::Linux) => Some("sudo modprobe --remove pn533_usb pn533"),
            (Self::NoReaderOrService, System::Windows) => Some("sc.exe config SCardSvr start= demand"),
            (Self::MacDriver, System::MacOs) => {
                Some("sudo defaults write /Library/Preferences/com.apple.security.smartcard useIFDCCID -bool yes")
            }
            _ => None,
        }
    }
}

/// What is wrong, the deepest cause first; what follows from it is left out.
pub fn judge(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    if facts.sandbox.is_some() {
        findings.push(Finding::Sandboxed);
    }
    // Windows and macOS start the service with the first reader and stop it with the last.
    let comes_with_reader = facts.system != System::Linux;
    match facts.service {
        Reach::Stopped | Reach::NotInstalled if comes_with_reader => {}
        Reach::NotInstalled => findings.push(Finding::ServiceNotInstalled),
        Reach::Stopped => findings.push(Finding::ServiceStopped),
        Reach::Refuses => findings.push(Finding::NoPermission),
        Reach::Hangs => findings.push(Finding::ServiceHangs),
        Reach::Answers => {}
    }
    // A driver at another place does its work as well.
    if facts.usb_driver == Some(false) && facts.readers.is_empty() {
        findings.push(Finding::DriverMissing);
    }
    for reader in &facts.usb {
        if let Some(module) = &reader.held_by {
            findings.push(Finding::HeldByKernel { reader: reader.name.clone(), module: module.clone() });
        }
    }
    if findings.is_empty() {
        findings.extend(unseen(facts).or_else(|| without_contactless(facts)));
    }
    if facts.own_mac_driver == Some(true) && !facts.has_read && facts.readers.iter().any(Reader::is_contactless) {
        findings.push(Finding::MacDriver);
    }
    // What a card met on a reader that is gone helps nobody any more.
    let slots: Vec<&ReaderName> =
        facts.readers.iter().flat_map(|reader| &reader.slots).map(|slot| &slot.name).collect();
    let is_here = |trouble: &&ReaderTrouble| trouble.reader().is_some_and(|reader| slots.contains(&reader));
    findings.extend(facts.trouble.as_ref().filter(is_here).map(|trouble| Finding::Card(trouble.clone())));
    if findings.is_empty() {
        findings.push(Finding::Fine);
    }
    findings
}

fn without_contactless(facts: &Facts) -> Option<Finding> {
    match &*facts.readers {
        // Its service rests where there is no reader, and it rests as well where somebody switched it off.
        [] if facts.system == System::Windows && facts.service != Reach::Answers => Some(Finding::NoReaderOrService),
        [] => Some(Finding::NoReader),
        readers if readers.iter().any(Reader::is_contactless) => None,
        _ => Some(Finding::OnlyContact),
    }
}

/// Nothing holds the readers, and yet the service knows fewer than are plugged in. Which one is missing only the names tell.
fn unseen(facts: &Facts) -> Option<Finding> {
    if facts.service != Reach::Answers || facts.usb.len() <= facts.readers.len() {
        return None;
    }
    let is_known = |plugged: &&UsbReader| facts.readers.iter().any(|reader| share_a_word(&plugged.name, &reader.name));
    let reader = facts.usb.iter().find(|plugged| !is_known(plugged)).or(facts.usb.last())?;
    Some(Finding::NotSeen { reader: reader.name.clone() })
}

/// Whether two names have a word in common that is long enough to be the name of a make.
fn share_a_word(one: &str, other: &str) -> bool {
    let words = |name: &str| -> Vec<String> {
        let parts = name.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3);
        parts.map(str::to_lowercase).filter(|word| word != "reader" && word != "interface").collect()
    };
    let others = words(other);
    words(one).iter().any(|word| others.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::{Face, Slot};

    fn reader(face: Face) -> Reader {
        Reader {
            name: "ACS ACR122U".to_owned(),
            slots: vec![Slot { name: ReaderName("ACS ACR122U 00 00".to_owned()), face }],
        }
    }

    fn plugged(held_by: Option<&str>) -> UsbReader {
        UsbReader { name: "ACR122U".to_owned(), id: "072f:2200".to_owned(), held_by: held_by.map(str::to_owned) }
    }

    fn facts(system: System, service: Reach) -> Facts {
        Facts {
            system,
            service,
            usb_driver: (system == System::Linux).then_some(true),
            usb: vec![],
            readers: vec![],
            sandbox: None,
            has_apt: true,
            own_mac_driver: None,
            has_read: false,
            trouble: None,
        }
    }

    #[test]
    fn no_reader_is_calm_and_one_that_takes_cards_is_fine() {
        let linux = facts(System::Linux, Reach::Answers);
        assert_eq!(judge(&linux), [Finding::NoReader]);
        assert_eq!(judge(&Facts { readers: vec![reader(Face::Contactless)], ..linux.clone() }), [Finding::Fine]);
        assert_eq!(judge(&Facts { readers: vec![reader(Face::Contact)], ..linux }), [Finding::OnlyContact]);
        assert!(!Finding::NoReader.is_fault() && !Finding::Fine.is_fault() && Finding::OnlyContact.is_fault());
    }

    #[test]
    fn a_missing_service_is_a_fault_on_linux_only() {
        for (service, finding) in [
            (Reach::Stopped, Finding::ServiceStopped),
            (Reach::NotInstalled, Finding::ServiceNotInstalled),
            (Reach::Refuses, Finding::NoPermission),
            (Reach::Hangs, Finding::ServiceHangs),
        ] {
            assert_eq!(judge(&facts(System::Linux, service)), std::slice::from_ref(&finding));
            let calm = matches!(service, Reach::Stopped | Reach::NotInstalled);
            for (other, none) in [(System::Windows, Finding::NoReaderOrService), (System::MacOs, Finding::NoReader)] {
                assert!(!none.is_fault());
                assert_eq!(judge(&facts(other, service)), [if calm { none } else { finding.clone() }]);
            }
            let with_reader = Facts { readers: vec![reader(Face::Unknown)], ..facts(System::Windows, Reach::Answers) };
            assert_eq!(judge(&with_reader), [Finding::Fine]);
        }
    }

    #[test]
    fn a_reader_that_the_kernel_holds_is_told_from_one_that_nobody_sees() {
        let held = Facts { usb: vec![plugged(Some("pn533_usb"))], ..facts(System::Linux, Reach::Answers) };
        let module = "pn533_usb".to_owned();
        assert_eq!(judge(&held), [Finding::HeldByKernel { reader: "ACR122U".to_owned(), module }]);
        let unseen = Facts { usb: vec![plugged(None)], ..held };
        assert_eq!(judge(&unseen), [Finding::NotSeen { reader: "ACR122U".to_owned() }]);
        assert_eq!(judge(&Facts { readers: vec![reader(Face::Unknown)], ..unseen.clone() }), [Finding::Fine]);
        let omnikey = UsbReader { name: "OMNIKEY 5422".to_owned(), id: "076b:5422".to_owned(), held_by: None };
        let one_of_two =
            Facts { usb: vec![plugged(None), omnikey], readers: vec![reader(Face::Unknown)], ..unseen.clone() };
        assert_eq!(judge(&one_of_two), [Finding::NotSeen { reader: "OMNIKEY 5422".to_owned() }]);
        assert_eq!(judge(&Facts { usb_driver: Some(false), ..unseen.clone() }), [Finding::DriverMissing]);
        assert_eq!(judge(&Facts { service: Reach::Stopped, ..unseen }), [Finding::ServiceStopped]);
    }

    #[test]
    fn the_driver_of_macos_is_named_where_there_is_a_reader() {
        let mac = Facts { own_mac_driver: Some(true), ..facts(System::MacOs, Reach::Answers) };
        assert_eq!(judge(&mac), [Finding::NoReader]);
        let contactless = Facts { readers: vec![reader(Face::Contactless)], ..mac.clone() };
        assert_eq!(judge(&contactless), [Finding::MacDriver]);
        assert_eq!(judge(&Facts { has_read: true, ..contactless }), [Finding::Fine], "it works");
        assert_eq!(judge(&Facts { readers: vec![reader(Face::Contact)], ..mac }), [Finding::OnlyContact]);
    }

    #[test]
    fn what_the_last_card_met_is_said_after_the_cause() {
        let last = ReaderTrouble::InUse(ReaderName("ACS ACR122U 00 00".to_owned()));
        let facts = Facts {
            trouble: Some(last.clone()),
            sandbox: Some(Sandbox::Flatpak),
            readers: vec![reader(Face::Contactless)],
            ..facts(System::Linux, Reach::Answers)
        };
        assert_eq!(judge(&facts), [Finding::Sandboxed, Finding::Card(last)]);
        let gone = Facts { readers: vec![], sandbox: None, ..facts.clone() };
        assert_eq!(judge(&gone), [Finding::NoReader], "the reader that it lay on was unplugged");
        let contact = Facts { readers: vec![reader(Face::Contact)], sandbox: None, ..facts.clone() };
        assert_eq!(judge(&contact)[0], Finding::OnlyContact);
        let service = Facts { sandbox: None, trouble: Some(ReaderTrouble::NoService), ..facts };
        assert_eq!(judge(&service), [Finding::Fine], "the service answers now");
    }

    #[test]
    fn every_finding_has_a_code_of_the_list() {
        let text = String::new;
        let all = [
            Finding::Fine,
            Finding::NoReader,
            Finding::NoReaderOrService,
            Finding::ServiceNotInstalled,
            Finding::ServiceStopped,
            Finding::NoPermission,
            Finding::ServiceHangs,
            Finding::DriverMissing,
            Finding::HeldByKernel { reader: text(), module: text() },
            Finding::NotSeen { reader: text() },
            Finding::Sandboxed,
            Finding::MacDriver,
            Finding::OnlyContact,
        ];
        assert_eq!(all.each_ref().map(Finding::code), Finding::CODES);
        assert_eq!(Finding::Card(ReaderTrouble::NoService).code(), "reader.noService");
        for (system, has_apt, commands) in [
            (System::Linux, true, 5),
            (System::Linux, false, 5),
            (System::MacOs, false, 1),
            (System::Windows, false, 1),
        ] {
            let typed: Vec<_> = all.iter().filter_map(|finding| finding.command(system, has_apt)).collect();
            assert_eq!(typed.len(), commands, "{system:?}");
            assert_eq!(typed.iter().any(|command| command.contains("apt ")), has_apt);
        }
    }
}
