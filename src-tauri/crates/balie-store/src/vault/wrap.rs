//! Wrapping a database key: HKDF-SHA256 makes a key for each purpose, ChaCha20-Poly1305 seals with it.

use crate::key::{Key, KeyError, KeyFor, fill};
use crate::recovery::RecoveryCode;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A database key that only its wrap opens, written as hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sealed {
    nonce: String,
    sealed: String,
}

/// What a database key is wrapped with.
pub(super) struct Wrap<'a> {
    source: Prk,
    profile: &'a str,
    kind: &'static str,
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

impl<'a> Wrap<'a> {
    /// By the secret in the keyring, and by the PIN as well when there is one: neither opens anything without the other.
    pub(super) fn of_secret(profile: &'a str, secret: &Key, pin: Option<&[u8; 32]>) -> Self {
        let kind = if pin.is_some() { "keyring and pin" } else { "keyring" };
        let salt = Salt::new(HKDF_SHA256, pin.map_or(&[], |pin| pin.as_slice()));
        Self { source: salt.extract(secret.bytes()), profile, kind }
    }

    /// By the recovery code.
    pub(super) fn of_code(profile: &'a str, code: &RecoveryCode) -> Self {
        let salt = Salt::new(HKDF_SHA256, b"balie recovery");
        Self { source: salt.extract(code.signs()), profile, kind: "recovery" }
    }

    /// What tells whether the secret is the one that the file was written with, before any PIN is asked for.
    pub(super) fn check(&self) -> Result<String, KeyError> {
        let mut check = [0; 16];
        self.derive("check", &mut check)?;
        Ok(hex(&check))
    }

    pub(super) fn seal(&self, which: KeyFor, key: &Key) -> Result<Sealed, KeyError> {
        let mut nonce = [0; NONCE_LEN];
        fill(&mut nonce)?;
        let mut bytes = Zeroizing::new(*key.bytes());
        let aad = Aad::from(self.purpose(which.name()));
        let tag = self
            .cipher(which)?
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), aad, &mut *bytes)
            .map_err(|_| failed())?;
        Ok(Sealed { nonce: hex(&nonce), sealed: hex(&bytes[..]) + &hex(tag.as_ref()) })
    }

    /// The key, or nothing when this wrap is not the one that it was sealed with, for this profile and this purpose.
    pub(super) fn open(&self, which: KeyFor, sealed: &Sealed) -> Option<Key> {
        let nonce = <[u8; NONCE_LEN]>::try_from(unhex(&sealed.nonce)?).ok()?;
        let mut bytes = Zeroizing::new(unhex(&sealed.sealed)?);
        let aad = Aad::from(self.purpose(which.name()));
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = self.cipher(which).ok()?.open_in_place(nonce, aad, &mut bytes).ok()?;
        Key::from_slice(opened)
    }

    fn cipher(&self, which: KeyFor) -> Result<LessSafeKey, KeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        self.derive(which.name(), &mut *bytes)?;
        Ok(LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &*bytes).map_err(|_| failed())?))
    }

    fn derive(&self, what: &str, into: &mut [u8]) -> Result<(), KeyError> {
        let purpose = self.purpose(what);
        let info = [purpose.as_slice()];
        let derived = self.source.expand(&info, Length(into.len())).map_err(|_| failed())?;
        derived.fill(into).map_err(|_| failed())
    }

    /// Whose key it is, which one, and how it is wrapped: a wrap that is put in another place opens nothing.
    fn purpose(&self, what: &str) -> Vec<u8> {
        ["balie keys 1", self.profile, what, self.kind].join("\0").into_bytes()
    }
}

fn failed() -> KeyError {
    KeyError::KeyFile("a key could not be wrapped".to_owned())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |sign: &u8| char::from(*sign).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| Some(digit(pair.first()?)? << 4 | digit(pair.get(1)?)?);
    text.as_bytes().chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrap_opens_its_own_key_in_its_own_place_only() {
        let (key, secret, pin) = (Key::random().unwrap(), Key::random().unwrap(), [7; 32]);
        let wrap = Wrap::of_secret("one", &secret, Some(&pin));
        let sealed = wrap.seal(KeyFor::Ledger, &key).unwrap();
        assert_eq!(wrap.open(KeyFor::Ledger, &sealed).unwrap().bytes(), key.bytes());
        assert_ne!(sealed, wrap.seal(KeyFor::Ledger, &key).unwrap(), "never twice the same");

        assert!(wrap.open(KeyFor::Snapshot, &sealed).is_none(), "the wraps were swapped");
        let other = Key::random().unwrap();
        for wrong in [
            Wrap::of_secret("other", &secret, Some(&pin)),
            Wrap::of_secret("one", &other, Some(&pin)),
            Wrap::of_secret("one", &secret, Some(&[8; 32])),
            Wrap::of_secret("one", &secret, None),
            Wrap::of_code("one", &RecoveryCode::draw().unwrap()),
        ] {
            assert!(wrong.open(KeyFor::Ledger, &sealed).is_none());
            assert_ne!(wrong.check().unwrap(), wrap.check().unwrap());
        }
        for at in 0..sealed.sealed.len() {
            let mut spoilt = sealed.clone();
            let other = if spoilt.sealed.as_bytes()[at] == b'0' { "1" } else { "0" };
            spoilt.sealed.replace_range(at..=at, other);
            assert!(wrap.open(KeyFor::Ledger, &spoilt).is_none(), "{at}");
        }
        for nonsense in ["", "0", "zz", "é"] {
            assert!(wrap.open(KeyFor::Ledger, &Sealed { nonce: nonsense.into(), ..sealed.clone() }).is_none());
            assert!(wrap.open(KeyFor::Ledger, &Sealed { sealed: nonsense.into(), ..sealed.clone() }).is_none());
        }
    }
}
