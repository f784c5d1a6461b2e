//! Which driver macOS uses for readers. Since version 14 its own one is the default, and it breaks cards that are laid on a reader (lesson
//! R-27); the setting `useIFDCCID` brings the older one back.

use std::path::Path;

use plist::Value;

const VERSION: &str = "System/Library/CoreServices/SystemVersion.plist";
const SETTING: &str = "Library/Preferences/com.apple.security.smartcard.plist";
/// The first version with a driver of its own.
const FIRST: u64 = 14;

/// Whether it is the one of macOS itself.
pub(super) fn uses_own_driver(root: &Path) -> bool {
    let version = read(root, VERSION, "ProductVersion");
    let is_new = version.as_ref().and_then(Value::as_string).and_then(major).is_some_and(|major| major >= FIRST);
    is_new && !read(root, SETTING, "useIFDCCID").is_some_and(|set| is_on(&set))
}

/// One value of a file of macOS, which may be text or binary; nothing where the file or the value is not there.
fn read(root: &Path, file: &str, key: &str) -> Option<Value> {
    Value::from_file(root.join(file)).ok()?.into_dictionary()?.remove(key)
}

/// The number before the first point of the version.
fn major(version: &str) -> Option<u64> {
    version.split('.').next()?.trim().parse().ok()
}

/// As macOS takes a value for a switch: whoever leaves out `-bool` writes the word itself.
fn is_on(set: &Value) -> bool {
    match set {
        Value::Boolean(on) => *on,
        Value::Integer(number) => number.as_signed() != Some(0),
        Value::String(word) => ["yes", "true", "1"].iter().any(|yes| word.eq_ignore_ascii_case(yes)),
        _ => false,
    }
}
