//! The list of mistakes: a few lines of TOML for each, read without a library, as this program has none.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::shell::Trouble;

/// Where it stands.
pub(super) const LIST: &str = "tests/fixtures/mutants-by-hand.toml";

/// A mistake that somebody could make.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Mutant {
    pub(super) name: String,
    /// Which rule it breaks, and where that is written.
    pub(super) why: String,
    pub(super) file: String,
    /// Occurs exactly once in the file.
    pub(super) find: String,
    pub(super) replace: String,
    /// The words for cargo of each proof that may notice it, the quickest first.
    pub(super) proofs: Vec<String>,
}

/// Reads the list, and holds that every mistake can be put in.
pub(super) fn read(root: &Path) -> Result<Vec<Mutant>, Trouble> {
    let wrong =
        |what: String| Trouble::new(format!("{LIST}: {what}"), "correct it, or follow the code that it is about");
    let text = fs::read_to_string(root.join(LIST)).map_err(|why| wrong(why.to_string()))?;
    let all = parse(&text).map_err(wrong)?;
    let mut names = BTreeSet::new();
    for mutant in &all {
        let code =
            fs::read_to_string(root.join(&mutant.file)).map_err(|why| wrong(format!("{}: {why}", mutant.file)))?;
        fault(mutant, &code).map_or(Ok(()), |what| Err(wrong(format!("`{}`: {what}", mutant.name))))?;
        if !names.insert(&mutant.name) {
            return Err(wrong(format!("`{}` stands there twice", mutant.name)));
        }
    }
    Ok(all)
}

/// Why a mistake cannot be put in, if it cannot.
fn fault(mutant: &Mutant, code: &str) -> Option<String> {
    let whole = [&mutant.name, &mutant.why, &mutant.file, &mutant.find].iter().all(|field| !field.is_empty());
    let times = if mutant.find.is_empty() { 0 } else { code.matches(&mutant.find).count() };
    match () {
        () if !whole || mutant.proofs.is_empty() => Some("has no name, why, file, find or proofs".to_owned()),
        () if mutant.find == mutant.replace => Some("changes nothing".to_owned()),
        () if times != 1 => Some(format!("what it finds occurs {times} times in {}", mutant.file)),
        () => None,
    }
}

/// Reads tables `[[mutant]]` of texts in double quotes, texts between three single quotes, and lists of texts.
fn parse(text: &str) -> Result<Vec<Mutant>, String> {
    let (mut all, mut lines) = (Vec::new(), text.lines().enumerate());
    while let Some((number, line)) = lines.next() {
        let line = line.trim_end();
        let broken = |what: &str| format!("line {}: {what}", number + 1);
        if line == "[[mutant]]" {
            all.push(Mutant::default());
            continue;
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = line.split_once(" = ").ok_or_else(|| broken("is no `name = value`"))?;
        let mutant = all.last_mut().ok_or_else(|| broken("stands before the first [[mutant]]"))?;
        if name == "proofs" {
            let inner = value.strip_prefix('[').and_then(|value| value.strip_suffix(']'));
            let inner = inner.ok_or_else(|| broken("is no list on one line"))?;
            let proof = |word: &str| quoted(word.trim()).ok_or_else(|| broken("is no list of texts in quotes"));
            mutant.proofs = inner.split(',').map(proof).collect::<Result<_, _>>()?;
            continue;
        }
        let value = match value.strip_prefix("'''") {
            None => quoted(value).ok_or_else(|| broken("is no text in quotes"))?,
            Some("") => {
                let mut inner = Vec::new();
                loop {
                    let (_, line) = lines.next().ok_or_else(|| broken("has no end"))?;
                    match line.strip_suffix("'''") {
                        Some(last) => {
                            inner.push(last);
                            break inner.join("\n");
                        }
                        None => inner.push(line),
                    }
                }
            }
            Some(rest) => {
                rest.strip_suffix("'''").ok_or_else(|| broken("begins on the line of its quotes"))?.to_owned()
            }
        };
        *mutant.field(name).ok_or_else(|| broken("has a name that is not known"))? = value;
    }
    Ok(all)
}

/// A text in double quotes that needs no backslash.
fn quoted(value: &str) -> Option<String> {
    let inner = value.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains(['"', '\\'])).then(|| inner.to_owned())
}

impl Mutant {
    fn field(&mut self, name: &str) -> Option<&mut String> {
        match name {
            "name" => Some(&mut self.name),
            "why" => Some(&mut self.why),
            "file" => Some(&mut self.file),
            "find" => Some(&mut self.find),
            "replace" => Some(&mut self.replace),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# Why not.\n[[mutant]]\nname = \"a b\"\nwhy = \"c\"\nfile = \"d.rs\"\nfind = '''x \"y\"'''\n\
                        replace = '''\n  z\n'''\nproofs = [\"test -p e\", \"xtask sim\"]\n";

    #[test]
    fn the_list_is_read() {
        let mutant = parse(GOOD).unwrap().remove(0);
        assert_eq!((mutant.name.as_str(), mutant.why.as_str(), mutant.file.as_str()), ("a b", "c", "d.rs"));
        assert_eq!((mutant.find.as_str(), mutant.replace.as_str()), ("x \"y\"", "  z\n"));
        assert_eq!(mutant.proofs, ["test -p e", "xtask sim"]);
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        for (from, to, line) in [
            ("why = \"c\"", "why = c", 4),
            ("why =", "how =", 4),
            ("'''x \"y\"'''", "'''x", 6),
            ("[\"test", "[test", 10),
            ("[[mutant]]", "[mutant]", 2),
        ] {
            let wrong = parse(&GOOD.replace(from, to)).unwrap_err();
            assert!(wrong.starts_with(&format!("line {line}: ")), "{wrong}");
        }
        assert!(parse("name = \"a\"").unwrap_err().contains("before the first"));
    }

    #[test]
    fn a_mistake_must_fit_in_exactly_one_place() {
        let mutant = parse(GOOD).unwrap().remove(0);
        assert_eq!(fault(&mutant, "a x \"y\" b"), None);
        assert!(fault(&mutant, "x y").unwrap().contains("occurs 0 times"));
        assert!(fault(&mutant, "x \"y\" x \"y\"").unwrap().contains("occurs 2 times"));
        let same = Mutant { replace: mutant.find.clone(), ..mutant.clone() };
        assert_eq!(fault(&same, "x \"y\"").as_deref(), Some("changes nothing"));
        assert!(fault(&Mutant { why: String::new(), ..mutant }, "x \"y\"").is_some());
    }

    #[test]
    fn every_mistake_of_the_house_fits_and_there_are_thirty() {
        let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../../..");
        assert!(read(&root).unwrap().len() >= 30);
    }
}
