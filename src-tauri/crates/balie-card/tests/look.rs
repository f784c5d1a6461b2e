//! What the files of a system say about readers, on systems that are laid out for it. Whether a service answers here is not asked.
#![cfg(unix)]

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use balie_card::look_at;
use balie_core::reader_check::{Reach, Sandbox, System, UsbReader};
use plist::{Dictionary, Value};

struct Root(tempfile::TempDir);

impl Root {
    fn new() -> io::Result<Self> {
        Ok(Self(tempfile::tempdir()?))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn put(&self, file: &str, content: impl AsRef<[u8]>) -> io::Result<()> {
        let file = self.path().join(file);
        fs::create_dir_all(file.parent().ok_or(io::ErrorKind::NotFound)?)?;
        fs::write(file, content)
    }

    /// A device on the USB bus with one interface of this class, held by this driver.
    fn plug(&self, place: &str, id: (&str, &str), product: &str, class: &str, driver: Option<&str>) -> io::Result<()> {
        let device = format!("sys/bus/usb/devices/{place}");
        self.put(&format!("{device}/idVendor"), format!("{}\n", id.0))?;
        self.put(&format!("{device}/idProduct"), format!("{}\n", id.1))?;
        self.put(&format!("{device}/product"), format!("{product}\n"))?;
        self.put(&format!("{device}:1.0/bInterfaceClass"), format!("{class}\n"))?;
        if let Some(driver) = driver {
            let link = self.path().join(format!("{device}:1.0/driver"));
            symlink(format!("../../../../bus/usb/drivers/{driver}"), link)?;
        }
        Ok(())
    }
}

/// What a file of macOS says, with one value.
fn named(key: &str, value: Value) -> Value {
    Value::Dictionary(Dictionary::from_iter([(key, value)]))
}

fn xml(value: &Value) -> io::Result<Vec<u8>> {
    let mut file = vec![];
    value.to_writer_xml(&mut file).map_err(io::Error::other)?;
    Ok(file)
}

fn binary(value: &Value) -> io::Result<Vec<u8>> {
    let mut file = vec![];
    value.to_writer_binary(&mut file).map_err(io::Error::other)?;
    Ok(file)
}

fn usb(name: &str, id: &str, held_by: Option<&str>) -> UsbReader {
    UsbReader { name: name.to_owned(), id: id.to_owned(), held_by: held_by.map(str::to_owned) }
}

#[test]
fn readers_on_the_bus_are_found_with_the_module_that_holds_them() -> io::Result<()> {
    let root = Root::new()?;
    root.plug("1-1", ("1d6b", "0002"), "A hub", "09", Some("hub"))?;
    root.plug("1-2", ("072f", "2200"), "ACR122U PICC Interface", "0b", Some("pn533_usb"))?;
    root.plug("1-3", ("076b", "5422"), "OMNIKEY 5422", "0b", Some("usbfs"))?;
    // A reader whose class is not that of smart cards is known by its number.
    root.plug("1-4", ("072f", "90cc"), "ACR38U", "ff", None)?;
    root.plug("1-5", ("046d", "c31c"), "A keyboard", "03", Some("usbhid"))?;
    let facts = look_at(System::Linux, root.path(), None);
    assert_eq!(
        facts.usb,
        [
            usb("ACR122U PICC Interface", "072f:2200", Some("pn533_usb")),
            usb("OMNIKEY 5422", "076b:5422", None),
            usb("ACR38U", "072f:90cc", None),
        ]
    );
    assert_eq!(look_at(System::Windows, root.path(), None).usb, []);
    Ok(())
}

#[test]
fn what_is_not_installed_is_told_from_what_does_not_run() -> io::Result<()> {
    let root = Root::new()?;
    let bare = look_at(System::Linux, root.path(), None);
    assert_eq!(bare.usb_driver, Some(false));
    assert_ne!(bare.service, Reach::Stopped, "a service that is not there cannot have stopped");
    root.put("usr/sbin/pcscd", "")?;
    root.put("usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Info.plist", "")?;
    let there = look_at(System::Linux, root.path(), Some(Sandbox::Snap));
    assert_eq!((there.usb_driver, there.sandbox), (Some(true), Some(Sandbox::Snap)));
    assert_ne!(there.service, Reach::NotInstalled);
    Ok(())
}

#[test]
fn macos_uses_its_own_driver_since_version_14_unless_it_is_told_not_to() -> io::Result<()> {
    let version = |number: &str| named("ProductVersion", number.into());
    let (place, setting) =
        ("System/Library/CoreServices/SystemVersion.plist", "Library/Preferences/com.apple.security.smartcard.plist");
    for (number, expected) in [("13.6.1", false), ("14.0", true), ("15.2", true), ("26.0", true), ("", false)] {
        let root = Root::new()?;
        root.put(place, &xml(&version(number))?)?;
        assert_eq!(look_at(System::MacOs, root.path(), None).own_mac_driver, Some(expected), "{number}");
        root.put(setting, &binary(&named("useIFDCCID", true.into()))?)?;
        assert_eq!(look_at(System::MacOs, root.path(), None).own_mac_driver, Some(false), "{number}");
    }
    // What `defaults write` leaves behind, by how it was told; and a file that is no such file.
    for (set, expected) in [
        (binary(&named("useIFDCCID", true.into()))?, false),
        (xml(&named("useIFDCCID", true.into()))?, false),
        (binary(&named("useIFDCCID", "YES".into()))?, false),
        (binary(&named("useIFDCCID", 1.into()))?, false),
        (binary(&named("useIFDCCID", false.into()))?, true),
        (binary(&named("useIFDCCID", "no".into()))?, true),
        (binary(&named("useIFDCCID", 0.into()))?, true),
        (binary(&named("allowSmartCard", true.into()))?, true),
        (b"bplist00\x01useIFDCCID\x09".to_vec(), true),
    ] {
        let root = Root::new()?;
        root.put(place, &xml(&version("15.2"))?)?;
        root.put(setting, &set)?;
        let told = look_at(System::MacOs, root.path(), None).own_mac_driver;
        assert_eq!(told, Some(expected), "{}", String::from_utf8_lossy(&set));
    }
    let root = Root::new()?;
    assert_eq!(look_at(System::MacOs, root.path(), None).own_mac_driver, Some(false));
    assert_eq!(look_at(System::Linux, root.path(), None).own_mac_driver, None);
    Ok(())
}
