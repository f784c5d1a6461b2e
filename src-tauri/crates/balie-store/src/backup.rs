//! Copies of the ledger.

use std::path::{Path, PathBuf};

/// The folder for the copies, beside the files of the profile.
pub(crate) fn folder_in(profile: &Path) -> PathBuf {
    profile.join("backups")
}
