//! The person at the desk now: who it is, what can be done, and why not.

use balie_core::card::ChipNumber;
use balie_core::checkin::{Admission, CheckInFact, NoCheckIn};
use balie_core::coupon::Coupon;
use balie_core::entry::EntryId;
use balie_core::event::EventId;
use balie_core::money::Cents;
use balie_core::pass::Pass;
use balie_core::reader::ReaderTrouble;
use balie_core::refusal::Refusal;
use balie_core::reward::{Exchange, NoExchange, RedeemFact, Reward, RewardId};
use balie_core::social_tariff::{Region, Standing};
use balie_core::tariff::{NoOffer, Offer, PriceFact};
use balie_core::time::Moment;
use std::collections::HashMap;

/// The number of a tap. Every result is bound to one tap, so that two people never mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TapId(pub u32);

/// The number of an offer. It can be sold once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OfferId(pub u32);

/// How far the desk is with a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The pass is being looked up.
    Looking,
    /// The pass is known here; UiTPAS is being asked.
    Asking,
    /// All that will be known is known.
    Ready,
    /// This card was never seen here and UiTPAS cannot be asked: the number is needed.
    NumberNeeded,
    /// Nothing can be done; the notice says why.
    Refused,
}

/// Why nothing can be done for what was tapped or typed, with what UiTPAS said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// UiTPAS does not know it.
    NotFound {
        /// What UiTPAS said.
        said: Option<String>,
    },
    /// It was never seen here, and UiTPAS cannot be asked.
    Unseen,
    /// Only the number is known, and UiTPAS cannot be asked: a point can be saved, and little else.
    Stranger,
    /// The card is blocked.
    CardBlocked {
        /// What UiTPAS said.
        said: Option<String>,
    },
    /// The card was not given out yet, or is out of use.
    CardNotActive {
        /// What UiTPAS said.
        said: Option<String>,
    },
    /// The person is blocked.
    PassholderBlocked {
        /// What UiTPAS said.
        said: Option<String>,
    },
    /// UiTPAS has another reason.
    Refused {
        /// What UiTPAS said.
        said: Option<String>,
    },
    /// A telephone or a bank card.
    RandomId,
    /// A card of something else.
    OtherCard,
    /// An eID, and this desk looks nobody up by it.
    EidOff,
    /// An eID that was put in before it could be read: now it can.
    EidAgain,
    /// A national number, and UiTPAS cannot be asked: without a connection nobody is known by it.
    OnlineOnly,
    /// It was never seen here, and nobody is signed in to ask UiTPAS.
    SignInNeeded,
    /// It was never seen here, and this desk may not ask UiTPAS who somebody is.
    NoPermission,
    /// It was never seen here, and UiTPAS is out of order or asks to wait.
    Busy,
    /// The reader could not read the card.
    Reader(ReaderTrouble),
    /// The file with what is known could not be read; UiTPAS could not be asked either.
    Fault,
}

impl Notice {
    /// Every code that a notice of its own can have, so that a test can walk them; those of readers are [`ReaderTrouble::CODES`].
    pub const CODES: &'static [&'static str] = &[
        "pass.unknown",
        "pass.unseen",
        "pass.stranger",
        "pass.cardBlocked",
        "pass.cardNotActive",
        "pass.passholderBlocked",
        "pass.refusedByServer",
        "card.randomId",
        "card.other",
        "card.eidOff",
        "card.eidAgain",
        "insz.onlineOnly",
        "pass.signInNeeded",
        "pass.noPermission",
        "pass.busy",
        "store.failed",
    ];

    /// The code of this notice: the key of its sentence in `ui/src/texts`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "pass.unknown",
            Self::Unseen => "pass.unseen",
            Self::Stranger => "pass.stranger",
            Self::CardBlocked { .. } => "pass.cardBlocked",
            Self::CardNotActive { .. } => "pass.cardNotActive",
            Self::PassholderBlocked { .. } => "pass.passholderBlocked",
            Self::Refused { .. } => "pass.refusedByServer",
            Self::RandomId => "card.randomId",
            Self::OtherCard => "card.other",
            Self::SignInNeeded => "pass.signInNeeded",
            Self::NoPermission => "pass.noPermission",
            Self::Busy => "pass.busy",
            Self::EidOff => "card.eidOff",
            Self::EidAgain => "card.eidAgain",
            Self::OnlineOnly => "insz.onlineOnly",
            Self::Reader(trouble) => trouble.code(),
            Self::Fault => "store.failed",
        }
    }

    /// What UiTPAS said about it.
    pub fn said(&self) -> Option<&str> {
        match self {
            Self::NotFound { said }
            | Self::CardBlocked { said }
            | Self::CardNotActive { said }
            | Self::PassholderBlocked { said }
            | Self::Refused { said } => said.as_deref(),
            _ => None,
        }
    }
}

/// One price category of the chosen activity, for this person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedCategory {
    /// The number to sell it by.
    pub id: OfferId,
    /// For example `Volwassene`.
    pub label: String,
    /// The coupon that it is paid with; absent for the social tariff.
    pub coupon: Option<String>,
    /// The regular price.
    pub regular: Cents,
    /// What the person pays, or why the regular price holds.
    pub quote: Result<Offer, Refusal<NoOffer>>,
    /// The entry that it was recorded as for this tap; it is recorded once.
    pub sold: Option<EntryId>,
}

/// Whether this person can save a point at the chosen activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedPoint {
    /// What one participation is worth, as far as is known.
    pub points: u32,
    /// What it is worth and until when, or why not.
    pub decision: Result<Admission, Refusal<NoCheckIn>>,
    /// The entry that it was recorded as for this tap; it is recorded once.
    pub recorded: Option<EntryId>,
}

/// One reward, for this person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedReward {
    /// The number to redeem it by; it changes with the balance, so that nobody confirms one that was not on the screen.
    pub id: OfferId,
    /// The reward.
    pub reward: Reward,
    /// What it costs and what remains, or why not.
    pub decision: Result<Exchange, Refusal<NoExchange>>,
    /// The entry that it was recorded as for this tap; it is recorded once.
    pub recorded: Option<EntryId>,
}

/// What UiTPAS answered for one tap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Live {
    pub(crate) prices: HashMap<Cents, PriceFact>,
    pub(crate) coupons: HashMap<Cents, Vec<Coupon>>,
    pub(crate) check_in: Option<CheckInFact>,
    pub(crate) redemptions: HashMap<RewardId, RedeemFact>,
}

/// The person at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The tap.
    pub tap: TapId,
    /// How far we are.
    pub phase: Phase,
    /// The chip that was tapped, if it was a tap.
    pub chip: Option<ChipNumber>,
    /// The card whose number was only typed: whether the two belong together is asked before anything is sent.
    pub(crate) typed_card: Option<ChipNumber>,
    /// The pass.
    pub pass: Option<Pass>,
    /// Its standing.
    pub standing: Option<Standing>,
    /// Whether the chosen activity takes part in its region.
    pub region: Option<Region>,
    /// What can be sold.
    pub offers: Vec<PricedCategory>,
    /// Whether a point can be saved; `None` without a chosen activity.
    pub check_in: Option<OfferedPoint>,
    /// The rewards of this desk: welcome advantages first, then what can be redeemed, then what is nearest in reach.
    pub rewards: Vec<OfferedReward>,
    /// The points, as far as is known: what UiTPAS said, and what this desk did since.
    pub balance: Option<i64>,
    /// Why nothing can be done.
    pub notice: Option<Notice>,
    /// What a tap did by itself, in fast mode.
    pub by_itself: Option<ByItself>,
    /// The card that was laid there before this one was to save a point by itself, and did not.
    pub before_not_saved: bool,
    /// This tap may save a point by itself, and not all was asked yet.
    pub(crate) may_save: bool,
    /// The activity at which this tap may still save a point by itself; it tries that once.
    pub(crate) fast_at: Option<EventId>,
    /// What UiTPAS answered for this tap.
    pub(crate) live: Live,
}

/// What a tap did by itself, in fast mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByItself {
    /// It saved a point, which is on the disk. Until this moment it is not sent.
    Saved {
        /// The entry.
        entry: EntryId,
        /// Until when it can be taken back as if nothing happened.
        until: Moment,
    },
    /// The point could not be written: nothing was saved.
    NotSaved,
}

impl Person {
    pub(crate) fn new(tap: TapId, chip: Option<ChipNumber>) -> Self {
        Self {
            tap,
            phase: Phase::Looking,
            chip,
            typed_card: None,
            pass: None,
            standing: None,
            region: None,
            offers: Vec::new(),
            check_in: None,
            rewards: Vec::new(),
            balance: None,
            notice: None,
            by_itself: None,
            before_not_saved: false,
            may_save: false,
            fast_at: None,
            live: Live::default(),
        }
    }

    pub(crate) fn refuse(&mut self, notice: Notice) {
        self.phase = Phase::Refused;
        self.notice = Some(notice);
        self.offers.clear();
        self.check_in = None;
        self.rewards.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_has_a_code_that_stands_in_the_list() {
        let said = || Some("words".to_owned());
        let all = [
            Notice::NotFound { said: said() },
            Notice::Unseen,
            Notice::Stranger,
            Notice::CardBlocked { said: said() },
            Notice::CardNotActive { said: said() },
            Notice::PassholderBlocked { said: said() },
            Notice::Refused { said: said() },
            Notice::RandomId,
            Notice::OtherCard,
            Notice::EidOff,
            Notice::EidAgain,
            Notice::OnlineOnly,
            Notice::SignInNeeded,
            Notice::NoPermission,
            Notice::Busy,
            Notice::Fault,
        ];
        assert_eq!(all.iter().map(Notice::code).collect::<Vec<_>>(), Notice::CODES);
        assert_eq!(all.iter().filter(|notice| notice.said() == Some("words")).count(), 5);
        assert_eq!(Notice::Reader(ReaderTrouble::NoService).code(), "reader.noService", "what is said is the trouble");
    }
}
