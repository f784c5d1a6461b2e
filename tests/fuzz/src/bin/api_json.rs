//! Answers of UiTPAS: whatever the bytes, every function that reads them ends, and nothing that it hands out is absurd.
#![no_main]

use balie_core::entry::{CheckIn, Holder, Redemption, TicketSale};
use balie_core::event::{EventId, OrganizerId};
use balie_core::money::Cents;
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::reward::{RewardId, RewardKind};
use balie_core::tariff::{PriceSource, ServerAnswer, TariffId};
use balie_core::time::{Moment, date_of};
use balie_remote::cancels::Cancelled;
use balie_remote::facts;
use balie_remote::outcome::{Observation, Outcome};
use balie_remote::problem::Problem;
use libfuzzer_sys::fuzz_target;

const NOW: Moment = Moment::constant(1_795_514_400, 0);
const REGULAR: Cents = Cents(1000);

fuzz_target!(|body: &[u8]| {
    read_about_people(body);
    read_about_activities(body);
    read_about_what_was_sent(body);
    judge_what_was_sent(body);
});

fn read_about_people(body: &[u8]) {
    if let Ok(pass) = facts::read_pass(body, NOW) {
        assert_eq!(UitpasNumber::parse(pass.number.reveal()).as_ref(), Some(&pass.number));
    }
    let _ = facts::read_check_in_status(body, NOW);
    let _ = facts::read_redeem_status(body, NOW);
    let _ = facts::read_permissions(body);
    let _ = facts::read_event_rows(body);
    let _ = facts::read_reward_rows(body);
    let _ = Problem::parse(body);
}

fn read_about_activities(body: &[u8]) {
    let _ = facts::read_event_settings(body);
    let _ = facts::read_event_card_systems(body);
    let _ = facts::read_rewards(body, NOW);
    let _ = facts::read_redeemable(body);
    if let Ok(page) = facts::read_events(body, NOW) {
        assert!(page.items.len() <= page.listed, "there are more activities than were listed");
        for event in page.items {
            assert!(event.prices.iter().all(|price| price.regular >= Cents::ZERO), "a price is below nothing");
            let _ = event.schedule.around(NOW);
            let today = date_of(NOW);
            assert_eq!(event.on(today).is_some(), event.goes_on_between(today, today), "a day is one day");
        }
    }
    if let Ok(tariffs) = facts::read_tariffs(body, REGULAR, NOW)
        && let ServerAnswer::Granted { price, .. } = tariffs.social.answer
    {
        assert!((Cents::ZERO..=REGULAR).contains(&price), "the social tariff is more than the price");
    }
}

fn read_about_what_was_sent(body: &[u8]) {
    let Some(number) = UitpasNumber::parse("0900000067513") else { return };
    let (passholder, organizer) = (PassholderId("p".to_owned()), OrganizerId("o".to_owned()));
    let holder = Holder { number, passholder, organizer };
    let (event, title) = (EventId("e".to_owned()), "Zwemmen".to_owned());
    let check_in = CheckIn {
        holder: holder.clone(),
        event: event.clone(),
        event_title: title.clone(),
        points: 1,
        deadline: None,
        as_of: NOW,
    };
    if let Ok(row) = facts::read_registered_check_in(body, &check_in) {
        assert!(!row.id.is_empty(), "a check-in has no id");
    }
    let (reward, kind) = (RewardId("r".to_owned()), RewardKind::Points);
    let redemption = Redemption { holder: holder.clone(), reward, title: title.clone(), kind, points: 5, as_of: NOW };
    if let Ok(row) = facts::read_registered_redemption(body, &redemption) {
        assert!(!row.id.is_empty(), "a redemption has no id");
    }
    let sale = TicketSale {
        holder,
        event,
        event_title: title,
        tariff: None,
        label: "Basistarief".to_owned(),
        quantity: 2,
        regular: REGULAR,
        charged: Cents(200),
        source: PriceSource::Cached,
        price_as_of: NOW,
    };
    if let Ok(rows) = facts::read_registered_sales(body, &sale, &TariffId("T".to_owned())) {
        assert!(rows.len() == 2 && rows[0].id != rows[1].id, "two tickets have not two rows");
    }
}

/// An answer that is no answer of UiTPAS proves nothing: whatever stands in it, nothing was taken out.
fn judge_what_was_sent(body: &[u8]) {
    for status in [200, 400, 404, 502] {
        let seen = Observation::Answer { status, json: true, body: body.to_vec(), retry_after: None };
        let judged = facts::judge_cancel(Cancelled::TicketSale, &seen);
        let is_proof = status == 200 || (status == 404 && Problem::parse(body).is_some());
        assert!(is_proof || !matches!(judged, Outcome::Accepted(_)), "{status} with {body:?} was taken for a yes");
    }
}
