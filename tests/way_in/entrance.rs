//! A desk that people sign in at, and the ways through its set-up.

use std::io;

use balie_tests::browser::Browser;
use balie_tests::clerk::{Clerk, ENTER};
use balie_tests::driver::stage_missing;
use balie_tests::provider::{self, Provider};
use balie_tests::skip::skipped;
use balie_tests::stage::{Stage, without_pcscd};

/// What a journey comes to.
pub type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The PIN of the desk.
pub const PIN: &str = "2468";

/// The organizer of the stand-in.
pub const ORGANIZER: &str = "0ce87cbc-9299-4528-8d35-92225dc9489f";

/// The stage, the sign-in server and the browser.
pub struct Entrance {
    /// The profile, the stand-in and the room.
    pub stage: Stage,
    /// Who signs people in.
    pub provider: Provider,
    /// The browser of the computer; An sits before it.
    pub browser: Browser,
}

/// Whether these journeys have to be left out on this machine.
pub fn left_out() -> bool {
    skipped(stage_missing()) || skipped(provider::missing())
}

impl Entrance {
    /// Sets everything in place; nothing is started yet.
    pub async fn prepare() -> Result<Self, Box<dyn std::error::Error>> {
        let provider = Provider::start("{}")?;
        let stage = Stage::for_people(&provider.url).await?;
        let browser = Browser::install()?;
        browser.is_used_by("an")?;
        Ok(Self { stage, provider, browser })
    }

    /// Starts the program, without a service of readers.
    pub async fn open(&self) -> io::Result<Clerk> {
        self.open_with(&without_pcscd(self.stage.profile.path())).await
    }

    /// Starts the program.
    pub async fn open_with(&self, more: &[(String, String)]) -> io::Result<Clerk> {
        self.stage.open(&[self.browser.env()?, more.to_vec()].concat()).await
    }

    /// A desk that is set up, with its PIN, open before a clerk; and its recovery code.
    pub async fn set_up(&self) -> io::Result<(Clerk, String)> {
        let clerk = self.open().await?;
        let code = sets_up(&clerk).await?;
        Ok((clerk, code))
    }
}

/// Waits until this step of the set-up stands there and can be left.
pub async fn at_step(clerk: &Clerk, step: &str) -> io::Result<()> {
    clerk.waits_until("set-up", "data-step", step).await?;
    clerk.waits_until("set-up-next", "data-ready", "true").await
}

/// Leaves a step that has nothing to do.
pub async fn passes(clerk: &Clerk, step: &str) -> io::Result<()> {
    at_step(clerk, step).await?;
    clerk.presses([ENTER]).await
}

/// Goes through the whole set-up: signs in, takes the one desk, skips the reader, writes the code down and sets the PIN.
pub async fn sets_up(clerk: &Clerk) -> io::Result<String> {
    for step in ["welcome", "signIn", "desk", "reader"] {
        passes(clerk, step).await?;
    }
    let code = takes_the_code(clerk).await?;
    sets_a_pin(clerk).await?;
    passes(clerk, "done").await?;
    clerk.finds("idle").await?;
    Ok(code)
}

/// Types the PIN twice.
pub async fn sets_a_pin(clerk: &Clerk) -> io::Result<()> {
    at_step(clerk, "pin").await?;
    clerk.waits_for_focus("pin-new").await?;
    clerk.presses(PIN.chars()).await?;
    clerk.clicks("pin-again").await?;
    clerk.presses(PIN.chars()).await?;
    clerk.presses([ENTER]).await
}

/// Lets the recovery code be shown, and types it back.
pub async fn takes_the_code(clerk: &Clerk) -> io::Result<String> {
    passes(clerk, "recovery").await?;
    let code = clerk.waits_for("recovery-code", " ").await?;
    passes(clerk, "recovery").await?;
    clerk.waits_for_focus("recovery-typed").await?;
    let code = code.split_whitespace().collect::<Vec<_>>().join("-");
    clerk.presses(code.to_lowercase().replace('-', "").chars()).await?;
    passes(clerk, "recovery").await?;
    Ok(code)
}

/// Types a PIN on the locked desk.
pub async fn tries_the_pin(clerk: &Clerk, pin: &str) -> io::Result<()> {
    clerk.finds("locked").await?;
    clerk.waits_until_gone("locked-wait").await?;
    clerk.waits_for_focus("pin-field").await?;
    clerk.presses(pin.chars().chain([ENTER])).await
}
