//! How the answer of the browser comes back to the desk.

use reqwest::Url;

/// The path of the loopback redirect, where nothing else is said.
const PATH: &str = "/signed-in";

/// How the answer of the browser comes back. Which of the two the sign-in server accepts is a matter of registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redirect {
    /// Over this computer's own network (RFC 8252 §7.3).
    Loopback {
        /// The port; `None` for any that is free.
        port: Option<u16>,
        /// The path.
        path: String,
    },
    /// As a deep link, `be.balie.desk:/signed-in` (RFC 8252 §7.1).
    Scheme(String),
}

/// The text says no redirect that a desk can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("takes \"loopback\", \"loopback:PORT\" or an address of an own scheme, as \"be.balie.desk:/signed-in\"")]
pub struct RedirectError;

impl Default for Redirect {
    fn default() -> Self {
        Self::Loopback { port: None, path: PATH.to_owned() }
    }
}

impl Redirect {
    /// Reads it as the settings write it.
    ///
    /// # Errors
    /// Refuses everything else, and a scheme without a dot: those are anybody's (RFC 8252 §7.1).
    pub fn parse(text: &str) -> Result<Self, RedirectError> {
        if text == "loopback" {
            return Ok(Self::default());
        }
        if let Some(port) = text.strip_prefix("loopback:") {
            let port = port.parse().ok().filter(|port| *port > 0).ok_or(RedirectError)?;
            return Ok(Self::Loopback { port: Some(port), path: PATH.to_owned() });
        }
        let url = Url::parse(text).map_err(|_| RedirectError)?;
        let is_plain = url.query().is_none() && url.fragment().is_none() && url.path().starts_with('/');
        if url.scheme().contains('.') && is_plain && url.username().is_empty() && url.password().is_none() {
            Ok(Self::Scheme(text.to_owned()))
        } else {
            Err(RedirectError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_of_this_computer_or_of_a_scheme_of_our_own() {
        let loopback = |port| Redirect::Loopback { port, path: "/signed-in".to_owned() };
        assert_eq!(Redirect::parse("loopback"), Ok(loopback(None)));
        assert_eq!(Redirect::parse("loopback:4123"), Ok(loopback(Some(4123))));
        let own = "be.balie.desk:/signed-in";
        assert_eq!(Redirect::parse(own), Ok(Redirect::Scheme(own.to_owned())));
        for text in [
            "",
            "loopback:",
            "loopback:0",
            "loopback:70000",
            "loopback:x",
            "https://balie.be/x",
            "balie:/signed-in",
            "be.balie.desk:signed-in",
            "be.balie.desk:/signed-in?x=1",
            "be.balie.desk:/a#b",
            "Loopback",
        ] {
            assert_eq!(Redirect::parse(text), Err(RedirectError), "{text}");
        }
    }
}
