//! Granting a tariff: decided again at the moment of recording, written durably, and only then shown.

use crate::desk::{Change, Desk};
use crate::person::{OfferId, PricedCategory, TapId};
use balie_core::entry::{EntryId, TicketSale};
use balie_core::event::Event;
use balie_core::money::Cents;
use balie_core::pass::Pass;
use balie_core::tariff::Offer;
use balie_store::entries::Recorded;
use balie_store::open::StoreError;
use uuid::Uuid;

/// Why nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum SellError {
    /// Another person stands at the desk now, or nobody.
    #[error("the person of this tap is no longer at the desk")]
    Gone,
    /// The price is not the one that was on the screen; the new one stands there now.
    #[error("the price changed meanwhile")]
    Changed,
    /// This was recorded already.
    #[error("this offer was recorded already")]
    Sold,
    /// It could not be written. Nothing was recorded.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Desk {
    /// Records an offer for the person of a tap. When this returns, the entry survives a power cut.
    ///
    /// The screen is not trusted: the offer must still stand, for the same person, at the same price. An offer is
    /// recorded once, however often the key is hit.
    ///
    /// # Errors
    /// Says why nothing was recorded.
    pub async fn sell(&self, tap: TapId, offer: OfferId) -> Result<Recorded, SellError> {
        let _recording = self.recording.lock().await;
        let (pass, event, category) = self.on_the_screen(tap, offer)?;
        self.renew_price(tap, &pass, &event, category.regular).await;
        self.requote(tap).await;
        // After the new decision the offer has kept its number only if its price is the one that the clerk saw.
        let (pass, event, category) = self.on_the_screen(tap, offer)?;
        let Ok(granted) = &category.quote else { return Err(SellError::Changed) };
        let sale = self.sale(&pass, &event, category.label, category.regular, granted);
        let id = EntryId(Uuid::now_v7().into_bytes());
        let recorded = self.ledger.record(id, &sale, self.now()).await?;
        self.mark_sold(tap, &recorded);
        // What was sold counts for the other prices too.
        self.requote(tap).await;
        self.tell(Change::Lines);
        self.tell(Change::Desk);
        self.bell.notify_one();
        tracing::info!(receipt = %recorded.entry.receipt, "recorded");
        Ok(recorded)
    }

    /// The pass, the activity and the price category of an offer that stands on the screen and was not sold.
    fn on_the_screen(&self, tap: TapId, offer: OfferId) -> Result<(Pass, Event, PricedCategory), SellError> {
        let (person, event) = self.person_and_event(tap).ok_or(SellError::Gone)?;
        let (event, pass) = (event.ok_or(SellError::Gone)?, person.pass.ok_or(SellError::Gone)?);
        let found = person.offers.into_iter().find(|category| category.id == offer);
        let category = found.ok_or(SellError::Changed)?;
        match (&category.quote, category.sold) {
            (_, Some(_)) => Err(SellError::Sold),
            (Err(_), None) => Err(SellError::Changed),
            (Ok(_), None) => Ok((pass, event, category)),
        }
    }

    // By what was sold and not by the number of the offer: an answer that came in during the commit may have renewed it.
    fn mark_sold(&self, tap: TapId, recorded: &Recorded) {
        let sale = &recorded.entry.sale;
        let mut floor = self.floor();
        if floor.chosen.as_ref() != Some(&sale.event) {
            return;
        }
        let Some(person) = floor.person.as_mut().filter(|person| person.tap == tap) else { return };
        let same = |category: &&mut PricedCategory| category.label == sale.label && category.regular == sale.regular;
        person.offers.iter_mut().filter(same).for_each(|category| category.sold = Some(recorded.entry.id));
        drop(floor);
        self.tell(Change::Person);
    }

    fn sale(&self, pass: &Pass, event: &Event, label: String, regular: Cents, offer: &Offer) -> TicketSale {
        TicketSale {
            number: pass.number.clone(),
            passholder: pass.passholder.clone(),
            organizer: self.config.organizer.clone(),
            event: event.id.clone(),
            event_title: event.title.clone(),
            tariff: offer.tariff.clone(),
            label,
            regular,
            charged: offer.price,
            source: offer.source,
            price_as_of: offer.as_of,
        }
    }
}
