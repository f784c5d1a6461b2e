//! Money in whole cents. The JSON text is read and written digit by digit, so no amount ever passes through a float.

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// An amount in euro cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cents(pub(crate) i64);

impl Cents {
    /// Reads a JSON number such as `10`, `2.0` or `12.34`; the real server also takes it in quotes.
    pub(crate) fn from_json_text(text: &str) -> Option<Self> {
        let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
        let (whole, fraction) = bare.split_once('.').unwrap_or((bare, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || whole.len() > 9 {
            return None;
        }
        let significant = fraction.trim_end_matches('0');
        let hundredths: i64 = match significant.len() {
            0 => 0,
            1 => significant.parse::<i64>().ok()? * 10,
            2 => significant.parse().ok()?,
            _ => return None,
        };
        Some(Self(whole.parse::<i64>().ok()? * 100 + hundredths))
    }

    /// A share of this amount, rounded half up to the cent.
    pub(crate) fn percent(self, percent: i64) -> Self {
        Self((self.0 * percent + 50) / 100)
    }

    /// The shortest JSON number: `10`, `3.5`, `12.34`.
    fn shortest(self) -> String {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        match rest {
            0 => whole.to_string(),
            r if r % 10 == 0 => format!("{whole}.{}", r / 10),
            r => format!("{whole}.{r:02}"),
        }
    }

    /// The amount as a JSON number that always carries a decimal, as the live server writes tariffs: `2.0`, `1.5`.
    pub(crate) fn with_decimal<S: Serializer>(amount: &Self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = amount.shortest();
        if !text.contains('.') {
            text.push_str(".0");
        }
        write_raw(text, serializer)
    }
}

fn write_raw<S: Serializer>(text: String, serializer: S) -> Result<S::Ok, S::Error> {
    RawValue::from_string(text).map_err(S::Error::custom)?.serialize(serializer)
}

impl Serialize for Cents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_raw(self.shortest(), serializer)
    }
}

impl<'de> Deserialize<'de> for Cents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::from_json_text(raw.get())
            .ok_or_else(|| D::Error::custom("not an amount in euro with at most two decimals"))
    }
}

#[cfg(test)]
mod tests {
    use super::Cents;

    #[test]
    fn amounts_are_read_from_their_text() {
        for (text, cents) in
            [("10", 1000), ("2.0", 200), ("12.34", 1234), ("0.5", 50), ("\"10.00\"", 1000), ("1.500", 150)]
        {
            assert_eq!(Cents::from_json_text(text), Some(Cents(cents)), "{text}");
        }
        for text in ["-1", "1e1", "1.005", "", ".5", "1.", "true", "null", "9999999999"] {
            assert_eq!(Cents::from_json_text(text), None, "{text}");
        }
    }

    #[test]
    fn a_share_is_rounded_half_up() {
        assert_eq!(Cents(1000).percent(20), Cents(200));
        assert_eq!(Cents(1234).percent(20), Cents(247));
        assert_eq!(Cents(1).percent(50), Cents(1));
        assert_eq!(Cents(2).percent(20), Cents(0));
    }

    #[test]
    fn amounts_are_written_as_json_numbers() {
        let plain = |c: i64| serde_json::to_string(&Cents(c)).unwrap();
        assert_eq!([plain(1000), plain(350), plain(1234), plain(5)], ["10", "3.5", "12.34", "0.05"]);
    }
}
