//! Errors of PC/SC, told apart by who can do something about them.

use balie_core::reader::{ReaderName, ReaderTrouble};
use pcsc::Error;

/// Names the trouble that an error of PC/SC means for the clerk.
pub(crate) fn trouble(error: Error, reader: &ReaderName) -> ReaderTrouble {
    match error {
        Error::NoService
        | Error::ServiceStopped
        | Error::ServerTooBusy
        | Error::Shutdown
        | Error::SystemCancelled
        | Error::CommError
        | Error::InternalError
        | Error::InvalidHandle
        | Error::NoAccess
        | Error::NoMemory => ReaderTrouble::NoService,
        Error::RemovedCard | Error::NoSmartcard | Error::UnknownReader | Error::ReaderUnavailable => {
            ReaderTrouble::RemovedTooSoon(reader.clone())
        }
        Error::SharingViolation => ReaderTrouble::InUse(reader.clone()),
        _ => ReaderTrouble::Unreadable(reader.clone()),
    }
}

/// How often a reading that failed with this error is tried again: another program lets go of the card within moments,
/// and a card that is still moving into the field often answers the second time.
pub(crate) fn retries(error: Error) -> u32 {
    match error {
        Error::SharingViolation => 3,
        Error::ResetCard
        | Error::ReaderUnavailable
        | Error::NotTransacted
        | Error::UnresponsiveCard
        | Error::UnpoweredCard
        | Error::CommDataLost => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here() -> ReaderName {
        ReaderName("Desk reader".to_owned())
    }

    #[test]
    fn a_service_that_does_not_answer_is_no_service() {
        for error in [
            Error::NoService,
            Error::ServiceStopped,
            Error::ServerTooBusy,
            Error::Shutdown,
            Error::SystemCancelled,
            Error::CommError,
            Error::InternalError,
            Error::InvalidHandle,
            Error::NoAccess,
            Error::NoMemory,
        ] {
            assert_eq!(trouble(error, &here()), ReaderTrouble::NoService, "{error:?}");
            assert_eq!(retries(error), 0, "{error:?}: the loop retries these, with a fresh context");
        }
    }

    #[test]
    fn a_card_or_reader_that_went_away_was_removed_too_soon() {
        for error in [Error::RemovedCard, Error::NoSmartcard, Error::UnknownReader, Error::ReaderUnavailable] {
            assert_eq!(trouble(error, &here()), ReaderTrouble::RemovedTooSoon(here()), "{error:?}");
        }
    }

    #[test]
    fn a_card_that_another_program_holds_is_in_use_after_three_retries() {
        assert_eq!(trouble(Error::SharingViolation, &here()), ReaderTrouble::InUse(here()));
        assert_eq!(retries(Error::SharingViolation), 3);
    }

    #[test]
    fn everything_else_is_a_card_that_cannot_be_read() {
        for (error, again) in [
            (Error::UnresponsiveCard, 1),
            (Error::UnpoweredCard, 1),
            (Error::NotTransacted, 1),
            (Error::ResetCard, 1),
            (Error::CommDataLost, 1),
            (Error::ProtoMismatch, 0),
            (Error::InsufficientBuffer, 0),
            (Error::InvalidAtr, 0),
            (Error::UnsupportedCard, 0),
            (Error::UnknownError, 0),
        ] {
            assert_eq!(trouble(error, &here()), ReaderTrouble::Unreadable(here()), "{error:?}");
            assert_eq!(retries(error), again, "{error:?}");
        }
    }
}
