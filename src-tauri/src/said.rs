//! The sentences of the window, for the few places where there is no window: the terminal, and a text that is copied.

use crate::dto::Fact;
use balie_desk::config::Language;
use std::collections::HashMap;

const NL: &str = include_str!("../../ui/src/texts/nl.json");
const FR: &str = include_str!("../../ui/src/texts/fr.json");
const EN: &str = include_str!("../../ui/src/texts/en.json");

/// The sentences of one language.
pub struct Said(HashMap<String, String>);

impl Said {
    /// Those of this language.
    pub fn of(language: Language) -> Self {
        let text = match language {
            Language::Nl => NL,
            Language::Fr => FR,
            Language::En => EN,
        };
        // A test reads all three; a sentence that is missing is shown by its key.
        Self(serde_json::from_str(text).unwrap_or_default())
    }

    /// The sentence of a key, with its facts in their places.
    pub fn say(&self, key: &str, facts: &[Fact]) -> String {
        let sentence = self.0.get(key).map_or(key, String::as_str).to_owned();
        facts.iter().fold(sentence, |sentence, fact| sentence.replace(&format!("{{{}}}", fact.name), &fact.value))
    }

    /// Whether there is such a sentence.
    #[cfg(test)]
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use balie_core::reader::ReaderTrouble;
    use balie_core::reader_check::Finding;

    #[test]
    fn every_trouble_and_every_finding_has_its_sentence_and_its_remedy_in_every_language() {
        for language in [Language::Nl, Language::Fr, Language::En] {
            let said = Said::of(language);
            for code in Finding::CODES.iter().chain(&ReaderTrouble::CODES) {
                assert!(said.has(code) && said.has(&format!("{code}.next")), "{code} in {language:?}");
            }
        }
    }

    #[test]
    fn facts_stand_in_their_places() {
        let said = Said::of(Language::Nl);
        let facts = [Fact::new("reader", "ACR122U"), Fact::new("module", "pn533_usb")];
        let sentence = said.say("readerCheck.heldByKernel", &facts);
        assert!(
            sentence.contains("ACR122U") && sentence.contains("pn533_usb") && !sentence.contains('{'),
            "{sentence}"
        );
        assert_eq!(said.say("no.such.key", &[]), "no.such.key");
    }
}
