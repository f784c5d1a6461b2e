//! What happens without this client: another desk registers or cancels, and the server itself stores something twice.

use std::io;

use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::checkins::HeldCheckin;
use crate::fault::{FaultAction, FaultRule};
use crate::ids::fresh_uuid;
use crate::redeemed::HeldRedemption;
use crate::tariff_rules::SOCIAL_TARIFF_ID;
use crate::ticket_sales::{HeldTicketSale, TariffType};
use crate::world::{World, take_out};

/// A ticket sale that another desk registered, at the social tariff. No rule is asked: it is a fact.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherDeskSale {
    /// The number of the pass; one of the test cards.
    pub uitpas_number: String,
    /// The activity; one that the sandbox knows.
    pub event_id: String,
    /// The name of the price line, where that desk may have put a receipt number of its own.
    #[serde(default)]
    pub regular_price_label: Option<String>,
    /// The price without discount, in cents.
    pub regular_price_cents: i64,
    /// What the passholder paid, in cents.
    pub price_cents: i64,
    /// When it was stored; now when absent.
    #[serde(default)]
    pub created: Option<Timestamp>,
}

/// A check-in or a redemption of another desk, of this activity or reward.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OtherDeskAct {
    pub(crate) uitpas_number: String,
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) created: Option<Timestamp>,
}

fn not_known(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("the sandbox knows no such {what}"))
}

impl World {
    fn holder(&self, number: &str) -> io::Result<String> {
        self.pass_by_number(number).map(|p| p.passholder_id.to_owned()).ok_or_else(|| not_known("pass"))
    }

    /// Another desk sells a ticket; its place in the list follows from its moment.
    pub(crate) fn other_desk_sells(&mut self, sale: OtherDeskSale) -> io::Result<String> {
        let passholder_id = self.holder(&sale.uitpas_number)?;
        let event_title = self.event(&sale.event_id).ok_or_else(|| not_known("activity"))?.name.to_owned();
        let created = sale.created.unwrap_or_else(|| self.now());
        let id = self.next_sale_id();
        let place = self.ticket_sales.partition_point(|held| held.created <= created);
        self.ticket_sales.insert(
            place,
            HeldTicketSale {
                id: id.clone(),
                created,
                uitpas_number: sale.uitpas_number,
                passholder_id,
                event_id: sale.event_id,
                event_title,
                regular_price_cents: sale.regular_price_cents,
                regular_price_label: sale.regular_price_label,
                tariff_id: SOCIAL_TARIFF_ID.to_owned(),
                price_cents: sale.price_cents,
                by_other_desk: true,
                tariff_name: "Kansentarief",
                kind: TariffType::SocialTariff,
            },
        );
        Ok(id)
    }

    /// Another desk saves the points of somebody.
    pub(crate) fn other_desk_checks_in(&mut self, act: OtherDeskAct) -> io::Result<String> {
        let event = self.event(&act.id).ok_or_else(|| not_known("activity"))?;
        let held = HeldCheckin {
            id: fresh_uuid(),
            created: act.created.unwrap_or_else(|| self.now()),
            passholder_id: self.holder(&act.uitpas_number)?,
            uitpas_number: act.uitpas_number,
            event_id: act.id,
            event_title: event.name.to_owned(),
            points: event.checkin_points,
            by_other_desk: true,
        };
        let (id, place) = (held.id.clone(), self.checkins.partition_point(|h| h.created <= held.created));
        self.checkins.insert(place, held);
        Ok(id)
    }

    /// Another desk redeems a reward for somebody.
    pub(crate) fn other_desk_redeems(&mut self, act: OtherDeskAct) -> io::Result<String> {
        let reward = self.rewards.iter().find(|r| r.id == act.id).ok_or_else(|| not_known("reward"))?;
        let held = HeldRedemption {
            id: fresh_uuid(),
            redeemed: act.created.unwrap_or_else(|| self.now()),
            passholder_id: self.holder(&act.uitpas_number)?,
            uitpas_number: act.uitpas_number,
            reward_id: act.id,
            points: reward.points,
            code: None,
            by_other_desk: true,
        };
        let (id, place) = (held.id.clone(), self.redemptions.partition_point(|h| h.redeemed <= held.redeemed));
        self.redemptions.insert(place, held);
        Ok(id)
    }

    /// Takes out a record of any of the three kinds.
    pub(crate) fn take_out_anywhere(&mut self, id: &str) -> Option<StatusCode> {
        take_out(&mut self.ticket_sales, |held| held.id == id)
            .or_else(|| take_out(&mut self.checkins, |held| held.id == id))
            .or_else(|| take_out(&mut self.redemptions, |held| held.id == id))
    }

    /// Stores each of these records once more, under an id of its own and past every rule: the server did it, no client.
    pub(crate) fn store_again(&mut self, ids: &[String]) {
        let again: Vec<_> = self.ticket_sales.iter().filter(|held| ids.contains(&held.id)).cloned().collect();
        for held in again {
            let id = self.next_sale_id();
            self.ticket_sales.push(HeldTicketSale { id, ..held });
        }
        let again: Vec<_> = self.checkins.iter().filter(|held| ids.contains(&held.id)).cloned().collect();
        self.checkins.extend(again.into_iter().map(|held| HeldCheckin { id: fresh_uuid(), ..held }));
        let again: Vec<_> = self.redemptions.iter().filter(|held| ids.contains(&held.id)).cloned().collect();
        self.redemptions.extend(again.into_iter().map(|held| HeldRedemption { id: fresh_uuid(), ..held }));
    }

    /// What a rule of the fault script does to the world after the request that it hit was answered with success.
    pub(crate) fn follow(&mut self, rule: &FaultRule, answer: &[u8]) {
        let ids = ids_of(answer);
        if rule.twice {
            self.store_again(&ids);
        }
        match rule.action {
            FaultAction::RowInFront => ids.first().map_or((), |id| self.put_in_front_of(id)),
            FaultAction::RowGone => self.cancel_first_of_others(&ids),
            _ => {}
        }
    }

    /// A row of another desk, as old as the first one and equal to it, takes its place in the list.
    fn put_in_front_of(&mut self, id: &str) {
        if let Some(place) = self.ticket_sales.iter().position(|held| held.id == id) {
            let id = self.next_sale_id();
            let label = Some("Andere balie".to_owned());
            let first = self.ticket_sales[place].clone();
            let row = HeldTicketSale { id, regular_price_label: label, by_other_desk: true, ..first };
            self.ticket_sales.insert(place, row);
        }
        // These two lists show the last one first.
        if let Some(place) = self.checkins.iter().position(|held| held.id == id) {
            let row = HeldCheckin { id: fresh_uuid(), by_other_desk: true, ..self.checkins[place].clone() };
            self.checkins.insert(place + 1, row);
        }
        if let Some(place) = self.redemptions.iter().position(|held| held.id == id) {
            let row = HeldRedemption { id: fresh_uuid(), by_other_desk: true, ..self.redemptions[place].clone() };
            self.redemptions.insert(place + 1, row);
        }
    }

    /// The first of these rows that another desk made is cancelled there.
    fn cancel_first_of_others(&mut self, ids: &[String]) {
        let sales = self.ticket_sales.iter().filter(|held| held.by_other_desk).map(|held| &held.id);
        let checkins = self.checkins.iter().filter(|held| held.by_other_desk).map(|held| &held.id);
        let redemptions = self.redemptions.iter().filter(|held| held.by_other_desk).map(|held| &held.id);
        let theirs: Vec<&String> = sales.chain(checkins).chain(redemptions).collect();
        if let Some(id) = ids.iter().find(|id| theirs.contains(id)) {
            self.take_out_anywhere(id);
        }
    }
}

/// The ids in an answer: of one record, of several, or of a page of them.
fn ids_of(answer: &[u8]) -> Vec<String> {
    let Ok(answer) = serde_json::from_slice::<Value>(answer) else { return Vec::new() };
    let one = std::slice::from_ref(&answer);
    let records = answer.as_array().or_else(|| answer["member"].as_array()).map_or(one, Vec::as_slice);
    records.iter().filter_map(|record| record["id"].as_str()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::ids_of;

    #[test]
    fn the_ids_of_an_answer_are_found_in_each_of_its_shapes() {
        assert_eq!(ids_of(br#"{"id":"a","points":1}"#), ["a"]);
        assert_eq!(ids_of(br#"[{"id":"a"},{"id":"b"}]"#), ["a", "b"]);
        assert_eq!(ids_of(br#"{"totalItems":3,"member":[{"id":"b"},{"id":"a"}]}"#), ["b", "a"]);
        assert!(ids_of(b"").is_empty() && ids_of(b"{}").is_empty());
    }
}
