//! How well the answers of the desk agree with those of UiTPAS: what the desk would have said by itself is decided before
//! UiTPAS is asked, held beside the live answer, and counted by verb and reason, without a trace of the person.

use crate::decide::Quote;
use crate::desk::Desk;
use crate::person::{Live, TapId};
use balie_core::agreement::{Agreement, Comparison, Verb, compare};
use balie_core::checkin::{Admission, NoCheckIn};
use balie_core::event::Event;
use balie_core::money::Cents;
use balie_core::pass::Pass;
use balie_core::refusal::Refusal;
use balie_core::reward::{Exchange, NoExchange, Reward};
use balie_store::agreement::Tally;
use balie_store::open::StoreError;

/// What the desk would have said of a person without asking.
pub(crate) struct Alone {
    categories: Vec<(String, Cents, Quote)>,
    admission: Option<Result<Admission, Refusal<NoCheckIn>>>,
    rewards: Vec<Reward>,
    /// Absent while points wait to be sent: they are known here and not there, so the question would not be the same.
    exchanges: Option<Vec<Result<Exchange, Refusal<NoExchange>>>>,
    /// The newest receipt: whatever is recorded meanwhile makes it another question.
    newest: Option<i64>,
}

impl Desk {
    /// Decides about a person with what is known here, before UiTPAS is asked.
    pub(crate) async fn alone(&self, pass: &Pass, event: Option<&Event>) -> Option<Alone> {
        let decided = self.decide_alone(pass, event).await;
        decided.inspect_err(|error| tracing::error!(%error, "the desk has no answer of its own")).ok()
    }

    async fn decide_alone(&self, pass: &Pass, event: Option<&Event>) -> Result<Alone, StoreError> {
        let (live, rewards) = (Live::default(), self.rewards());
        let (categories, admission) = match event {
            Some(event) => {
                let quotes = self.quotes(pass, event, &live).await?;
                (quotes.categories, Some(self.admission(pass, event, &live).await?))
            }
            None => (Vec::new(), None),
        };
        let changes = self.points_changes(pass).await?;
        let exchanges = match changes.iter().any(|change| change.confirmed.is_none()) {
            true => None,
            false => Some(self.exchanges(pass, &rewards, &live).await?),
        };
        Ok(Alone { categories, admission, rewards, exchanges, newest: self.newest().await? })
    }

    /// Compares what UiTPAS answered for this tap with what the desk would have said without it.
    pub(crate) async fn compare(&self, tap: TapId, pass: &Pass, event: Option<&Event>, alone: &Alone) {
        // After another activity was chosen, the answers are no longer about this one.
        let Some(live) = self.live_about(tap, event.map(|event| &event.id)) else { return };
        match self.comparisons(pass, event, &live, alone).await {
            Ok(comparisons) => {
                for comparison in comparisons {
                    if !matches!(comparison.agreement, Agreement::Same | Agreement::LacksFacts) {
                        tracing::warn!(?comparison, "the desk and UiTPAS do not agree");
                    }
                    self.keep(self.snapshot.count_comparison(&comparison, self.now()).await);
                }
            }
            Err(error) => tracing::error!(%error, "the answers cannot be compared"),
        }
    }

    async fn comparisons(
        &self,
        pass: &Pass,
        event: Option<&Event>,
        live: &Live,
        alone: &Alone,
    ) -> Result<Vec<Comparison>, StoreError> {
        let mut found = Vec::new();
        if self.newest().await? != alone.newest {
            return Ok(found);
        }
        if let Some(event) = event {
            let with = self.quotes(pass, event, live).await?.categories;
            for ((_, regular, with), (.., without)) in with.iter().zip(&alone.categories) {
                if live.prices.contains_key(regular) {
                    found.push(compare(Verb::Sell, without, with, |offer| offer.price));
                }
            }
            if let (Some(without), true) = (&alone.admission, live.check_in.is_some()) {
                let with = self.admission(pass, event, live).await?;
                found.push(compare(Verb::CheckIn, without, &with, |admission| admission.points));
            }
        }
        if let Some(exchanges) = &alone.exchanges {
            let with = self.exchanges(pass, &alone.rewards, live).await?;
            for (reward, (with, without)) in alone.rewards.iter().zip(with.iter().zip(exchanges)) {
                if live.redemptions.contains_key(&reward.id) {
                    found.push(compare(Verb::Redeem, without, with, |exchange| exchange.points));
                }
            }
        }
        Ok(found)
    }

    async fn newest(&self) -> Result<Option<i64>, StoreError> {
        Ok(self.ledger.newest(1).await?.first().map(|recorded| recorded.entry.receipt.sequence))
    }

    /// How often the answers of the desk and of UiTPAS met, and how.
    ///
    /// # Errors
    /// Fails when the snapshot cannot be read.
    pub async fn agreement(&self) -> Result<Vec<Tally>, StoreError> {
        self.snapshot.tallies().await
    }
}
