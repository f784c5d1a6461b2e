//! The files of a rehearsal, and acts that follow from their numbers.

use crate::Fallible;
use balie_core::entry::{Act, CheckIn, Holder, Redemption, TicketSale};
use balie_core::event::{EventId, OrganizerId};
use balie_core::money::Cents;
use balie_core::outbox::State;
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::reward::{RewardId, RewardKind};
use balie_core::tariff::{PriceSource, TariffId};
use balie_core::time::Moment;
use balie_store::entries::Recorded;
use balie_store::key::Key;
use balie_store::ledger::{Environment, Ledger};
use balie_store::{open::StoreError, rehearsal};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// How many keys there are.
pub const KEYS: u8 = 3;

/// The key with this number; it opens nothing but rehearsals.
pub fn key(number: u8) -> Key {
    Key::known([number + 1; 32])
}

/// The ledger of a folder.
pub fn file(folder: &Path) -> PathBuf {
    folder.join("ledger.db")
}

/// Opens the ledger as the desk does.
pub async fn open(folder: &Path, key: &Key) -> Result<Ledger, StoreError> {
    Ledger::open(&file(folder), key, Environment::Test, "B1").await
}

/// Puts what was cut off in doubt, as the desk does when it starts.
pub async fn recover(ledger: &Ledger, now: Moment) -> Result<u32, StoreError> {
    ledger.recover(now, now).await
}

/// How an entry stands.
pub const fn state(recorded: &Recorded) -> State {
    recorded.state
}

/// Everything that a ledger holds: a line for each entry, the newest first, and one for each table. What is long is told by
/// its hash, which covers every field, and the number of the pass, which prints itself masked.
pub async fn shown(ledger: &Ledger) -> Result<String, StoreError> {
    let line = |recorded: &Recorded| {
        let mut hash = DefaultHasher::new();
        format!("{recorded:?}").hash(&mut hash);
        recorded.entry.act.holder().number.reveal().hash(&mut hash);
        format!("{} {:?} {:016x}\n", recorded.entry.receipt, state(recorded), hash.finish())
    };
    let lines: String = ledger.newest(u32::MAX).await?.iter().map(line).collect();
    Ok(lines + &rehearsal::contents(ledger).await?)
}

/// An act that follows from its number alone.
pub fn act(number: u32) -> Fallible<Act> {
    let holder = Holder {
        number: UitpasNumber::parse("0900000067513").ok_or("a number of a pass")?,
        passholder: PassholderId(format!("person-{}", number % 11)),
        organizer: OrganizerId("organizer".into()),
    };
    let (event, title) = (EventId(format!("event-{}", number % 5)), format!("Zwemmen {}", number % 5));
    let as_of = moment(number)?;
    Ok(match number % 4 {
        0 | 1 => Act::Sale(TicketSale {
            holder,
            event,
            event_title: title,
            tariff: (!number.is_multiple_of(5)).then(|| TariffId("SOCIALTARIFF".into())),
            label: "Volwassene".into(),
            quantity: 1 + number % 3,
            regular: Cents(1000 + i64::from(number)),
            charged: Cents(200),
            source: PriceSource::Computed,
            price_as_of: as_of,
        }),
        2 => Act::CheckIn(CheckIn { holder, event, event_title: title, points: 1, deadline: None, as_of }),
        _ => Act::Redemption(Redemption {
            holder,
            reward: RewardId(format!("reward-{}", number % 7)),
            title: "Koffie".into(),
            kind: RewardKind::Points,
            points: 5,
            as_of,
        }),
    })
}

/// One second after the other.
pub fn moment(number: u32) -> Fallible<Moment> {
    Ok(Moment::from_millisecond(1_790_000_000_000 + i64::from(number) * 1000)?)
}
