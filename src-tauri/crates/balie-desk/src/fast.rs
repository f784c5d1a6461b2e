//! Fast mode: a card that is laid on the reader at a chosen activity saves its point by itself, once. It is recorded as any
//! other, and for ten seconds it is not sent, so that it can be taken back as if nothing happened. A tap never sells.

use crate::act::ActError;
use crate::desk::{Change, Desk};
use crate::person::{ByItself, Person, TapId};
use balie_core::agreement::Verb;
use balie_core::event::EventId;
use balie_core::pass::Pass;
use balie_core::time::{Moment, date_of};
use balie_store::entries::Recorded;
use balie_store::open::StoreError;

impl Desk {
    /// Saves the point of a tap, where fast mode is on and the tap may still do so. What stands in the way then stands on the
    /// screen with its reason, as it does for the key.
    pub(crate) async fn save_by_itself(&self, tap: TapId) {
        let Some((pass, event)) = self.point_of_the_tap(tap) else { return };
        match self.saved_today(&pass, &event).await {
            Ok(false) => {}
            // The limit may leave room for a second one, but no card that is laid there twice uses it up.
            Ok(true) => return,
            Err(error) => {
                tracing::error!(%error, "what was saved today cannot be read");
                return self.not_saved(tap);
            }
        }
        let place = (pass.passholder, event, date_of(self.now()));
        if !self.floor().saved_by_itself.insert(place.clone()) {
            return;
        }
        match self.check_in_by_itself(tap, &place.1).await {
            Ok((recorded, until)) => self.saved(tap, &recorded, until),
            Err(error) => {
                self.floor().saved_by_itself.remove(&place);
                match error {
                    ActError::Gone | ActError::Changed | ActError::Done(_) => {}
                    ActError::ClockBehind | ActError::ReadOnly | ActError::Store(_) => {
                        tracing::error!(%error, "a tap saved no point");
                        self.not_saved(tap);
                    }
                }
            }
        }
    }

    /// Whose point this tap saves and where, if it still may: it may once, for whom it was, at the activity that was chosen
    /// when the card was laid there.
    fn point_of_the_tap(&self, tap: TapId) -> Option<(Pass, EventId)> {
        let mut floor = self.floor();
        let chosen = floor.chosen.clone()?;
        let person = floor.at_desk.of_mut(tap)?;
        let saveable = person.check_in.as_ref().is_some_and(|point| point.decision.is_ok() && point.recorded.is_none());
        if !saveable || person.fast_at.as_ref() != Some(&chosen) {
            return None;
        }
        let pass = person.pass.clone()?;
        person.fast_at = None;
        Some((pass, chosen))
    }

    async fn saved_today(&self, pass: &Pass, event: &EventId) -> Result<bool, StoreError> {
        let today = date_of(self.now());
        let own = self.own_uses(Verb::CheckIn, pass).await?;
        Ok(own.get(&event.0).is_some_and(|uses| uses.iter().any(|own| date_of(own.counted.at) == today)))
    }

    fn saved(&self, tap: TapId, recorded: &Recorded, until: Option<Moment>) {
        let by_itself = ByItself::Saved { entry: recorded.entry.id, until: until.unwrap_or(self.now()) };
        self.with_person(tap, |person: &mut Person| person.by_itself = Some(by_itself));
    }

    /// All was asked about a tap. When the next one came before its point could be saved, that is said with the next: nobody
    /// saw what stood in the way.
    pub(crate) fn is_done(&self, tap: TapId) {
        let today = date_of(self.now());
        let mut floor = self.floor();
        let Some(gone) = floor.at_desk.is_done(tap) else { return };
        let stopped = gone.check_in.as_ref().is_none_or(|point| point.decision.is_err() && point.recorded.is_none());
        let before = |event: EventId, pass: Pass| floor.saved_by_itself.contains(&(pass.passholder, event, today));
        let saved_before = gone.fast_at.zip(gone.pass).is_some_and(|(event, pass)| before(event, pass));
        if saved_before || (!stopped && gone.by_itself != Some(ByItself::NotSaved)) {
            return;
        }
        tracing::info!("the card before saved no point");
        if let Some(next) = floor.at_desk.shown_mut() {
            next.before_not_saved = true;
        }
        drop(floor);
        self.tell(Change::Person);
    }

    fn not_saved(&self, tap: TapId) {
        self.with_person(tap, |person: &mut Person| person.by_itself = Some(ByItself::NotSaved));
    }
}
