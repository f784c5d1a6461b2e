//! A card is laid on the reader, or a number is typed: who is it, and what can be done.
//!
//! What is known here stands on the screen at once; what UiTPAS answers within two seconds confirms or corrects it.

use crate::connection::Connection;
use crate::desk::{Change, Desk, Readers};
use crate::person::{Notice, Person, Phase, TapId};
use balie_core::card::{CardKind, ChipNumber};
use balie_core::pass::{Identifier, Pass};
use balie_core::reader::{ReaderEvent, ReaderTrouble};
use balie_remote::passes::{PassAnswer, PassRefusal};
use balie_store::open::StoreError;
use balie_store::passes::{LocalIdentifier, RefusedPass};

/// What this computer knows of an identifier.
enum Known {
    Pass(Box<Pass>),
    Refused(Notice),
    Nothing,
}

impl Desk {
    /// Takes in what a reader reports. A tap identifies and never sells.
    pub async fn reader_reports(&self, event: ReaderEvent) {
        match event {
            ReaderEvent::Readers(names) => self.readers_are(Readers::Connected(names)),
            ReaderEvent::Trouble(ReaderTrouble::NoService) => self.readers_are(Readers::NoService),
            ReaderEvent::Trouble(trouble) => self.refuse_at_once(Notice::Reader(trouble)),
            ReaderEvent::Removed(_) => {}
            ReaderEvent::Card(read) => match read.kind {
                CardKind::UitpasLike(chip) => self.identify(Identifier::Chip(chip)).await,
                CardKind::RandomId => self.refuse_at_once(Notice::RandomId),
                CardKind::Other { .. } => self.refuse_at_once(Notice::OtherCard),
            },
        }
    }

    /// Takes in what was typed or scanned.
    pub async fn typed(&self, text: &str) {
        match Identifier::parse(text) {
            Ok(Identifier::Insz(_)) => self.refuse_at_once(Notice::InszOff),
            Ok(identifier) => self.identify(identifier).await,
            Err(error) => self.refuse_at_once(Notice::Number(error)),
        }
    }

    /// Looks up who an identifier belongs to, and what the chosen activity costs that person.
    async fn identify(&self, identifier: Identifier) {
        let chip = match &identifier {
            Identifier::Chip(chip) => Some(*chip),
            Identifier::Number(_) | Identifier::Insz(_) => None,
        };
        let tap = self.next_person(chip);
        let known = self.known_here(&identifier).await.unwrap_or_else(|error| {
            tracing::error!(%error, "the snapshot cannot be read");
            Known::Nothing
        });
        let offline = self.connection() == Connection::Offline;
        match &known {
            Known::Pass(pass) => self.show_pass(tap, pass, if offline { Phase::Ready } else { Phase::Asking }).await,
            Known::Refused(notice) if offline => {
                self.with_person(tap, |person| person.refuse(notice.clone()));
            }
            Known::Refused(_) | Known::Nothing => {}
        }
        if offline && !matches!(known, Known::Nothing) {
            // The uploader looks whether the network is back; nobody at the desk waits for that.
            self.bell.notify_one();
            return;
        }
        self.ask_uitpas(tap, &identifier, chip, known).await;
    }

    async fn ask_uitpas(&self, tap: TapId, identifier: &Identifier, chip: Option<ChipNumber>, known: Known) {
        let answer = self.api.pass(identifier, self.now()).await;
        self.saw(&answer);
        match (answer, known) {
            (Ok(PassAnswer::Known(pass)), _) => {
                self.keep(self.snapshot.keep_pass(&pass, chip).await);
                if let Some(name) = &pass.first_name {
                    self.floor().names.insert(pass.passholder.clone(), name.clone());
                }
                self.show_pass(tap, &pass, Phase::Asking).await;
                self.ask_prices(tap, &pass).await;
            }
            (Ok(PassAnswer::Refused { why, said }), _) => {
                self.keep_refusal(identifier, why, said.as_deref()).await;
                self.with_person(tap, |person| person.refuse(notice_of(why, said)));
            }
            (Err(error), Known::Pass(_)) => {
                tracing::info!(%error, "the local answer has to do");
                self.with_person(tap, |person| person.phase = Phase::Ready);
            }
            (Err(_), Known::Refused(notice)) => {
                self.with_person(tap, |person| person.refuse(notice));
            }
            (Err(error), Known::Nothing) => {
                tracing::info!(%error, "a pass that was never seen here");
                self.with_person(tap, |person| {
                    person.refuse(Notice::Unseen);
                    if chip.is_some() {
                        person.phase = Phase::NumberNeeded;
                    }
                });
            }
        }
    }

    async fn known_here(&self, identifier: &Identifier) -> Result<Known, StoreError> {
        let Some(local) = local(identifier) else { return Ok(Known::Nothing) };
        if let Some((why, said)) = self.snapshot.refusal(&local).await? {
            return Ok(Known::Refused(match why {
                RefusedPass::CardBlocked => Notice::CardBlocked { said },
                RefusedPass::CardNotActive => Notice::CardNotActive { said },
                RefusedPass::PassholderBlocked => Notice::PassholderBlocked { said },
            }));
        }
        let Some(mut pass) = self.snapshot.pass(&local).await? else { return Ok(Known::Nothing) };
        pass.first_name = self.floor().names.get(&pass.passholder).cloned();
        Ok(Known::Pass(Box::new(pass)))
    }

    async fn keep_refusal(&self, identifier: &Identifier, why: PassRefusal, said: Option<&str>) {
        let lasting = match why {
            PassRefusal::CardBlocked => RefusedPass::CardBlocked,
            PassRefusal::CardNotActive => RefusedPass::CardNotActive,
            PassRefusal::PassholderBlocked => RefusedPass::PassholderBlocked,
            PassRefusal::NotFound | PassRefusal::Other => return,
        };
        if let Some(local) = local(identifier) {
            self.keep(self.snapshot.keep_refusal(&local, lasting, said, self.now()).await);
        }
    }

    // The snapshot is expendable: when it cannot be written the desk goes on, and only offline work suffers.
    fn keep(&self, kept: Result<(), StoreError>) {
        if let Err(error) = kept {
            tracing::error!(%error, "the snapshot cannot be written");
        }
    }

    fn next_person(&self, chip: Option<ChipNumber>) -> TapId {
        let mut floor = self.floor();
        let tap = floor.next_tap();
        floor.person = Some(Person::new(tap, chip));
        drop(floor);
        self.tell(Change::Person);
        tap
    }

    fn refuse_at_once(&self, notice: Notice) {
        let tap = self.next_person(None);
        self.with_person(tap, |person| person.refuse(notice));
    }
}

// The national number is left out: it is never looked up or kept here.
fn local(identifier: &Identifier) -> Option<LocalIdentifier> {
    match identifier {
        Identifier::Chip(chip) => Some(LocalIdentifier::Chip(*chip)),
        Identifier::Number(number) => Some(LocalIdentifier::Number(number.clone())),
        Identifier::Insz(_) => None,
    }
}

fn notice_of(why: PassRefusal, said: Option<String>) -> Notice {
    match why {
        PassRefusal::NotFound => Notice::NotFound { said },
        PassRefusal::CardBlocked => Notice::CardBlocked { said },
        PassRefusal::CardNotActive => Notice::CardNotActive { said },
        PassRefusal::PassholderBlocked => Notice::PassholderBlocked { said },
        PassRefusal::Other => Notice::Refused { said },
    }
}
