//! The memory of the program goes into no file: a process of its own, because it holds for all of it.
#![cfg(target_os = "linux")]

use balie_store::memory::no_core_dumps;

#[test]
fn a_crash_leaves_no_memory_behind() {
    no_core_dumps().unwrap();
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let core: Vec<&str> =
        limits.lines().find(|line| line.starts_with("Max core file size")).unwrap().split_whitespace().collect();
    assert_eq!(core[4..6], ["0", "0"]);
    assert_eq!(rustix::process::dumpable_behavior().unwrap(), rustix::process::DumpableBehavior::NotDumpable);
}
