//! What the files of a Linux say about readers: the USB bus in `/sys`, and what is installed.

use std::fs;
use std::path::{Path, PathBuf};

use balie_core::reader_check::UsbReader;

/// The class of smart-card readers on the USB bus.
const SMART_CARD: &str = "0b";
/// The modules of the kernel that take an NFC reader for themselves.
const MODULES: [&str; 3] = ["pn533_usb", "pn533", "nfc"];
/// Readers that are known by their numbers, also while another driver holds them: ACR122U and its kin.
const KNOWN: [&str; 3] = ["072f:2200", "072f:90cc", "072f:2214"];
/// Where distributions put the service and its driver for USB readers.
const SERVICE: [&str; 3] = ["usr/sbin/pcscd", "usr/bin/pcscd", "sbin/pcscd"];
const USB_DRIVER: &str = "ifd-ccid.bundle";
const DRIVERS: [&str; 4] =
    ["usr/lib/pcsc/drivers", "usr/lib64/pcsc/drivers", "usr/lib/pcsc", "usr/local/lib/pcsc/drivers"];

/// Whether the smart-card service is installed.
pub(super) fn has_service(root: &Path) -> bool {
    SERVICE.iter().any(|place| root.join(place).exists())
}

/// Whether its driver for USB readers is installed.
pub(super) fn has_usb_driver(root: &Path) -> bool {
    DRIVERS.iter().any(|place| root.join(place).join(USB_DRIVER).exists())
}

/// The readers on the USB bus, in the order of their places.
pub(super) fn usb_readers(root: &Path) -> Vec<UsbReader> {
    let bus = root.join("sys/bus/usb/devices");
    let mut places: Vec<PathBuf> =
        fs::read_dir(bus).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    places.sort();
    places.iter().filter_map(|place| usb_reader(place, &places)).collect()
}

/// The reader at a place of the bus, if it is one. Its interfaces are places of their own, named after it: `1-2` has `1-2:1.0`.
fn usb_reader(place: &Path, places: &[PathBuf]) -> Option<UsbReader> {
    let id = format!("{}:{}", line(place, "idVendor")?, line(place, "idProduct")?);
    let own = format!("{}:", place.file_name()?.to_str()?);
    let interfaces: Vec<&PathBuf> = places
        .iter()
        .filter(|other| other.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(&own)))
        .collect();
    let is_reader = KNOWN.contains(&id.as_str())
        || interfaces.iter().any(|interface| line(interface, "bInterfaceClass").as_deref() == Some(SMART_CARD));
    let held_by = interfaces.iter().find_map(|interface| driver(interface));
    is_reader.then(|| UsbReader { name: line(place, "product").unwrap_or_else(|| id.clone()), id, held_by })
}

/// The module that holds an interface, when it is one that keeps the service away; the service itself shows as `usbfs`.
fn driver(interface: &Path) -> Option<String> {
    let driver = fs::read_link(interface.join("driver")).ok()?;
    let name = driver.file_name()?.to_str()?;
    MODULES.contains(&name).then(|| name.to_owned())
}

fn line(place: &Path, name: &str) -> Option<String> {
    let text = fs::read_to_string(place.join(name)).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
