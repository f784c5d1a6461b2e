//! Every screen of the window is accessible, readable and whole: axe-core, contrast, the way of the focus, the smallest
//! window and text that is twice as large.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::io;

use balie_tests::clerk::Clerk;
use balie_tests::driver::stage_missing;
use balie_tests::faces::look::{in_size, in_theme};
use balie_tests::faces::proof::{self, finds, goes_round, is_seen_all_round, violations};
use balie_tests::faces::{Face, Language, Size, Theme, Walk};
use balie_tests::skip::skipped;

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// What was found, and on which screens.
#[derive(Default)]
struct Found(BTreeMap<String, Vec<String>>);

impl Found {
    fn note(&mut self, face: &Face, how: &str, sentences: Vec<String>) {
        for sentence in sentences {
            self.0.entry(sentence).or_default().push(format!("{} {how}", face.name));
        }
    }

    fn told(self) -> Outcome {
        if self.0.is_empty() {
            return Ok(());
        }
        for (what, screens) in &self.0 {
            println!("{what}\n      on {}", screens.join(", "));
        }
        Err(format!("{} findings", self.0.len()).into())
    }
}

fn walk(language: Language) -> Walk {
    Walk { only: std::env::var("BALIE_FACE").ok(), ..Walk::through(language) }
}

/// Nothing is cut off or out of reach in any size of the window and of its text.
async fn is_whole(clerk: &Clerk, face: &Face, found: &mut Found) -> io::Result<()> {
    for size in Size::ALL {
        in_size(clerk, size).await?;
        let sentences = finds(clerk, &["cutOff", "overlapping", "outOfReach", "traps"]).await?;
        found.note(face, size.name(), sentences);
    }
    in_size(clerk, Size::Usual).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_can_be_read_heard_and_gone_through_with_the_keyboard() -> Outcome {
    if skipped(stage_missing()) || skipped(proof::missing()) {
        return Ok(());
    }
    let mut found = Found::default();
    let look = async |clerk: &Clerk, face: &Face| {
        for theme in Theme::ALL {
            in_theme(clerk, theme).await?;
            found.note(face, theme.name(), violations(clerk).await?);
            found.note(face, theme.name(), finds(clerk, &["faint"]).await?);
        }
        in_theme(clerk, Theme::Light).await?;
        found.note(face, "", finds(clerk, &["misnamed"]).await?);
        is_whole(clerk, face, &mut found).await?;
        found.note(face, "Tab", goes_round(clerk).await?);
        in_size(clerk, Size::Large).await?;
        found.note(face, "Tab, large", is_seen_all_round(clerk).await?);
        in_size(clerk, Size::Usual).await
    };
    let count = walk(Language::Nl).look(look).await?;
    println!("{count} screens were looked at");
    assert!(count > 0);
    found.told()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_is_whole_with_the_longest_words() -> Outcome {
    if skipped(stage_missing()) {
        return Ok(());
    }
    let mut found = Found::default();
    let count =
        walk(Language::Fr).look(async |clerk: &Clerk, face: &Face| is_whole(clerk, face, &mut found).await).await?;
    println!("{count} screens were looked at");
    assert!(count > 0);
    found.told()
}

/// What each look must find, and what is put into the page for it.
const WRONG: [(&str, &str); 7] = [
    ("contrast", "<p style=\"color: #999; background: #fff\">€ 2,00</p>"),
    ("is called", "<button type=\"button\" aria-label=\"Sluiten\">Noteer</button>"),
    (
        "cut off",
        "<p style=\"width: 3rem; overflow: hidden; white-space: nowrap\">een lange zin die nergens anders staat</p>",
    ),
    (
        "over each other",
        "<div style=\"position: relative\"><p>een zin</p><p style=\"position: absolute; top: 0\">nog een</p></div>",
    ),
    (
        "cannot be scrolled to",
        "<button type=\"button\" style=\"position: fixed; left: -9rem; width: 5rem\">ver weg</button>",
    ),
    (
        "has the focus and is not in sight",
        "<button type=\"button\">eronder</button><div style=\"position: fixed; inset: 0; background: #fff\"></div>",
    ),
    ("button-name", "<button type=\"button\" style=\"width: 3rem; height: 3rem\"></button>"),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_screen_is_seen() -> Outcome {
    if skipped(stage_missing()) || skipped(proof::missing()) {
        return Ok(());
    }
    let walk = Walk { only: Some("stopped".to_owned()), ..Walk::through(Language::Nl) };
    let look = async |clerk: &Clerk, _: &Face| {
        for (wanted, html) in WRONG {
            // An attribute for style is against the policy of the window; what a script sets is not.
            let put = "const place = document.createElement('div');
                place.id = 'wrong';
                place.innerHTML = arguments[0];
                for (const each of place.querySelectorAll('[style]')) each.style.cssText = each.getAttribute('style');
                document.querySelector('main')?.append(place) ?? document.body.append(place)";
            clerk.driver().client().execute(put, vec![html.into()]).await.map_err(io::Error::other)?;
            let mut found = finds(clerk, &["faint", "misnamed", "cutOff", "overlapping", "outOfReach"]).await?;
            found.extend(violations(clerk).await?);
            found.extend(goes_round(clerk).await?);
            let take = "document.getElementById('wrong').remove()";
            clerk.driver().client().execute(take, Vec::new()).await.map_err(io::Error::other)?;
            assert!(found.iter().any(|sentence| sentence.starts_with(wanted)), "{wanted}: {found:#?}");
        }
        Ok(())
    };
    assert_eq!(walk.look(look).await?, 1);
    Ok(())
}
