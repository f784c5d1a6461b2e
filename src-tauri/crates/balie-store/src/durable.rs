//! Files that are there whole or not at all, also when the current fails.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Makes a folder that only this user may look into, unless it is there.
///
/// # Errors
/// Fails when the system does not make it.
pub fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Puts these bytes in the place of a file that only this user may read: whoever reads it finds the old ones or these.
///
/// # Errors
/// Fails when the disk does not take them; then the old ones are there, unless only the folder could not be synced.
pub fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut draft = file.as_os_str().to_owned();
    draft.push(".new");
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // What did not come in its place stays nowhere: it may hold what nobody should find there. The first error counts.
    let given_up = |error: io::Error| {
        let _ = remove(Path::new(&draft));
        error
    };
    let write = |mut written: File| written.write_all(bytes).and_then(|()| written.sync_all());
    options.open(&draft).and_then(write).map_err(given_up)?;
    step()?;
    std::fs::rename(&draft, file).map_err(given_up)?;
    step()?;
    sync_folder(file)
}

/// Removes a file, where it is there.
pub(crate) fn remove(file: &Path) -> io::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes what became of the names in the folder of this file durable.
pub(crate) fn sync_folder(file: &Path) -> io::Result<()> {
    // Windows has no handle to sync on a folder; there the rename is durable by itself.
    #[cfg(unix)]
    if let Some(folder) = file.parent() {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

#[cfg(not(test))]
#[expect(clippy::unnecessary_wraps, reason = "a rehearsal of a power cut stops here")]
pub(crate) fn step() -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
thread_local! {
    /// How many steps there are until the current fails.
    pub(crate) static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(usize::MAX) };
}

/// Stops here for good when a rehearsal of a power cut has come so far.
#[cfg(test)]
pub(crate) fn step() -> io::Result<()> {
    match STEPS.get() {
        0 => Err(io::Error::other("the current failed")),
        steps => {
            STEPS.set(steps - 1);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_come_in_its_place_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("dag.xlsx");
        // A folder of that name: the last step fails, as it does for a file that another program holds open on Windows.
        std::fs::create_dir(&taken).unwrap();
        std::fs::write(taken.join("inside"), b"1").unwrap();
        assert!(write(&taken, b"list").is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_is_the_old_one_or_the_new_one_and_nobody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        private_folder(&inner).unwrap();
        private_folder(&inner).unwrap();
        let file = inner.join("c.json");
        write(&file, b"old").unwrap();
        STEPS.set(0);
        assert!(write(&file, b"newer").is_err());
        assert_eq!(std::fs::read(&file).unwrap(), b"old");
        STEPS.set(usize::MAX);
        write(&file, b"new").unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"new");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&inner), mode(&file)), (0o700, 0o600));
        }
    }
}
