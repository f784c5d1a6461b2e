//! What the browser brings back after signing in, over the loopback interface or as a deep link that anybody can send:
//! whatever the text, reading it ends, and nothing is taken for an answer that does not say which question it answers.
#![no_main]

use balie_remote::facts;
use balie_remote::sign_in::Redirect;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(callback) = facts::read_callback(text) {
        assert!(!callback.state.expose().is_empty(), "an answer to no question");
        if let Some(code) = &callback.code {
            assert!(!code.expose().is_empty(), "an empty code");
        }
    }
    let _ = Redirect::parse(text);
});
