//! The files that only the key of the snapshot opens.

use crate::durable;
use std::io::Error;
use std::path::Path;

/// Removes them all: what was in them can be asked again.
pub(super) fn remove(folder: &Path) -> Result<(), Error> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_one = name.starts_with("snapshot.db") || (name.starts_with("social-tariff-") && name.contains(".db"));
        if is_one {
            durable::remove(&entry.path())?;
        }
    }
    Ok(())
}
