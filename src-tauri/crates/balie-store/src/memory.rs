//! What stands in the memory of this program stays there.

/// Tells the system that the memory of this program goes into no file when it crashes, and, on Linux, that other programs
/// of the same user may not read it. To be called once, before any key is read.
///
/// Memory can still be swapped out: locking the few pages that hold keys would need a system call for every copy that
/// SQLCipher makes, so a desk with a swap file relies on its disk being encrypted.
///
/// # Errors
/// Fails when the system does not let us; the desk works on.
pub fn no_core_dumps() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
