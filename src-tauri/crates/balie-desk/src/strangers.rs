//! Somebody of whom UiTPAS could not be asked when something was noted for them: who that is, and whether the card and the
//! number that was typed belong together. Both are asked before anything is sent (rules.md, Identification).

use crate::desk::Desk;
use crate::upload::WRONG_CARD;
use balie_core::card::ChipNumber;
use balie_core::entry::Holder;
use balie_core::life::{Life, Open};
use balie_core::outbox::State;
use balie_core::pass::{Identifier, Pass, PassholderId, UitpasNumber};
use balie_core::time::Moment;
use balie_core::upload::{Change, expired};
use balie_remote::ask::AskError;
use balie_remote::passes::{PassAnswer, PassRefusal};
use balie_store::open::StoreError;
use balie_store::outbox::Evidence;
use balie_store::trail::Actor;
use jiff::SignedDuration;
use std::collections::{BTreeMap, HashMap};

/// How long what is not known yet waits until it is asked again, in seconds.
const ASK_AGAIN_SECONDS: i64 = 30;

/// What waits until somebody says whose it is.
struct Unknown {
    number: UitpasNumber,
    /// The card that the number was typed for.
    chip: Option<ChipNumber>,
    /// The receipts.
    entries: Vec<i64>,
}

/// What UiTPAS says of a number, and of the card that it was typed for.
enum Said {
    /// This is whose it is, as the card answers where there is one.
    Known(Box<Pass>),
    /// The card is of somebody else.
    OtherCard,
    /// It says nothing that would keep an act back: whoever is asked to register it will judge.
    Nothing,
}

impl Desk {
    /// Asks UiTPAS about everybody for whom something waits and of whom it was not asked, as far as it can be asked now.
    pub(crate) async fn know_strangers(&self) {
        if !self.ledger.sends_from_here().await {
            // Somebody else may know by now; and a copy is read and not written.
            return;
        }
        for Unknown { number, chip, entries } in self.unknown_entries() {
            if self.be_polite().await.is_err() {
                return;
            }
            let said = match self.ask_about(&number, chip).await {
                Ok(said) => said,
                // One that UiTPAS stumbles over does not hold up the others.
                Err(error @ AskError::Unexpected { .. }) => {
                    tracing::warn!(%error, "somebody is not known yet");
                    continue;
                }
                Err(error) => {
                    tracing::info!(%error, "somebody is not known yet");
                    return;
                }
            };
            if let Err(error) = self.settle_stranger(&number, chip, &said, &entries).await {
                tracing::error!(%error, "who somebody is cannot be kept");
                return;
            }
        }
        self.verify_typed_pairs().await;
    }

    /// The acts that wait and that nothing may be sent of yet, by number and card; what UiTPAS takes for a short time only
    /// comes first.
    fn unknown_entries(&self) -> Vec<Unknown> {
        let mut unknown: BTreeMap<_, (Moment, Vec<i64>)> = BTreeMap::new();
        let waiting: Vec<Open> = {
            let queue = Self::held(&self.queue);
            queue.iter().filter(|open| open.life.state == State::Queued).cloned().collect()
        };
        for open in waiting.iter().filter(|open| self.is_unknown(open)) {
            let chip = self.floor().typed_cards.get(&open.entry.id).copied();
            let whom = (open.entry.act.holder().number.clone(), chip);
            let deadline = open.entry.act.deadline().unwrap_or(Moment::MAX);
            let (first, entries) = unknown.entry(whom).or_insert((deadline, Vec::new()));
            *first = deadline.min(*first);
            entries.push(open.receipt());
        }
        let mut unknown: Vec<_> = unknown.into_iter().collect();
        unknown.sort_by_key(|(_, (deadline, _))| *deadline);
        unknown.into_iter().map(|((number, chip), (_, entries))| Unknown { number, chip, entries }).collect()
    }

    /// Whether it is not known whose act this is, or whether its card is the right one.
    pub(crate) fn is_unknown(&self, open: &Open) -> bool {
        let floor = self.floor();
        let holder = open.entry.act.holder();
        floor.typed_cards.contains_key(&open.entry.id)
            || (holder.passholder.is_of_stranger() && !floor.not_told.contains(&holder.number))
    }

    /// The id of UiTPAS for whoever something was recorded for.
    ///
    /// # Errors
    /// UiTPAS does not say whose the number is; [`AskError::Forbidden`] when it never will.
    pub(crate) async fn passholder_of(&self, holder: &Holder) -> Result<PassholderId, AskError> {
        if !holder.passholder.is_of_stranger() {
            return Ok(holder.passholder.clone());
        }
        self.be_polite().await?;
        let pass = self.ask_who(&Identifier::Number(holder.number.clone())).await?;
        pass.map(|pass| pass.passholder).ok_or(AskError::Forbidden)
    }

    async fn ask_about(&self, number: &UitpasNumber, chip: Option<ChipNumber>) -> Result<Said, AskError> {
        let by_number = Identifier::Number(number.clone());
        let Some(chip) = chip else {
            return Ok(self.ask_who(&by_number).await?.map_or(Said::Nothing, |pass| Said::Known(Box::new(pass))));
        };
        match self.ask_pass(&Identifier::Chip(chip)).await? {
            Some(PassAnswer::Known(pass)) if pass.number == *number => Ok(Said::Known(Box::new(pass))),
            // Somebody may have several cards: then the number on an older one is theirs as well.
            Some(PassAnswer::Known(pass)) => match self.ask_who(&by_number).await? {
                Some(other) if other.passholder == pass.passholder => Ok(Said::Known(Box::new(pass))),
                _ => Ok(Said::OtherCard),
            },
            Some(PassAnswer::Refused { why: PassRefusal::NotFound, .. }) => Ok(Said::OtherCard),
            Some(PassAnswer::Refused { .. }) | None => Ok(Said::Nothing),
        }
    }

    async fn ask_who(&self, identifier: &Identifier) -> Result<Option<Pass>, AskError> {
        Ok(match self.ask_pass(identifier).await? {
            Some(PassAnswer::Known(pass)) => Some(pass),
            Some(PassAnswer::Refused { .. }) | None => None,
        })
    }

    /// Asks about a pass; nothing where this desk may not ask, or where the answer cannot be read.
    async fn ask_pass(&self, identifier: &Identifier) -> Result<Option<PassAnswer>, AskError> {
        let answer = self.api.pass(identifier, self.now()).await;
        self.asked(&answer);
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(AskError::Forbidden | AskError::Garbled(_) | AskError::Problem(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn settle_stranger(
        &self,
        number: &UitpasNumber,
        chip: Option<ChipNumber>,
        said: &Said,
        receipts: &[i64],
    ) -> Result<(), StoreError> {
        let _books = self.books.lock().await;
        let entries: Vec<Open> = {
            let queue = Self::held(&self.queue);
            let queued = |open: &&Open| open.life.state == State::Queued;
            receipts.iter().filter_map(|receipt| queue.get(*receipt)).filter(queued).cloned().collect()
        };
        match said {
            Said::Known(pass) => {
                // Of a card, what it answers itself: the number that was typed may stand on an older one.
                self.keep(self.snapshot.keep_pass(pass, chip).await);
                self.ledger.holder_is(number, &pass.passholder).await?;
                self.card_is_known(&entries).await?;
                self.renew_queue().await;
            }
            Said::OtherCard => {
                if let Some(chip) = chip {
                    self.keep(self.snapshot.forget_pair(chip).await);
                }
                self.refuse_wrong_card(&entries).await?;
                self.card_is_known(&entries).await?;
            }
            Said::Nothing => {
                self.floor().not_told.insert(number.clone());
                self.card_is_known(&entries).await?;
            }
        }
        // What waited for this may go.
        let waiting: Vec<Open> = {
            let queue = Self::held(&self.queue);
            receipts.iter().filter_map(|receipt| queue.get(*receipt)).cloned().collect()
        };
        self.wait_until(&waiting, Moment::UNIX_EPOCH).await?;
        self.bell.notify_one();
        Ok(())
    }

    async fn card_is_known(&self, entries: &[Open]) -> Result<(), StoreError> {
        for open in entries {
            self.ledger.card_is_known(open.entry.id).await?;
            self.floor().typed_cards.remove(&open.entry.id);
        }
        Ok(())
    }

    /// The card turned out to be of somebody else than the number that was typed for it: nothing is sent, and a person says
    /// who it was.
    async fn refuse_wrong_card(&self, entries: &[Open]) -> Result<(), StoreError> {
        for open in entries {
            let evidence = HashMap::from([(open.receipt(), Evidence::of_problem(WRONG_CARD))]);
            self.carry_out(&expired(open)?, &evidence, None, Actor::Machine).await?;
            tracing::warn!(receipt = %open.entry.receipt, "the card is of somebody else");
        }
        Ok(())
    }

    /// Puts off what must not be sent before it is known whose it is. To be called with the books held.
    pub(crate) async fn put_off(&self, entries: &[Open]) -> Result<(), StoreError> {
        let at = self.now().checked_add(SignedDuration::from_secs(ASK_AGAIN_SECONDS)).unwrap_or(self.now());
        self.wait_until(entries, at).await
    }

    async fn wait_until(&self, entries: &[Open], at: Moment) -> Result<(), StoreError> {
        let later =
            |open: &Open| Change { receipt: open.receipt(), signal: None, life: Life { not_before: at, ..open.life } };
        let still = |open: &&Open| open.life.state == State::Queued && open.life.not_before != at;
        let changes: Vec<Change> = entries.iter().filter(still).map(later).collect();
        if changes.is_empty() { Ok(()) } else { self.carry_out(&changes, &HashMap::new(), None, Actor::Machine).await }
    }

    /// Asks whether the pairs belong together that were typed and that nothing waits for.
    async fn verify_typed_pairs(&self) {
        let Ok(pairs) = self.snapshot.unverified().await else { return };
        for (chip, number, _) in pairs {
            if !self.floor().asked_pairs.insert(chip) {
                // Nobody said so when it was asked, and nobody will while this program runs.
                continue;
            }
            if self.be_polite().await.is_err() {
                return;
            }
            match self.ask_about(&number, Some(chip)).await {
                Ok(Said::Known(pass)) => self.keep(self.snapshot.keep_pass(&pass, Some(chip)).await),
                Ok(Said::OtherCard) => self.keep(self.snapshot.forget_pair(chip).await),
                // It grows old with the rest.
                Ok(Said::Nothing) => {}
                Err(_) => {
                    self.floor().asked_pairs.remove(&chip);
                    return;
                }
            }
        }
    }
}
