//! `GET /permissions`: whose desks we may stand at, and what we may do there. It doubles as the probe of the network.

use crate::ask::{AskError, json};
use crate::client::{Api, BEHIND_THE_SCENES};
use balie_core::event::OrganizerId;
use serde::Deserialize;

/// What we may do for one organizer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions {
    /// The organizer.
    pub organizer: OrganizerId,
    /// Its name.
    pub name: String,
    /// The names of the permissions, as the API writes them.
    pub granted: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PermissionsWire {
    organizer: OrganizerWire,
    #[serde(default)]
    permission_details: Vec<DetailWire>,
}

#[derive(Deserialize)]
struct OrganizerWire {
    id: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct DetailWire {
    id: String,
}

impl Api {
    /// Asks what we may do, for every organizer that we may work for.
    ///
    /// # Errors
    /// Fails when there is no answer.
    pub async fn permissions(&self) -> Result<Vec<Permissions>, AskError> {
        read_permissions(&self.ask(&["permissions"], &[], BEHIND_THE_SCENES).await?)
    }
}

/// Reads what we may do, for every organizer that we may work for.
///
/// # Errors
/// Fails when it is not what was agreed.
pub fn read_permissions(body: &[u8]) -> Result<Vec<Permissions>, AskError> {
    let wire: Vec<PermissionsWire> = json("permissions", body)?;
    let read = |row: PermissionsWire| Permissions {
        organizer: OrganizerId(row.organizer.id),
        name: row.organizer.name,
        granted: row.permission_details.into_iter().map(|detail| detail.id).collect(),
    };
    Ok(wire.into_iter().map(read).collect())
}
