//! The tools that cargo lacks: each in one pinned version, in the cache folder of Balie and nowhere else.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::shell::{Trouble, cargo, must, program};

/// A subcommand of cargo that is installed from its registry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tool {
    /// What follows `cargo`.
    name: &'static str,
    version: &'static str,
}

pub(crate) const LLVM_COV: Tool = Tool { name: "llvm-cov", version: "0.9.1" };
pub(crate) const MUTANTS: Tool = Tool { name: "mutants", version: "27.1.0" };
pub(crate) const FUZZ: Tool = Tool { name: "fuzz", version: "0.13.2" };

impl Tool {
    /// The tool, to be given its words. It is installed first when this version is not there yet.
    pub(crate) fn command(self) -> Result<Command, Trouble> {
        let Self { name, version } = self;
        let root = cache_folder()?.join("tools").join(format!("{name}-{version}"));
        let binary = root.join("bin").join(format!("cargo-{name}{}", env::consts::EXE_SUFFIX));
        // Cargo puts the program there in one move, when it is whole.
        if !binary.is_file() {
            let mut install = cargo();
            install.args(["install", "--locked", "--quiet", &format!("cargo-{name}@{version}"), "--root"]).arg(&root);
            // It is built in a folder that cargo takes away again, and by no flags of ours.
            install.env_remove("CARGO_TARGET_DIR").env_remove("RUSTFLAGS");
            must(install, "installing a tool", "look whether the registry of cargo can be reached, and run it again")?;
        }
        let mut command = program(&binary.to_string_lossy());
        command.arg(name);
        Ok(command)
    }
}

/// Python itself.
pub(crate) const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

/// A program that is installed from the registry of Python.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PythonTool {
    name: &'static str,
    version: &'static str,
    /// All that it is made of, itself included, each in one version.
    parts: &'static str,
}

pub(crate) const SCHEMATHESIS: PythonTool =
    PythonTool { name: "schemathesis", version: "4.32.5", parts: include_str!("schemathesis.txt") };

impl PythonTool {
    /// The tool, to be given its words. It is installed first when this version is not there yet.
    pub(crate) fn command(self) -> Result<Command, Trouble> {
        let Self { name, version, parts } = self;
        let root = cache_folder()?.join("tools").join(format!("{name}-{version}"));
        let programs = root.join(if cfg!(windows) { "Scripts" } else { "bin" });
        // Written last: without it, an installation broke off. It holds what was installed.
        let whole = root.join("parts.txt");
        if fs::read_to_string(&whole).is_ok_and(|installed| installed == parts) {
            return Ok(program(&programs.join(name).to_string_lossy()));
        }
        let file = root.join("wanted.txt");
        let mut venv = program(PYTHON);
        venv.args(["-m", "venv", "--clear"]).arg(&root);
        must(venv, "installing a tool", "install Python 3.11 or later with its venv (Debian: python3-venv)")?;
        let kept = |why| Trouble::new(format!("{}: {why}", root.display()), "see to it that this folder is writable");
        fs::write(&file, parts).map_err(kept)?;
        let mut install = program(&programs.join("python").to_string_lossy());
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(&file);
        must(install, "installing a tool", "look whether the registry of Python can be reached, and run it again")?;
        fs::rename(&file, &whole).map_err(kept)?;
        Ok(program(&programs.join(name).to_string_lossy()))
    }
}

/// Where this user's programs keep what they can make again.
fn cache_folder() -> Result<PathBuf, Trouble> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = if cfg!(windows) {
        set("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        set("HOME").map(|home| home.join("Library/Caches"))
    } else {
        set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))
    };
    let none = || Trouble::missing("there is no folder to keep tools in", "set HOME (on Windows, LOCALAPPDATA)");
    folder.map(|folder| folder.join("balie")).ok_or_else(none)
}
