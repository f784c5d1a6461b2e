//! The clerk chooses the activity.

use crate::desk::{Change, Desk};
use crate::person::Phase;
use crate::quote::ALL;
use balie_core::event::EventId;

/// The activity is not on the list of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this activity is not on the list of today")]
pub struct UnknownEvent;

impl Desk {
    /// Chooses an activity. The person at the desk stays, and is told what this one costs.
    ///
    /// # Errors
    /// Fails when the activity is not on the list of today.
    pub async fn choose(&self, event: &EventId) -> Result<(), UnknownEvent> {
        let person = {
            let mut floor = self.floor();
            if !floor.events.iter().any(|known| known.id == *event) {
                return Err(UnknownEvent);
            }
            if floor.chosen.as_ref() == Some(event) {
                return Ok(());
            }
            floor.chosen = Some(event.clone());
            // An answer about another activity says nothing about this one, and what was sold there is not sold here.
            if let Some(person) = floor.at_desk.shown_mut() {
                person.live.prices.clear();
                person.live.coupons.clear();
                person.live.check_in = None;
                person.offers.clear();
                person.check_in = None;
                // The card was laid there for the activity before.
                (person.fast_at, person.by_itself) = (None, None);
            }
            floor.at_desk.shown().cloned()
        };
        self.tell(Change::Desk);
        // Somebody who was refused is refused at every activity.
        let person = person.filter(|person| person.phase != Phase::Refused);
        let Some((tap, pass)) = person.and_then(|person| Some((person.tap, person.pass?))) else { return Ok(()) };
        self.requote(tap, ALL).await;
        if self.connection() == crate::connection::Connection::Connected {
            self.with_person(tap, |person| {
                // Whoever was refused meanwhile stays refused.
                if person.phase == Phase::Ready {
                    person.phase = Phase::Asking;
                }
            });
            self.ask_all(tap, &pass).await;
        }
        Ok(())
    }
}
