//! `POST /ticket-sales`: registering a tariff that was granted, and the list of what is registered.

use crate::ask::AskError;
use crate::client::Api;
use crate::outcome::{Doubt, Outcome, judge};
use crate::passes::moment;
use crate::price::Price;
use crate::rows::{EventRow, read_event_rows};
use balie_core::entry::TicketSale;
use balie_core::event::OrganizerId;
use balie_core::money::Cents;
use balie_core::pass::PassholderId;
use balie_core::tariff::TariffId;
use balie_core::time::Moment;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// A ticket sale that UiTPAS holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredSale {
    /// The id that UiTPAS gave it.
    pub id: String,
    /// When UiTPAS registered it, where it says so.
    pub created: Option<Moment>,
    /// The price that UiTPAS counts, where it says so; compared with what was charged.
    pub price: Option<Cents>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SaleWire<'a> {
    uitpas_number: &'a str,
    event_id: &'a str,
    regular_price: Price,
    regular_price_label: &'a str,
    tariff: TariffRef<'a>,
}

#[derive(Serialize)]
struct TariffRef<'a> {
    id: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RegisteredWire {
    id: String,
    creation_date: Option<String>,
    uitpas_number: String,
    event_id: String,
    regular_price: Price,
    tariff: TariffWire,
}

#[derive(Deserialize)]
struct TariffWire {
    id: String,
    price: Option<Price>,
}

impl Api {
    /// Registers a ticket sale: all its tickets in one request, of which UiTPAS takes every one or none. It is sent once;
    /// the outcome says whether it may ever be sent again.
    pub async fn register(&self, sale: &TicketSale, tariff: &TariffId) -> Outcome<Vec<RegisteredSale>> {
        let wire = SaleWire {
            uitpas_number: sale.holder.number.reveal(),
            event_id: &sale.event.0,
            regular_price: Price(sale.regular),
            regular_price_label: &sale.label,
            tariff: TariffRef { id: &tariff.0 },
        };
        let tickets: Vec<&SaleWire<'_>> = (0..sale.quantity).map(|_| &wire).collect();
        let seen = self.send(&["ticket-sales"], &tickets).await;
        judge(&seen, |body| read_registered_sales(body, sale, tariff))
    }

    /// Asks which ticket sales UiTPAS holds of a passholder at an organizer.
    ///
    /// # Errors
    /// Fails when there is no answer, or none that is complete.
    pub async fn ticket_sale_rows(
        &self,
        passholder: &PassholderId,
        organizer: &OrganizerId,
    ) -> Result<Vec<EventRow>, AskError> {
        self.rows(("ticket sales", &["ticket-sales"], 500), (passholder, organizer), read_event_rows).await
    }
}

/// Reads what was registered, and compares it with what was sent: one row for each ticket, each with an id of its own.
///
/// # Errors
/// Says what is wrong with the proof.
pub fn read_registered_sales(body: &[u8], sale: &TicketSale, tariff: &TariffId) -> Result<Vec<RegisteredSale>, Doubt> {
    let rows: Vec<RegisteredWire> = serde_json::from_slice(body).map_err(|_| Doubt::Garbled)?;
    let same = |row: &RegisteredWire| {
        row.uitpas_number == sale.holder.number.reveal()
            && row.event_id == sale.event.0
            && row.regular_price.0 == sale.regular
            && row.tariff.id == tariff.0
            && !row.id.is_empty()
    };
    let ids: HashSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let as_many = |count: usize| u32::try_from(count) == Ok(sale.quantity);
    if rows.is_empty() || !as_many(rows.len()) || !as_many(ids.len()) || !rows.iter().all(same) {
        return Err(Doubt::Mismatch);
    }
    let registered = |row: RegisteredWire| RegisteredSale {
        id: row.id,
        created: row.creation_date.as_deref().and_then(moment),
        price: row.tariff.price.map(|price| price.0),
    };
    Ok(rows.into_iter().map(registered).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use balie_core::entry::Holder;
    use balie_core::event::EventId;
    use balie_core::pass::UitpasNumber;
    use balie_core::tariff::PriceSource;

    fn sale(quantity: u32) -> TicketSale {
        TicketSale {
            holder: Holder {
                number: UitpasNumber::parse("0900000067513").unwrap(),
                passholder: PassholderId("p".to_owned()),
                organizer: OrganizerId("o".to_owned()),
            },
            event: EventId("e".to_owned()),
            event_title: "Zwemmen".to_owned(),
            tariff: None,
            label: "Volwassene".to_owned(),
            quantity,
            regular: Cents(1000),
            charged: Cents(200),
            source: PriceSource::Live,
            price_as_of: Moment::UNIX_EPOCH,
        }
    }

    fn accepted(body: &str, quantity: u32) -> Result<Vec<RegisteredSale>, Doubt> {
        read_registered_sales(body.as_bytes(), &sale(quantity), &TariffId("T".to_owned()))
    }

    const ROW: &str = r#"{"id":"17","creationDate":"2026-11-21T10:00:00+00:00","uitpasNumber":"0900000067513",
        "eventId":"e","regularPrice":10.0,"tariff":{"id":"T","price":2}}"#;

    #[test]
    fn the_answer_must_be_about_what_was_sent() {
        let rows = accepted(&format!("[{ROW}]"), 1).unwrap();
        assert_eq!((rows[0].id.as_str(), rows[0].price), ("17", Some(Cents(200))));
        assert!(rows[0].created.is_some());
        for (from, to) in [
            ("0900000067513", "0900000095902"),
            ("\"e\"", "\"f\""),
            ("10.0", "10.5"),
            ("\"T\"", "\"U\""),
            ("\"17\"", "\"\""),
        ] {
            assert_eq!(accepted(&format!("[{}]", ROW.replace(from, to)), 1), Err(Doubt::Mismatch), "{to}");
        }
    }

    #[test]
    fn no_row_a_row_too_many_or_half_a_row_is_no_proof() {
        assert_eq!(accepted("[]", 1), Err(Doubt::Mismatch));
        assert_eq!(accepted("[]", 0), Err(Doubt::Mismatch));
        assert_eq!(accepted(&format!("[{ROW},{}]", ROW.replace("17", "18")), 1), Err(Doubt::Mismatch));
        assert_eq!(accepted(&ROW[..40], 1), Err(Doubt::Garbled));
        assert_eq!(accepted("{}", 1), Err(Doubt::Garbled));
        assert_eq!(accepted(&format!("[{}]", ROW.replace("10.0", "10.005")), 1), Err(Doubt::Garbled));
    }

    #[test]
    fn every_ticket_of_a_group_has_a_row_and_an_id_of_its_own() {
        let (second, third) = (ROW.replace("17", "18"), ROW.replace("17", "19"));
        let rows = accepted(&format!("[{second},{ROW},{third}]"), 3).unwrap();
        assert_eq!(rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["18", "17", "19"]);
        assert_eq!(accepted(&format!("[{ROW},{second},{second}]"), 3), Err(Doubt::Mismatch), "one id for two tickets");
        assert_eq!(accepted(&format!("[{ROW},{second}]"), 3), Err(Doubt::Mismatch), "a ticket is missing");
        let other = third.replace("\"e\"", "\"f\"");
        assert_eq!(accepted(&format!("[{ROW},{second},{other}]"), 3), Err(Doubt::Mismatch), "one of them is another");
    }
}
