//! `POST /ticket-sales`: registering a tariff that was granted, and the list of what is registered.

use crate::ask::AskError;
use crate::client::Api;
use crate::outcome::{Doubt, Outcome, judge};
use crate::passes::moment;
use crate::price::Price;
use crate::problem::Problem;
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
    /// UiTPAS repeats the label as it was sent, so a receipt in it can be found again.
    pub echoed: bool,
}

/// A ticket sale as it is sent.
#[derive(Debug, Clone, Copy)]
pub struct SaleToSend<'a> {
    /// The sale.
    pub sale: &'a TicketSale,
    /// Its tariff.
    pub tariff: &'a TariffId,
    /// The name of the price category, with or without the receipt.
    pub label: &'a str,
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
    regular_price_label: Option<String>,
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
        let batch = [SaleToSend { sale, tariff, label: &sale.label }];
        self.register_all(&batch).await.map(|sales| sales.into_iter().flatten().collect())
    }

    /// Registers several ticket sales in one request, of which UiTPAS takes every one or none. What was registered comes
    /// back in the order of the sales, whatever the order of the answer; a refusal names the sale, not the ticket. It is
    /// sent once.
    pub async fn register_all(&self, batch: &[SaleToSend<'_>]) -> Outcome<Vec<Vec<RegisteredSale>>> {
        let wires = batch.iter().flat_map(|each| {
            let quantity = usize::try_from(each.sale.quantity).unwrap_or(0);
            std::iter::repeat_with(|| SaleWire {
                uitpas_number: each.sale.holder.number.reveal(),
                event_id: &each.sale.event.0,
                regular_price: Price(each.sale.regular),
                regular_price_label: each.label,
                tariff: TariffRef { id: &each.tariff.0 },
            })
            .take(quantity)
        });
        let tickets: Vec<SaleWire<'_>> = wires.collect();
        let seen = self.send(&["ticket-sales"], &tickets).await;
        match judge(&seen, |body| read_registered_batch(body, batch)) {
            Outcome::Refused(problem) => {
                let item = problem.item.and_then(|ticket| sale_of_ticket(batch, ticket));
                Outcome::Refused(Problem { item, ..problem })
            }
            other => other,
        }
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

/// The sale that a ticket of a request is of. UiTPAS points to tickets, of which a sale may have several.
fn sale_of_ticket(batch: &[SaleToSend<'_>], ticket: usize) -> Option<usize> {
    let quantity = |each: &SaleToSend<'_>| usize::try_from(each.sale.quantity).unwrap_or(0);
    let mut of_each = batch.iter().enumerate().flat_map(|(at, each)| std::iter::repeat_n(at, quantity(each)));
    of_each.nth(ticket)
}

/// Reads what was registered for one sale, and compares it with what was sent: one row for each ticket, each with an id of
/// its own.
///
/// # Errors
/// Says what is wrong with the proof.
pub fn read_registered_sales(body: &[u8], sale: &TicketSale, tariff: &TariffId) -> Result<Vec<RegisteredSale>, Doubt> {
    let batch = [SaleToSend { sale, tariff, label: &sale.label }];
    read_registered_batch(body, &batch).map(|sales| sales.into_iter().flatten().collect())
}

/// Reads what was registered for several sales. Every row is used up by one sale, whatever their order: the contract does
/// not promise that of the request (I3).
///
/// # Errors
/// Says what is wrong with the proof: a row too few, too many, about something else, or an id that comes twice.
pub fn read_registered_batch(body: &[u8], batch: &[SaleToSend<'_>]) -> Result<Vec<Vec<RegisteredSale>>, Doubt> {
    let mut rows: Vec<RegisteredWire> = serde_json::from_slice(body).map_err(|_| Doubt::Garbled)?;
    let ids: HashSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    if rows.is_empty() || ids.len() != rows.len() || ids.contains("") {
        return Err(Doubt::Mismatch);
    }
    let mut registered = Vec::with_capacity(batch.len());
    for each in batch {
        let mut theirs = Vec::new();
        for _ in 0..each.sale.quantity {
            let at = rows.iter().position(|row| row.is_of(each)).ok_or(Doubt::Mismatch)?;
            theirs.push(rows.remove(at).registered(each.label));
        }
        registered.push(theirs);
    }
    if rows.is_empty() { Ok(registered) } else { Err(Doubt::Mismatch) }
}

impl RegisteredWire {
    fn is_of(&self, sent: &SaleToSend<'_>) -> bool {
        self.uitpas_number == sent.sale.holder.number.reveal()
            && self.event_id == sent.sale.event.0
            && self.regular_price.0 == sent.sale.regular
            && self.tariff.id == sent.tariff.0
    }

    fn registered(self, label: &str) -> RegisteredSale {
        RegisteredSale {
            created: self.creation_date.as_deref().and_then(moment),
            price: self.tariff.price.map(|price| price.0),
            echoed: self.regular_price_label.as_deref() == Some(label),
            id: self.id,
        }
    }
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
    fn the_ticket_that_uitpas_points_to_is_of_the_sale_that_it_was_sold_in() {
        let (three, one, tariff) = (sale(3), sale(1), TariffId("T".to_owned()));
        let batch = [&three, &one].map(|sale| SaleToSend { sale, tariff: &tariff, label: &sale.label });
        let sales: Vec<_> = (0..5).map(|ticket| sale_of_ticket(&batch, ticket)).collect();
        assert_eq!(sales, [Some(0), Some(0), Some(0), Some(1), None]);
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
