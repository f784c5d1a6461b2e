//! Every reason has its words: a sentence that says what holds, and one that says what the clerk does now.
#![expect(clippy::unwrap_used, reason = "a broken file of texts fails this test, also in what it calls")]

use balie_core::checkin::NoCheckIn;
use balie_core::life::Dispute;
use balie_core::reader::ReaderTrouble;
use balie_core::refusal::Reason;
use balie_core::reward::NoExchange;
use balie_core::tariff::NoOffer;
use balie_desk::person::Notice;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::Path;

fn texts(language: &str) -> Map<String, Value> {
    // Asked for at run time: a path that is compiled in would be wrong in the next checkout.
    let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    let path = Path::new(&folder).join("../ui/src/texts").join(language).with_extension("json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn has_words(texts: &Map<String, Value>, key: &str) -> bool {
    texts.get(key).and_then(Value::as_str).is_some_and(|sentence| !sentence.trim().is_empty())
}

#[test]
fn every_reason_has_a_sentence_and_a_next_step_in_every_language() {
    let reasons = [NoOffer::CODES, NoCheckIn::CODES, NoExchange::CODES].into_iter().flatten().copied();
    let disputes = Dispute::ALL.into_iter().map(|dispute| format!("check.{}", dispute.code()));
    let notices = Notice::CODES.iter().copied().chain(ReaderTrouble::CODES).map(str::to_owned);
    let codes: BTreeSet<String> = reasons.map(str::to_owned).chain(disputes).chain(notices).collect();
    let mut missing = Vec::new();
    for language in ["nl", "fr", "en"] {
        let texts = texts(language);
        for key in codes.iter().flat_map(|code| [code.clone(), format!("{code}.next")]) {
            if !has_words(&texts, &key) {
                missing.push(format!("{language}.json: {key}"));
            }
        }
    }
    assert!(missing.is_empty(), "{} sentences are missing:\n{}", missing.len(), missing.join("\n"));
}
