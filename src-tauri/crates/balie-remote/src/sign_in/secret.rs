//! Text that is never printed, and wiped when it is dropped.

use zeroize::Zeroizing;

/// A token, a code, or whatever else must not be seen. It has no `Display`, and prints as its name.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a text in.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is the same text. How long the answer takes says nothing of where they differ.
    pub(crate) fn is(&self, other: &str) -> bool {
        subtle::ConstantTimeEq::ct_eq(self.0.as_bytes(), other.as_bytes()).into()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_compared_and_not_printed() {
        let secret = Secret::new("geheim");
        assert_eq!(format!("{secret:?}"), "Secret");
        assert!(secret.is("geheim") && !secret.is("geheim ") && !secret.is("") && !secret.is("Geheim"));
    }
}
