//! Sealing a few bytes under a key: ChaCha20-Poly1305 with a nonce that is drawn each time.

use crate::open::StoreError;
use rand::TryRngCore;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

/// Seals something for a place: in another place it does not open.
pub(crate) fn seal(key: &[u8; 32], place: &[u8], plain: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut nonce = [0; NONCE_LEN];
    let no_random = |error| StoreError::Database(sqlx::Error::Io(std::io::Error::other(format!("no random: {error}"))));
    rand::rngs::OsRng.try_fill_bytes(&mut nonce).map_err(no_random)?;
    let mut sealed = plain.to_vec();
    ready(key)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut sealed)
        .map_err(|_| StoreError::Unreadable("seal"))?;
    sealed.splice(0..0, nonce);
    Ok(sealed)
}

/// Opens what was sealed for a place.
pub(crate) fn unseal(key: &[u8; 32], place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let unreadable = || StoreError::Unreadable("seal");
    let (nonce, rest) = sealed.split_at_checked(NONCE_LEN).ok_or_else(unreadable)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| unreadable())?;
    let mut rest = Zeroizing::new(rest.to_vec());
    let length = ready(key)?.open_in_place(nonce, Aad::from(place), &mut rest).map_err(|_| unreadable())?.len();
    rest.truncate(length);
    Ok(rest)
}

fn ready(key: &[u8; 32]) -> Result<LessSafeKey, StoreError> {
    UnboundKey::new(&CHACHA20_POLY1305, key).map(LessSafeKey::new).map_err(|_| StoreError::Unreadable("seal"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_key_in_its_place_and_nowhere_else() {
        let (key, other) = ([1; 32], [2; 32]);
        let sealed = seal(&key, b"here", b"0900000067513").unwrap();
        assert_eq!(unseal(&key, b"here", &sealed).unwrap().as_slice(), b"0900000067513");
        assert!(unseal(&other, b"here", &sealed).is_err());
        assert!(unseal(&key, b"there", &sealed).is_err());
        assert!(unseal(&key, b"here", &sealed[1..]).is_err());
        assert!(unseal(&key, b"here", &[]).is_err());
        assert_ne!(seal(&key, b"here", b"0900000067513").unwrap(), sealed, "twice the same does not look the same");
    }
}
