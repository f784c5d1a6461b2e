//! Every story of readers in the field has a name, a sentence and a remedy in every language, and tests that play it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a table that cannot be read fails the test that reads it")]

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use balie_core::reader::ReaderTrouble;
use balie_core::reader_check::Finding;
use balie_desk::person::Notice;
use serde::Deserialize;

/// The lessons about readers (field-lessons.md, C3).
const LESSONS: std::ops::RangeInclusive<u32> = 18..=31;

#[derive(Deserialize)]
struct Stories {
    story: Vec<Story>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    lesson: u32,
    name: String,
    sentence: String,
    tests: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|why| panic!("{file}: {why}"))
}

fn stories() -> Vec<Story> {
    toml::from_str::<Stories>(&read("tests/fixtures/reader-stories.toml")).unwrap().story
}

#[test]
fn every_lesson_has_a_story() {
    let told: BTreeSet<u32> = stories().iter().map(|story| story.lesson).collect();
    assert_eq!(told, LESSONS.collect());
    let names: BTreeSet<String> = stories().into_iter().map(|story| story.name).collect();
    assert_eq!(names.len(), stories().len(), "each has a name of its own");
}

#[test]
fn every_story_has_a_sentence_and_a_remedy_in_every_language() {
    for language in ["nl", "fr", "en"] {
        let texts: HashMap<String, String> =
            serde_json::from_str(&read(&format!("ui/src/texts/{language}.json"))).unwrap();
        for Story { name, sentence, .. } in stories() {
            for key in [sentence.clone(), format!("{sentence}.next")] {
                assert!(texts.get(&key).is_some_and(|text| !text.is_empty()), "{name}: {key} in {language}");
            }
        }
    }
}

#[test]
fn every_sentence_is_one_that_the_desk_says() {
    let notices = Notice::CODES.iter().copied();
    let said: BTreeSet<&str> = notices.chain(ReaderTrouble::CODES).chain(Finding::CODES).collect();
    for Story { name, sentence, .. } in stories() {
        assert!(said.contains(sentence.as_str()), "{name}: {sentence}");
    }
}

/// What a test says that expects this sentence: its code, its name in the program, or its words in a trace.
fn words(sentence: &str) -> [String; 3] {
    let (kind, code) = sentence.split_once('.').unwrap();
    // Alone these two would be those of the service as well.
    let code = match (kind, code) {
        ("reader", "hangs") => "readerHangs",
        ("reader", "lost") => "readerLost",
        _ => code,
    };
    let (mut name, mut spoken) = (String::new(), String::new());
    for letter in code.chars() {
        if letter.is_uppercase() {
            spoken.push(' ');
        }
        name.push(if name.is_empty() { letter.to_ascii_uppercase() } else { letter });
        spoken.push(letter.to_ascii_lowercase());
    }
    [sentence.to_owned(), name, spoken]
}

/// Whether a test expects one of these words: a line of a trace that waits for it, or the body of a function.
fn expects(test: &str, words: &[String; 3]) -> bool {
    let Some((file, function)) = test.split_once("::") else {
        let [_, _, spoken] = words;
        let is_it = |part: &str| part == spoken || part == format!("{spoken} 0");
        let told = read(test);
        let mut expected = told.lines().filter(|line| line.starts_with("expect "));
        return expected.any(|line| line.split(" | ").skip(1).any(is_it));
    };
    let source = read(file);
    let (before, rest) = source.split_once(&format!("fn {function}(")).unwrap_or_default();
    let indent: String = before.lines().last().unwrap_or_default().chars().take_while(|c| *c == ' ').collect();
    let body = rest.split(&format!("\n{indent}}}\n")).next().unwrap_or_default();
    words.iter().any(|word| body.contains(word.as_str()))
}

#[test]
fn a_test_of_every_story_expects_its_sentence() {
    for Story { name, sentence, tests, .. } in stories() {
        let words = words(&sentence);
        assert!(tests.iter().any(|test| expects(test, &words)), "{name}: none of its tests expects {sentence}");
    }
    assert_eq!(words("reader.removedTooSoon")[1..], ["RemovedTooSoon", "removed too soon"]);
    let two_cards = "tests/readers.rs::two_cards_at_once_are_said_and_the_one_that_stays_is_told";
    for test in ["tests/traces/two_cards_in_one_field.trace", two_cards] {
        assert!(expects(test, &words("reader.twoCards")) && !expects(test, &words("reader.inUse")), "{test}");
    }
}

#[test]
fn every_story_is_played_by_tests_that_are_there() {
    let played = read("tests/traces.rs");
    for Story { name, tests, .. } in stories() {
        assert!(!tests.is_empty(), "{name}");
        for test in tests {
            match test.split_once("::") {
                Some((file, function)) => {
                    let source = read(file);
                    let line = format!("fn {function}(");
                    let before = source.split(&line).next().unwrap_or_default();
                    assert!(before.len() < source.len(), "{name}: there is no {test}");
                    let attributes: Vec<&str> = before.trim_end().lines().rev().take(3).collect();
                    assert!(attributes.iter().any(|line| line.contains("test")), "{name}: {test} is no test");
                }
                None => {
                    let trace = Path::new(&test).file_stem().unwrap().to_str().unwrap();
                    assert!(
                        root().join(&test).is_file() && played.contains(&format!("    {trace}\n")),
                        "{name}: {test}"
                    );
                }
            }
        }
    }
}
