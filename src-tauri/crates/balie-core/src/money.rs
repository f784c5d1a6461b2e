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
            Some(total) if Self(total).is_price() => Ok(Self(total)),
            _ => Err(PriceError::TooLarge),
        }
    }

    /// Whether anything can cost this: nothing up to a million euro.
    pub const fn is_price(self) -> bool {
        0 <= self.0 && self.0 <= LARGEST_PRICE_CENTS
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

    #[test]
    fn amounts_are_added_and_printed_with_their_sign() {
        let printed = [0, 5, 150, -5, -150].map(|cents| Cents(cents).to_string());
        assert_eq!(printed, ["0.00", "0.05", "1.50", "-0.05", "-1.50"]);
        assert_eq!([Cents(150), Cents(-20), Cents(1)].into_iter().sum::<Cents>(), Cents(131));
        assert_eq!(Cents(150) - Cents(200) + Cents(1), Cents(-49));
    }

    #[test]
    fn a_price_lies_between_nothing_and_a_million_euro() {
        let prices = [-1, 0, 1, LARGEST_PRICE_CENTS, LARGEST_PRICE_CENTS + 1].map(|cents| Cents(cents).is_price());
        assert_eq!(prices, [false, true, true, true, false]);
    }

    proptest! {
        #[test]
        fn what_is_printed_can_be_read_back(cents in 0..=LARGEST_PRICE_CENTS) {
            prop_assert_eq!(Cents::parse_price(&Cents(cents).to_string()), Ok(Cents(cents)));
        }

        #[test]
        fn a_share_is_within_half_a_cent_of_the_truth_and_never_more_than_the_whole(cents in 0..=LARGEST_PRICE_CENTS, part in 0_u32..=10_000) {
            let share = Cents(cents).share(part);
            let off = share.0 * 10_000 - cents * i64::from(part);
            prop_assert!(-5_000 < off && off <= 5_000, "half a cent goes up");
            prop_assert!(Cents::ZERO <= share && share <= Cents(cents));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}") {
            let _ = Cents::parse_price(&text);
        }
    }
}
