//! Identifiers that the sandbox hands out. They need to be unique, not secret: the sandbox listens on loopback only.

use std::hash::{BuildHasher, RandomState};

/// Sixty-four bits that differ on every call; the standard library seeds each hasher afresh.
fn fresh_bits() -> u64 {
    RandomState::new().hash_one(0_u8)
}

/// A new id in the shape of a UUID version 4.
pub(crate) fn fresh_uuid() -> String {
    let (high, low) = (fresh_bits(), fresh_bits());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0x0fff,
        0x8000 | (low >> 48) & 0x3fff,
        low & 0xffff_ffff_ffff
    )
}

/// A new opaque token.
pub(crate) fn fresh_token(kind: &str) -> String {
    format!("{kind}.{:016x}{:016x}", fresh_bits(), fresh_bits())
}
