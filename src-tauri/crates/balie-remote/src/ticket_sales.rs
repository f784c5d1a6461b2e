//! `POST /ticket-sales`: registering a tariff that was granted.

use crate::client::Api;
use crate::outcome::{Doubt, Outcome, judge};
use crate::passes::moment;
use crate::price::Price;
use balie_core::entry::TicketSale;
use balie_core::money::Cents;
use balie_core::tariff::TariffId;
use balie_core::time::Moment;
use serde::{Deserialize, Serialize};

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
    /// Registers one ticket sale. It is sent once; the outcome says whether it may ever be sent again.
    pub async fn register(&self, sale: &TicketSale, tariff: &TariffId) -> Outcome<RegisteredSale> {
        let wire = [SaleWire {
            uitpas_number: sale.number.reveal(),
            event_id: &sale.event.0,
            regular_price: Price(sale.regular),
            regular_price_label: &sale.label,
            tariff: TariffRef { id: &tariff.0 },
        }];
        let seen = self.send(&["ticket-sales"], &wire).await;
        judge(&seen, |body| accept(body, sale, tariff))
    }
}

fn accept(body: &[u8], sale: &TicketSale, tariff: &TariffId) -> Result<RegisteredSale, Doubt> {
    let rows: Vec<RegisteredWire> = serde_json::from_slice(body).map_err(|_| Doubt::Garbled)?;
    let [row] = <[RegisteredWire; 1]>::try_from(rows).map_err(|_| Doubt::Mismatch)?;
    let same = row.uitpas_number == sale.number.reveal()
        && row.event_id == sale.event.0
        && row.regular_price.0 == sale.regular
        && row.tariff.id == tariff.0
        && !row.id.is_empty();
    if !same {
        return Err(Doubt::Mismatch);
    }
    let created = row.creation_date.as_deref().and_then(moment);
    Ok(RegisteredSale { id: row.id, created, price: row.tariff.price.map(|price| price.0) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use balie_core::event::{EventId, OrganizerId};
    use balie_core::pass::{PassholderId, UitpasNumber};
    use balie_core::tariff::PriceSource;

    fn sale() -> TicketSale {
        TicketSale {
            number: UitpasNumber::parse("0900000067513").unwrap(),
            passholder: PassholderId("p".to_owned()),
            organizer: OrganizerId("o".to_owned()),
            event: EventId("e".to_owned()),
            event_title: "Zwemmen".to_owned(),
            tariff: None,
            label: "Volwassene".to_owned(),
            regular: Cents(1000),
            charged: Cents(200),
            source: PriceSource::Live,
            price_as_of: Moment::UNIX_EPOCH,
        }
    }

    fn accepted(body: &str) -> Result<RegisteredSale, Doubt> {
        accept(body.as_bytes(), &sale(), &TariffId("T".to_owned()))
    }

    const ROW: &str = r#"{"id":"17","creationDate":"2026-11-21T10:00:00+00:00","uitpasNumber":"0900000067513",
        "eventId":"e","regularPrice":10.0,"tariff":{"id":"T","price":2}}"#;

    #[test]
    fn the_answer_must_be_about_what_was_sent() {
        let row = accepted(&format!("[{ROW}]")).unwrap();
        assert_eq!((row.id.as_str(), row.price), ("17", Some(Cents(200))));
        assert!(row.created.is_some());
        for (from, to) in [("0900000067513", "0900000095902"), ("\"e\"", "\"f\""), ("10.0", "10.5"), ("\"T\"", "\"U\"")]
        {
            assert_eq!(accepted(&format!("[{}]", ROW.replace(from, to))), Err(Doubt::Mismatch), "{to}");
        }
    }

    #[test]
    fn no_row_two_rows_or_half_a_row_is_no_proof() {
        assert_eq!(accepted("[]"), Err(Doubt::Mismatch));
        assert_eq!(accepted(&format!("[{ROW},{ROW}]")), Err(Doubt::Mismatch));
        assert_eq!(accepted(&ROW[..40]), Err(Doubt::Garbled));
        assert_eq!(accepted("{}"), Err(Doubt::Garbled));
        assert_eq!(accepted(&format!("[{}]", ROW.replace("10.0", "10.005"))), Err(Doubt::Garbled));
    }
}
