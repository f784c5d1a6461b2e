//! Which slots belong to one device. The system lists each slot as a reader of its own, and only the names tell what is one.
//!
//! pcsc-lite ends a name with two numbers, of the reader and of its slot (`ACS ACR1281 1S Dual Reader 00 01`); Windows with one
//! (`ACS ACR1281 1S Dual Reader PICC 0`). In between stand the words of the slot, and on Linux the interface in brackets and the serial number
//! in parentheses.

use std::collections::BTreeMap;

use balie_core::reader::{Face, Reader, ReaderName, Slot};

/// Words that tell a slot, and nothing about the device.
const CONTACTLESS: [&str; 4] = ["picc", "cl", "contactless", "nfc"];
const CONTACT: [&str; 3] = ["icc", "contact", "ct"];
const INSIDE: [&str; 1] = ["sam"];
/// Words that stand in the name of one slot and not in that of the other.
const IDLE: [&str; 6] = ["interface", "slot", "reader", "smart", "card", "smartcard"];

/// How the readers begin that Windows makes itself, for keys inside the computer and for its telephone card.
const OF_WINDOWS: [&str; 3] = ["windows hello", "microsoft virtual smart card", "microsoft uicc"];

/// Whether this is a device at all: Windows also lists places inside the computer, with a card that always lies there.
pub(crate) fn is_device(name: &ReaderName) -> bool {
    let name = name.0.to_lowercase();
    !OF_WINDOWS.iter().any(|start| name.starts_with(start))
}

/// The devices, in the order of their first slots.
pub fn readers(names: &[ReaderName]) -> Vec<Reader> {
    readers_with(names, &BTreeMap::new())
}

/// The same, with what was learned of slots whose names tell nothing.
pub(crate) fn readers_with(names: &[ReaderName], met: &BTreeMap<ReaderName, Face>) -> Vec<Reader> {
    let mut devices: Vec<(Name, Reader)> = vec![];
    for name in names {
        let own = Name::parse(&name.0);
        let slot = Slot { name: name.clone(), face: own.face };
        match devices.iter_mut().find(|(other, device)| own.may_belong_to(other, device)) {
            Some((_, device)) => device.slots.push(slot),
            None => devices.push((own.clone(), Reader { name: own.shown, slots: vec![slot] })),
        }
    }
    devices.into_iter().map(|(_, device)| with_contact(with_met(device, met))).collect()
}

fn with_met(mut device: Reader, met: &BTreeMap<ReaderName, Face>) -> Reader {
    for slot in device.slots.iter_mut().filter(|slot| slot.face == Face::Unknown) {
        slot.face = met.get(&slot.name).copied().unwrap_or(Face::Unknown);
    }
    device
}

/// Of two slots of which one is contactless, the other one takes a card in.
fn with_contact(mut device: Reader) -> Reader {
    let is_contactless = device.slots.iter().any(|slot| slot.face == Face::Contactless);
    let mut unknown = device.slots.iter_mut().filter(|slot| slot.face == Face::Unknown);
    if let (true, Some(slot), None) = (is_contactless, unknown.next(), unknown.next()) {
        slot.face = Face::Contact;
    }
    device
}

/// The name of a slot, taken apart.
#[derive(Debug, Clone)]
struct Name {
    /// What the slots of one device have in common, in lower case.
    device: Vec<String>,
    serial: Option<String>,
    /// The number that pcsc-lite gave the reader; slots of one reader share it.
    number: Option<String>,
    face: Face,
    shown: String,
}

impl Name {
    fn parse(name: &str) -> Self {
        let (text, number) = without_numbers(name);
        let (text, interface) = without(text, '[', ']');
        let (text, serial) = without(&text, '(', ')');
        // What stands in brackets is about this slot alone.
        let face = [interface.as_deref().unwrap_or_default(), text.as_str()]
            .into_iter()
            .map(face_of)
            .find(|face| *face != Face::Unknown)
            .unwrap_or(Face::Unknown);
        let words: Vec<&str> = text.split_whitespace().filter_map(without_face).collect();
        let device =
            words.iter().map(|word| word.to_lowercase()).filter(|word| !IDLE.contains(&word.as_str())).collect();
        let shown: Vec<&str> = words.into_iter().filter(|word| !word.eq_ignore_ascii_case("interface")).collect();
        let shown = if shown.is_empty() { name.to_owned() } else { shown.join(" ") };
        Self { device, serial, number, face, shown }
    }

    /// Whether it may be one more slot of a device that begins with another one. A device has one place of each kind; where the names tell
    /// no kind, only the number of the reader says that two slots are of one.
    fn may_belong_to(&self, other: &Self, device: &Reader) -> bool {
        let same_device = self.device == other.device
            && (self.serial == other.serial || self.serial.is_none() || other.serial.is_none());
        let same_number = self.number.is_some() && self.number == other.number;
        let has = |face: Face| device.slots.iter().any(|slot| slot.face == face);
        same_device && (same_number || !has(self.face))
    }
}

/// The name without the numbers at its end, and the number of the reader where there are two.
fn without_numbers(name: &str) -> (&str, Option<String>) {
    let is_number =
        |word: &&str| word.len() <= 2 && !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let Some((rest, last)) = name.trim_end().rsplit_once(' ').filter(|(_, last)| is_number(last)) else {
        return (name, None);
    };
    match rest.trim_end().rsplit_once(' ') {
        Some((text, number)) if number.len() == 2 && last.len() == 2 && is_number(&number) => {
            (text, Some(number.to_owned()))
        }
        _ => (rest, None),
    }
}

/// The text without what stands between two signs, and that.
fn without(text: &str, open: char, close: char) -> (String, Option<String>) {
    let parts = text.split_once(open).and_then(|(before, rest)| Some((before, rest.split_once(close)?)));
    match parts {
        Some((before, (inside, after))) => (format!("{before}{after}"), Some(inside.to_owned())),
        None => (text.to_owned(), None),
    }
}

/// What a word says of the device: `5422CL` and `5x21-CL` are the contactless halves of `5422` and `5x21`.
fn without_face(word: &str) -> Option<&str> {
    let model = word.get(..word.len().saturating_sub(2)).unwrap_or_default();
    let is_half = word.len() > 2 && face_of(word) == Face::Contactless && face_of(model) == Face::Unknown;
    match model.trim_end_matches('-') {
        model if is_half && model.ends_with(|c: char| c.is_ascii_digit()) => Some(model),
        _ => (face_of(word) == Face::Unknown).then_some(word),
    }
}

/// The last word that tells counts: in `CL Reader SAM` the first one is about the device.
fn face_of(text: &str) -> Face {
    let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words
        .rev()
        .find_map(|word| {
            let model = word.strip_suffix("cl").is_some_and(|model| model.ends_with(|c: char| c.is_ascii_digit()));
            match word.as_str() {
                word if model || CONTACTLESS.contains(&word) => Some(Face::Contactless),
                word if CONTACT.contains(&word) => Some(Face::Contact),
                word if INSIDE.contains(&word) => Some(Face::Inside),
                _ => None,
            }
        })
        .unwrap_or(Face::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Face::{Contact, Contactless, Inside, Unknown};

    fn devices(names: &[&str]) -> Vec<(String, Vec<Face>)> {
        let names: Vec<_> = names.iter().map(|name| ReaderName((*name).to_owned())).collect();
        let told = readers(&names);
        let slots = told.iter().flat_map(|device| &device.slots).count();
        assert_eq!(slots, names.len(), "no slot is lost and none is doubled");
        told.into_iter().map(|device| (device.name, device.slots.iter().map(|slot| slot.face).collect())).collect()
    }

    #[test]
    fn combi_readers_are_one_device_as_linux_names_them() {
        for (names, name, faces) in [
            (vec!["ACS ACR122U PICC Interface 00 00"], "ACS ACR122U", vec![Contactless]),
            (
                vec![
                    "ACS ACR1252 1S CL Reader [ACR1252 1S CL Reader PICC] 00 00",
                    "ACS ACR1252 1S CL Reader [ACR1252 1S CL Reader SAM] 01 00",
                ],
                "ACS ACR1252 1S Reader",
                vec![Contactless, Inside],
            ),
            (
                vec![
                    "HID Global OMNIKEY 5422 Smartcard Reader [OMNIKEY 5422 Smartcard Reader] (KE00001) 00 00",
                    "HID Global OMNIKEY 5422 Smartcard Reader [OMNIKEY 5422CL Smartcard Reader] (KE00001) 01 00",
                ],
                "HID Global OMNIKEY 5422 Smartcard Reader",
                vec![Contact, Contactless],
            ),
            (
                vec![
                    "Identiv uTrust 4701 F Dual Interface Reader [uTrust 4701 F Contact Reader] (53691) 00 00",
                    "Identiv uTrust 4701 F Dual Interface Reader [uTrust 4701 F Contactless Reader] (53691) 01 00",
                ],
                "Identiv uTrust 4701 F Dual Reader",
                vec![Contact, Contactless],
            ),
            (
                vec![
                    "ACS ACR1281 1S Dual Reader 00 00",
                    "ACS ACR1281 1S Dual Reader 00 01",
                    "ACS ACR1281 1S Dual Reader 00 02",
                ],
                "ACS ACR1281 1S Dual Reader",
                vec![Unknown, Unknown, Unknown],
            ),
        ] {
            assert_eq!(devices(&names), [(name.to_owned(), faces)]);
        }
    }

    #[test]
    fn combi_readers_are_one_device_as_windows_names_them() {
        assert_eq!(
            devices(&[
                "ACS ACR1281 1S Dual Reader ICC 0",
                "ACS ACR1281 1S Dual Reader PICC 0",
                "ACS ACR1281 1S Dual Reader SAM 0"
            ]),
            [("ACS ACR1281 1S Dual Reader".to_owned(), vec![Contact, Contactless, Inside])]
        );
        assert_eq!(
            devices(&["OMNIKEY CardMan 5x21 0", "OMNIKEY CardMan 5x21-CL 0"]),
            [("OMNIKEY CardMan 5x21".to_owned(), vec![Contact, Contactless])]
        );
        assert_eq!(
            devices(&[
                "SCM Microsystems Inc. SDI010 Smart Card Reader 0",
                "SCM Microsystems Inc. SDI010 Contactless Reader 0"
            ]),
            [("SCM Microsystems Inc. SDI010 Smart Card Reader".to_owned(), vec![Contact, Contactless])]
        );
    }

    #[test]
    fn what_windows_keeps_inside_the_computer_is_no_device() {
        for (name, expected) in [
            ("Windows Hello for Business 1", false),
            ("Microsoft Virtual Smart Card 0", false),
            ("Microsoft UICC ISO Reader 4f5a3ecd 0", false),
            // The NFC chip of a tablet, which reads passes.
            ("Microsoft IFD 0", true),
            ("Microsystems Windows Reader 0", true),
            ("ACS ACR122 0", true),
            ("", true),
        ] {
            assert_eq!(is_device(&ReaderName(name.to_owned())), expected, "{name}");
        }
    }

    #[test]
    fn two_readers_of_one_make_are_two() {
        let linux = ["ACS ACR122U PICC Interface 00 00", "ACS ACR122U PICC Interface 01 00"];
        assert_eq!(devices(&linux).len(), 2);
        assert_eq!(devices(&["ACS ACR122 0", "ACS ACR122 1"]).len(), 2);
        let combis = [
            "HID OMNIKEY 5422 Reader [OMNIKEY 5422] (A) 00 00",
            "HID OMNIKEY 5422 Reader [OMNIKEY 5422CL] (A) 01 00",
            "HID OMNIKEY 5422 Reader [OMNIKEY 5422] (B) 02 00",
            "HID OMNIKEY 5422 Reader [OMNIKEY 5422CL] (B) 03 00",
        ];
        let told = devices(&combis);
        assert_eq!(
            told.iter().map(|(_, faces)| faces.clone()).collect::<Vec<_>>(),
            vec![vec![Contact, Contactless]; 2]
        );
    }

    #[test]
    fn readers_of_different_makes_are_never_one() {
        assert_eq!(devices(&["ACS ACR122U PICC Interface 00 00", "Alcor Link AK9567 Contact Reader 01 00"]).len(), 2);
    }

    #[test]
    fn a_name_that_tells_nothing_is_shown_as_it_is() {
        for name in ["", " ", "PICC 0", "[", "(", "[]() 00 00", "00 00", "é 0"] {
            assert_eq!(devices(&[name]).len(), 1, "{name}");
            assert!(!devices(&[name])[0].0.is_empty() || name.trim().is_empty());
        }
    }
}
