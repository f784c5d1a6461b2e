//! Where things are: the root of the workspace and the folder that cargo builds in.

use std::path::PathBuf;

use crate::shell::{Trouble, answer, cargo};

/// The places that the commands work in.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Asks cargo, which knows about `CARGO_TARGET_DIR` and about every configuration file.
    pub(crate) fn find() -> Result<Self, Trouble> {
        let mut command = cargo();
        command.args(["metadata", "--no-deps", "--format-version", "1"]);
        let told = answer(command).unwrap_or_default();
        let place = |name| {
            json_string(&told, name).map(PathBuf::from).ok_or_else(|| {
                Trouble::new(
                    format!("cargo metadata tells no {name}"),
                    "run `cargo metadata --no-deps` in the folder of Balie and read its message",
                )
            })
        };
        Ok(Self { root: place("workspace_root")?, target: place("target_directory")? })
    }

    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// The sources of the core, which the proofs are about.
    pub(crate) fn core(&self) -> PathBuf {
        self.root.join("src-tauri/crates/balie-core/src")
    }

    /// A file or folder that a run leaves for itself, among what cargo builds.
    pub(crate) fn scratch(&self, name: &str) -> PathBuf {
        self.target.join(name)
    }

    /// A program that this workspace builds.
    pub(crate) fn binary(&self, name: &str, release: bool) -> PathBuf {
        let profile = if release { "release" } else { "debug" };
        self.target.join(profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// A file that this workspace builds for another system, by the name that rustc has for that.
    pub(crate) fn built_for(&self, target: &str, file: &str) -> PathBuf {
        self.target.join(target).join("debug").join(file)
    }
}

/// The value of the last field with this name: cargo's own fields come after those of the packages.
fn json_string(json: &str, name: &str) -> Option<String> {
    let field = format!("\"{name}\":\"");
    let rest = &json[json.rfind(&field)? + field.len()..];
    let mut value = String::new();
    let mut letters = rest.chars();
    loop {
        match letters.next()? {
            '"' => return Some(value),
            // Paths have no other escapes than this one, and the quote.
            '\\' => value.push(letters.next()?),
            letter => value.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::json_string;

    #[test]
    fn the_target_folder_is_read_from_the_metadata() {
        let json = r#"{"packages":[{"x":"\"y"}],"workspace_root":"C:\\balie","target_directory":"/t/b","version":1}"#;
        assert_eq!(json_string(json, "target_directory").as_deref(), Some("/t/b"));
        assert_eq!(json_string(json, "workspace_root").as_deref(), Some(r"C:\balie"));
        assert_eq!(json_string(json, "build_directory"), None);
        assert_eq!(json_string(r#"{"a":"unclosed"#, "a"), None);
    }
}
