//! The records of UiTPAS as they are held against what the desk sent: complete lists only, read until two in a row agree,
//! because pages by offset can skip a row while another one comes in (sync.md §1.8).

use crate::ask::{AskError, json};
use crate::client::{Api, BEHIND_THE_SCENES};
use crate::outcome::Hold;
use crate::pages::{Listing, Page, read_page};
use crate::passes::moment;
use crate::price::Price;
use crate::rows::ORGANIZERS;
use balie_core::event::{EventId, OrganizerId};
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::reconcile::{Row, SaleRow};
use balie_core::tariff::TariffId;
use balie_core::time::Moment;
use serde::Deserialize;
use serde_json::value::RawValue;

/// How often a list is read at most, until two in a row agree.
const SCANS: usize = 5;

/// How many redemptions a page holds. Each brings its whole reward along, so these are fewer than the API allows.
const REDEMPTIONS: usize = 100;

/// How many of the other records a page holds.
const RECORDS: usize = 500;

/// A complete list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Records {
    /// Every record of it.
    pub rows: Vec<Row>,
    /// The clock of UiTPAS when it gave the first page of the last reading; absent when it did not say.
    pub at: Option<Moment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SaleWire {
    id: String,
    creation_date: String,
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CheckInWire {
    id: String,
    creation_date: String,
    uitpas_number: String,
    event_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RedemptionWire {
    id: String,
    redeem_date: String,
    uitpas_number: Option<String>,
    redeem_code: Option<Box<RawValue>>,
    reward: RewardWire,
}

#[derive(Deserialize)]
struct RewardWire {
    id: String,
}

impl Api {
    /// Asks for every ticket sale of a passholder at an organizer.
    ///
    /// # Errors
    /// Fails when there is no complete list; what is missing from a part may be there all the same.
    pub async fn sales_of(&self, passholder: &PassholderId, organizer: &OrganizerId) -> Result<Records, AskError> {
        let query = [("passholderId", passholder.0.as_str()), (ORGANIZERS, organizer.0.as_str())];
        self.records(&listing("ticket sales", &["ticket-sales"], &query, RECORDS), read_sale_records).await
    }

    /// Asks for every ticket sale of an activity.
    ///
    /// # Errors
    /// As [`Api::sales_of`].
    pub async fn sales_at(&self, event: &EventId) -> Result<Records, AskError> {
        let query = [("eventId", event.0.as_str())];
        self.records(&listing("ticket sales", &["ticket-sales"], &query, RECORDS), read_sale_records).await
    }

    /// Asks for every check-in of a passholder at an organizer.
    ///
    /// # Errors
    /// As [`Api::sales_of`].
    pub async fn check_ins_of(&self, passholder: &PassholderId, organizer: &OrganizerId) -> Result<Records, AskError> {
        let query = [("passholderId", passholder.0.as_str()), (ORGANIZERS, organizer.0.as_str())];
        self.records(&listing("check-ins", &["checkins"], &query, RECORDS), read_check_in_records).await
    }

    /// Asks for every redemption on a number.
    ///
    /// # Errors
    /// As [`Api::sales_of`].
    pub async fn redemptions_on(&self, number: &UitpasNumber) -> Result<Records, AskError> {
        let query = [("uitpasNumber", number.reveal())];
        let list = listing("redeemed rewards", &["rewards", "redeemed"], &query, REDEMPTIONS);
        self.records(&list, |body| read_redemption_records(body, number)).await
    }

    async fn records(
        &self,
        list: &Listing<'_>,
        read: impl Fn(&[u8]) -> Result<Page<Row>, AskError>,
    ) -> Result<Records, AskError> {
        let mut before: Option<Vec<String>> = None;
        for _ in 0..SCANS {
            let (pages, at) = self.all_pages_dated(list, &read).await?;
            let Some(rows) = whole(pages) else {
                before = None;
                continue;
            };
            let mut ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
            ids.sort_unstable();
            if before.as_ref() == Some(&ids) {
                return Ok(Records { rows, at });
            }
            before = Some(ids);
        }
        Err(AskError::Garbled(list.about))
    }
}

impl AskError {
    /// Why UiTPAS did nothing, when it says so about a request that only asks.
    pub const fn hold(&self) -> Option<Hold> {
        match self {
            Self::SignIn => Some(Hold::SignIn),
            Self::Forbidden => Some(Hold::Forbidden),
            Self::RateLimited => Some(Hold::Wait { seconds: 30 }),
            _ => None,
        }
    }
}

fn listing<'a>(about: &'static str, path: &'a [&'a str], query: &'a [(&'a str, &'a str)], limit: usize) -> Listing<'a> {
    Listing { about, path, query, limit, patience: BEHIND_THE_SCENES }
}

/// Puts pages together; nothing when a record is missing or stands there twice: the list changed while it was read.
fn whole(pages: Vec<Page<Row>>) -> Option<Vec<Row>> {
    let total = pages.first()?.total;
    if pages.iter().any(|page| page.total != total || page.items.len() != page.listed) {
        return None;
    }
    let rows: Vec<Row> = pages.into_iter().flat_map(|page| page.items).collect();
    let ids: std::collections::HashSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    (ids.len() == total && rows.len() == total).then_some(rows)
}

/// Reads a page of ticket sales with everything by which one is told from another.
///
/// # Errors
/// Fails when it is not what was agreed; a record that cannot be read is counted and left out.
pub fn read_sale_records(body: &[u8]) -> Result<Page<Row>, AskError> {
    read_page("ticket sales", body, |raw| {
        let wire: SaleWire = json("record", raw.as_bytes()).ok()?;
        let sale = SaleRow {
            tariff: TariffId(wire.tariff.id),
            regular: wire.regular_price.0,
            label: wire.regular_price_label.as_deref().map(balie_core::label::masked),
            price: wire.tariff.price.map(|price| price.0),
        };
        let number = UitpasNumber::parse(&wire.uitpas_number)?;
        let at = moment(&wire.creation_date)?;
        record(wire.id, at, number, wire.event_id).map(|row| Row { sale: Some(sale), ..row })
    })
}

/// Reads a page of check-ins.
///
/// # Errors
/// As [`read_sale_records`].
pub fn read_check_in_records(body: &[u8]) -> Result<Page<Row>, AskError> {
    read_page("check-ins", body, |raw| {
        let wire: CheckInWire = json("record", raw.as_bytes()).ok()?;
        record(wire.id, moment(&wire.creation_date)?, UitpasNumber::parse(&wire.uitpas_number)?, wire.event_id)
    })
}

/// Reads a page of redemptions on a number; a record that does not repeat it is on this one, because it was asked for.
///
/// # Errors
/// As [`read_sale_records`].
pub fn read_redemption_records(body: &[u8], asked: &UitpasNumber) -> Result<Page<Row>, AskError> {
    read_page("redeemed rewards", body, |raw| {
        let wire: RedemptionWire = json("record", raw.as_bytes()).ok()?;
        let number = match &wire.uitpas_number {
            Some(number) => UitpasNumber::parse(number)?,
            None => asked.clone(),
        };
        let code: Option<String> = wire.redeem_code.and_then(|raw| serde_json::from_str(raw.get()).ok());
        let row = record(wire.id, moment(&wire.redeem_date)?, number, wire.reward.id)?;
        Some(Row { redeem_code: code.filter(|code| !code.trim().is_empty()), ..row })
    })
}

fn record(id: String, at: Moment, number: UitpasNumber, about: String) -> Option<Row> {
    (!id.is_empty()).then_some(Row { id, at, number, about, sale: None, redeem_code: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALE: &str = r#"{"id":"17","creationDate":"2026-11-21T10:00:00Z","uitpasNumber":"0900000067513","eventId":"e",
        "regularPrice":10,"regularPriceLabel":"Volwassene · bon B1-000001/abcd","tariff":{"id":"T","price":2}}"#;

    fn sales(total: usize, rows: &[String]) -> Page<Row> {
        let body = format!(r#"{{"totalItems":{total},"member":[{}]}}"#, rows.join(","));
        read_sale_records(body.as_bytes()).unwrap()
    }

    #[test]
    fn a_sale_is_read_with_all_that_tells_it_from_another() {
        let page = sales(1, &[SALE.to_owned()]);
        let row = &page.items[0];
        assert_eq!((row.id.as_str(), row.about.as_str(), row.token()), ("17", "e", Some("B1-000001/abcd")));
        let sale = row.sale.as_ref().unwrap();
        assert_eq!((sale.regular.0, sale.price.map(|price| price.0), sale.tariff.0.as_str()), (1000, Some(200), "T"));
    }

    #[test]
    fn a_list_with_a_record_missing_unread_or_twice_is_no_list() {
        let other = SALE.replace("\"17\"", "\"18\"");
        let (one, two) = (SALE.to_owned(), other.clone());
        assert_eq!(whole(vec![sales(2, &[one.clone(), two.clone()])]).unwrap().len(), 2);
        assert_eq!(whole(vec![sales(3, &[one.clone(), two.clone()])]), None);
        assert_eq!(whole(vec![sales(2, &[one.clone(), one.clone()])]), None);
        assert_eq!(whole(vec![sales(2, &[one.clone(), two.replace("creationDate", "date")])]), None);
        assert_eq!(
            whole(vec![sales(2, std::slice::from_ref(&one)), sales(3, &[two])]),
            None,
            "it grew while it was read"
        );
        assert_eq!(whole(Vec::new()), None);
    }

    #[test]
    fn a_redemption_that_does_not_repeat_the_number_is_on_the_one_that_was_asked_for() {
        let asked = UitpasNumber::parse("0900000067513").unwrap();
        let body = br#"{"totalItems":2,"member":[
            {"id":"r","redeemDate":"2026-11-21T10:00:00Z","reward":{"id":"5687"},"redeemCode":"abc"},
            {"id":"s","redeemDate":"2026-11-21T10:00:00Z","uitpasNumber":"0900000095902","reward":{"id":"5687"}}]}"#;
        let page = read_redemption_records(body, &asked).unwrap();
        assert_eq!(page.items[0].number, asked);
        assert_eq!(page.items[0].redeem_code.as_deref(), Some("abc"));
        assert_eq!(page.items[1].number.reveal(), "0900000095902");
    }

    #[test]
    fn a_check_in_is_read() {
        let body = br#"{"totalItems":1,"member":[{"id":"c","creationDate":"2026-11-21T10:00:00Z",
            "uitpasNumber":"0900000067513","eventId":"e","points":1}]}"#;
        assert_eq!(read_check_in_records(body).unwrap().items[0].about, "e");
        assert!(read_check_in_records(br#"{"member":[]}"#).is_err());
    }
}
