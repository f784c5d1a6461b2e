//! `GET /permissions`: whose desks we may stand at, and what we may do there. It doubles as the probe of the network.

use crate::ask::{AskError, json};
use crate::client::{Api, BEHIND_THE_SCENES};
use balie_core::event::OrganizerId;
use balie_core::pass::CardSystem;
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
    /// The regions of which the list of kansentarieven may be fetched; a name is empty where the answer gives none.
    pub listed_regions: Vec<CardSystem>,
}

/// The permission to fetch the list of who has a kansenstatuut.
const LIST: &str = "SOCIALTARIFF_EXPORT";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PermissionsWire {
    organizer: OrganizerWire,
    #[serde(default)]
    permission_details: Vec<DetailWire>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrganizerWire {
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    card_systems: Vec<RegionWire>,
}

#[derive(Deserialize)]
struct RegionWire {
    id: i64,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DetailWire {
    id: String,
    #[serde(default)]
    card_system_ids: Vec<i64>,
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
    Ok(wire.into_iter().map(read).collect())
}

fn read(row: PermissionsWire) -> Permissions {
    let named = |id: i64| row.organizer.card_systems.iter().find(|system| system.id == id);
    let region = |id: i64| CardSystem { id, name: named(id).map(|system| system.name.clone()).unwrap_or_default() };
    let mut listed: Vec<i64> = row.permission_details.iter().filter(|detail| detail.id == LIST).flat_map(ids).collect();
    listed.sort_unstable();
    listed.dedup();
    Permissions {
        listed_regions: listed.into_iter().map(region).collect(),
        organizer: OrganizerId(row.organizer.id),
        name: balie_core::insz::mask(&row.organizer.name),
        granted: row.permission_details.into_iter().map(|detail| detail.id).collect(),
    }
}

fn ids(detail: &DetailWire) -> Vec<i64> {
    detail.card_system_ids.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desk_is_read_with_what_it_may_do_and_which_lists_it_may_fetch() {
        let body = br#"[{"organizer":{"id":"o","name":"Zwembad","cardSystems":[{"id":1,"name":"UiTPAS Gent"}]},
            "permissionDetails":[{"id":"TARIFFS_READ","label":{"nl":"x"},"cardSystemIds":[1,2]},
                {"id":"SOCIALTARIFF_EXPORT","cardSystemIds":[2,1,1]}],"linkedOrganizers":[]},
            {"organizer":{"id":"p"}}]"#;
        let desks = read_permissions(body).unwrap();
        assert_eq!(desks[0].granted, ["TARIFFS_READ", "SOCIALTARIFF_EXPORT"]);
        let region = |id, name: &str| CardSystem { id, name: name.to_owned() };
        assert_eq!(desks[0].listed_regions, [region(1, "UiTPAS Gent"), region(2, "")]);
        assert_eq!((desks[1].organizer.0.as_str(), desks[1].granted.len()), ("p", 0));
        assert!(read_permissions(b"{}").is_err());
    }
}
