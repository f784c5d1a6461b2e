//! The command line.

use crate::language;
use balie_desk::config::Language;
use lexopt::Arg::{Long, Short, Value};
use lexopt::ValueExt;
use std::ffi::OsString;
use std::path::PathBuf;

/// What `--help` prints.
pub const HELP: &str = "\
Balie: the desk application for UiTPAS.

Usage: balie [--demo] [--profile DIR] [--language nl|fr|en] [LINK]
       balie --reader-check [--language nl|fr|en]

  --demo          practice mode: a stand-in of UiTPAS inside the program, nothing leaves this computer
  --profile DIR   keep the files of this desk in DIR, and read DIR/balie.toml
  --language L    speak this language until there are settings, and not that of the system
  LINK            the answer of the browser after signing in, as the system hands it over
  --reader-check  say why the reader does not work and what to do; ends with code 1 when something is wrong
                  (on Windows, whose windows have no terminal: balie --reader-check > check.txt)
  --version       print the version
  --help          print this

The settings are read from the file that BALIE_CONFIG names, else from balie.toml in the profile.
BALIE_LOG sets what is logged, for example BALIE_LOG=debug.";

/// How to run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Practice mode.
    pub demo: bool,
    /// Where the files are.
    pub profile: Option<PathBuf>,
    /// The language until there are settings; that of the system when nobody says.
    pub language: Option<Language>,
    /// A deep link of the system.
    pub link: Option<String>,
}

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Arguments {
    /// Print this and end.
    Say(String),
    /// Say why the reader does not work, in this language if one was asked for.
    ReaderCheck(Option<Language>),
    /// Run.
    Run(Options),
}

impl Arguments {
    /// Reads the command line, the name of the program first.
    pub fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Self, lexopt::Error> {
        let mut parser = lexopt::Parser::from_iter(arguments);
        let mut options = Options::default();
        let mut reader_check = false;
        while let Some(argument) = parser.next()? {
            match argument {
                Long("demo") => options.demo = true,
                Long("profile") => options.profile = Some(parser.value()?.parse_with(existing_or_new)?),
                Long("language") => options.language = Some(parser.value()?.parse_with(language_of)?),
                Long("reader-check") => reader_check = true,
                Short('V') | Long("version") => {
                    return Ok(Self::Say(concat!("balie ", env!("CARGO_PKG_VERSION")).to_owned()));
                }
                Short('h') | Long("help") => return Ok(Self::Say(HELP.to_owned())),
                // A file is no link, and a link begins with the name of its scheme.
                Value(text) if text.to_str().is_some_and(is_link) => options.link = text.into_string().ok(),
                other => return Err(other.unexpected()),
            }
        }
        Ok(if reader_check { Self::ReaderCheck(options.language) } else { Self::Run(options) })
    }
}

fn is_link(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| scheme.contains('.') && !scheme.contains(['/', '\\']))
}

fn language_of(word: &str) -> Result<Language, &'static str> {
    language::of_word(word).ok_or("nl, fr or en is needed")
}

fn existing_or_new(text: &str) -> Result<PathBuf, &'static str> {
    if text.is_empty() { Err("a folder is needed") } else { Ok(PathBuf::from(text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Arguments, String> {
        let words = ["balie"].iter().chain(words).map(OsString::from);
        Arguments::parse(words).map_err(|error| error.to_string())
    }

    #[test]
    fn the_version_and_the_help_are_said() {
        assert_eq!(parse(&["--version"]).unwrap(), Arguments::Say(format!("balie {}", env!("CARGO_PKG_VERSION"))));
        assert_eq!(parse(&["--help"]).unwrap(), Arguments::Say(HELP.to_owned()));
    }

    #[test]
    fn practice_and_profile_are_read_and_anything_else_is_refused() {
        let run = parse(&["--demo", "--profile", "here"]).unwrap();
        let wanted = Options { demo: true, profile: Some(PathBuf::from("here")), ..Options::default() };
        assert_eq!(run, Arguments::Run(wanted));
        let Arguments::Run(options) = parse(&["--language", "fr"]).unwrap() else { panic!("a language") };
        assert_eq!(options.language, Some(Language::Fr));
        assert!(parse(&["--language", "de"]).is_err());
        assert_eq!(parse(&["--reader-check"]), Ok(Arguments::ReaderCheck(None)));
        assert_eq!(parse(&["--language", "en", "--reader-check"]), Ok(Arguments::ReaderCheck(Some(Language::En))));
        let link = parse(&["be.balie.desk:/signed-in?code=a&state=b"]).unwrap();
        let Arguments::Run(Options { link: Some(link), .. }) = link else { panic!("a link") };
        assert_eq!(link, "be.balie.desk:/signed-in?code=a&state=b");
        assert!(parse(&["--dmeo"]).is_err());
        assert!(parse(&["--profile"]).is_err());
        assert!(parse(&["file"]).is_err());
    }
}
