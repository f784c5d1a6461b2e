//! Points in JSON: read as the text that stands there. The contract calls them a number, and old records hold fractions
//! (`23.550`), while nobody at a desk exchanges half a point.

use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

/// Points that somebody has, in whole ones: a fraction is left out, so that nobody is promised too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Points(pub(crate) i64);

/// Points that something costs, in whole ones: a fraction counts as one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost(pub(crate) i64);

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        points(raw.get()).map(Points).ok_or_else(|| de::Error::custom("no points"))
    }
}

impl<'de> Deserialize<'de> for Cost {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        cost(raw.get()).map(Cost).ok_or_else(|| de::Error::custom("no cost"))
    }
}

fn points(raw: &str) -> Option<i64> {
    match raw.strip_prefix('-') {
        Some(debt) => cost(debt).map(|points| -points),
        None => parts(raw).map(|(whole, _)| whole),
    }
}

fn cost(raw: &str) -> Option<i64> {
    let (whole, is_fraction) = parts(raw)?;
    whole.checked_add(i64::from(is_fraction))
}

/// The whole part, and whether anything comes after it.
fn parts(raw: &str) -> Option<(i64, bool)> {
    let (whole, fraction) = raw.split_once('.').unwrap_or((raw, "0"));
    let digits_only = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits_only(whole) || !digits_only(fraction) {
        return None;
    }
    Some((whole.parse().ok()?, fraction.bytes().any(|digit| digit != b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_has_rounds_down_and_what_something_costs_rounds_up() {
        for (json, has, costs) in [("5", 5, 5), ("5.0", 5, 5), ("0", 0, 0), ("23.550", 23, 24), ("0.01", 0, 1)] {
            assert_eq!(serde_json::from_str::<Points>(json).unwrap(), Points(has), "{json}");
            assert_eq!(serde_json::from_str::<Cost>(json).unwrap(), Cost(costs), "{json}");
        }
        assert_eq!(serde_json::from_str::<Points>("-3").unwrap(), Points(-3));
        assert_eq!(serde_json::from_str::<Points>("-3.5").unwrap(), Points(-4));
    }

    #[test]
    fn anything_else_is_no_number_of_points() {
        for json in ["1e3", "\"5\"", "null", "true", "[5]", "99999999999999999999", "9223372036854775807.5"] {
            assert!(serde_json::from_str::<Cost>(json).is_err(), "{json}");
        }
        assert!(serde_json::from_str::<Cost>("-1").is_err());
        assert!(serde_json::from_str::<Points>("--1").is_err());
    }
}
