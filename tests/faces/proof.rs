//! What is wrong with the screen that stands there: what axe-core finds, too little contrast, text that is cut off, what
//! cannot be reached, and a focus that goes another way than the eye.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::clerk::{Clerk, TAB};

/// The functions that look, in the page.
const PROOF: &str = include_str!("proof.js");

/// What axe-core holds a screen against: WCAG 2.2 to AA, and what it calls good practice.
const AXE: &str = "
    const [done] = arguments;
    const wanted = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    // It takes the key that is printed on a button for a word of its label; `misnamed` looks for the same without it.
    const rules = { 'label-content-name-mismatch': { enabled: false } };
    axe.run(document, { runOnly: wanted, rules, resultTypes: ['violations'] }).then(
        ({ violations }) => done(violations.flatMap(({ id, nodes }) =>
            nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`))),
        (why) => done([`axe does not run: ${why}`]));
";

/// So often Tab is pressed on a screen: more often than there are stops on any.
const TABS: usize = 60;

fn axe_file() -> PathBuf {
    // Asked for at run time: a path that is compiled in would be wrong in the next checkout.
    Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default())
        .join("../ui/node_modules/axe-core/axe.min.js")
}

/// Why axe-core is not to be had here, or nothing when it is.
pub fn missing() -> Option<String> {
    let why = "axe-core is not installed; `cargo xtask test` installs it, or `npm ci` in ui/";
    (!axe_file().is_file()).then(|| why.to_owned())
}

/// Brings what looks into the page, unless it is there.
async fn is_equipped(clerk: &Clerk, name: &str, source: &str) -> io::Result<()> {
    let there = clerk.asks_page(&format!("arguments[0](window.{name} !== undefined)"), Vec::new()).await?;
    if there.as_bool() == Some(true) {
        return Ok(());
    }
    let client = clerk.driver().client();
    client.execute(&format!("{source}\n;return true"), Vec::new()).await.map(drop).map_err(io::Error::other)
}

/// What axe-core finds.
pub async fn violations(clerk: &Clerk) -> io::Result<Vec<String>> {
    is_equipped(clerk, "axe", &fs::read_to_string(axe_file())?).await?;
    let found = clerk.asks_page(AXE, Vec::new()).await?;
    Ok(sentences(&found))
}

/// What these functions of `proof.js` find.
pub async fn finds(clerk: &Clerk, functions: &[&str]) -> io::Result<Vec<String>> {
    is_equipped(clerk, "balieProof", PROOF).await?;
    let calls: Vec<String> = functions.iter().map(|name| format!("balieProof.{name}()")).collect();
    let script = format!("Promise.all([{}]).then((found) => arguments[0](found.flat()))", calls.join(", "));
    let found = clerk.asks_page(&script, Vec::new()).await?;
    Ok(sentences(&found))
}

/// Goes round with Tab, and says where the focus goes another way than the eye, and where it cannot be seen.
pub async fn goes_round(clerk: &Clerk) -> io::Result<Vec<String>> {
    tabs_round(clerk, &["outOfOrder", "outOfSight"]).await
}

/// Goes round with Tab, and says where the focus cannot be seen.
pub async fn is_seen_all_round(clerk: &Clerk) -> io::Result<Vec<String>> {
    tabs_round(clerk, &["outOfSight"]).await
}

async fn tabs_round(clerk: &Clerk, looks: &[&str]) -> io::Result<Vec<String>> {
    is_equipped(clerk, "balieProof", PROOF).await?;
    let client = clerk.driver().client();
    client.execute("balieProof.beginTabbing()", Vec::new()).await.map_err(io::Error::other)?;
    clerk.presses(std::iter::repeat_n(TAB, TABS)).await?;
    finds(clerk, looks).await
}

fn sentences(found: &Value) -> Vec<String> {
    let Some(found) = found.as_array() else { return vec![format!("no answer: {found}")] };
    found.iter().map(|sentence| sentence.as_str().map_or_else(|| sentence.to_string(), str::to_owned)).collect()
}
