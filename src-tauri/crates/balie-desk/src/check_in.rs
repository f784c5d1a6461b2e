//! Saving a point: decided again at the moment of recording, written durably, and only then shown.

use crate::act::ActError;
use crate::desk::Desk;
use crate::person::{Person, TapId};
use crate::quote::Part;
use balie_core::agreement::Verb;
use balie_core::checkin::{Admission, second_thoughts};
use balie_core::entry::{Act, CheckIn};
use balie_core::event::{Event, EventId};
use balie_core::pass::Pass;
use balie_core::time::Moment;
use balie_store::entries::Recorded;

impl Desk {
    /// Saves a point for the person of a tap. When this returns, the entry survives a power cut.
    ///
    /// The screen is not trusted: it is decided anew, and for one tap it is recorded once, however often the key is hit.
    ///
    /// # Errors
    /// Says why nothing was recorded.
    pub async fn check_in(&self, tap: TapId) -> Result<Recorded, ActError> {
        let _recording = self.recording.lock().await;
        self.knows_the_date()?;
        let (pass, event, _) = self.point_on_the_screen(tap)?;
        self.renew_point(tap, &pass, &event).await;
        Ok(self.record_point(tap, &event.id, |_, _| None).await?.0)
    }

    /// The same, without a hand: UiTPAS was asked when the card was laid there, and nobody waits for it once more. It is kept
    /// back for a while, and until when is said.
    pub(crate) async fn check_in_by_itself(
        &self,
        tap: TapId,
        event: &EventId,
    ) -> Result<(Recorded, Option<Moment>), ActError> {
        let _recording = self.recording.lock().await;
        self.knows_the_date()?;
        self.record_point(tap, event, second_thoughts).await
    }

    /// Decides it anew and records it, unless another activity was chosen meanwhile: what was asked for there holds only there.
    async fn record_point(
        &self,
        tap: TapId,
        asked_at: &EventId,
        wait: impl FnOnce(Moment, Option<Moment>) -> Option<Moment> + Send,
    ) -> Result<(Recorded, Option<Moment>), ActError> {
        self.requote(tap, &[Part::Point]).await;
        let typed_card = self.typed_card(tap)?;
        let (pass, event, admission) = self.point_on_the_screen(tap)?;
        if event.id != *asked_at {
            return Err(ActError::Changed);
        }
        let act = Act::CheckIn(CheckIn {
            holder: self.holder(&pass),
            event: event.id.clone(),
            event_title: event.title,
            points: admission.points,
            deadline: admission.deadline,
            as_of: admission.as_of,
        });
        let until = wait(self.now(), admission.deadline);
        let recorded = self.record_waiting(&act, typed_card, until).await?;
        self.mark_saved(tap, &recorded);
        // A point counts for the rewards too.
        self.requote(tap, &[Part::Point, Part::Rewards]).await;
        Ok((recorded, until))
    }

    fn point_on_the_screen(&self, tap: TapId) -> Result<(Pass, Event, Admission), ActError> {
        let (person, event) = self.person_and_event(tap).ok_or(ActError::Gone)?;
        let (event, pass) = (event.ok_or(ActError::Gone)?, person.pass.ok_or(ActError::Gone)?);
        let point = person.check_in.ok_or(ActError::Changed)?;
        match (point.decision, point.recorded) {
            (_, Some(_)) => Err(ActError::Done(Verb::CheckIn)),
            (Err(_), None) => Err(ActError::Changed),
            (Ok(admission), None) => Ok((pass, event, admission)),
        }
    }

    fn mark_saved(&self, tap: TapId, recorded: &Recorded) {
        let Act::CheckIn(check_in) = &recorded.entry.act else { return };
        self.with_person_at(tap, &check_in.event, |person: &mut Person| {
            if let Some(point) = &mut person.check_in {
                point.recorded = Some(recorded.entry.id);
            }
        });
    }
}
