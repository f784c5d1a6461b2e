//! Problem documents: whatever the bytes, what is kept of them is short and tells nobody's number.
#![no_main]

use balie_core::{insz, redact};
use balie_remote::ask::AskError;
use balie_remote::facts;
use balie_remote::outcome::{Observation, Outcome};
use balie_remote::problem::Problem;
use libfuzzer_sys::fuzz_target;

/// The longest sentence that is kept, and the sign that more was said.
const LONGEST: usize = 601;

fuzz_target!(|body: &[u8]| {
    let problem = Problem::parse(body);
    for status in [400, 401, 403, 404, 408, 429, 499] {
        let seen = Observation::Answer { status, json: true, body: body.to_vec(), retry_after: None };
        let judged: Outcome<()> = facts::judge(&seen, |_| Ok(()));
        // A refusal counts only when it is signed.
        assert!(problem.is_some() || !matches!(judged, Outcome::Refused(_)), "{status} was taken for a no");
        assert!(!matches!(judged, Outcome::Accepted(())), "{status} was taken for a yes");
    }
    let Some(problem) = problem else { return };
    assert_eq!(redact::numbers(&problem.name), problem.name, "a long number is in the name");
    if let Some(said) = &problem.said {
        assert!(said.chars().count() <= LONGEST, "it says more than fits on a desk");
        assert_eq!(&insz::mask(said), said, "it says a national number");
    }
    let told = AskError::Problem(problem).to_string();
    assert_eq!(redact::numbers(&told), told, "a long number would be logged");
});
