//! The table itself: which screen, at which desk, and what a clerk does to come to it.

use crate::clerk::{ENTER, ESCAPE, F1, F2, F4, F5, F6, F7, F8, F9, F12};
use crate::faces::way::{
    Step::{
        self, Choose, Click, Code, Confirm, Control, Doubt, Gone, Home, Meet, Network, Press, Refuse, Said, Sees, Take,
    },
    Step::{Types, Until},
};
use crate::stage::EVENT;

/// The desks at which the screens are seen. At each of them the rows are walked in their order, in one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A desk that is set up and open, without a PIN.
    Desk,
    /// A new desk that people sign in at, from its first step on.
    New,
    /// A desk without any settings.
    Bare,
    /// A desk whose settings have a mistake.
    Broken,
    /// A desk whose key is no more in the keyring.
    Lost,
    /// Practice mode.
    Practice,
}

/// Every desk, in the order in which they are gone to.
pub const PLACES: [Place; 6] = [Place::Desk, Place::New, Place::Bare, Place::Broken, Place::Lost, Place::Practice];

/// One screen.
#[derive(Debug, Clone, Copy)]
pub struct Face {
    /// Its name, of which the name of its picture is made.
    pub name: &'static str,
    /// Where it is seen.
    pub place: Place,
    /// The way to it, from the row before it at the same desk.
    pub way: &'static [Step],
}

/// Swimming, with three prices.
pub const SWIMMING: &str = "e6b0a9d2-3c14-4a75-8f21-90d4c7b5e101";
/// Has the right to the lower price.
pub const YASMINA: &str = "0900000067513";
/// Has it too.
pub const NOOR: &str = "0900010959113";
/// Pays the regular price.
pub const PIETER: &str = "0900000095902";
/// Had the right to the lower price once.
pub const LUC: &str = "0900000031618";
/// Has a card that is blocked.
const GRIET: &str = "0900000002312";
/// The pass of a group, with turns.
pub const GROUP: &str = "0900000045410";
/// The PIN that the new desk is given.
const PIN: &str = "2468";

/// Whoever has this number stands there, and UiTPAS said what everything costs.
const fn live(number: &'static str) -> Step {
    Meet(number, "live")
}

const fn desk(name: &'static str, way: &'static [Step]) -> Face {
    Face { name, place: Place::Desk, way }
}

const fn new(name: &'static str, way: &'static [Step]) -> Face {
    Face { name, place: Place::New, way }
}

const fn at(place: Place, name: &'static str, way: &'static [Step]) -> Face {
    Face { name, place, way }
}

/// Leaves a step of the set-up and waits for the next one.
const fn step(name: &'static str) -> Step {
    Until("set-up", "data-step", name)
}

const READY: Step = Until("set-up-next", "data-ready", "true");
const CONNECTED: Step = Until("header-connection", "data-state", "connected");

/// Every screen.
pub const FACES: &[Face] = &[
    desk("desk-idle", &[CONNECTED, Choose(EVENT), Choose(SWIMMING), Sees("idle")]),
    desk("desk-typing", &[Types("09000000"), Until("idle", "data-testid", "idle")]),
    desk("desk-no-activity", &[Home, Press(F2), Types("zzz"), Sees("events-empty")]),
    desk("desk-wrong-number", &[Home, Types("0900000067514"), Press(ENTER), Sees("problem")]),
    desk("desk-person", &[Home, live(YASMINA)]),
    desk("desk-regular", &[Home, Meet(PIETER, "regular")]),
    desk("desk-details", &[Home, Meet(LUC, "regular"), Press(F4), Sees("details")]),
    desk("desk-blocked", &[Home, Types(GRIET), Press(ENTER), Sees("notice")]),
    desk("desk-group", &[Home, Choose(EVENT), live(GROUP), Press('+'), Press('+')]),
    desk(
        "desk-sold",
        &[
            Home,
            live(YASMINA),
            Confirm,
            Until("line-0", "data-state", "confirmed"),
            Until("check-in", "data-ready", "true"),
        ],
    ),
    desk(
        "desk-point",
        &[Press(F6), Until("line-0", "data-kind", "checkIn"), Until("line-0", "data-state", "confirmed")],
    ),
    desk("desk-undo", &[Control('z'), Sees("undo-confirm")]),
    desk("desk-rewards", &[Press(ESCAPE), Press(F7), Sees("reward-2")]),
    desk("desk-redeem", &[Click("reward-2"), Until("redeem-confirm", "data-ready", "true")]),
    desk("desk-redeemed", &[Press(ENTER), Until("redeemed", "data-state", "confirmed")]),
    desk("desk-story", &[Home, Click("line-story-0"), Sees("story-0")]),
    desk("desk-menu", &[Home, Click("menu-button"), Sees("menu")]),
    desk("desk-ready", &[Home, Press(F5), Until("prepare", "data-ready", "true")]),
    desk("desk-data", &[Home, Control('d'), Sees("wipe-open")]),
    desk("desk-wipe", &[Click("wipe-open"), Until("wipe-confirm", "data-ready", "true")]),
    desk("desk-diagnosis", &[Home, Press(F8), Sees("diagnosis-summary")]),
    desk("desk-pin", &[Home, Click("menu-button"), Click("menu-pin"), Sees("pin-new")]),
    desk("desk-code", &[Home, Click("menu-button"), Click("menu-code"), Sees("recovery-code-dialog")]),
    desk("desk-help", &[Home, Press(F1), Sees("help-sell")]),
    desk("desk-keys", &[Click("help-topic-keys"), Sees("help-keys")]),
    desk("desk-settings", &[Home, Control(','), Sees("set-about")]),
    desk("desk-distribution", &[Click("keys-own"), Sees("key-0-edit")]),
    desk("desk-distribution-key", &[Click("key-add"), Sees("key-form")]),
    desk("desk-distribution-refused", &[Click("key-below"), Types("tien"), Press(ENTER), Sees("key-refused")]),
    desk("desk-distribution-off", &[Click("key-cancel"), Click("keys-off"), Home, Control(','), Sees("set-about")]),
    desk("desk-setting-refused", &[Click("lock-after"), Control('a'), Types("99"), Press(ENTER), Sees("problem")]),
    desk(
        "desk-reader-check",
        &[Home, Click("header-reader"), Sees("finding-0"), Until("reader-page", "data-busy", "false")],
    ),
    desk(
        "desk-barcode",
        &[
            Home,
            Control(','),
            Click("national-number"),
            Until("national-number", "data-on", "true"),
            Home,
            // A scanner that says what it reads, and then no number of UiTPAS.
            Types("]C0592123456789"),
            Press(ENTER),
            Until("barcode-yes", "data-ready", "true"),
        ],
    ),
    desk("desk-nothing-to-check", &[Home, Press(F9), Sees("to-check-empty")]),
    desk("desk-take-over", &[Click("take-over"), Sees("file-code")]),
    desk("desk-offline", &[Home, Network(false), Meet(YASMINA, "cached"), Sees("provisional")]),
    desk(
        "desk-queued",
        &[Confirm, Until("line-0", "data-state", "queued"), Until("header-to-send", "data-count", "1")],
    ),
    desk("desk-hand-over", &[Home, Press(F9), Click("hand-over"), Until("carry-confirm", "data-ready", "true")]),
    desk(
        "desk-to-check",
        &[
            Home,
            Network(true),
            Until("header-to-send", "data-count", "0"),
            Refuse,
            live(NOOR),
            Confirm,
            Until("line-0", "data-state", "refused"),
            Home,
            Doubt,
            live(GROUP),
            Confirm,
            Until("line-0", "data-state", "inDoubt"),
            Press(F9),
            // The fifth act was refused and nobody knows of the sixth; whether UiTPAS has it may not be read any more.
            Sees("case-B1-000005"),
            Until("case-B1-000006", "data-code", "check.looking"),
            Sees("case-candidates"),
            Take("TICKETSALES_REGISTER"),
            Click("send-now"),
            Until("case-B1-000006", "data-code", "check.unreadable"),
            Until("send-summary", "data-busy", "false"),
        ],
    ),
    desk("desk-send-again", &[Click("way-sendAgain"), Until("settle-confirm", "data-ready", "true")]),
    desk("desk-is-there", &[Press(ESCAPE), Click("way-isThere"), Sees("candidate-0")]),
    desk("desk-day", &[Home, Press(F12), Sees("line-day-0")]),
    desk("desk-close-day", &[Click("day-close"), Until("close-day-confirm", "data-ready", "true")]),
    new("set-up-welcome", &[step("welcome"), READY]),
    new("set-up-sign-in", &[Press(ENTER), step("signIn"), READY]),
    new("set-up-desk", &[Press(ENTER), step("desk"), READY]),
    new("set-up-reader", &[Press(ENTER), step("reader"), READY]),
    new("set-up-reader-check", &[Click("set-up-reader-check"), Sees("finding-0")]),
    new("set-up-recovery", &[Click("set-up-next"), step("recovery"), READY]),
    new("set-up-code", &[Press(ENTER), Sees("recovery-code"), READY]),
    new("set-up-typed", &[Code, Press(ENTER), Sees("recovery-typed")]),
    new("set-up-pin", &[Said, READY, Press(ENTER), step("pin"), Sees("pin-new")]),
    new("set-up-done", &[Types(PIN), Click("pin-again"), Types(PIN), READY, Press(ENTER), step("done"), READY]),
    new("desk-desks", &[Press(ENTER), Sees("idle"), CONNECTED, Click("menu-button"), Click("menu-desks")]),
    new("locked", &[Home, Control('l'), Sees("locked")]),
    new("locked-forgot", &[Click("forgot"), Sees("recovery")]),
    new("locked-wrong", &[Press(ESCAPE), Sees("pin-field"), Types("1357"), Press(ENTER), Sees("locked-said")]),
    new(
        "desk-sign-out",
        &[
            Gone("locked-wait"),
            Types(PIN),
            Press(ENTER),
            Sees("idle"),
            Click("menu-button"),
            Click("menu-signOut"),
            Until("sign-out-confirm", "data-ready", "true"),
        ],
    ),
    new(
        "desk-sign-in",
        &[
            Press(ENTER),
            Gone("sign-out"),
            Until("header-connection", "data-state", "signInNeeded"),
            Click("header-connection"),
            Until("sign-in-begin", "data-ready", "true"),
        ],
    ),
    at(Place::Bare, "set-up-first", &[step("welcome"), READY]),
    at(Place::Bare, "set-up-settings", &[Press(ENTER), step("settings"), Sees("client")]),
    at(Place::Broken, "stopped", &[Sees("stopped")]),
    at(Place::Lost, "recovery", &[Sees("recovery-why")]),
    at(
        Place::Practice,
        "practice",
        &[Choose(SWIMMING), Click("practice-card-04363CDAEE3880"), Until("offer-0", "data-source", "live")],
    ),
    at(
        Place::Practice,
        "practice-fast",
        &[
            Home,
            Click("fast-switch"),
            Until("fast-switch", "aria-checked", "true"),
            Click("practice-card-04363CDAEE3880"),
            Until("by-itself", "data-saved", "true"),
            Until("person", "data-phase", "ready"),
        ],
    ),
    at(
        Place::Practice,
        "practice-fast-group",
        &[Home, Click("practice-card-04D0AB6AF85C80"), Until("offer-0", "data-source", "live")],
    ),
];

#[cfg(test)]
mod tests {
    use super::{FACES, PLACES};
    use std::collections::BTreeSet;

    #[test]
    fn every_screen_has_a_name_of_its_own_and_every_desk_has_one() {
        let names: BTreeSet<&str> = FACES.iter().map(|face| face.name).collect();
        assert_eq!(names.len(), FACES.len());
        assert!(PLACES.iter().all(|place| FACES.iter().any(|face| face.place == *place)));
        assert!(names.iter().all(|name| name.bytes().all(|sign| sign.is_ascii_lowercase() || sign == b'-')));
    }
}
