//! Money in whole cents. There is no other kind of money in this program.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};

/// An amount of euro in whole cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Cents(pub i64);

/// The largest amount that the desk accepts as a price: a million euro. Anything above it is a mistake of somebody.
const LARGEST_PRICE_CENTS: i64 = 100_000_000;

/// Why a text is no price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// It has another shape than digits with at most one point.
    #[error("a price is written as digits with at most one decimal point")]
    Shape,
    /// It has more than two decimals, so it cannot be paid in cents.
    #[error("a price has at most two decimals")]
    ThirdDecimal,
    /// It is more than a million euro.
    #[error("a price is at most a million euro")]
    TooLarge,
}

impl Cents {
    /// Nothing to pay.
    pub const ZERO: Self = Self(0);

    /// Parses a price as it stands in JSON text (`2`, `2.5`, `10.00`), without ever passing through a float.
    ///
    /// # Errors
    /// A third decimal is an error, and so are a sign, an exponent and an amount above a million euro.
    pub fn parse_price(text: &str) -> Result<Self, PriceError> {
        let (euros, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits_only = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits_only(euros) || !digits_only(decimals) {
            return Err(PriceError::Shape);
        }
        if decimals.len() > 2 {
            return Err(PriceError::ThirdDecimal);
        }
        let cents = format!("{decimals:0<2}").parse::<i64>().map_err(|_| PriceError::Shape)?;
        let euros = euros.parse::<i64>().map_err(|_| PriceError::TooLarge)?;
        match euros.checked_mul(100).and_then(|whole| whole.checked_add(cents)) {
            Some(total) if total <= LARGEST_PRICE_CENTS => Ok(Self(total)),
            _ => Err(PriceError::TooLarge),
        }
    }

    /// The share of `hundredths_of_percent / 10,000` of this amount, rounded half-up to the cent.
    #[must_use]
    pub const fn share(self, hundredths_of_percent: u32) -> Self {
        Self((self.0 * hundredths_of_percent as i64 + 5_000).div_euclid(10_000))
    }
}

/// Prints the amount with two decimals, as the API and our files write it: `10.00`.
impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }
}

impl Add for Cents {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Cents {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prices_are_read_from_the_text_of_json() {
        for (text, cents) in [("10", 1000), ("10.0", 1000), ("10.00", 1000), ("1.5", 150), ("0.01", 1), ("0", 0)] {
            assert_eq!(Cents::parse_price(text), Ok(Cents(cents)), "{text}");
        }
    }

    #[test]
    fn a_third_decimal_is_an_error_and_so_is_any_other_shape() {
        assert_eq!(Cents::parse_price("1.005"), Err(PriceError::ThirdDecimal));
        assert_eq!(Cents::parse_price("1.000"), Err(PriceError::ThirdDecimal));
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e1", "1,50", " 1", "١", "1.2.3"] {
            assert_eq!(Cents::parse_price(text), Err(PriceError::Shape), "{text}");
        }
        assert_eq!(Cents::parse_price("1000000.01"), Err(PriceError::TooLarge));
        assert_eq!(Cents::parse_price("99999999999999999999"), Err(PriceError::TooLarge));
    }

    #[test]
    fn shares_round_half_up() {
        assert_eq!(Cents(1000).share(2_000), Cents(200));
        assert_eq!(Cents(2).share(2_500), Cents(1), "half a cent goes up");
        assert_eq!(Cents(1).share(2_500), Cents(0));
    }

    proptest! {
        #[test]
        fn what_is_printed_can_be_read_back(cents in 0..=LARGEST_PRICE_CENTS) {
            prop_assert_eq!(Cents::parse_price(&Cents(cents).to_string()), Ok(Cents(cents)));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}") {
            let _ = Cents::parse_price(&text);
        }
    }
}
