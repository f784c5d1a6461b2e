//! Between the words of the database and the values of the core.

use crate::open::StoreError;
use balie_core::agreement::{Agreement, Verb};
use balie_core::life::{Hold, Proof};
use balie_core::outbox::{Signal, State};
use balie_core::pass::UitpasNumber;
use balie_core::reward::RewardKind;
use balie_core::tariff::PriceSource;
use balie_core::time::Moment;

pub(crate) fn moment(milliseconds: i64) -> Result<Moment, StoreError> {
    Moment::from_millisecond(milliseconds).map_err(|_| StoreError::Unreadable("moment"))
}

/// A number of a pass, or what is left of it after its term.
pub(crate) fn number(digits: &str) -> Result<UitpasNumber, StoreError> {
    let forgotten = || Some(UitpasNumber::forgotten()).filter(|forgotten| forgotten.reveal() == digits);
    UitpasNumber::parse(digits).or_else(forgotten).ok_or(StoreError::Unreadable("number"))
}

/// One word for one value, both ways, so that reading and writing cannot drift apart.
pub(crate) trait Word: Copy + PartialEq + 'static {
    const NAME: &'static str;
    const WORDS: &'static [(Self, &'static str)];

    fn word(self) -> &'static str {
        // Every value stands in its table; a test walks them all.
        Self::WORDS.iter().find(|(value, _)| *value == self).map_or("", |(_, word)| word)
    }

    fn read(word: &str) -> Result<Self, StoreError> {
        let found = Self::WORDS.iter().find(|(_, known)| *known == word);
        found.map(|(value, _)| *value).ok_or(StoreError::Unreadable(Self::NAME))
    }
}

impl Word for State {
    const NAME: &'static str = "state";
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Queued, "queued"),
        (Self::Sending, "sending"),
        (Self::InDoubt, "in_doubt"),
        (Self::Confirmed, "confirmed"),
        (Self::Refused, "refused"),
        (Self::Withdrawn, "withdrawn"),
        (Self::Cancelled, "cancelled"),
        (Self::WrittenOff, "written_off"),
        (Self::HandedOver, "handed_over"),
    ];
}

impl Word for Hold {
    const NAME: &'static str = "hold";
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::SignIn, "sign_in"), (Self::Forbidden, "forbidden"), (Self::Wait, "wait")];
}

impl Word for Proof {
    const NAME: &'static str = "proof";
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Answer, "answer"), (Self::Rows, "rows"), (Self::Person, "person")];
}

impl Word for Signal {
    const NAME: &'static str = "signal";
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Claim, "claim"),
        (Self::Accepted, "accepted"),
        (Self::NotSent, "not_sent"),
        (Self::NotProcessed, "not_processed"),
        (Self::Refused, "refused"),
        (Self::RefusedWithBatch, "refused_with_batch"),
        (Self::Repeatable, "repeatable"),
        (Self::Unknown, "unknown"),
        (Self::FoundOpen, "found_open"),
        (Self::Found, "found"),
        (Self::Absent, "absent"),
        (Self::Undecided, "undecided"),
        (Self::RefusedAgain, "refused_again"),
        (Self::Withdraw, "withdraw"),
        (Self::TakenOut, "taken_out"),
        (Self::WishToCancel, "wish_to_cancel"),
        (Self::SurplusTakenOut, "surplus_taken_out"),
        (Self::PriceDiffers, "price_differs"),
        (Self::IsGone, "is_gone"),
        (Self::Expired, "expired"),
        (Self::SendAgain, "send_again"),
        (Self::WriteOff, "write_off"),
        (Self::BookedByHand, "booked_by_hand"),
        (Self::IsThere, "is_there"),
        (Self::IsNotThere, "is_not_there"),
        (Self::HandOver, "hand_over"),
        (Self::TakenOver, "taken_over"),
    ];
}

impl Word for RewardKind {
    const NAME: &'static str = "reward kind";
    const WORDS: &'static [(Self, &'static str)] = &[(Self::Points, "points"), (Self::Welcome, "welcome")];
}

impl Word for Verb {
    const NAME: &'static str = "verb";
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Sell, "sell"), (Self::CheckIn, "check_in"), (Self::Redeem, "redeem")];
}

impl Word for Agreement {
    const NAME: &'static str = "agreement";
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Same, "same"),
        (Self::LacksFacts, "lacks_facts"),
        (Self::Stricter, "stricter"),
        (Self::Looser, "looser"),
        (Self::OtherTerms, "other_terms"),
    ];
}

impl Word for PriceSource {
    const NAME: &'static str = "price source";
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Live, "live"), (Self::Cached, "cached"), (Self::Computed, "computed")];
}

impl Word for balie_core::time::Period {
    const NAME: &'static str = "period";
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Absolute, "absolute"),
        (Self::Day, "day"),
        (Self::Week, "week"),
        (Self::Month, "month"),
        (Self::Quarter, "quarter"),
        (Self::Year, "year"),
    ];
}

impl Word for balie_core::limit::CalendarType {
    const NAME: &'static str = "calendar";
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Single, "single"),
        (Self::Multiple, "multiple"),
        (Self::Periodic, "periodic"),
        (Self::Permanent, "permanent"),
    ];
}

impl Word for balie_core::pass::PassKind {
    const NAME: &'static str = "pass kind";
    const WORDS: &'static [(Self, &'static str)] = &[(Self::Individual, "individual"), (Self::Group, "group")];
}

impl Word for balie_core::pass::PassTariffStatus {
    const NAME: &'static str = "status";
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Active, "active"), (Self::Expired, "expired"), (Self::None, "none"), (Self::Unknown, "unknown")];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_word_reads_back<T: Word + std::fmt::Debug>() {
        for (value, word) in T::WORDS {
            assert_eq!(value.word(), *word);
            assert_eq!(T::read(word).unwrap(), *value);
        }
        assert!(T::read("no such word").is_err());
    }

    #[test]
    fn words_read_back_as_the_values_that_they_stand_for() {
        every_word_reads_back::<State>();
        every_word_reads_back::<Signal>();
        every_word_reads_back::<Hold>();
        every_word_reads_back::<Proof>();
        every_word_reads_back::<PriceSource>();
        every_word_reads_back::<RewardKind>();
        every_word_reads_back::<Verb>();
        every_word_reads_back::<Agreement>();
        every_word_reads_back::<balie_core::time::Period>();
        every_word_reads_back::<balie_core::limit::CalendarType>();
        every_word_reads_back::<balie_core::pass::PassKind>();
        every_word_reads_back::<balie_core::pass::PassTariffStatus>();
    }
}
