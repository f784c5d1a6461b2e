//! Prices in JSON: read as the text that stands there, so that no amount ever is a float.

use balie_core::money::{Cents, PriceError};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;

/// A price as it stands in a JSON document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Price(pub(crate) Cents);

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        parse(raw.get()).map(Price).map_err(de::Error::custom)
    }
}

// Integrations in production exchange prices as JSON text as well as numbers ("10.00"), so both are read.
pub(crate) fn parse(raw: &str) -> Result<Cents, PriceError> {
    let bare = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
    Cents::parse_price(bare)
}

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = RawValue::from_string(self.0.to_string()).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_are_read_to_the_cent_and_written_as_numbers() {
        for (json, cents) in [("2", 200), ("2.0", 200), ("1.5", 150), ("\"10.00\"", 1000)] {
            assert_eq!(serde_json::from_str::<Price>(json).unwrap(), Price(Cents(cents)), "{json}");
        }
        assert_eq!(serde_json::to_string(&Price(Cents(1050))).unwrap(), "10.50");
    }

    #[test]
    fn anything_else_is_refused() {
        for json in ["1.005", "-1", "1e1", "null", "true", "\"\"", "[1]", "{}"] {
            assert!(serde_json::from_str::<Price>(json).is_err(), "{json}");
        }
    }
}
