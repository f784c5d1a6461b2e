//! Linux: what desktops and logind say over D-Bus when nobody is at the screen any more.

use crate::shell::Shell;
use futures_util::TryStreamExt;
use tauri::{AppHandle, Manager};
use zbus::connection::Builder;
use zbus::fdo::DBusProxy;
use zbus::{MatchRule, Message, MessageStream};

/// What desktops send over the bus of the session when they lock the screen. GNOME, KDE, Cinnamon, MATE and Xfce each send
/// it by an interface of their own, so it is known by the end of that name.
const SCREEN: &[&str] = &["type='signal',member='ActiveChanged'"];

/// What logind sends over the bus of the system: before a sleep, and when a session is to be locked. The session is not
/// looked at: a desk that locks when another user's session does costs one PIN.
const LOGIN: &[&str] = &[
    "type='signal',interface='org.freedesktop.login1.Manager',member='PrepareForSleep'",
    "type='signal',interface='org.freedesktop.login1.Session',member='Lock'",
];

/// Locks the desk whenever the screen is locked or the computer goes to sleep, for as long as the program runs. Who sends
/// a signal is not asked: whoever can send one can lock the desk, and nothing more.
pub async fn lock_with_the_screen(app: AppHandle) {
    tokio::join!(hear("session", Builder::session(), SCREEN, &app), hear("system", Builder::system(), LOGIN, &app));
}

/// Hears one bus. Without it the desk locks by the other one, after a sleep, and when nobody touches anything.
async fn hear(name: &str, bus: zbus::Result<Builder<'_>>, rules: &[&'static str], app: &AppHandle) {
    let heard = match bus {
        Ok(bus) => until_it_ends(bus, rules, app).await,
        Err(error) => Err(error),
    };
    match heard {
        Ok(()) => tracing::info!(name, "this bus of the system has ended"),
        Err(error) => tracing::info!(name, %error, "this bus of the system cannot be heard"),
    }
}

async fn until_it_ends(bus: Builder<'_>, rules: &[&'static str], app: &AppHandle) -> zbus::Result<()> {
    let connection = bus.build().await?;
    // Listened to before it is asked for, so that nothing is missed.
    let mut messages = MessageStream::from(&connection);
    let daemon = DBusProxy::new(&connection).await?;
    for rule in rules {
        daemon.add_match_rule(MatchRule::try_from(*rule)?).await?;
    }
    while let Some(message) = messages.try_next().await? {
        let shell = app.state::<Shell>();
        if locks(&message) && shell.can_lock() {
            tracing::info!("the screen was locked, or the computer goes to sleep");
            // Nothing can go wrong with it that somebody could mend here.
            let _ = shell.lock().await;
        }
    }
    Ok(())
}

/// Whether this says that nobody is at the screen any more.
fn locks(message: &Message) -> bool {
    let header = message.header();
    let (Some(interface), Some(member)) = (header.interface(), header.member()) else { return false };
    let is_on = || message.body().deserialize::<bool>().unwrap_or(false);
    match (interface.as_str(), member.as_str()) {
        ("org.freedesktop.login1.Session", "Lock") => true,
        ("org.freedesktop.login1.Manager", "PrepareForSleep") => is_on(),
        (interface, "ActiveChanged") => interface.ends_with(".ScreenSaver") && is_on(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(interface: &str, member: &str, on: Option<bool>) -> Message {
        let signal = Message::signal("/a", interface, member).unwrap();
        match on {
            Some(on) => signal.build(&on),
            None => signal.build(&()),
        }
        .unwrap()
    }

    #[test]
    fn only_what_says_that_nobody_is_there_locks() {
        for interface in ["org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver"] {
            assert!(locks(&signal(interface, "ActiveChanged", Some(true))), "{interface}");
            assert!(!locks(&signal(interface, "ActiveChanged", Some(false))), "{interface} is over");
            assert!(!locks(&signal(interface, "ActiveChanged", None)), "{interface} says nothing");
        }
        assert!(locks(&signal("org.freedesktop.login1.Session", "Lock", None)));
        assert!(locks(&signal("org.freedesktop.login1.Manager", "PrepareForSleep", Some(true))));
        for (interface, member) in [
            ("org.freedesktop.login1.Manager", "PrepareForSleep"),
            ("org.freedesktop.login1.Session", "Unlock"),
            ("org.example.Player", "ActiveChanged"),
        ] {
            assert!(!locks(&signal(interface, member, Some(interface.contains("Player")))), "{interface}.{member}");
        }
    }

    #[test]
    fn every_rule_is_one() {
        for rule in SCREEN.iter().chain(LOGIN) {
            assert!(MatchRule::try_from(*rule).is_ok(), "{rule}");
        }
    }
}
