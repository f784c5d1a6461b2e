//! Which driver macOS uses for readers. Since version 14 its own one is the default, and it breaks cards that are laid on a reader (lesson
//! R-27); the setting `useIFDCCID` brings the older one back.

use std::fs;
use std::path::Path;

const VERSION: &str = "System/Library/CoreServices/SystemVersion.plist";
const SETTING: &str = "Library/Preferences/com.apple.security.smartcard.plist";
/// The first version with a driver of its own.
const FIRST: u32 = 14;

/// Whether it is the one of macOS itself.
pub(super) fn uses_own_driver(root: &Path) -> bool {
    let version = fs::read_to_string(root.join(VERSION)).ok();
    let is_new = version.as_deref().and_then(major).is_some_and(|major| major >= FIRST);
    // Whoever set it, set it to the older driver: the file may be binary, and its name stands in it as text either way.
    let is_set = fs::read(root.join(SETTING)).is_ok_and(|file| names(&file, b"useIFDCCID"));
    is_new && !is_set
}

/// The number before the first point of the version.
fn major(plist: &str) -> Option<u32> {
    let after = plist.split_once("<key>ProductVersion</key>")?.1;
    let version = after.split_once("<string>")?.1.split_once("</string>")?.0;
    version.split('.').next()?.trim().parse().ok()
}

fn names(file: &[u8], word: &[u8]) -> bool {
    file.windows(word.len()).any(|part| part == word)
}
