//! What the token may do. `GET /permissions`.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::card_systems::ALL;
use crate::data::{ORGANIZER_ID, ORGANIZER_NAME};
use crate::sign_in::Token;
use crate::world::Shared;

/// The permissions of a desk, with the label that the API gives them.
const OF_A_DESK: [(&str, &str); 16] = [
    ("PASSES_READ", "Passen opvragen"),
    ("PASSES_INSZNUMBERS_READ", "Passen opvragen op rijksregisternummer"),
    ("PASSES_CHIPNUMBERS_READ", "Passen opvragen op chipnummer"),
    ("TARIFFS_READ", "Tarieven opvragen"),
    ("TICKETSALES_REGISTER", "Ticketverkopen registreren"),
    ("TICKETSALES_SEARCH", "Ticketverkopen zoeken"),
    ("CHECKINS_READ", "Check-ins opvragen"),
    ("CHECKINS_WRITE", "Punten sparen"),
    ("REWARDS_READ", "Voordelen opvragen"),
    ("REWARDS_REDEEM", "Voordelen omruilen"),
    ("REWARDS_PASSHOLDERS_READ", "Voordelen voor een pashouder opvragen"),
    ("EVENTS_READ", "Activiteiten opvragen"),
    ("EVENT_SETTINGS_READ", "Instellingen van activiteiten opvragen"),
    ("EVENT_SETTINGS_UPDATE", "Instellingen van activiteiten aanpassen"),
    ("ORGANIZERS_SEARCH", "Organisatoren zoeken"),
    ("SOCIALTARIFF_EXPORT", "Lijst van kansentarieven downloaden"),
];

/// Every permission that the sandbox grants until a test takes one away.
pub(crate) fn granted() -> BTreeSet<String> {
    OF_A_DESK.iter().map(|(id, _)| (*id).to_owned()).collect()
}

/// `GET /permissions`: one desk, the published test organizer.
pub(crate) async fn list(State(shared): State<Shared>, _: Token) -> Json<Value> {
    let world = shared.world();
    let systems: Vec<u32> = ALL.iter().take(2).map(|s| s.id).collect();
    let held: Vec<_> = OF_A_DESK.iter().filter(|(id, _)| world.permissions.contains(*id)).collect();
    let ids: Vec<&str> = held.iter().map(|(id, _)| *id).collect();
    let details: Vec<Value> = held
        .iter()
        .map(|(id, label)| json!({ "id": id, "label": { "nl": label }, "cardSystemIds": systems }))
        .collect();
    Json(json!([{
        "organizer": {
            "id": ORGANIZER_ID,
            "name": ORGANIZER_NAME,
            "cardSystems": ALL.iter().take(2).map(|s| json!({ "id": s.id, "name": s.name })).collect::<Vec<_>>(),
            "address": { "street": "Botermarkt 1", "postalCode": "9000", "city": "Gent" },
        },
        "permissions": ids,
        "permissionDetails": details,
        "linkedOrganizers": [],
    }]))
}
