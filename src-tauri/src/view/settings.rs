//! The settings, as the window sees them, and back.

use super::keys;
use crate::dto::{ChosenSettings, Look, Problem, RewardsAlone, SettingsView, Spoken};
use crate::shell::{Opened, language};
use balie_core::money::Cents;
use balie_core::policy::OfflinePolicy;
use balie_core::reward::OfflineRewards;
use balie_desk::config::{Look as DeskLook, Preferences, RenewAt, Settings};

/// The screen of the settings.
pub fn settings(opened: &Opened) -> SettingsView {
    let (config, settings) = (opened.desk.config(), opened.desk.settings());
    SettingsView {
        chosen: chosen(&settings),
        file: opened.settings.as_ref().map(|file| file.display().to_string()),
        keys: keys::view(&settings.distribution.own, config),
        environment: config.environment.word().to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn chosen(settings: &Settings) -> ChosenSettings {
    let (preferences, offline) = (&settings.preferences, settings.offline);
    let (rewards, rewards_most) = match offline.rewards {
        OfflineRewards::Off => (RewardsAlone::Off, OfflinePolicy::default().rewards),
        OfflineRewards::All => (RewardsAlone::All, OfflinePolicy::default().rewards),
        up_to @ OfflineRewards::UpTo(_) => (RewardsAlone::UpTo, up_to),
    };
    ChosenSettings {
        language: language(preferences.language),
        look: look(preferences.look),
        sound: preferences.sound,
        volume: shown(preferences.volume_percent),
        fast_mode: preferences.fast_mode,
        uses_national_number: preferences.uses_national_number,
        lock_after_minutes: shown(preferences.lock_after_minutes),
        renew_at: Spoken {
            nl: preferences.renew_at.nl.clone(),
            fr: preferences.renew_at.fr.clone(),
            en: preferences.renew_at.en.clone(),
        },
        who_to_call: preferences.who_to_call.clone(),
        most_open: shown(offline.most_open),
        most_discount_euro: shown(offline.most_discount.0 / 100),
        rewards,
        rewards_most: if let OfflineRewards::UpTo(most) = rewards_most { shown(most) } else { 0 },
        standing_max_age_days: shown(offline.standing_max_age_days),
        keys: keys::chosen(&settings.distribution),
    }
}

/// Light or dark.
pub const fn look(look: DeskLook) -> Look {
    match look {
        DeskLook::System => Look::System,
        DeskLook::Light => Look::Light,
        DeskLook::Dark => Look::Dark,
    }
}

/// What a person chose. Whether it is within its bounds the desk says; a number below nothing is none.
pub fn wanted(chosen: ChosenSettings) -> Result<Settings, Problem> {
    let count = |number: i32, code: &str| u32::try_from(number).map_err(|_| Problem::clerk(code));
    let preferences = Preferences {
        language: crate::shell::desk_language(chosen.language),
        look: match chosen.look {
            Look::System => DeskLook::System,
            Look::Light => DeskLook::Light,
            Look::Dark => DeskLook::Dark,
        },
        sound: chosen.sound,
        volume_percent: count(chosen.volume, "settings.volume.wrong")?,
        fast_mode: chosen.fast_mode,
        uses_national_number: chosen.uses_national_number,
        lock_after_minutes: count(chosen.lock_after_minutes, "settings.lockAfter.wrong")?,
        renew_at: RenewAt { nl: chosen.renew_at.nl, fr: chosen.renew_at.fr, en: chosen.renew_at.en },
        who_to_call: chosen.who_to_call,
    };
    let offline = OfflinePolicy {
        most_open: count(chosen.most_open, "settings.mostOpen.wrong")?,
        most_discount: Cents(i64::from(chosen.most_discount_euro) * 100),
        rewards: match chosen.rewards {
            RewardsAlone::Off => OfflineRewards::Off,
            RewardsAlone::UpTo => OfflineRewards::UpTo(i64::from(chosen.rewards_most)),
            RewardsAlone::All => OfflineRewards::All,
        },
        standing_max_age_days: i64::from(chosen.standing_max_age_days),
    };
    Ok(Settings { preferences, offline, distribution: keys::wanted(&chosen.keys)? })
}

// What the bounds of the settings let through fits.
fn shown(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use balie_desk::config::Distribution;

    #[test]
    fn what_is_shown_is_what_comes_back() {
        let settings = Settings {
            preferences: Preferences::default(),
            offline: OfflinePolicy::default(),
            distribution: Distribution::default(),
        };
        assert_eq!(wanted(chosen(&settings)).ok(), Some(settings));
    }
}
