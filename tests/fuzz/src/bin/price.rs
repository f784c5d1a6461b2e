//! Prices as they stand in JSON: whatever is accepted is an amount that prints and reads back to the cent.
#![no_main]

use balie_core::money::Cents;
use libfuzzer_sys::fuzz_target;

const MILLION: Cents = Cents(100_000_000);

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(price) = Cents::parse_price(text) else { return };
    assert!((Cents::ZERO..=MILLION).contains(&price), "{price:?} is no price");
    assert_eq!(Cents::parse_price(&price.to_string()), Ok(price), "it reads back as something else");
    assert_eq!(price.0.to_string(), cents(text), "it is not what was written");
    for share in [0, 1, 2_000, 10_000] {
        assert!((Cents::ZERO..=price).contains(&price.share(share)), "a share of {share} is more than the whole");
    }
});

/// The cents by moving the point, without computing anything.
fn cents(text: &str) -> String {
    let (euros, decimals) = text.split_once('.').unwrap_or((text, ""));
    let moved = format!("{euros}{decimals:0<2}");
    let bare = moved.trim_start_matches('0');
    if bare.is_empty() { "0".to_owned() } else { bare.to_owned() }
}
