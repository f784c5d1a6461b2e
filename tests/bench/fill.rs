//! A ledger with a long queue, as of a desk that worked for days without a network.

use std::error::Error;
use std::path::Path;

use balie_core::entry::{Act, EntryId, Holder, TicketSale};
use balie_core::event::{EventId, OrganizerId};
use balie_core::money::Cents;
use balie_core::pass::{PassholderId, UitpasNumber};
use balie_core::tariff::{PriceSource, TariffId};
use balie_core::time::Moment;
use balie_store::ledger::{Environment, Ledger};
use balie_store::rehearsal::record_all;
use balie_store::vault::Vault;

/// Fills the ledger of a profile that was opened before. The keyring is that of the session in which this runs.
pub(crate) async fn fill(folder: &Path, count: usize) -> Result<(), Box<dyn Error>> {
    let profile = std::fs::read_to_string(folder.join("profile-id"))?;
    let keys = Vault::at(folder, profile.trim())?.open()?;
    let ledger = Ledger::open(&folder.join("ledger.db"), &keys.ledger, Environment::Test, "B1").await?;
    let now = Moment::now();
    let acts = (0..count).map(|at| Ok((id(at)?, sale(at, now)?))).collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    record_all(&ledger, &acts, |_| now).await?;
    Ok(())
}

fn id(at: usize) -> Result<EntryId, Box<dyn Error>> {
    let mut id = [9; 16];
    id[..8].copy_from_slice(&u64::try_from(at)?.to_be_bytes());
    Ok(EntryId(id))
}

fn sale(at: usize, now: Moment) -> Result<Act, Box<dyn Error>> {
    let number =
        |at: usize| (0..10).find_map(|digit| UitpasNumber::parse(&format!("{:012}{digit}", 90_000_000_000 + at)));
    let holder = Holder {
        number: number(at).ok_or("there is no such number")?,
        passholder: PassholderId(format!("7a3f0b52-61c4-4e0f-9d27-{at:012}")),
        organizer: OrganizerId("0ce87cbc-9299-4528-8d35-92225dc9489f".to_owned()),
    };
    Ok(Act::Sale(TicketSale {
        holder,
        event: EventId(format!("5a0967f9-cc06-4c3c-9206-{:012}", at % 7)),
        event_title: "Avondvoorstelling: De kersentuin".to_owned(),
        tariff: Some(TariffId("SOCIALTARIFF".to_owned())),
        label: "Basistarief".to_owned(),
        quantity: 1,
        regular: Cents(1_000),
        charged: Cents(200),
        source: PriceSource::Cached,
        price_as_of: now,
    }))
}
