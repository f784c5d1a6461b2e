//! What the chosen activity costs a person: the facts are gathered here, the core decides.

use crate::connection::Connection;
use crate::desk::{Change, Desk};
use crate::person::{Notice, Person, Phase, PricedCategory, TapId};
use balie_core::event::{Event, EventId};
use balie_core::key::DistributionKey;
use balie_core::money::Cents;
use balie_core::pass::Pass;
use balie_core::social_tariff::{Region, Standing, StandingPolicy, region, standing};
use balie_core::tariff::{NoOffer, Offer, PriceFact, QuoteFacts, is_live, quote};
use balie_store::open::StoreError;
use futures_util::future::join_all;
use std::collections::HashMap;

/// The decision for every price category of an activity, with what it rests on.
pub(crate) struct Quotes {
    pub(crate) standing: Standing,
    pub(crate) region: Region,
    pub(crate) categories: Vec<(String, Cents, Result<Offer, NoOffer>)>,
}

impl Desk {
    /// Decides what each price category of an activity costs a person, now.
    pub(crate) async fn quotes(
        &self,
        pass: &Pass,
        event: &Event,
        live: &HashMap<Cents, PriceFact>,
    ) -> Result<Quotes, StoreError> {
        let now = self.now();
        let policy = StandingPolicy { max_age_days: self.config.standing_max_age_days };
        let (standing, region) = (standing(pass, None, policy, now), region(pass, event));
        let limit = event.effective_ticket_limit();
        let uses = self.ledger.uses(&pass.passholder, &event.id).await?;
        let cached = self.snapshot.prices(&event.id).await?;
        let refused = self.snapshot.refused_prices(&pass.passholder, &event.id).await?;
        let key = self.config.compute_prices.then(DistributionKey::standard);
        let mut categories = Vec::with_capacity(event.prices.len());
        for category in &event.prices {
            let facts = QuoteFacts {
                kind: pass.kind,
                standing,
                region: &region,
                regular: category.regular,
                live: live.get(&category.regular),
                cached: cached.get(&category.regular),
                key: key.as_ref(),
                own_municipality: None,
                refused: refused.get(&category.regular),
                limit,
                uses: &uses,
            };
            categories.push((category.label.clone(), category.regular, quote(&facts, now)));
        }
        Ok(Quotes { standing, region, categories })
    }

    /// Shows a pass with what is known of prices here.
    pub(crate) async fn show_pass(&self, tap: TapId, pass: &Pass, phase: Phase) {
        self.with_person(tap, |person| {
            person.pass = Some(pass.clone());
            person.notice = None;
            person.phase = phase;
        });
        self.requote(tap).await;
    }

    /// Asks UiTPAS what each price category costs this person, all at once.
    pub(crate) async fn ask_prices(&self, tap: TapId, pass: &Pass) {
        if let Some(event) = self.chosen_event() {
            let mut prices: Vec<Cents> = event.prices.iter().map(|price| price.regular).collect();
            prices.retain(|price| *price > Cents::ZERO);
            prices.sort_unstable();
            prices.dedup();
            let ask = |regular: Cents| {
                let event = &event;
                async move { (regular, self.api.tariff(&event.id, &pass.number, regular, self.now()).await) }
            };
            for (regular, answer) in join_all(prices.into_iter().map(ask)).await {
                self.saw(&answer);
                if let Ok(fact) = answer {
                    self.take_answer(tap, pass, &event.id, regular, fact).await;
                }
            }
        }
        self.requote(tap).await;
        self.with_person(tap, |person| {
            // Whoever was refused meanwhile stays refused.
            if person.phase == Phase::Asking {
                person.phase = Phase::Ready;
            }
        });
    }

    /// Asks again for a price that has grown old while the clerk was talking.
    pub(crate) async fn renew_price(&self, tap: TapId, pass: &Pass, event: &Event, regular: Cents) {
        let live =
            self.person().filter(|person| person.tap == tap).and_then(|person| person.live.get(&regular).cloned());
        let fresh = live.is_some_and(|fact| is_live(&fact, self.now()));
        if fresh || self.connection() != Connection::Connected {
            return;
        }
        let answer = self.api.tariff(&event.id, &pass.number, regular, self.now()).await;
        self.saw(&answer);
        if let Ok(fact) = answer {
            self.take_answer(tap, pass, &event.id, regular, fact).await;
        }
    }

    /// Keeps an answer about a price: on the floor for this tap, and in the snapshot for when there is no connection.
    async fn take_answer(&self, tap: TapId, pass: &Pass, event: &EventId, regular: Cents, fact: PriceFact) {
        self.keep(self.snapshot.keep_answer(&pass.passholder, event, regular, &fact).await);
        self.floor_live(tap, event, regular, fact);
    }

    // An answer that comes in after another activity was chosen is about the one before, and is dropped.
    fn floor_live(&self, tap: TapId, event: &EventId, regular: Cents, fact: PriceFact) {
        let mut floor = self.floor();
        if floor.chosen.as_ref() != Some(event) {
            return;
        }
        if let Some(person) = floor.person.as_mut().filter(|person| person.tap == tap) {
            person.live.insert(regular, fact);
        }
    }

    /// Decides anew for the person of this tap, and shows it. Somebody who was refused is shown no prices.
    pub(crate) async fn requote(&self, tap: TapId) {
        let Some((person, event)) = self.person_and_event(tap) else { return };
        if person.phase == Phase::Refused {
            return;
        }
        let (Some(pass), Some(event)) = (person.pass, event) else {
            self.with_person(tap, |person| person.offers.clear());
            return;
        };
        match self.quotes(&pass, &event, &person.live).await {
            Ok(quotes) => self.show_quotes(tap, &event.id, quotes),
            Err(error) => {
                tracing::error!(%error, "no price can be decided");
                self.with_person(tap, |person| person.refuse(Notice::Fault));
            }
        }
    }

    /// Shows what was decided, unless person or activity changed meanwhile.
    ///
    /// An offer keeps its number as long as its price stays; a new price is a new offer, so that nobody confirms a price
    /// that was not on the screen. Deciding takes a while, so it is compared with what stands there now: an offer that
    /// was sold meanwhile stays sold.
    fn show_quotes(&self, tap: TapId, event: &EventId, quotes: Quotes) {
        let mut floor = self.floor();
        if floor.chosen.as_ref() != Some(event) {
            return;
        }
        let still_there = |person: &mut Person| person.tap == tap && person.phase != Phase::Refused;
        let Some(mut person) = floor.person.take_if(still_there) else { return };
        let before = std::mem::take(&mut person.offers);
        for (place, (label, regular, quote)) in quotes.categories.into_iter().enumerate() {
            let same = before.get(place).filter(|before| before.label == label && before.regular == regular);
            let kept = same.filter(|before| price(&before.quote) == price(&quote));
            let id = kept.map_or_else(|| floor.next_offer(), |before| before.id);
            let sold = same.and_then(|before| before.sold);
            person.offers.push(PricedCategory { id, label, regular, quote, sold });
        }
        person.standing = Some(quotes.standing);
        person.region = Some(quotes.region);
        floor.person = Some(person);
        drop(floor);
        self.tell(Change::Person);
    }
}

fn price(quote: &Result<Offer, NoOffer>) -> Option<Cents> {
    quote.as_ref().ok().map(|offer| offer.price)
}
