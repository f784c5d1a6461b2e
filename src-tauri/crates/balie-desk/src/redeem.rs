//! Redeeming a reward: decided again at the moment of recording, written durably, and only then shown.

use crate::act::ActError;
use crate::desk::Desk;
use crate::person::{OfferId, OfferedReward, TapId};
use crate::quote::Part;
use balie_core::agreement::Verb;
use balie_core::entry::{Act, Redemption};
use balie_core::pass::Pass;
use balie_core::reward::Exchange;
use balie_store::entries::Recorded;

impl Desk {
    /// Redeems a reward for the person of a tap. When this returns, the entry survives a power cut.
    ///
    /// The screen is not trusted: the balance and the cost must still be those that were confirmed, and it is recorded
    /// once, however often the key is hit.
    ///
    /// # Errors
    /// Says why nothing was recorded.
    pub async fn redeem(&self, tap: TapId, offer: OfferId) -> Result<Recorded, ActError> {
        let _recording = self.recording.lock().await;
        self.knows_the_date()?;
        let (pass, offered, _) = self.reward_on_the_screen(tap, offer)?;
        self.renew_reward(tap, &pass, &offered.reward.id).await;
        self.requote(tap, &[Part::Rewards]).await;
        let typed_card = self.typed_card(tap)?;
        let (pass, offered, exchange) = self.reward_on_the_screen(tap, offer)?;
        let act = Act::Redemption(Redemption {
            holder: self.holder(&pass),
            reward: offered.reward.id.clone(),
            title: offered.reward.title,
            kind: offered.reward.kind,
            points: exchange.points,
            as_of: exchange.as_of,
        });
        let recorded = self.record(&act, typed_card).await?;
        self.with_person(tap, |person| {
            let same = |reward: &&mut OfferedReward| reward.reward.id == offered.reward.id;
            person.rewards.iter_mut().filter(same).for_each(|reward| reward.recorded = Some(recorded.entry.id));
        });
        self.requote(tap, &[Part::Rewards]).await;
        Ok(recorded)
    }

    fn reward_on_the_screen(&self, tap: TapId, offer: OfferId) -> Result<(Pass, OfferedReward, Exchange), ActError> {
        let (person, _) = self.person_and_event(tap).ok_or(ActError::Gone)?;
        let pass = person.pass.ok_or(ActError::Gone)?;
        let offered = person.rewards.into_iter().find(|reward| reward.id == offer).ok_or(ActError::Changed)?;
        match (&offered.decision, offered.recorded) {
            (_, Some(_)) => Err(ActError::Done(Verb::Redeem)),
            (Err(_), None) => Err(ActError::Changed),
            (Ok(exchange), None) => {
                let exchange = *exchange;
                Ok((pass, offered, exchange))
            }
        }
    }
}
