//! What can change while the desk is open: how it speaks to the clerk, how far it goes alone, and where the clerk sends people.

use super::{ChangeError, Config, ConfigError, DeskTable, Distribution, RewardsSetting};
use balie_core::policy::OfflinePolicy;
use balie_core::reward::OfflineRewards;
use serde::Deserialize;

/// The longest sentence of the organizer, in characters: it stands beside a reason, on one or two lines.
pub const LONGEST_SENTENCE: usize = 200;

/// How many minutes without a key or a pointer a desk with a PIN stays open, unless the settings say otherwise.
pub const LOCK_AFTER_MINUTES: u32 = 3;

/// How loud the sounds are unless the settings say otherwise, in percent.
const VOLUME_PERCENT: u32 = 60;

/// What a person can change while the desk is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How the desk speaks to the clerk.
    pub preferences: Preferences,
    /// How far the desk may go without a connection.
    pub offline: OfflinePolicy,
    /// Who pays which part of a ticket, and whether prices are computed with it.
    pub distribution: Distribution,
}

impl Settings {
    /// Those of a file.
    pub fn of(config: &Config) -> Self {
        Self {
            preferences: config.preferences.clone(),
            offline: config.offline,
            distribution: config.distribution.clone(),
        }
    }

    /// These, if they are within the bounds that hold for the file.
    ///
    /// # Errors
    /// Names the one that is not.
    pub fn checked(mut self) -> Result<Self, ChangeError> {
        let wrong = |(key, reason): (&'static str, &str)| ConfigError::Value {
            file: std::path::PathBuf::new(),
            key,
            reason: reason.to_owned(),
        };
        let (preferences, offline) = (&mut self.preferences, self.offline);
        let table = DeskTable {
            sound_volume: preferences.volume_percent,
            lock_after_minutes: preferences.lock_after_minutes,
            offline_most_open: offline.most_open,
            offline_most_discount_euro: offline.most_discount.0 / 100,
            standing_max_age_days: offline.standing_max_age_days,
            offline_rewards: match offline.rewards {
                OfflineRewards::UpTo(most) => RewardsSetting::UpTo(most),
                OfflineRewards::Off | OfflineRewards::All => RewardsSetting::UpTo(0),
            },
            ..DeskTable::default()
        };
        table.check().and_then(|()| table.offline().map(|_| ())).map_err(wrong)?;
        let RenewAt { nl, fr, en } = &mut preferences.renew_at;
        for text in [nl, fr, en] {
            *text = sentence(text).map_err(|reason| wrong(("organizer.renew_at", reason)))?;
        }
        preferences.who_to_call =
            sentence(&preferences.who_to_call).map_err(|reason| wrong(("organizer.who_to_call", reason)))?;
        if self.distribution.uses_own && !self.distribution.has_own() {
            return Err(wrong(("desk.own_keys", "needs a key that can count")).into());
        }
        Ok(self)
    }
}

/// How the desk speaks to the clerk, and where the clerk sends people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences {
    /// The language of the desk.
    pub language: Language,
    /// Light or dark.
    pub look: Look,
    /// Whether there are sounds. They are the same for everybody who stands at the desk.
    pub sound: bool,
    /// How loud they are, in percent.
    pub volume_percent: u32,
    /// A card that is laid on the reader at a chosen activity saves its point by itself.
    pub fast_mode: bool,
    /// The organizer may look people up by their national number, and wants to: typed, scanned or off an eID, with a connection only.
    pub uses_national_number: bool,
    /// How many minutes without a key or a pointer a desk with a PIN stays open.
    pub lock_after_minutes: u32,
    /// Where a passholder goes to renew a pass or a standing.
    pub renew_at: RenewAt,
    /// Whom a clerk calls when something does not work: a name and a telephone number. Empty when nobody said.
    pub who_to_call: String,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: Language::default(),
            look: Look::default(),
            sound: true,
            volume_percent: VOLUME_PERCENT,
            fast_mode: false,
            uses_national_number: false,
            lock_after_minutes: LOCK_AFTER_MINUTES,
            renew_at: RenewAt::default(),
            who_to_call: String::new(),
        }
    }
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Look {
    /// As the system is.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Look {
    /// As it stands in the file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The languages that a clerk can work in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Dutch.
    #[default]
    Nl,
    /// French.
    Fr,
    /// English.
    En,
}

impl Language {
    /// As it stands in the file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::Fr => "fr",
            Self::En => "en",
        }
    }
}

/// Where a passholder goes to renew, in the organizer's own words: an address and a telephone number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RenewAt {
    /// In Dutch; empty when nobody said.
    pub nl: String,
    /// In French.
    pub fr: String,
    /// In English.
    pub en: String,
}

impl RenewAt {
    /// One text for all languages.
    pub fn everywhere(text: &str) -> Self {
        Self { nl: text.to_owned(), fr: text.to_owned(), en: text.to_owned() }
    }

    /// The words for a language. An address in another language is better than none.
    pub fn said(&self, language: Language) -> Option<&str> {
        let own = match language {
            Language::Nl => &self.nl,
            Language::Fr => &self.fr,
            Language::En => &self.en,
        };
        [own, &self.nl, &self.fr, &self.en].into_iter().map(String::as_str).find(|text| !text.is_empty())
    }
}

/// `renew_at` as it stands in the file.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a text, or a table with a text for `nl`, `fr` and `en`")]
pub(super) enum RenewText {
    One(String),
    Each(Each),
}

impl Default for RenewText {
    fn default() -> Self {
        Self::One(String::new())
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Each {
    nl: String,
    fr: String,
    en: String,
}

impl RenewText {
    pub(super) fn read(&self) -> Result<RenewAt, &'static str> {
        match self {
            Self::One(text) => Ok(RenewAt::everywhere(&sentence(text)?)),
            Self::Each(each) => {
                Ok(RenewAt { nl: sentence(&each.nl)?, fr: sentence(&each.fr)?, en: sentence(&each.en)? })
            }
        }
    }
}

/// A sentence of the organizer, as it may stand on the screen.
pub(super) fn sentence(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.chars().count() > LONGEST_SENTENCE || text.chars().any(char::is_control) {
        return Err("takes one line of at most 200 characters");
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_another_language_is_better_than_none() {
        let brussels = RenewAt { nl: String::new(), fr: "Rue de Flandre 1".to_owned(), en: String::new() };
        assert_eq!(brussels.said(Language::En), Some("Rue de Flandre 1"));
        assert_eq!(RenewAt::everywhere("Botermarkt 1").said(Language::Fr), Some("Botermarkt 1"));
        assert_eq!(RenewAt::default().said(Language::Nl), None);
    }
}
