//! Signing in as a person: through a certified OpenID provider where it behaves, and through a stand-in where it must
//! not, because a certified one never will.
#![expect(clippy::unwrap_used, reason = "what the tests share fails them as well")]

#[path = "sign_in/browser.rs"]
mod browser;
#[path = "sign_in/proof.rs"]
mod proof;
#[path = "sign_in/provider.rs"]
mod provider;
#[path = "sign_in/renewal.rs"]
mod renewal;
#[path = "sign_in/rotation.rs"]
mod rotation;
#[path = "sign_in/shelf.rs"]
mod shelf;
#[path = "sign_in/stand_in.rs"]
mod stand_in;
#[path = "sign_in/way_back.rs"]
mod way_back;
