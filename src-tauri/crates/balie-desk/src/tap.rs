//! A card is laid on the reader, or a number is typed: who is it, and what can be done.
//!
//! What is known here stands on the screen at once; what UiTPAS answers within two seconds confirms or corrects it.

use crate::connection::Connection;
use crate::desk::{Change, Desk, Readers};
use crate::person::{Notice, Person, Phase, TapId};
use balie_core::card::{CardKind, ChipNumber};
use balie_core::pass::{Identifier, IdentifierError, Pass};
use balie_core::reader::{ReaderEvent, ReaderTrouble};
use balie_remote::ask::AskError;
use balie_remote::passes::{PassAnswer, PassRefusal};
use balie_store::open::StoreError;
use balie_store::passes::{LocalIdentifier, RefusedPass};

/// Whom to look up, for which tap.
#[derive(Debug)]
pub struct LookUp {
    tap: TapId,
    identifier: Identifier,
    chip: Option<ChipNumber>,
}

/// Why what was typed can not be looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TypedError {
    /// It is no number of any kind.
    #[error(transparent)]
    Identifier(#[from] IdentifierError),
    /// The national number is not in use at this desk.
    #[error("the national number is not in use at this desk")]
    InszOff,
}

/// What this computer knows of an identifier.
enum Known {
    Pass(Box<Pass>),
    Refused(Notice),
    Nothing,
}

impl Desk {
    /// Takes in what a reader reports, in the order of the reports. A tap identifies and never sells.
    ///
    /// Everything that needs no waiting is done when this returns; whom to look up, if anybody, is the answer, to be
    /// handed to [`Desk::look_up`].
    #[must_use]
    pub fn reader_reports(&self, event: ReaderEvent) -> Option<LookUp> {
        match event {
            ReaderEvent::Readers(names) => self.readers_are(Readers::Connected(names)),
            ReaderEvent::Trouble(ReaderTrouble::NoService) => self.readers_are(Readers::NoService),
            ReaderEvent::Trouble(trouble) => self.refuse_at_once(Notice::Reader(trouble)),
            ReaderEvent::Removed(_) => {}
            ReaderEvent::Card(read) => match read.kind {
                CardKind::UitpasLike(chip) => return Some(self.next(Identifier::Chip(chip), Some(chip))),
                CardKind::RandomId => self.refuse_at_once(Notice::RandomId),
                CardKind::Other { .. } => self.refuse_at_once(Notice::OtherCard),
            },
        }
        None
    }

    /// Takes in what was typed or scanned: whom to look up is the answer.
    ///
    /// # Errors
    /// Says what is wrong with the number; the person at the desk then stays.
    pub fn typed(&self, text: &str) -> Result<LookUp, TypedError> {
        match Identifier::parse(text)? {
            Identifier::Insz(_) => Err(TypedError::InszOff),
            Identifier::Chip(chip) => Ok(self.next(Identifier::Chip(chip), Some(chip))),
            Identifier::Number(number) => Ok(self.next(Identifier::Number(number), None)),
        }
    }

    /// Looks up who an identifier belongs to, and what the chosen activity costs that person.
    pub async fn look_up(&self, LookUp { tap, identifier, chip }: LookUp) {
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
                self.ask_all(tap, &pass).await;
            }
            (Ok(PassAnswer::Refused { why, said }), _) => {
                self.keep(self.keep_refusal(identifier, why, said.as_deref()).await);
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
                    person.refuse(unanswered(&error));
                    if chip.is_some() && person.notice == Some(Notice::Unseen) {
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

    async fn keep_refusal(
        &self,
        identifier: &Identifier,
        why: PassRefusal,
        said: Option<&str>,
    ) -> Result<(), StoreError> {
        let Some(local) = local(identifier) else { return Ok(()) };
        let lasting = match why {
            PassRefusal::CardBlocked => RefusedPass::CardBlocked,
            PassRefusal::CardNotActive => RefusedPass::CardNotActive,
            PassRefusal::PassholderBlocked => RefusedPass::PassholderBlocked,
            PassRefusal::NotFound | PassRefusal::Other => return self.snapshot.forget_pass(&local).await,
        };
        self.snapshot.keep_refusal(&local, lasting, said, self.now()).await
    }

    // The snapshot is expendable: when it cannot be written the desk goes on, and only offline work suffers.
    pub(crate) fn keep(&self, kept: Result<(), StoreError>) {
        if let Err(error) = kept {
            tracing::error!(%error, "the snapshot cannot be written");
        }
    }

    fn next(&self, identifier: Identifier, chip: Option<ChipNumber>) -> LookUp {
        LookUp { tap: self.next_person(chip), identifier, chip }
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

// Why nobody can say who this is: not every silence is a missing connection.
const fn unanswered(error: &AskError) -> Notice {
    match error {
        AskError::Offline | AskError::Slow => Notice::Unseen,
        AskError::SignIn => Notice::SignInNeeded,
        AskError::Forbidden => Notice::NoPermission,
        AskError::RateLimited | AskError::Problem(_) | AskError::Unexpected { .. } | AskError::Garbled(_) => {
            Notice::Busy
        }
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
