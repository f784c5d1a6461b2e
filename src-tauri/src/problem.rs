//! Any error becomes a problem here: a code for the sentence, whose turn it is, and the facts that the sentence needs.

use crate::dto::{Fact, Problem, Severity};
use balie_core::agreement::Verb;
use balie_core::pass::IdentifierError;
use balie_desk::act::ActError;
use balie_desk::choose::UnknownEvent;
use balie_desk::config::{ChangeError, ConfigError};
use balie_desk::export::ExportError;
use balie_desk::hand_over::HandOverError;
use balie_desk::prepare::PrepareError;
use balie_desk::refresh::RefreshError;
use balie_desk::sign_in::SignInFailed;
use balie_desk::stand::ChooseDeskError;
use balie_desk::tap::TypedError;
use balie_desk::to_check::ResolveError;
use balie_desk::undo::UndoError;
use balie_remote::ask::AskError;
use balie_remote::client::ClientError;
use balie_remote::sign_in::SignInError;
use balie_store::key::KeyError;
use balie_store::open::StoreError;
use balie_store::vault::PinError;
use std::time::Duration;

impl Fact {
    pub(crate) fn new(name: &str, value: impl ToString) -> Self {
        Self { name: name.to_owned(), value: value.to_string() }
    }
}

impl Problem {
    fn new(code: &str, severity: Severity) -> Self {
        Self { code: code.to_owned(), severity, facts: Vec::new() }
    }

    pub(crate) fn clerk(code: &str) -> Self {
        Self::new(code, Severity::Clerk)
    }

    pub(crate) fn precondition(code: &str) -> Self {
        Self::new(code, Severity::Precondition)
    }

    pub(crate) fn fault(code: &str) -> Self {
        Self::new(code, Severity::Fault)
    }

    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.facts.push(Fact::new(name, value));
        self
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store");
        match error {
            StoreError::WrongKey => Self::fault("setup.wrongKey"),
            StoreError::TooNew => Self::fault("setup.tooNew"),
            StoreError::OtherEnvironment { found, wanted } => {
                Self::fault("setup.otherEnvironment").with("found", found).with("wanted", wanted)
            }
            StoreError::DiskFull => Self::fault("store.diskFull"),
            StoreError::Changed => Self::precondition("store.changed"),
            StoreError::Elsewhere => Self::precondition("act.readOnly"),
            StoreError::Replaced => Self::fault("store.replaced"),
            StoreError::Tampered { .. } => Self::fault("setup.tampered"),
            StoreError::Locked
            | StoreError::Unreadable(_)
            | StoreError::IllegalStep(_)
            | StoreError::Database(_)
            | StoreError::Migrate(_) => Self::fault("store.failed"),
        }
    }
}

impl From<ActError> for Problem {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Gone => Self::precondition("act.gone"),
            ActError::Changed => Self::clerk("act.changed"),
            ActError::Done(verb) => Self::precondition(match verb {
                Verb::Sell => "offer.sold",
                Verb::CheckIn => "checkIn.saved",
                Verb::Redeem => "reward.redeemed",
            }),
            ActError::ClockBehind => Self::precondition("act.clockBehind"),
            ActError::ReadOnly => Self::precondition("act.readOnly"),
            ActError::Store(StoreError::DiskFull) => Self::fault("store.diskFull"),
            ActError::Store(error) => {
                tracing::error!(%error, "nothing was recorded");
                Self::fault("act.disk")
            }
        }
    }
}

impl From<UndoError> for Problem {
    fn from(error: UndoError) -> Self {
        match error {
            UndoError::NotFound | UndoError::TooLate => Self::precondition("undo.tooLate"),
            UndoError::Store(error) => error.into(),
        }
    }
}

impl From<ResolveError> for Problem {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Gone | ResolveError::Changed => Self::precondition("check.changed"),
            ResolveError::NotPossible => Self::precondition("check.notPossible"),
            ResolveError::TooFew => Self::precondition("check.tooFew"),
            ResolveError::Store(error) => error.into(),
        }
    }
}

impl From<HandOverError> for Problem {
    fn from(error: HandOverError) -> Self {
        match error {
            HandOverError::NothingToDo => Self::precondition("handOver.nothing"),
            HandOverError::Unreadable => Self::clerk("takeOver.unreadable"),
            HandOverError::OtherEnvironment => Self::clerk("takeOver.otherEnvironment"),
            HandOverError::File(error) => {
                // The name of a file may hold the name of a person: only what went wrong is logged.
                tracing::error!(kind = ?error.kind(), "the file of a hand-over");
                Self::clerk("handOver.file")
            }
            HandOverError::Store(error) => error.into(),
        }
    }
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::File(error) => {
                tracing::error!(kind = ?error.kind(), "the file of a day");
                Self::clerk("day.file")
            }
            ExportError::Store(error) => error.into(),
            other @ (ExportError::Workbook(_) | ExportError::Font) => {
                tracing::error!(error = %other, "the file of a day");
                Self::fault("day.notMade")
            }
        }
    }
}

impl From<TypedError> for Problem {
    fn from(error: TypedError) -> Self {
        match error {
            TypedError::InszOff => Self::clerk("insz.off"),
            TypedError::OnlineOnly => Self::clerk("insz.onlineOnly"),
            TypedError::Barcode => Self::clerk("number.barcode"),
            TypedError::TooMany => Self::clerk("number.tooMany"),
            TypedError::Identifier(IdentifierError::CheckDigit) => Self::clerk("number.checkDigit"),
            TypedError::Identifier(IdentifierError::InszCheckDigits) => Self::clerk("insz.checkDigits"),
            TypedError::Identifier(IdentifierError::Length { digits }) => {
                Self::clerk("number.length").with("digits", digits)
            }
            TypedError::Identifier(IdentifierError::NotANumber) => Self::clerk("number.notANumber"),
        }
    }
}

impl From<UnknownEvent> for Problem {
    fn from(_: UnknownEvent) -> Self {
        Self::clerk("event.unknown")
    }
}

impl From<RefreshError> for Problem {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Ask(AskError::Offline | AskError::Slow) => Self::precondition("refresh.offline"),
            RefreshError::Ask(AskError::SignIn) => Self::precondition("refresh.signIn"),
            RefreshError::Ask(_) => Self::precondition("refresh.refused"),
            RefreshError::Store(error) => error.into(),
        }
    }
}

impl From<ConfigError> for Problem {
    fn from(error: ConfigError) -> Self {
        tracing::error!(%error, "the settings");
        match &error {
            ConfigError::Unreadable { file, .. } => Self::clerk("setup.noConfig").with("file", file.display()),
            ConfigError::Line { .. } | ConfigError::Value { .. } => Self::clerk("setup.config").with("what", &error),
        }
    }
}

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Self {
        let ChangeError::Config(ConfigError::Value { key, .. }) = &error else {
            return match error {
                ChangeError::Config(error) => error.into(),
                ChangeError::KeysMeanwhile => Self::clerk("settings.keys.meanwhile"),
                ChangeError::File(error) => {
                    tracing::error!(%error, "the settings");
                    Self::fault("settings.file.failed")
                }
            };
        };
        let code = match *key {
            "desk.sound_volume" => "settings.volume.wrong",
            "desk.lock_after_minutes" => "settings.lockAfter.wrong",
            "desk.offline_most_open" => "settings.mostOpen.wrong",
            "desk.offline_most_discount_euro" => "settings.mostDiscount.wrong",
            "desk.offline_rewards" => "settings.rewards.wrong",
            "desk.standing_max_age_days" => "settings.standingAge.wrong",
            "desk.own_keys" => "settings.keys.empty",
            "organizer.renew_at" | "organizer.who_to_call" => "settings.sentence.wrong",
            _ => return Self::clerk("setup.config").with("what", &error),
        };
        Self::clerk(code)
    }
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        tracing::error!(%error, "the keys");
        match error {
            KeyError::NoKeyring(_) | KeyError::NoService(_) => Self::fault("setup.noKeyring"),
            KeyError::Locked(_) => Self::clerk("setup.keyringLocked"),
            KeyError::Lost(_) | KeyError::Emptied | KeyError::NoKeyFile => Self::fault("setup.keyLost"),
            KeyError::CodeMistyped => Self::clerk("recovery.notACode"),
            KeyError::CodeWrong | KeyError::NoRecoveryCode => Self::clerk("recovery.wrong"),
            KeyError::PinNeeded => Self::precondition("desk.locked"),
            KeyError::Damaged(_)
            | KeyError::Mismatch
            | KeyError::OtherProfile
            | KeyError::KeyFile(_)
            | KeyError::File(_)
            | KeyError::NoRandom(_) => Self::fault("setup.keyDamaged"),
        }
    }
}

/// Why the recovery code is needed, in a code of the texts.
pub(crate) const fn why_recovery(error: &KeyError) -> &'static str {
    match error {
        KeyError::NoKeyring(_) | KeyError::NoService(_) => "key.noKeyring",
        KeyError::Locked(_) => "key.locked",
        KeyError::Lost(_) | KeyError::Emptied | KeyError::NoKeyFile => "key.lost",
        _ => "key.damaged",
    }
}

impl From<PinError> for Problem {
    fn from(error: PinError) -> Self {
        // A wait that has begun counts whole.
        let seconds = |wait: Duration| wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        match error {
            PinError::Wrong { wait, left } => {
                Self::clerk("pin.wrong").with("left", left).with("seconds", seconds(wait))
            }
            PinError::Wait { wait } => Self::clerk("pin.wait").with("seconds", seconds(wait)),
            PinError::SnapshotWiped { wait } => Self::clerk("pin.wiped").with("seconds", seconds(wait)),
            PinError::Key(error) => error.into(),
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        tracing::warn!(%error, "signing in");
        Self::precondition(match error {
            SignInError::Ask(AskError::Offline | AskError::Slow) => "signIn.offline",
            SignInError::TimedOut => "signIn.timeout",
            SignInError::Denied | SignInError::Refused => "signIn.refused",
            SignInError::Clock => "signIn.clock",
            SignInError::Ask(_)
            | SignInError::NoPort
            | SignInError::Callback(_)
            | SignInError::NotOurs
            | SignInError::Unproven => "signIn.failed",
        })
    }
}

impl From<SignInFailed> for Problem {
    fn from(error: SignInFailed) -> Self {
        match error {
            SignInFailed::SignIn(error) => error.into(),
            SignInFailed::NotKept => Self::fault("store.failed"),
        }
    }
}

impl From<ChooseDeskError> for Problem {
    fn from(error: ChooseDeskError) -> Self {
        match error {
            ChooseDeskError::NotPermitted => Self::clerk("desk.notPermitted"),
            ChooseDeskError::Store(error) => error.into(),
        }
    }
}

impl From<PrepareError> for Problem {
    fn from(error: PrepareError) -> Self {
        match error {
            PrepareError::Stopped => Self::precondition("refresh.stopped"),
            PrepareError::UnderWay => Self::precondition("refresh.underWay"),
            PrepareError::Refresh(error) => error.into(),
        }
    }
}

impl From<ClientError> for Problem {
    fn from(error: ClientError) -> Self {
        tracing::error!(%error, "the network part");
        Self::fault("setup.failed")
    }
}
