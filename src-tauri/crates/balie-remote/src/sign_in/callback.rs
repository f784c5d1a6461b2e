//! What the browser brings back, read the same way from the loopback interface and from a deep link. Anybody on this
//! computer can send us such a text, so it is taken for nothing before its state was compared.

use super::Secret;
use reqwest::Url;

/// The longest answer that is looked at, in bytes.
pub(crate) const LONGEST: usize = 8 * 1024;

/// What the browser brought back.
#[derive(Debug, PartialEq, Eq)]
pub struct Callback {
    /// The address that it came to, without what it asks.
    pub place: String,
    /// What we gave along with the question.
    pub state: Secret,
    /// Who answers, where the server says so (RFC 9207).
    pub issuer: Option<String>,
    /// The code that tokens are fetched with; `None` when the server says no.
    pub code: Option<Secret>,
}

/// Why it cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// It is longer than any real one.
    #[error("it is too long")]
    TooLong,
    /// It is neither an address nor the path of one.
    #[error("it is no address")]
    NotAnAddress,
    /// Something in it stands there twice (RFC 6749 §3.1).
    #[error("a part of it stands there twice")]
    Twice,
    /// The state is missing.
    #[error("it names no question that it answers")]
    NoState,
    /// There is neither a code nor an error, or there are both.
    #[error("it says neither yes nor no")]
    NoAnswer,
}

/// Reads what the browser brought back: a whole address, or a path with what it asks.
///
/// # Errors
/// Refuses what no sign-in server sends. Whose answer it is, is for the caller to see.
pub fn read_callback(text: &str) -> Result<Callback, CallbackError> {
    if text.len() > LONGEST {
        return Err(CallbackError::TooLong);
    }
    let url = read_address(text).ok_or(CallbackError::NotAnAddress)?;
    let (mut state, mut code, mut error, mut issuer) = (None, None, None, None);
    for (name, value) in url.query_pairs() {
        let slot = match name.as_ref() {
            "state" => &mut state,
            "code" => &mut code,
            "error" => &mut error,
            "iss" => &mut issuer,
            _ => continue,
        };
        if slot.replace(value.into_owned()).is_some() {
            return Err(CallbackError::Twice);
        }
    }
    let filled = |slot: Option<String>| slot.filter(|text| !text.is_empty());
    let state = filled(state).map(Secret::new).ok_or(CallbackError::NoState)?;
    let code = filled(code).map(Secret::new);
    if code.is_some() == error.is_some() {
        return Err(CallbackError::NoAnswer);
    }
    Ok(Callback { place: place(&url), state, issuer, code })
}

fn read_address(text: &str) -> Option<Url> {
    // The path of a request has no server; whichever it gets here, it is the same for what is expected.
    if text.starts_with('/') {
        return Url::parse(&format!("http://127.0.0.1{text}")).ok();
    }
    Url::parse(text).ok()
}

/// An address without what it asks. Systems write the same deep link with one slash or with three.
pub(crate) fn place(url: &Url) -> String {
    format!("{}:{}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_from_a_path_and_from_a_deep_link() {
        let read = read_callback("/signed-in?code=a%2Bb&state=s&iss=https%3A%2F%2Fx&session_state=1").unwrap();
        assert_eq!(read.place, "http:127.0.0.1/signed-in");
        assert!(read.code.unwrap().is("a+b") && read.state.is("s"));
        assert_eq!(read.issuer.as_deref(), Some("https://x"));
        for link in ["be.balie.desk:/signed-in?code=c&state=s", "be.balie.desk:///signed-in?state=s&code=c"] {
            assert_eq!(read_callback(link).unwrap().place, "be.balie.desk:/signed-in");
        }
        assert_eq!(read_callback("/?error=access_denied&state=s").unwrap().code, None);
    }

    #[test]
    fn what_no_server_sends_is_refused() {
        for (text, why) in [
            ("", CallbackError::NotAnAddress),
            ("signed-in?code=c&state=s", CallbackError::NotAnAddress),
            ("/signed-in", CallbackError::NoState),
            ("/?code=c&state=", CallbackError::NoState),
            ("/?state=s", CallbackError::NoAnswer),
            ("/?state=s&code=", CallbackError::NoAnswer),
            ("/?state=s&code=c&error=e", CallbackError::NoAnswer),
            ("/?state=s&state=s&code=c", CallbackError::Twice),
        ] {
            assert_eq!(read_callback(text), Err(why), "{text}");
        }
        assert!(read_callback("/?state=s&code=c#&code=d").unwrap().code.unwrap().is("c"), "a fragment is not asked");
        assert_eq!(read_callback(&format!("/?state={}", "s".repeat(LONGEST))), Err(CallbackError::TooLong));
    }

    #[test]
    fn nothing_of_an_answer_is_printed() {
        let read = read_callback("/signed-in?code=geheim&state=geheim").unwrap();
        assert!(!format!("{read:?}").contains("geheim"));
    }
}
