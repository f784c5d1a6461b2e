//! What a clerk does on the way to a screen, and what happens around the desk meanwhile.

use std::cell::RefCell;
use std::io;

use balie_sandbox::{FaultAction, FaultRule};

use crate::clerk::{Clerk, ENTER, ESCAPE};
use crate::faces::place::World;
use crate::scene::json;

/// What UiTPAS answers when there were enough.
const ENOUGH: &str = r#"{"type":"https://api.publiq.be/probs/uitpas/maximum-reached","title":"Maximum reached",
    "status":400,"endUserMessage":{"nl":"Het maximum aantal tickets is bereikt."}}"#;

/// So often a clerk steps back until nothing lies over the desk and nobody stands there.
const STEPS_BACK: u32 = 12;

/// One thing that is done or waited for.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// Steps back to the empty desk.
    Home,
    /// Types.
    Types(&'static str),
    /// Presses one key.
    Press(char),
    /// Presses one key with Control held down.
    Control(char),
    /// Clicks on this.
    Click(&'static str),
    /// Chooses an activity.
    Choose(&'static str),
    /// Types the number of somebody and waits until the prices come from there.
    Meet(&'static str, &'static str),
    /// Confirms with Enter, as soon as that counts.
    Confirm,
    /// Waits until this is there.
    Sees(&'static str),
    /// Waits until this is gone.
    Gone(&'static str),
    /// Waits until an attribute of this has a value.
    Until(&'static str, &'static str, &'static str),
    /// The network goes, or comes back.
    Network(bool),
    /// The next sale is refused.
    Refuse,
    /// The answer to the next sale is lost.
    Doubt,
    /// UiTPAS lets the desk do this alone.
    Take(&'static str),
    /// Reads the recovery code.
    Code,
    /// Types the recovery code that was read.
    Said,
}

impl Step {
    /// Takes the step.
    pub async fn take(self, clerk: &Clerk, world: &World) -> io::Result<()> {
        match self {
            Self::Home => goes_back(clerk).await,
            Self::Types(text) => clerk.presses(text.chars()).await,
            Self::Press(key) => clerk.presses([key]).await,
            Self::Control(key) => clerk.presses_with_control(key).await,
            Self::Click(id) => clerk.clicks(id).await,
            Self::Choose(event) => clerk.chooses(event).await,
            Self::Meet(number, source) => {
                clerk.presses(number.chars().chain([ENTER])).await?;
                clerk.waits_until("offer-0", "data-source", source).await?;
                clerk.waits_until("person", "data-phase", "ready").await
            }
            Self::Confirm => clerk.confirms().await,
            Self::Sees(id) => clerk.finds(id).await.map(drop),
            Self::Gone(id) => clerk.waits_until_gone(id).await,
            Self::Until(id, name, value) => clerk.waits_until(id, name, value).await,
            Self::Network(on) => world.sandbox()?.set_offline(!on).await,
            Self::Refuse => world.next_sale(json(sale_fault(FaultAction::Status).answering(400, ENOUGH))),
            Self::Doubt => {
                world.next_sale(sale_fault(FaultAction::StatusAfterCommit).answering(503, "<html>busy</html>"))
            }
            Self::Take(permission) => world.sandbox().map(|sandbox| sandbox.set_permissions([permission])),
            Self::Code => world.keep_code(clerk.waits_for("recovery-code", " ").await?),
            Self::Said => {
                clerk.waits_for_focus("recovery-typed").await?;
                clerk.presses(world.code().chars().filter(|sign| sign.is_ascii_alphanumeric())).await
            }
        }
    }
}

fn sale_fault(action: FaultAction) -> FaultRule {
    FaultRule::new(action, "/ticket-sales").method("POST").times(1)
}

/// Steps back until the empty desk is there and nothing lies over it.
pub async fn goes_back(clerk: &Clerk) -> io::Result<()> {
    // The desk stays in the page, unseen, where a page took its place.
    let script = "return document.querySelector('[data-testid=idle]')?.getClientRects().length > 0 \
                  && document.querySelector('dialog[open], [role=menu], [data-testid=problem]') === null \
                  && [...document.querySelectorAll('input[type=text]')].every((field) => field.value === '')";
    for _ in 0..STEPS_BACK {
        let there = clerk.driver().client().execute(script, Vec::new()).await.map_err(io::Error::other)?;
        if there.as_bool() == Some(true) {
            return Ok(());
        }
        clerk.presses([ESCAPE]).await?;
        clerk.is_painted().await?;
    }
    clerk.finds("idle").await.map(drop)
}

/// What was read from the screen and is typed later.
#[derive(Debug, Default)]
pub struct Read(RefCell<String>);

impl Read {
    /// Keeps it.
    pub fn keep(&self, text: String) {
        *self.0.borrow_mut() = text;
    }

    /// What was kept.
    pub fn said(&self) -> String {
        self.0.borrow().clone()
    }
}
