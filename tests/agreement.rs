//! The desk alone and UiTPAS give the same answers, for every test card at every activity, before and after acts.
#![expect(clippy::unwrap_used, reason = "what breaks outside a test function must fail the test that called it")]

use balie_core::agreement::Agreement;
use balie_sandbox::test_cards;
use balie_store::agreement::Tally;
use balie_tests::scene::Scene;

fn differences(tallies: &[Tally]) -> Vec<&Tally> {
    let differs = |tally: &&Tally| !matches!(tally.agreement, Agreement::Same | Agreement::LacksFacts);
    tallies.iter().filter(differs).collect()
}

/// Lays every card of the test set at every activity of today, and does at each what can be done, if `acting`.
async fn lay_every_card(scene: &Scene, acting: bool) {
    for event in scene.desk.events() {
        scene.choose(&event.id.0).await;
        for card in test_cards() {
            let Some(chip) = card.chip else { continue };
            let person = scene.tap(&chip).await;
            if !acting {
                continue;
            }
            if let Some(offer) = person.offers.iter().find(|offer| offer.quote.is_ok()) {
                scene.desk.sell(person.tap, offer.id, 1).await.unwrap();
            }
            if person.check_in.as_ref().is_some_and(|point| point.decision.is_ok()) {
                scene.desk.check_in(person.tap).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn the_desk_alone_and_uitpas_never_contradict_each_other() {
    let scene = Scene::start().await;
    lay_every_card(&scene, false).await;
    lay_every_card(&scene, true).await;
    scene.upload().await;
    assert_eq!(scene.counts().await.to_check, 0, "UiTPAS took everything");
    // The minute in which an answer counts as live is over, and so are the lists.
    scene.pass_time(700);
    lay_every_card(&scene, false).await;
    let tallies = scene.desk.agreement().await.unwrap();
    assert!(differences(&tallies).is_empty(), "{:#?}", differences(&tallies));
    let compared: u32 = tallies.iter().map(|tally| tally.count).sum();
    let lacking: u32 =
        tallies.iter().filter(|tally| tally.agreement == Agreement::LacksFacts).map(|tally| tally.count).sum();
    println!("{compared} answers compared, {lacking} without enough facts");
    assert!(compared > 500, "{compared}");
    for verb in
        [balie_core::agreement::Verb::Sell, balie_core::agreement::Verb::CheckIn, balie_core::agreement::Verb::Redeem]
    {
        let granted = tallies.iter().any(|tally| {
            tally.verb == verb
                && tally.agreement == Agreement::Same
                && tally.local == "granted"
                && tally.live == "granted"
        });
        let refused =
            tallies.iter().any(|tally| tally.verb == verb && tally.local != "granted" && tally.live != "granted");
        assert!(granted && refused, "{verb:?} was granted and refused by both: {tallies:#?}");
    }
}

#[tokio::test]
async fn what_contradicts_is_counted_by_its_reason_and_without_a_person() {
    let scene = Scene::start().await;
    // UiTPAS refuses what the desk would have granted: somebody was suspended.
    scene.answer_once("/tariffs", r#"{"available":[],"endUserMessage":{"nl":"Geschorst."}}"#);
    scene.tap(balie_tests::scene::YASMINA).await;
    let tallies = scene.desk.agreement().await.unwrap();
    let found = differences(&tallies);
    assert_eq!(found.len(), 1, "{tallies:#?}");
    assert_eq!(
        (found[0].agreement, found[0].local.as_str(), found[0].live.as_str()),
        (Agreement::Looser, "granted", "tariff.none")
    );
}
