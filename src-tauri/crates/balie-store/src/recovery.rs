//! The recovery code: what opens the ledger when the keyring is gone or the PIN forgotten.

use crate::key::{CODE_SIGNS, KeyError, fill};
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// How many signs are drawn: 130 bits, so that nobody tries them all.
const DRAWN: usize = 26;
/// How many follow that are worked out from them, so that a slip of the pen is told from a code of another desk.
const CHECKED: usize = 2;
const SIGNS: usize = DRAWN + CHECKED;
const GROUP: usize = 4;

/// A recovery code, shown once. It prints nothing of itself and is wiped when dropped.
#[derive(Clone)]
pub struct RecoveryCode(Zeroizing<Box<[u8]>>);

impl RecoveryCode {
    /// Draws a code. It opens nothing before the vault keeps it.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn draw() -> Result<Self, KeyError> {
        let mut code = Self(Zeroizing::new(vec![0; SIGNS].into()));
        fill(&mut code.0[..DRAWN])?;
        for sign in &mut code.0[..DRAWN] {
            *sign = CODE_SIGNS[usize::from(*sign % 32)];
        }
        let check = check(&code.0[..DRAWN]);
        code.0[DRAWN..].copy_from_slice(&check);
        Ok(code)
    }

    /// A code however it was typed: in small letters, with spaces or without dashes.
    pub(crate) fn typed(typed: &str) -> Result<Self, KeyError> {
        let mut code = Self(Zeroizing::new(vec![0; SIGNS].into()));
        let mut length = 0;
        for sign in typed.chars().filter(|sign| !sign.is_whitespace() && *sign != '-') {
            let sign = u8::try_from(sign.to_ascii_uppercase()).ok().filter(|sign| CODE_SIGNS.contains(sign));
            let (Some(sign), Some(place)) = (sign, code.0.get_mut(length)) else {
                return Err(KeyError::CodeMistyped);
            };
            *place = sign;
            length += 1;
        }
        let is_whole = length == SIGNS && code.0.ends_with(&check(&code.0[..DRAWN]));
        if is_whole { Ok(code) } else { Err(KeyError::CodeMistyped) }
    }

    /// Whether this is what somebody typed.
    ///
    /// # Errors
    /// What was typed is no code at all.
    pub fn is(&self, typed: &str) -> Result<bool, KeyError> {
        Ok(*Self::typed(typed)?.0 == *self.0)
    }

    /// The code to be shown and written down: seven groups of four signs.
    pub fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(SIGNS + SIGNS / GROUP));
        for (at, sign) in self.0.iter().enumerate() {
            if at > 0 && at % GROUP == 0 {
                text.push('-');
            }
            text.push(char::from(*sign));
        }
        text
    }

    /// The signs, for the one that makes a key of them.
    pub(crate) fn signs(&self) -> &[u8] {
        &self.0[..DRAWN]
    }
}

fn check(drawn: &[u8]) -> [u8; CHECKED] {
    let mut hash: [u8; 32] = Sha256::new().chain_update(b"balie recovery code\0").chain_update(drawn).finalize().into();
    let check = [hash[0], hash[1]].map(|byte| CODE_SIGNS[usize::from(byte % 32)]);
    hash.zeroize();
    check
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(•••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_however_it_is_typed() {
        let code = RecoveryCode::draw().unwrap();
        let text = code.text();
        assert_eq!((text.len(), text.matches('-').count()), (34, 6));
        for typed in [text.to_string(), text.to_lowercase(), text.replace('-', " "), text.replace('-', "")] {
            assert_eq!(*RecoveryCode::typed(&typed).unwrap().0, *code.0, "{typed}");
        }
        assert_ne!(*RecoveryCode::draw().unwrap().0, *code.0);
        assert_eq!(format!("{code:?}"), "RecoveryCode(•••)");
    }

    #[test]
    fn a_slip_of_the_pen_is_nearly_always_told() {
        let text = RecoveryCode::draw().unwrap().text();
        let mut missed = 0;
        for (at, sign) in text.char_indices().filter(|(_, sign)| *sign != '-') {
            for other in CODE_SIGNS.iter().map(|sign| char::from(*sign)).filter(|other| *other != sign) {
                let mut slip: Vec<char> = text.chars().collect();
                slip[at] = other;
                missed += usize::from(RecoveryCode::typed(&slip.iter().collect::<String>()).is_ok());
            }
        }
        assert!(missed < 10, "{missed} of {}", 28 * 31);
        for bad in ["", "AAAA", &format!("{}A", *text), &text.replace(&text[..1], "0"), "é"] {
            assert!(matches!(RecoveryCode::typed(bad), Err(KeyError::CodeMistyped)), "{bad}");
        }
    }
}
