//! The lists of who has a kansenstatuut: fetched region by region, and asked at the desk (rules.md, Standing).

use crate::desk::{Change, Desk};
use crate::refresh::RefreshError;
use balie_core::pass::{CardSystem, Pass, PassKind, UitpasNumber};
use balie_core::ready::Fetched;
use balie_core::social_tariff::ExportEvidence;
use balie_store::listing::Listing;
use balie_store::open::StoreError;
use balie_store::permitted::FetchedPart;
use balie_store::social_tariff_list::{ImportError, Imported, Listed, SocialTariffList};

impl Desk {
    /// Fetches the list of one region, in a stream, and puts it in place whole.
    pub(crate) async fn fetch_list(&self, region: &CardSystem) -> Result<(), RefreshError> {
        // What is listed was so at the latest when the question was asked.
        let as_of = self.now();
        let answer = self.api.social_tariff_cards(region.id, Listing::default(), |_| {}).await;
        let Some((listing, export)) = self.fact(answer)? else {
            tracing::info!(region = region.id, "the list of a region could not be fetched");
            return Ok(());
        };
        match self.snapshot.keep_list(region, listing, as_of).await {
            Ok(Imported::Unchanged { count }) => tracing::info!(region = region.id, count, "the list is unchanged"),
            Ok(Imported::Replaced { before, after }) => {
                tracing::info!(region = region.id, before, after, bad = export.bad, "the list was renewed");
            }
            // A person says whether that is right; until then the one that was there goes on.
            Err(ImportError::Shrunk { before, after }) => {
                tracing::warn!(region = region.id, before, after, "the list became much shorter");
            }
            Err(ImportError::Store(error)) => return Err(error.into()),
        }
        Ok(())
    }

    /// A person says whether a list that became much shorter is right.
    ///
    /// # Errors
    /// Fails when the file cannot be put in its place.
    pub async fn judge_list(&self, card_system: i64, right: bool) -> Result<(), StoreError> {
        if right {
            self.snapshot.accept_shrunk(card_system).await?;
        } else {
            self.snapshot.refuse_shrunk(card_system).await?;
        }
        self.look_how_ready().await;
        self.tell(Change::Ready);
        Ok(())
    }

    /// The lists that are here, without their people.
    ///
    /// # Errors
    /// Fails while the desk is locked.
    pub fn lists(&self) -> Result<Vec<SocialTariffList>, StoreError> {
        self.snapshot.lists()
    }

    /// What the list of its region says of a pass.
    pub(crate) fn listed(&self, pass: &Pass) -> Result<Option<Listed>, StoreError> {
        let Some(region) = &pass.card_system else { return Ok(None) };
        self.snapshot.listed(region.id, &pass.number)
    }

    pub(crate) fn evidence(listed: Option<Listed>) -> Option<ExportEvidence> {
        listed.map(|listed| listed.evidence)
    }

    /// A pass of which only the number is known, with the region whose list names it, if any does.
    pub(crate) async fn stranger(&self, number: UitpasNumber) -> Result<Pass, StoreError> {
        let mut pass = Pass::of_stranger(number, self.now());
        // What was recorded for the number before counts towards its limits, also when the rest was forgotten since.
        if let Some(known) = self.ledger.holder_of(&pass.number).await? {
            pass.passholder = known;
        }
        for list in self.snapshot.lists()? {
            let listed = self.snapshot.listed(list.card_system.id, &pass.number)?;
            if let Some(listed) = listed.filter(|listed| listed.evidence.listed) {
                if listed.tickets.is_some() {
                    pass.kind = PassKind::Group;
                }
                pass.card_system = Some(list.card_system);
                break;
            }
        }
        Ok(pass)
    }

    /// How the lists stand, for the checklist.
    pub(crate) async fn fetched_lists(&self) -> Result<Fetched, StoreError> {
        let (_, was_forbidden) = self.snapshot.fetched(FetchedPart::Lists).await?;
        let (regions, lists) = (self.listed_regions(), self.snapshot.lists()?);
        let there = |region: &&CardSystem| lists.iter().any(|list| list.card_system.id == region.id);
        Ok(Fetched {
            count: crate::prepare::count(lists.iter().map(|list| list.count).sum()),
            lacking: crate::prepare::count(regions.iter().filter(|region| !there(region)).count()),
            as_of: lists.iter().map(|list| list.as_of).min(),
            forbidden: regions.is_empty() && (was_forbidden || self.permissions().is_some()),
        })
    }
}
