//! Where a sign-in is kept, in the place of the ledger.

use balie_remote::access::Credentials;
use balie_remote::client::{Api, Endpoints};
use balie_remote::endpoint::Endpoint;
use balie_remote::sign_in::{KeepError, Keeper, Kept, Person};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

#[derive(Default)]
pub(crate) struct Shelf {
    kept: Mutex<Vec<Kept>>,
    is_full: AtomicBool,
}

impl Shelf {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn keeper(self: &Arc<Self>) -> Keeper {
        let shelf = Arc::clone(self);
        Arc::new(move |kept| {
            let shelf = Arc::clone(&shelf);
            Box::pin(async move {
                if shelf.is_full.load(Ordering::SeqCst) {
                    return Err(KeepError);
                }
                shelf.kept.lock().unwrap().push(kept);
                Ok(())
            })
        })
    }

    pub(crate) fn is_full(&self, is_full: bool) {
        self.is_full.store(is_full, Ordering::SeqCst);
    }

    pub(crate) fn count(&self) -> usize {
        self.kept.lock().unwrap().len()
    }

    pub(crate) fn last(&self) -> Kept {
        self.kept.lock().unwrap().last().unwrap().clone()
    }
}

/// A desk where people sign in at this server, which answers the API as well.
pub(crate) fn desk(url: &str, person: Person) -> Api {
    let endpoint = Endpoint::parse(url).unwrap();
    let endpoints = Endpoints { api: endpoint.clone(), search: endpoint.clone(), issuer: endpoint };
    let credentials = Credentials { client_id: "balie".to_owned(), client_secret: None };
    Api::new(endpoints, credentials).unwrap().with_person(person)
}

/// In whose name the API answers.
pub(crate) async fn name(api: &Api) -> Result<String, balie_remote::ask::AskError> {
    Ok(api.permissions().await?.remove(0).organizer.0)
}
