//! The rows of the social tariff export, one at a time: nothing is held but the row that is being read.

use crate::guarded::Counts;
use balie_core::pass::UitpasNumber;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Reads the whole list into a sink, and gives how many rows could not be read.
pub(crate) struct Rows<'a, S> {
    pub(crate) sink: &'a mut S,
    pub(crate) counts: &'a Counts,
    pub(crate) most: u64,
}

impl<'de, S: Extend<(UitpasNumber, Option<u32>)>> DeserializeSeed<'de> for Rows<'_, S> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, S: Extend<(UitpasNumber, Option<u32>)>> Visitor<'de> for Rows<'_, S> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of cards")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<u64, A::Error> {
        let mut bad = 0;
        while let Some(row) = rows.next_element_seed(Any::<Row>::new())? {
            self.counts.rows.set(self.counts.rows.get() + 1);
            self.counts.since_row.set(0);
            if self.counts.rows.get() > self.most {
                return Err(A::Error::custom("too many rows"));
            }
            match row {
                Some(Row { number: Some(number), tickets }) => self.sink.extend([(number, tickets)]),
                _ => bad += 1,
            }
        }
        Ok(bad)
    }
}

/// A card. Without a number that holds, it is no row.
#[derive(Default)]
struct Row {
    number: Option<UitpasNumber>,
    tickets: Option<u32>,
}

/// What can be read from one kind of value; any other kind is skipped, and is nothing.
trait Kind: Sized {
    fn of_text(_: &str) -> Option<Self> {
        None
    }

    fn of_count(_: u64) -> Option<Self> {
        None
    }

    fn of_fields<'de, A: MapAccess<'de>>(fields: A) -> Result<Option<Self>, A::Error> {
        skip_fields(fields)?;
        Ok(None)
    }
}

fn skip_fields<'de, A: MapAccess<'de>>(mut fields: A) -> Result<(), A::Error> {
    while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

impl Kind for UitpasNumber {
    fn of_text(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Kind for u32 {
    fn of_count(count: u64) -> Option<Self> {
        Self::try_from(count).ok()
    }
}

/// The fields that count; the kind of the card shows in whether it has tickets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Number,
    Tickets,
    Other,
}

impl Kind for Field {
    fn of_text(text: &str) -> Option<Self> {
        Some(match text {
            "uitpasNumber" => Self::Number,
            "availableTickets" => Self::Tickets,
            _ => Self::Other,
        })
    }
}

impl Kind for Row {
    fn of_fields<'de, A: MapAccess<'de>>(mut fields: A) -> Result<Option<Self>, A::Error> {
        let mut row = Self::default();
        while let Some(field) = fields.next_key_seed(Any::<Field>::new())? {
            match field {
                Some(Field::Number) => row.number = fields.next_value_seed(Any::new())?,
                Some(Field::Tickets) => row.tickets = fields.next_value_seed(Any::new())?,
                _ => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Some(row))
    }
}

/// Reads any value, of which one kind counts.
struct Any<T>(std::marker::PhantomData<T>);

impl<T> Any<T> {
    const fn new() -> Self {
        Self(std::marker::PhantomData)
    }
}

impl<'de, T: Kind> DeserializeSeed<'de> for Any<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Kind> Visitor<'de> for Any<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<T>, E> {
        Ok(T::of_text(text))
    }

    fn visit_u64<E: Error>(self, count: u64) -> Result<Option<T>, E> {
        Ok(T::of_count(count))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<T>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Option<T>, A::Error> {
        T::of_fields(fields)
    }
}
