//! A card is laid on the reader, or a number is typed: who is it, and what can be done.
//!
//! What is known here stands on the screen at once; what UiTPAS answers within two seconds confirms or corrects it.

use crate::connection::Connection;
use crate::desk::{Change, Desk, Readers};
use crate::person::{Notice, Person, Phase, TapId};
use balie_core::barcode::Barcode;
use balie_core::card::{CardKind, ChipNumber};
use balie_core::insz::Insz;
use balie_core::pass::{Identifier, IdentifierError, Pass, UitpasNumber};
use balie_core::reader::ReaderEvent;
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
    /// The card whose number was asked for, because nobody could say whose it is.
    typed_for: Option<ChipNumber>,
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
    /// By a national number somebody is looked up only while UiTPAS can be asked.
    #[error("the national number is only looked up with a connection")]
    OnlineOnly,
    /// A scanner read something that may be an identity card: [`Desk::forwarded`] looks it up once somebody said so.
    #[error("this barcode is no UiTPAS number")]
    Barcode,
    /// More numbers were typed in a short time than any queue has people.
    #[error("too many numbers were looked up")]
    TooMany,
}

/// What this computer knows of an identifier.
enum Known {
    Pass(Box<Pass>),
    Refused(Notice),
    /// Only the number: good for what holds for everybody, when UiTPAS cannot be asked.
    Number(UitpasNumber),
    Nothing,
}

impl Desk {
    /// Takes in what a reader reports, in the order of the reports. A tap identifies and never sells.
    ///
    /// Everything that needs no waiting is done when this returns; whom to look up, if anybody, is the answer, to be
    /// handed to [`Desk::look_up`].
    #[must_use]
    pub fn reader_reports(&self, event: ReaderEvent) -> Option<LookUp> {
        let of_a_card = match &event {
            ReaderEvent::Card(_) => true,
            ReaderEvent::Trouble(trouble) => !trouble.is_of_service(),
            ReaderEvent::Readers(_) | ReaderEvent::Removed(_) => false,
        };
        if self.is_locked() && of_a_card {
            // Nobody is at a locked desk.
            return None;
        }
        match event {
            ReaderEvent::Readers(names) => self.readers_are(Readers::Connected(names)),
            ReaderEvent::Trouble(trouble) if trouble.is_of_service() => self.readers_are(Readers::Missing(trouble)),
            ReaderEvent::Trouble(trouble) => self.refuse_at_once(Notice::Reader(trouble)),
            ReaderEvent::Removed(_) => {}
            ReaderEvent::Card(read) => match read.kind {
                CardKind::UitpasLike(chip) => {
                    let whom = self.next(Identifier::Chip(chip), Some(chip), None);
                    self.may_save_by_itself(whom.tap);
                    return Some(whom);
                }
                CardKind::RandomId => self.refuse_at_once(Notice::RandomId),
                CardKind::Other { .. } => self.refuse_at_once(Notice::OtherCard),
                CardKind::Eid(number) => return self.eid(number),
            },
        }
        None
    }

    /// An eID was put into a reader. Its number was read only where that is allowed; what came too late for that is dropped here.
    fn eid(&self, number: Option<Insz>) -> Option<LookUp> {
        let notice = match number {
            Some(number) if self.may_use_national_number() => {
                return Some(self.next(Identifier::Insz(number), None, None));
            }
            _ if !self.settings().preferences.uses_national_number => Notice::EidOff,
            _ if !self.may_use_national_number() => Notice::OnlineOnly,
            _ => Notice::EidAgain,
        };
        self.refuse_at_once(notice);
        None
    }

    /// Takes in what was typed or scanned: whom to look up is the answer.
    ///
    /// # Errors
    /// Says what is wrong with the number; the person at the desk then stays.
    pub fn typed(&self, text: &str) -> Result<LookUp, TypedError> {
        let identifier = Identifier::parse(text)?;
        if !self.may_type() {
            return Err(TypedError::TooMany);
        }
        match identifier {
            Identifier::Insz(_) | Identifier::Barcode(_) => {
                self.check_national_number()?;
                Ok(self.next(identifier, None, None))
            }
            Identifier::Chip(chip) => Ok(self.next(Identifier::Chip(chip), Some(chip), None)),
            Identifier::Number(number) => {
                let typed_for = self.card_without_number();
                Ok(self.next(Identifier::Number(number), typed_for, typed_for))
            }
        }
    }

    /// Takes in what a scanner read off a card: in fast mode that saves the point by itself, as laying the card on the reader
    /// does. What a hand types never does.
    ///
    /// # Errors
    /// As [`Desk::typed`].
    pub fn scanned(&self, text: &str) -> Result<LookUp, TypedError> {
        match Identifier::parse(text) {
            // It may be an identity card: whoever stands at the desk must know that it is looked up.
            Ok(Identifier::Insz(_)) | Err(IdentifierError::Length { .. } | IdentifierError::NotANumber)
                if self.may_use_national_number() && Barcode::parse(text).is_some() =>
            {
                return Err(TypedError::Barcode);
            }
            _ => {}
        }
        let whom = self.typed(text)?;
        self.may_save_by_itself(whom.tap);
        Ok(whom)
    }

    /// Takes in a barcode that is no UiTPAS number, once somebody said that it is to be looked up.
    ///
    /// # Errors
    /// As [`Desk::typed`].
    pub fn forwarded(&self, text: &str) -> Result<LookUp, TypedError> {
        self.check_national_number()?;
        let barcode = Barcode::parse(text).ok_or(IdentifierError::NotANumber)?;
        if !self.may_type() {
            return Err(TypedError::TooMany);
        }
        Ok(self.next(Identifier::Barcode(barcode), None, None))
    }

    fn check_national_number(&self) -> Result<(), TypedError> {
        if !self.settings().preferences.uses_national_number {
            return Err(TypedError::InszOff);
        }
        if self.may_use_national_number() { Ok(()) } else { Err(TypedError::OnlineOnly) }
    }

    /// In fast mode the person of this tap saves a point at the activity that is chosen now.
    fn may_save_by_itself(&self, tap: TapId) {
        let mut floor = self.floor();
        let chosen = floor.chosen.clone().filter(|_| floor.settings.preferences.fast_mode);
        if let Some(person) = floor.at_desk.of_mut(tap) {
            (person.may_save, person.fast_at) = (chosen.is_some(), chosen);
        }
    }

    /// The card at the desk whose number is needed.
    fn card_without_number(&self) -> Option<ChipNumber> {
        self.person().filter(|person| person.phase == Phase::NumberNeeded).and_then(|person| person.chip)
    }

    /// Looks up who an identifier belongs to, and what the chosen activity costs that person.
    pub async fn look_up(&self, whom: LookUp) {
        let tap = whom.tap;
        self.look_up_and_save(whom).await;
        self.is_done(tap);
    }

    async fn look_up_and_save(&self, whom: LookUp) {
        let LookUp { tap, identifier, chip, typed_for } = whom;
        let known = self.known_here(&identifier).await.unwrap_or_else(|error| {
            tracing::error!(%error, "the snapshot cannot be read");
            Known::Nothing
        });
        if let (Identifier::Number(number), Some(card)) = (&identifier, typed_for) {
            // From now on the card is known by it, and UiTPAS is asked whether the two belong together.
            self.keep(self.snapshot.learn_typed(card, number, self.now()).await);
        }
        self.note_typed_card(tap, chip).await;
        let offline = self.connection() == Connection::Offline;
        match &known {
            Known::Pass(pass) => {
                self.show_pass(tap, pass, if offline { Phase::Ready } else { Phase::Asking }, false).await;
            }
            Known::Refused(notice) if offline => {
                self.with_person(tap, |person| person.refuse(notice.clone()));
            }
            Known::Number(number) if offline => self.show_stranger(tap, number).await,
            Known::Refused(_) | Known::Number(_) | Known::Nothing => {}
        }
        if offline && !matches!(known, Known::Nothing) {
            self.save_by_itself(tap).await;
            // The uploader looks whether the network is back; nobody at the desk waits for that.
            self.bell.notify_one();
            return;
        }
        self.ask_uitpas(tap, &identifier, (chip, typed_for), known).await;
        self.save_by_itself(tap).await;
    }

    async fn ask_uitpas(
        &self,
        tap: TapId,
        identifier: &Identifier,
        (chip, typed_for): (Option<ChipNumber>, Option<ChipNumber>),
        known: Known,
    ) {
        let answer = self.api.pass(identifier, self.now()).await;
        self.saw(&answer);
        match (answer, known) {
            (Ok(PassAnswer::Known(pass)), _) => {
                if self.person_and_event(tap).is_none() {
                    // Whoever left, or was wiped meanwhile, stays away.
                    return;
                }
                // A card whose number was typed is told apart from one that UiTPAS knows by its chip.
                self.keep(self.snapshot.keep_pass(&pass, chip.filter(|_| typed_for.is_none())).await);
                if let Some(name) = &pass.first_name {
                    self.floor().names.insert(pass.passholder.clone(), name.clone());
                }
                // A card that answered itself is nobody's word any more.
                self.show_pass(tap, &pass, Phase::Asking, typed_for.is_none()).await;
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
            (Err(AskError::Offline | AskError::Slow | AskError::SignIn), Known::Number(number)) => {
                self.show_stranger(tap, &number).await;
            }
            (Err(error), Known::Number(_) | Known::Nothing) => {
                tracing::info!(%error, "a pass that was never seen here");
                self.with_person(tap, |person| {
                    person.refuse(if is_online_only(identifier) { online_only(&error) } else { unanswered(&error) });
                    if chip.is_some() && matches!(person.notice, Some(Notice::Unseen | Notice::SignInNeeded)) {
                        person.phase = Phase::NumberNeeded;
                    }
                });
            }
        }
    }

    /// Shows somebody of whom only the number is known: a point can be saved, and a list may name them.
    async fn show_stranger(&self, tap: TapId, number: &UitpasNumber) {
        match self.stranger(number.clone()).await {
            Ok(pass) => {
                self.show_pass(tap, &pass, Phase::Ready, false).await;
                self.with_person(tap, |person| person.notice = Some(Notice::Stranger));
            }
            Err(error) => {
                tracing::error!(%error, "the snapshot cannot be read");
                self.with_person(tap, |person| person.refuse(Notice::Fault));
            }
        }
    }

    /// Notes whether the number of a card is only what somebody typed: then it is looked up before anything is sent.
    async fn note_typed_card(&self, tap: TapId, chip: Option<ChipNumber>) {
        let Some(chip) = chip else { return };
        match self.snapshot.number_of(chip).await {
            Ok(Some((_, false))) => {
                self.with_person(tap, |person| person.typed_card = Some(chip));
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "the snapshot cannot be read"),
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
        let Some(mut pass) = self.snapshot.pass(&local).await? else {
            return Ok(match local {
                LocalIdentifier::Number(number) => Known::Number(number),
                LocalIdentifier::Chip(chip) => {
                    self.snapshot.number_of(chip).await?.map_or(Known::Nothing, |(number, _)| Known::Number(number))
                }
            });
        };
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
        match kept {
            // A locked desk learns nothing.
            Ok(()) | Err(StoreError::Locked) => {}
            Err(error) => tracing::error!(%error, "the snapshot cannot be written"),
        }
    }

    fn next(&self, identifier: Identifier, chip: Option<ChipNumber>, typed_for: Option<ChipNumber>) -> LookUp {
        LookUp { tap: self.next_person(chip), identifier, chip, typed_for }
    }

    fn next_person(&self, chip: Option<ChipNumber>) -> TapId {
        let mut floor = self.floor();
        let tap = floor.next_tap();
        floor.at_desk.comes(Person::new(tap, chip));
        drop(floor);
        self.tell(Change::Person);
        tap
    }

    fn refuse_at_once(&self, notice: Notice) {
        let tap = self.next_person(None);
        self.with_person(tap, |person| person.refuse(notice));
    }
}

// Nothing that may be a national number is looked up or kept here.
fn local(identifier: &Identifier) -> Option<LocalIdentifier> {
    match identifier {
        Identifier::Chip(chip) => Some(LocalIdentifier::Chip(*chip)),
        Identifier::Number(number) => Some(LocalIdentifier::Number(number.clone())),
        Identifier::Insz(_) | Identifier::Barcode(_) => None,
    }
}

const fn is_online_only(identifier: &Identifier) -> bool {
    matches!(identifier, Identifier::Insz(_) | Identifier::Barcode(_))
}

// Nobody was ever seen here by a national number, so what is missing is the connection.
const fn online_only(error: &AskError) -> Notice {
    match error {
        AskError::Offline | AskError::Slow => Notice::OnlineOnly,
        error => unanswered(error),
    }
}

// Why nobody can say who this is: not every silence is a missing connection.
const fn unanswered(error: &AskError) -> Notice {
    match error {
        AskError::Offline | AskError::Slow => Notice::Unseen,
        AskError::SignIn => Notice::SignInNeeded,
        AskError::Forbidden => Notice::NoPermission,
        AskError::RateLimited | AskError::Problem(_) | AskError::Unexpected { .. } => Notice::Busy,
        AskError::Garbled(_) | AskError::NotKept => Notice::Busy,
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
