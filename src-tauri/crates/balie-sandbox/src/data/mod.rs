//! What the sandbox knows from the start: the published test data of UiTPAS, and practice activities of our own.

pub(crate) mod events;
pub(crate) mod passes;
pub(crate) mod rewards;

/// The published test organizer.
pub(crate) const ORGANIZER_ID: &str = "0ce87cbc-9299-4528-8d35-92225dc9489f";

/// Its published name.
pub(crate) const ORGANIZER_NAME: &str = "[TEST] UiTPAS Organisatie (Regio Gent + Paspartoe)";
