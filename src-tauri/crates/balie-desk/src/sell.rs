//! Granting a tariff: decided again at the moment of recording, written durably, and only then shown.

use crate::act::ActError;
use crate::desk::Desk;
use crate::person::{OfferId, PricedCategory, TapId};
use crate::quote::Part;
use balie_core::agreement::Verb;
use balie_core::entry::{Act, TicketSale};
use balie_core::event::Event;
use balie_core::money::Cents;
use balie_core::pass::Pass;
use balie_core::tariff::Offer;
use balie_store::entries::Recorded;

impl Desk {
    /// Records an offer for the person of a tap, for so many tickets: one for a person, up to its turns for a group. When
    /// this returns, the entry survives a power cut.
    ///
    /// The screen is not trusted: the offer must still stand, for the same person, at the same price, and that many
    /// times. An offer is recorded once, however often the key is hit.
    ///
    /// # Errors
    /// Says why nothing was recorded.
    pub async fn sell(&self, tap: TapId, offer: OfferId, quantity: u32) -> Result<Recorded, ActError> {
        let _recording = self.recording.lock().await;
        self.knows_the_date()?;
        let (pass, event, category, _) = self.on_the_screen(tap, offer, quantity)?;
        self.renew_price(tap, &pass, &event, category.regular).await;
        self.requote(tap, &[Part::Prices]).await;
        let typed_card = self.typed_card(tap)?;
        // After the new decision the offer has kept its number only if its price is the one that the clerk saw.
        let (pass, event, category, granted) = self.on_the_screen(tap, offer, quantity)?;
        let sale = self.sale(&pass, &event, category.label.clone(), category.regular, &granted, quantity);
        let recorded = self.record(&Act::Sale(sale), typed_card).await?;
        self.mark_sold(tap, &recorded, category.coupon.as_ref());
        // What was sold counts for the other prices too.
        self.requote(tap, &[Part::Prices]).await;
        Ok(recorded)
    }

    /// The pass, the activity and the price category of an offer that stands on the screen and was not sold.
    fn on_the_screen(
        &self,
        tap: TapId,
        offer: OfferId,
        quantity: u32,
    ) -> Result<(Pass, Event, PricedCategory, Offer), ActError> {
        let (person, event) = self.person_and_event(tap).ok_or(ActError::Gone)?;
        let (event, pass) = (event.ok_or(ActError::Gone)?, person.pass.ok_or(ActError::Gone)?);
        let found = person.offers.into_iter().find(|category| category.id == offer);
        let category = found.ok_or(ActError::Changed)?;
        match (category.quote.clone(), category.sold) {
            (_, Some(_)) => Err(ActError::Done(Verb::Sell)),
            (Ok(granted), None) if (1..=granted.most).contains(&quantity) => Ok((pass, event, category, granted)),
            (_, None) => Err(ActError::Changed),
        }
    }

    // By what was sold and not by the number of the offer: an answer that came in during the commit may have renewed it.
    fn mark_sold(&self, tap: TapId, recorded: &Recorded, coupon: Option<&String>) {
        let Act::Sale(sale) = &recorded.entry.act else { return };
        self.with_person_at(tap, &sale.event, |person| {
            let same = |category: &&mut PricedCategory| {
                category.label == sale.label && category.regular == sale.regular && category.coupon.as_ref() == coupon
            };
            person.offers.iter_mut().filter(same).for_each(|category| category.sold = Some(recorded.entry.id));
        });
    }

    fn sale(
        &self,
        pass: &Pass,
        event: &Event,
        label: String,
        regular: Cents,
        offer: &Offer,
        quantity: u32,
    ) -> TicketSale {
        TicketSale {
            holder: self.holder(pass),
            event: event.id.clone(),
            event_title: event.title.clone(),
            tariff: offer.tariff.clone(),
            label,
            quantity,
            regular,
            charged: offer.price,
            source: offer.source,
            price_as_of: offer.as_of,
        }
    }
}
