//! A desk that goes on with a kept sign-in, against the stand-in: its whole queue in the name of a person.

use crate::bench::{Bench, YASMINA, accepted, check_in};
use balie_remote::ask::AskError;
use balie_remote::outcome::{Hold, Outcome};
use balie_remote::sign_in::{Keeper, Kept, Secret};
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn acts_go_in_the_name_of_a_person_until_the_server_ends_it() {
    let bench = Bench::open_for_people().await;
    assert_eq!(bench.api.permissions().await, Err(AskError::SignIn), "nobody is signed in yet");
    let shelf: Arc<Mutex<Vec<Kept>>> = Arc::default();
    let kept_on = Arc::clone(&shelf);
    let keeper: Keeper = Arc::new(move |kept| {
        kept_on.lock().unwrap().push(kept);
        Box::pin(async { Ok(()) })
    });
    let refresh_token = Secret::new(bench.sandbox.issue_refresh_token());
    let kept = Kept { subject: "an".to_owned(), refresh_token, id_token: None };
    bench.api.sign_in_as(kept, keeper).await.unwrap();
    let holder = bench.holder(YASMINA).await;
    accepted(bench.api.check_in(&check_in(holder.clone())).await);
    assert_eq!((shelf.lock().unwrap().len(), bench.api.subject().as_deref()), (1, Some("an")));

    // An access token that ran out costs one renewal and nothing of the clerk.
    bench.sandbox.end_access_tokens();
    assert!(bench.api.permissions().await.is_ok());
    assert_eq!(shelf.lock().unwrap().len(), 2);
    bench.sandbox.end_all_tokens();
    assert_eq!(bench.api.check_in(&check_in(holder.clone())).await, Outcome::NotProcessed(Hold::SignIn));
    assert_eq!((bench.api.permissions().await, bench.api.is_signed_in()), (Err(AskError::SignIn), false));
}
