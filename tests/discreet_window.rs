//! The queue sees and hears the same of everybody, with and without the right to the lower price.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::io;

use balie_tests::clerk::{Clerk, ENTER, F4};
use balie_tests::driver::stage_missing;
use balie_tests::faces::look::in_size;
use balie_tests::faces::place::World;
use balie_tests::faces::table::{LUC, PIETER, SWIMMING, YASMINA};
use balie_tests::faces::way::goes_back;
use balie_tests::faces::{Language, Place, Size};
use balie_tests::skip::skipped;
use balie_tests::stage::EVENT;
use serde_json::Value;

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Where every marked part of the screen stands and which colours it has; what a list of things done shows is left out, as
/// it grows. A hair of half a pixel is no difference.
const LOOKED: &str = "
    const half = (value) => Math.round(value * 2) / 2;
    const parts = {};
    for (const part of document.querySelectorAll('[data-testid]')) {
        if (!part.checkVisibility() || part.closest('ol')) continue;
        const { x, y, width, height } = part.getBoundingClientRect();
        const { color, backgroundColor, borderColor, borderWidth, fontSize, fontWeight } = getComputedStyle(part);
        const id = part.dataset.testid;
        parts[`${id} stands`] = [x, y, height].map(half).join(' ');
        parts[`${id} is wide`] = String(half(width));
        parts[`${id} looks`] = [color, backgroundColor, borderColor, borderWidth, fontSize, fontWeight].join(' | ');
    }
    return parts;
";

/// Keeps whatever the page plays, by its nature, and every mark of it that the page leaves.
const LISTEN: &str = "
    if (window.balieHeard) { window.balieHeard.length = 0; return; }
    const heard = (window.balieHeard = []);
    for (const [of, name] of [[window.AudioScheduledSourceNode, 'start'], [window.HTMLMediaElement, 'play']]) {
        const plays = of?.prototype[name];
        if (!plays) continue;
        of.prototype[name] = function (...words) {
            heard.push([this.constructor.name, this.frequency?.value, this.type, this.currentSrc].join(' '));
            return plays.apply(this, words);
        };
    }
    new MutationObserver((changes) => {
        for (const { target } of changes) heard.push(`marked ${target.dataset.sound}`);
    }).observe(document.documentElement, { attributes: true, attributeFilter: ['data-sound'], subtree: true });
";

/// Words that name a standing, in any language of the desk.
const PRIVATE: [&str; 8] = [
    "kansentarief",
    "kansenstatuut",
    "kansen",
    "statuut",
    "tarif social",
    "statut social",
    "social tariff",
    "ayant droit",
];

/// UiTPAS has something to say to many people and about many things; what it is stands behind the key. It moves nothing else.
const MESSAGE: &str = "whoever has a message of UiTPAS is told that there is one";

/// What may differ, and why.
const APART: [(&str, &str); 5] = [
    ("person-number is wide", "it ends where its digits end"),
    ("price-line is wide", "it ends where its words end: where the price comes from"),
    ("has-message stands", MESSAGE),
    ("has-message is wide", MESSAGE),
    ("has-message looks", MESSAGE),
];

/// What is seen and heard of one person.
struct Seen {
    parts: BTreeMap<String, String>,
    heard: Value,
    text: String,
}

/// Somebody comes to the desk, and the queue looks on.
async fn comes(clerk: &Clerk, number: &str, source: &str) -> io::Result<Seen> {
    let client = clerk.driver().client();
    let run = async |script: &str| client.execute(script, Vec::new()).await.map_err(io::Error::other);
    goes_back(clerk).await?;
    run(LISTEN).await?;
    clerk.presses(number.chars().chain([ENTER])).await?;
    clerk.waits_until("offer-0", "data-source", source).await?;
    clerk.waits_until("person", "data-phase", "ready").await?;
    clerk.waits_until("check-in", "data-ready", "true").await?;
    clerk.is_painted().await?;
    let parts = serde_json::from_value(run(LOOKED).await?).map_err(io::Error::other)?;
    let text = run("return document.body.innerText").await?.as_str().unwrap_or_default().to_lowercase();
    Ok(Seen { parts, heard: run("return [...window.balieHeard]").await?, text })
}

fn differences(one: &Seen, other: &Seen) -> Vec<String> {
    let names = one.parts.keys().chain(other.parts.keys()).collect::<std::collections::BTreeSet<_>>();
    names
        .into_iter()
        .filter(|name| one.parts.get(*name) != other.parts.get(*name))
        .filter(|name| APART.iter().all(|(apart, _)| apart != name))
        .map(|name| format!("{name}: {:?} and {:?}", one.parts.get(name), other.parts.get(name)))
        .collect()
}

fn private(text: &str) -> Vec<&'static str> {
    PRIVATE.into_iter().filter(|words| text.contains(words)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn with_and_without_the_lower_price_the_queue_sees_and_hears_the_same() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    for language in [Language::Nl, Language::Fr] {
        let world = World::open(Place::Desk, language).await?;
        let clerk = &world.clerk;
        clerk.waits_until("header-connection", "data-state", "connected").await?;
        // The first sound of a window may come too late to be made; that is so for whoever comes first.
        clerk.chooses(EVENT).await?;
        comes(clerk, PIETER, "regular").await?;
        for size in [Size::Usual, Size::Small] {
            in_size(clerk, size).await?;
            for event in [EVENT, SWIMMING] {
                clerk.chooses(event).await?;
                let with = comes(clerk, YASMINA, "live").await?;
                assert!(with.parts.len() > 20, "there is something to compare: {:?}", with.parts);
                assert!(with.heard.as_array().is_some_and(|heard| !heard.is_empty()), "there is something to hear");
                assert!(private(&with.text).is_empty(), "{:?} in {}", private(&with.text), with.text);
                // Who never had it, and who had it once.
                for number in [PIETER, LUC] {
                    let without = comes(clerk, number, "regular").await?;
                    let found = differences(&with, &without);
                    assert!(found.is_empty(), "{} {} {event} {number}: {found:#?}", language.code(), size.name());
                    assert_eq!(with.heard, without.heard, "{event}");
                    assert!(private(&without.text).is_empty(), "{:?} in {}", private(&without.text), without.text);
                }
                // The same person, behind the key: there the word may stand.
                clerk.presses([F4]).await?;
                let details = clerk.waits_for("details", "").await?;
                assert!(!private(&details.to_lowercase()).is_empty(), "{details}");
                clerk.presses([F4]).await?;
                clerk.waits_until_gone("details").await?;
            }
        }
        world.leave().await?;
    }
    Ok(())
}
