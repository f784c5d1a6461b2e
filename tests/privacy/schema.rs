//! S-7 and the part of S-6 that a compiler sees: which columns there are, and which fields there are not.

use std::fs;
use std::path::{Path, PathBuf};

use balie_store::key::Key;
use balie_store::ledger::{Environment, Ledger};
use balie_store::rehearsal;
use balie_store::snapshot::Snapshot;

/// Every column of both files, each with the thought that it may be kept.
const LIST: &str = "tests/fixtures/columns.txt";

/// What nothing here may be called, in letters only: the desk has no need of it.
const NEVER: [&str; 26] = [
    "insz",
    "insznumber",
    "rijksregister",
    "rijksregisternummer",
    "nationalnumber",
    "nationalinsznumber",
    "niss",
    "birthdate",
    "dateofbirth",
    "birthday",
    "geboortedatum",
    "lastname",
    "surname",
    "familyname",
    "fullname",
    "email",
    "emailaddress",
    "street",
    "straat",
    "housenumber",
    "address",
    "phone",
    "phonenumber",
    "gender",
    "nationality",
    "picture",
];

fn root() -> PathBuf {
    Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).parent().unwrap().to_path_buf()
}

async fn columns() -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let key = Key::random().unwrap();
    let ledger = Ledger::open(&folder.path().join("l.db"), &key, Environment::Test, "B1").await.unwrap();
    let snapshot = Snapshot::open(&folder.path().join("s.db"), &key).await.unwrap();
    let of_ledger = rehearsal::columns_of_ledger(&ledger).await.unwrap();
    let of_snapshot = rehearsal::columns_of_snapshot(&snapshot).await.unwrap();
    let all = of_ledger.into_iter().map(|column| format!("ledger {column}"));
    all.chain(of_snapshot.into_iter().map(|column| format!("snapshot {column}"))).collect()
}

#[tokio::test]
async fn every_column_of_both_files_is_on_the_list() {
    let (list, columns) = (fs::read_to_string(root().join(LIST)).unwrap(), columns().await);
    let known: Vec<&str> = list.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    let new: Vec<&String> = columns.iter().filter(|column| !known.contains(&column.as_str())).collect();
    assert!(new.is_empty(), "not in {LIST}; add these if they hold no more of a person than the desk needs: {new:#?}");
    let gone: Vec<&&str> = known.iter().filter(|known| !columns.iter().any(|column| column == **known)).collect();
    assert!(gone.is_empty(), "no column any more, take out of {LIST}: {gone:#?}");
    assert!(columns.len() > 150, "{}", columns.len());
    for column in &columns {
        let name = letters(column.rsplit('.').next().unwrap());
        assert!(!NEVER.contains(&name.as_str()), "{column}");
    }
}

/// A name without what its notation puts between the words.
fn letters(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase()
}

/// The names that a line gives to a field: before a colon, or in the quotes of serde.
fn named(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or_default();
    let mut found: Vec<String> = Vec::new();
    // A path has two colons, and names nothing.
    for before in code.replace("::", " ").split(':').rev().skip(1) {
        let name = before.trim_end().trim_end_matches('?');
        found.extend(name.rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_').next().map(letters));
    }
    if code.contains("rename") || code.contains("alias") {
        found.extend(code.split('"').skip(1).step_by(2).map(letters));
    }
    found
}

fn forbidden(text: &str) -> Vec<String> {
    let lines = text.lines().enumerate();
    let breaks = |(_, line): &(usize, &str)| named(line).iter().any(|name| NEVER.contains(&name.as_str()));
    lines.filter(breaks).map(|(number, line)| format!("{}: {}", number + 1, line.trim())).collect()
}

#[test]
fn a_field_of_a_forbidden_name_is_seen() {
    for bad in [
        "    pub insz: Option<String>,",
        "    insz_number: u64,",
        "struct A { birth_date: Date }",
        "#[serde(rename = \"birthDate\")]",
        "    #[serde(alias = \"inszNumber\", default)]",
        "  emailAddress?: string;",
        "  street: string",
        "let a = Passholder { street: x };",
    ] {
        assert!(!forbidden(bad).is_empty(), "{bad}");
    }
    for good in [
        "    Insz(Insz),",
        "// insz: never",
        "use crate::insz::Insz;",
        "Identifier::Insz(insz) => insz.reveal(),",
        "    title: String, // street: no",
        "insz::mask(&text)",
        "    first_name: Option<String>,",
    ] {
        assert!(forbidden(good).is_empty(), "{good}");
    }
}

#[test]
fn no_type_of_what_ships_has_a_field_that_the_desk_has_no_need_of() {
    let (mut folders, mut read, mut found) = (vec![root().join("src-tauri"), root().join("ui/src")], 0, Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if path.is_dir() {
                // The stand-in plays UiTPAS, which knows all of it; benches and tests play with it.
                if !["balie-sandbox", "xtask", "benches", "tests", "target", "gen", "node_modules"]
                    .contains(&name.as_str())
                {
                    folders.push(path);
                }
            } else if [".rs", ".ts", ".svelte"].iter().any(|end| name.ends_with(end)) {
                read += 1;
                let lines = forbidden(&fs::read_to_string(&path).unwrap());
                found.extend(lines.into_iter().map(|line| format!("{}:{line}", path.display())));
            }
        }
    }
    assert!(read > 150, "only {read} files were read: the walk is broken");
    assert!(found.is_empty(), "{}", found.join("\n"));
}
