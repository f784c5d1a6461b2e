//! Node, which builds and checks what the window shows.

use crate::shell::{Trouble, answer, npm, program};

const OLDEST: u32 = 20;
const REMEDY: &str = "install Node 20 or newer, with npm (nodejs.org, nvm, or your package manager)";

/// Sees to it that Node is new enough and that npm is there.
pub(crate) fn ensure() -> Result<(), Trouble> {
    let mut command = program("node");
    command.arg("--version");
    let Some(told) = answer(command) else {
        return Err(Trouble::missing("Node was not found", REMEDY));
    };
    match major(&told) {
        Some(version) if version >= OLDEST => {}
        _ => {
            let what = format!("Node is {}, and {OLDEST} is needed", told.trim());
            return Err(Trouble::missing(what, REMEDY));
        }
    }
    let mut command = npm();
    command.arg("--version");
    if answer(command).is_none() {
        return Err(Trouble::missing("npm was not found", REMEDY));
    }
    println!("  node {}", told.trim());
    Ok(())
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_the_first_number() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("v8.0.0"), Some(8));
        assert_eq!(major("20"), None);
        assert_eq!(major(""), None);
    }
}
