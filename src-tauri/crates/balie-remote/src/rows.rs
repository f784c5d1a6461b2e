//! What UiTPAS lists of one passholder at one organizer, taken only when the list is whole: what is missing from it may
//! still be there.

use crate::ask::{AskError, json};
use crate::client::{Api, BEHIND_THE_SCENES};
use crate::pages::{Listing, Page, read_page};
use crate::passes::moment;
use balie_core::event::{EventId, OrganizerId};
use balie_core::pass::PassholderId;
use balie_core::reward::RewardId;
use balie_core::usage::ServerRow;
use serde::Deserialize;
use std::collections::HashSet;

/// A ticket sale or a check-in that UiTPAS listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Its id and its moment.
    pub row: ServerRow,
    /// The activity.
    pub event: EventId,
}

/// A redemption that UiTPAS listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RewardRow {
    /// Its id and its moment.
    pub row: ServerRow,
    /// The reward.
    pub reward: RewardId,
}

/// Something that UiTPAS listed under an id.
pub(crate) trait Row {
    /// Its id and its moment.
    fn row(&self) -> &ServerRow;
}

impl Row for EventRow {
    fn row(&self) -> &ServerRow {
        &self.row
    }
}

impl Row for RewardRow {
    fn row(&self) -> &ServerRow {
        &self.row
    }
}

/// The name of the organizers in a query. The contract repeats it without brackets (`explode: true`).
pub(crate) const ORGANIZERS: &str = "organizerId";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventRowWire {
    id: String,
    creation_date: String,
    event_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RewardRowWire {
    id: String,
    redeem_date: String,
    reward: RewardWire,
}

#[derive(Deserialize)]
struct RewardWire {
    id: String,
}

impl Api {
    /// Asks for all rows of a passholder at an organizer.
    pub(crate) async fn rows<T: Row>(
        &self,
        (about, path, limit): (&'static str, &[&str], usize),
        (passholder, organizer): (&PassholderId, &OrganizerId),
        read: impl Fn(&[u8]) -> Result<Page<T>, AskError>,
    ) -> Result<Vec<T>, AskError> {
        let query = [("passholderId", passholder.0.as_str()), (ORGANIZERS, organizer.0.as_str())];
        let pages =
            self.all_pages(&Listing { about, path, query: &query, limit, patience: BEHIND_THE_SCENES }, read).await?;
        whole(pages).ok_or(AskError::Garbled(about))
    }
}

/// Puts pages together; nothing when a row is missing, or when the list changed while it was read.
fn whole<T: Row>(pages: Vec<Page<T>>) -> Option<Vec<T>> {
    let total = pages.first()?.total;
    if pages.iter().any(|page| page.total != total || page.items.len() != page.listed) {
        return None;
    }
    let mut seen = HashSet::new();
    let mut rows: Vec<T> = pages.into_iter().flat_map(|page| page.items).collect();
    rows.retain(|item| seen.insert(item.row().id.clone()));
    (rows.len() == total).then_some(rows)
}

/// Reads a page of ticket sales or of check-ins; they carry the same fields.
///
/// # Errors
/// Fails when it is not what was agreed; a row that cannot be read is counted and left out.
pub fn read_event_rows(body: &[u8]) -> Result<Page<EventRow>, AskError> {
    read_page("list of an activity", body, |raw| {
        let wire: EventRowWire = json("row", raw.as_bytes()).ok()?;
        Some(EventRow { row: row(wire.id, &wire.creation_date)?, event: EventId(wire.event_id) })
    })
}

/// Reads a page of redemptions.
///
/// # Errors
/// Fails when it is not what was agreed; a row that cannot be read is counted and left out.
pub fn read_reward_rows(body: &[u8]) -> Result<Page<RewardRow>, AskError> {
    read_page("redeemed rewards", body, |raw| {
        let wire: RewardRowWire = json("row", raw.as_bytes()).ok()?;
        Some(RewardRow { row: row(wire.id, &wire.redeem_date)?, reward: RewardId(wire.reward.id) })
    })
}

fn row(id: String, at: &str) -> Option<ServerRow> {
    let at = moment(at)?;
    (!id.is_empty()).then_some(ServerRow { id, at })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(total: usize, ids: &[&str]) -> Page<EventRow> {
        let row =
            |id: &&str| format!(r#"{{"id":"{id}","creationDate":"2026-11-21T10:00:00Z","eventId":"e","points":1}}"#);
        let members = ids.iter().map(row).collect::<Vec<_>>().join(",");
        read_event_rows(format!(r#"{{"totalItems":{total},"member":[{members}]}}"#).as_bytes()).unwrap()
    }

    fn ids(pages: Vec<Page<EventRow>>) -> Option<Vec<String>> {
        whole(pages).map(|rows| rows.into_iter().map(|each| each.row.id).collect())
    }

    #[test]
    fn a_whole_list_is_taken_and_an_empty_one_too() {
        assert_eq!(ids(vec![page(3, &["a", "b"]), page(3, &["c"])]).unwrap(), ["a", "b", "c"]);
        assert_eq!(ids(vec![page(0, &[])]).unwrap().len(), 0);
    }

    #[test]
    fn a_list_that_is_not_whole_is_no_list() {
        assert_eq!(
            ids(vec![page(3, &["a", "b"]), page(3, &["b"])]),
            None,
            "a row came in between, and moved the others"
        );
        assert_eq!(ids(vec![page(3, &["a", "b"]), page(2, &[])]), None, "a row went away in between");
        assert_eq!(ids(vec![page(3, &["a", "b"]), page(3, &[])]), None);
        assert_eq!(ids(vec![page(2, &["a", ""])]), None, "a row without an id");
        assert_eq!(ids(Vec::new()), None);
    }

    #[test]
    fn a_row_without_its_moment_is_counted_and_not_read() {
        let body = br#"{"totalItems":1,"member":[{"id":"1","eventId":"e"}]}"#;
        let page = read_event_rows(body).unwrap();
        assert_eq!((page.listed, page.items.len()), (1, 0));
        assert!(read_event_rows(br#"{"member":[]}"#).is_err());
    }

    #[test]
    fn a_redemption_names_its_reward() {
        let body = br#"{"totalItems":1,"member":[{"id":"r","redeemDate":"2026-11-21T10:00:00Z",
            "reward":{"id":"5687","title":"x"},"redeemCode":"abc"}]}"#;
        let page = read_reward_rows(body).unwrap();
        assert_eq!(page.items[0].reward, RewardId("5687".to_owned()));
        assert_eq!(page.items[0].row.id, "r");
    }
}
