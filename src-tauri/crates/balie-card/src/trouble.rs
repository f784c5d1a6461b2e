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
        | Error::NoMemory => ReaderTrouble::NoService,
        Error::SecurityViolation | Error::NoAccess => ReaderTrouble::NoPermission(Some(reader.clone())),
        Error::ReaderUnavailable | Error::UnknownReader | Error::NotReady => ReaderTrouble::ReaderLost(reader.clone()),
        Error::RemovedCard | Error::NoSmartcard | Error::ResetCard => ReaderTrouble::RemovedTooSoon(reader.clone()),
        Error::SharingViolation => ReaderTrouble::InUse(reader.clone()),
        Error::UnresponsiveCard | Error::UnpoweredCard => ReaderTrouble::Mute(reader.clone()),
        Error::ProtoMismatch => ReaderTrouble::NoCommonProtocol(reader.clone()),
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
        | Error::NotReady
        | Error::NotTransacted
        | Error::UnresponsiveCard
        | Error::UnpoweredCard
        | Error::CommDataLost
        // Windows hands on what the driver said in a language of its own, also of a card that moves.
        | Error::UnknownError => 1,
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
            Error::NoMemory,
        ] {
            assert_eq!(trouble(error, &here()), ReaderTrouble::NoService, "{error:?}");
            assert_eq!(retries(error), 0, "{error:?}: the loop retries these, with a fresh context");
        }
    }

    #[test]
    fn every_error_has_the_trouble_and_the_retries_that_it_deserves() {
        let lost = ReaderTrouble::ReaderLost(here());
        let too_soon = ReaderTrouble::RemovedTooSoon(here());
        let mute = ReaderTrouble::Mute(here());
        let unreadable = ReaderTrouble::Unreadable(here());
        for (error, expected, again) in [
            (Error::SecurityViolation, ReaderTrouble::NoPermission(Some(here())), 0),
            (Error::NoAccess, ReaderTrouble::NoPermission(Some(here())), 0),
            (Error::ReaderUnavailable, lost.clone(), 1),
            (Error::NotReady, lost.clone(), 1),
            (Error::UnknownReader, lost, 0),
            (Error::RemovedCard, too_soon.clone(), 0),
            (Error::NoSmartcard, too_soon.clone(), 0),
            (Error::ResetCard, too_soon, 1),
            (Error::SharingViolation, ReaderTrouble::InUse(here()), 3),
            (Error::UnresponsiveCard, mute.clone(), 1),
            (Error::UnpoweredCard, mute, 1),
            (Error::ProtoMismatch, ReaderTrouble::NoCommonProtocol(here()), 0),
            (Error::NotTransacted, unreadable.clone(), 1),
            (Error::CommDataLost, unreadable.clone(), 1),
            (Error::InsufficientBuffer, unreadable.clone(), 0),
            (Error::InvalidAtr, unreadable.clone(), 0),
            (Error::UnsupportedCard, unreadable.clone(), 0),
            (Error::UnknownError, unreadable, 1),
        ] {
            assert_eq!((trouble(error, &here()), retries(error)), (expected, again), "{error:?}");
        }
    }
}
