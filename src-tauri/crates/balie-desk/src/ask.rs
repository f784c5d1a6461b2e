//! Asking UiTPAS about the person at the desk: prices, the point, the rewards, and what was done before.

use crate::desk::Desk;
use crate::person::{Live, Phase, TapId};
use crate::quote::ALL;
use balie_core::agreement::Verb;
use balie_core::event::{Event, EventId};
use balie_core::group_pass::Turns;
use balie_core::money::Cents;
use balie_core::pass::{Pass, PassKind};
use balie_core::reward::{RedeemFact, RewardId, RewardKind};
use balie_core::tariff::{ServerAnswer, is_live};
use balie_core::usage::ServerRow;
use balie_remote::ask::AskError;
use balie_remote::rows::{EventRow, RewardRow};
use balie_remote::tariffs::Tariffs;
use futures_util::future::{join, join_all};

/// For how many seconds the list of what a person did is taken as it was.
const LIST_SECONDS: i64 = 600;

impl Desk {
    /// Asks UiTPAS all that it can say of a person here, shows it, and then compares it with the answers of the desk
    /// itself.
    pub(crate) async fn ask_all(&self, tap: TapId, pass: &Pass) {
        let event = self.chosen_event();
        let alone = self.alone(pass, event.as_ref()).await;
        if let Some(event) = &event {
            join(self.ask_prices(tap, pass, event), self.ask_point(tap, pass, event)).await;
        }
        self.requote(tap, ALL).await;
        self.with_person(tap, |person| {
            // Whoever was refused meanwhile stays refused.
            if person.phase == Phase::Asking {
                person.phase = Phase::Ready;
            }
        });
        self.save_by_itself(tap).await;
        // Nobody waits at the desk for what follows: rewards are looked at on demand, and lists serve the next time.
        self.ask_rewards(tap, pass).await;
        self.list(pass).await;
        self.requote(tap, ALL).await;
        if let Some(alone) = alone {
            self.compare(tap, pass, event.as_ref(), &alone).await;
        }
    }

    async fn ask_prices(&self, tap: TapId, pass: &Pass, event: &Event) {
        let mut prices: Vec<Cents> = event.prices.iter().map(|price| price.regular).collect();
        prices.retain(|price| *price > Cents::ZERO);
        prices.sort_unstable();
        prices.dedup();
        let ask = |regular: Cents| async move {
            (regular, self.api.tariff(&event.id, &pass.number, regular, self.now()).await)
        };
        for (regular, answer) in join_all(prices.into_iter().map(ask)).await {
            self.saw(&answer);
            if let Ok(tariffs) = answer {
                self.take_price(tap, pass, &event.id, regular, tariffs).await;
            }
        }
    }

    /// Asks again for a price that has grown old while the clerk was talking.
    pub(crate) async fn renew_price(&self, tap: TapId, pass: &Pass, event: &Event, regular: Cents) {
        let fresh = self.live(tap).prices.get(&regular).is_some_and(|fact| is_live(fact, self.now()));
        if fresh || !self.may_ask() {
            return;
        }
        let answer = self.api.tariff(&event.id, &pass.number, regular, self.now()).await;
        self.saw(&answer);
        if let Ok(tariffs) = answer {
            self.take_price(tap, pass, &event.id, regular, tariffs).await;
        }
    }

    /// Keeps an answer about a price: on the floor for this tap, and in the snapshot for when there is no connection.
    async fn take_price(&self, tap: TapId, pass: &Pass, event: &EventId, regular: Cents, tariffs: Tariffs) {
        let Tariffs { social: fact, coupons } = tariffs;
        self.keep(self.snapshot.keep_answer(&pass.passholder, event, regular, &fact).await);
        if pass.kind == PassKind::Group {
            let left = match &fact.answer {
                ServerAnswer::Granted { remaining, .. } => remaining.unwrap_or(1),
                ServerAnswer::NotGranted { .. } => 0,
            };
            let turns = Turns { left, as_of: fact.as_of };
            self.keep(self.snapshot.keep_turns(&pass.passholder, event, regular, turns).await);
        }
        self.on_the_floor(tap, event, |live| {
            live.prices.insert(regular, fact);
            live.coupons.insert(regular, coupons);
        });
    }

    async fn ask_point(&self, tap: TapId, pass: &Pass, event: &Event) {
        if pass.kind == PassKind::Group {
            return;
        }
        let answer = self.api.check_in_status(&pass.number, &event.id, self.now()).await;
        self.saw_quietly(&answer);
        if let Ok(fact) = answer {
            self.on_the_floor(tap, &event.id, |live| live.check_in = Some(fact));
        }
    }

    /// Asks again whether a point can be saved, when the answer has grown old.
    pub(crate) async fn renew_point(&self, tap: TapId, pass: &Pass, event: &Event) {
        let live = self.live(tap).check_in;
        let fresh = live.is_some_and(|fact| balie_core::checkin::is_live(&fact, self.now()));
        if !fresh && self.may_ask() {
            self.ask_point(tap, pass, event).await;
        }
    }

    async fn ask_rewards(&self, tap: TapId, pass: &Pass) {
        let rewards = self.rewards();
        if pass.kind == PassKind::Group || rewards.is_empty() {
            return;
        }
        let asked = self.now();
        let answer = self.api.redeemable(&self.organizer(), &pass.passholder, asked).await;
        self.saw_quietly(&answer);
        let Ok(redeemable) = answer else { return };
        let welcome =
            |id: &RewardId| rewards.iter().any(|reward| reward.id == *id && reward.kind == RewardKind::Welcome);
        let granted: Vec<_> = redeemable.iter().filter(|id| welcome(id)).cloned().collect();
        self.keep(self.snapshot.keep_granted(&pass.passholder, &granted, asked).await);
        self.with_live(tap, |live| {
            live.redemptions.clear();
            for reward in &rewards {
                let answer = crate::decide::answer_of_list(redeemable.contains(&reward.id));
                live.redemptions.insert(reward.id.clone(), RedeemFact { answer, as_of: asked });
            }
        });
    }

    /// Asks about one reward, just before it is redeemed: the list said which, this says why not.
    pub(crate) async fn renew_reward(&self, tap: TapId, pass: &Pass, reward: &RewardId) {
        if !self.may_ask() {
            return;
        }
        let answer = self.api.redeem_status(reward, &pass.number, self.now()).await;
        self.saw_quietly(&answer);
        if let Ok(fact) = answer {
            self.with_live(tap, |live| {
                live.redemptions.insert(reward.clone(), fact);
            });
        }
    }

    /// Fetches what UiTPAS holds of a person, so that the limits are right without it too. What this desk may not read
    /// stays unknown.
    async fn list(&self, pass: &Pass) {
        let now = self.now();
        let listed = self.floor().listed.get(&pass.passholder).copied();
        if listed.is_some_and(|then| (0..=LIST_SECONDS).contains(&(now.as_second() - then.as_second()))) {
            return;
        }
        let (who, organizer) = (&pass.passholder, &self.organizer());
        let sales = self.api.ticket_sale_rows(who, organizer).await;
        let mut complete = self.keep_list(Verb::Sell, pass, sales.map(of_events)).await;
        if pass.kind == PassKind::Individual {
            let check_ins = self.api.check_in_rows(who, organizer).await;
            complete &= self.keep_list(Verb::CheckIn, pass, check_ins.map(of_events)).await;
            let redeemed = self.api.redeemed_rows(who, organizer).await;
            complete &= self.keep_list(Verb::Redeem, pass, redeemed.map(of_rewards)).await;
        }
        if complete && !self.is_locked() {
            self.floor().listed.insert(pass.passholder.clone(), now);
        }
    }

    /// Keeps a list, and says whether there is no need to ask for it again soon: it came, or this desk may not read it.
    async fn keep_list(&self, kind: Verb, pass: &Pass, rows: Result<Vec<(String, ServerRow)>, AskError>) -> bool {
        match rows {
            Ok(rows) => {
                self.keep(self.snapshot.keep_rows(kind, &pass.passholder, &rows, self.now()).await);
                true
            }
            Err(error) => {
                tracing::info!(%error, ?kind, "what was done before could not be listed");
                error == AskError::Forbidden
            }
        }
    }

    /// An answer that comes in after another activity was chosen is about the one before, and is dropped.
    fn on_the_floor(&self, tap: TapId, event: &EventId, change: impl FnOnce(&mut Live)) {
        let mut floor = self.floor();
        if floor.chosen.as_ref() != Some(event) {
            return;
        }
        if let Some(person) = floor.at_desk.of_mut(tap) {
            change(&mut person.live);
        }
    }

    fn with_live(&self, tap: TapId, change: impl FnOnce(&mut Live)) {
        let mut floor = self.floor();
        if let Some(person) = floor.at_desk.of_mut(tap) {
            change(&mut person.live);
        }
    }

    /// What UiTPAS answered for a tap, if the activity that it was asked about is still the chosen one.
    pub(crate) fn live_about(&self, tap: TapId, event: Option<&EventId>) -> Option<Live> {
        let floor = self.floor();
        let person = floor.at_desk.of(tap).filter(|_| floor.chosen.as_ref() == event)?;
        Some(person.live.clone())
    }

    pub(crate) fn live(&self, tap: TapId) -> Live {
        self.floor().at_desk.of(tap).map(|person| person.live.clone()).unwrap_or_default()
    }

    /// A question that needs a permission of its own says nothing of the connection when it is not answered.
    fn saw_quietly<T>(&self, answer: &Result<T, AskError>) {
        match answer {
            Ok(_) | Err(AskError::Offline | AskError::Slow) => self.saw(answer),
            Err(error) => tracing::info!(%error, "no answer to a question at the desk"),
        }
    }
}

fn of_events(rows: Vec<EventRow>) -> Vec<(String, ServerRow)> {
    rows.into_iter().map(|row| (row.event.0, row.row)).collect()
}

fn of_rewards(rows: Vec<RewardRow>) -> Vec<(String, ServerRow)> {
    rows.into_iter().map(|row| (row.reward.0, row.row)).collect()
}
