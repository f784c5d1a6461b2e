//! Addresses of servers: https only, and plain http for this computer alone.

use reqwest::Url;

/// The base address of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

/// Why an address cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// It is no address.
    #[error("`{0}` is not a web address")]
    NotAnAddress(String),
    /// It would send personal numbers unencrypted over a network.
    #[error("`{0}` must start with https:// (plain http is for this computer alone)")]
    NotSecure(String),
    /// It holds a question, a fragment or a password.
    #[error("`{0}` must be a plain address, without ?, # or a user name")]
    NotPlain(String),
}

impl Endpoint {
    /// Reads an address.
    ///
    /// # Errors
    /// Refuses plain http, except to a loopback address.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let url = Url::parse(text).map_err(|_| EndpointError::NotAnAddress(text.to_owned()))?;
        if url.cannot_be_a_base() || url.host_str().is_none() {
            return Err(EndpointError::NotAnAddress(text.to_owned()));
        }
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
            return Err(EndpointError::NotSecure(text.to_owned()));
        }
        let plain =
            url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
        if plain { Ok(Self(url)) } else { Err(EndpointError::NotPlain(text.to_owned())) }
    }

    /// Whether this is a server on this computer.
    pub(crate) fn is_on_this_computer(&self) -> bool {
        is_loopback(&self.0)
    }

    /// The address itself.
    pub(crate) const fn url(&self) -> &Url {
        &self.0
    }

    /// The address of a path below this one. Each part is escaped, so that an id can never become a path.
    pub(crate) fn at(&self, parts: &[&str]) -> Url {
        let mut url = self.0.clone();
        // An endpoint was checked to be able to be a base, so it always has path segments.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(parts);
        }
        url
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_computer_alone() {
        for text in ["https://api.uitpas.be", "http://127.0.0.1:4010", "http://[::1]:4010", "http://localhost/x"] {
            assert!(Endpoint::parse(text).is_ok(), "{text}");
        }
        for text in ["http://api.uitpas.be", "http://127.0.0.1.example.org", "ftp://127.0.0.1", "http://10.0.0.1"] {
            assert!(matches!(Endpoint::parse(text), Err(EndpointError::NotSecure(_))), "{text}");
        }
        for text in ["", "api.uitpas.be", "mailto:a@b"] {
            assert!(matches!(Endpoint::parse(text), Err(EndpointError::NotAnAddress(_))), "{text}");
        }
        assert!(matches!(Endpoint::parse("https://u:p@api.uitpas.be"), Err(EndpointError::NotPlain(_))));
    }

    #[test]
    fn an_id_can_not_escape_its_place_in_the_path() {
        let base = Endpoint::parse("https://api.uitpas.be/v4/").unwrap();
        assert_eq!(base.at(&["events", "a/../b?c", "settings"]).path(), "/v4/events/a%2F..%2Fb%3Fc/settings");
    }
}
