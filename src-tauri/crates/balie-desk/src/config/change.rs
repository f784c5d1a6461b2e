//! Changes the settings in their file, and nothing else in it: what somebody wrote there by hand stays as it stands, with its
//! comments.

use super::preferences::{Language, RenewAt};
use super::{Config, ConfigError, Distribution, Settings, keys_of_file};
use balie_core::reward::OfflineRewards;
use balie_store::durable;
use std::path::Path;
use toml_edit::{DocumentMut, InlineTable, Item, TableLike, Value};

/// Why the settings were not changed. The file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The file cannot be used as it is, or what was asked is out of bounds.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Somebody changed the distribution keys in the file since it was read, and somebody else changes them here: one of the
    /// two would be lost.
    #[error("the distribution keys in the file are not those that were changed")]
    KeysMeanwhile,
    /// The file cannot be written.
    #[error("the settings cannot be written: {0}")]
    File(std::io::Error),
}

/// Writes in the file what a person changed of the settings that `held`, and gives those that stand there then: what somebody
/// else changed in the file meanwhile stays as well.
///
/// # Errors
/// Refuses what is out of bounds, and a file that somebody made unreadable meanwhile.
pub fn change(file: &Path, held: &Settings, wanted: &Settings) -> Result<Settings, ChangeError> {
    let text =
        std::fs::read_to_string(file).map_err(|reason| ConfigError::Unreadable { file: file.to_owned(), reason })?;
    let changed = changed(&text, file, held, wanted)?;
    let settings = Settings::of(&Config::parse(&changed, file)?);
    if changed != text {
        durable::write(file, changed.as_bytes()).map_err(ChangeError::File)?;
    }
    Ok(settings)
}

fn changed(text: &str, file: &Path, held: &Settings, wanted: &Settings) -> Result<String, ChangeError> {
    let stands = Config::parse(text, file)?.distribution;
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| ConfigError::Line {
        file: file.to_owned(),
        line: 1,
        reason: error.message().to_owned(),
    })?;
    let mut desk = of_desk(held, wanted);
    if held.distribution.own != wanted.distribution.own {
        if stands.own != held.distribution.own {
            return Err(ChangeError::KeysMeanwhile);
        }
        let wrong = |reason| ConfigError::Value { file: file.to_owned(), key: "distribution_keys", reason };
        keys_of_file::put(&mut document, &wanted.distribution.own).map_err(wrong)?;
    }
    if held.distribution.uses_own != wanted.distribution.uses_own {
        desk.extend(own_keys(&document, &wanted.distribution));
    }
    put(&mut document, "organizer", of_organizer(held, wanted));
    put(&mut document, "desk", desk);
    Ok(document.to_string())
}

fn of_desk(held: &Settings, wanted: &Settings) -> Vec<(&'static str, Value)> {
    let (was, is) = (&held.preferences, &wanted.preferences);
    let (was_alone, is_alone) = (held.offline, wanted.offline);
    let (computed, computes) = (held.distribution.computes, wanted.distribution.computes);
    let whole = |number: u32| Value::from(i64::from(number));
    let euro = Value::from(is_alone.most_discount.0 / 100);
    let days = Value::from(is_alone.standing_max_age_days);
    [
        (was.language != is.language, "language", Value::from(is.language.word())),
        (was.look != is.look, "look", Value::from(is.look.word())),
        (was.sound != is.sound, "sound", Value::from(is.sound)),
        (was.volume_percent != is.volume_percent, "sound_volume", whole(is.volume_percent)),
        (was.fast_mode != is.fast_mode, "fast_mode", Value::from(is.fast_mode)),
        (was.lock_after_minutes != is.lock_after_minutes, "lock_after_minutes", whole(is.lock_after_minutes)),
        (was_alone.most_open != is_alone.most_open, "offline_most_open", whole(is_alone.most_open)),
        (was_alone.most_discount != is_alone.most_discount, "offline_most_discount_euro", euro),
        (was_alone.rewards != is_alone.rewards, "offline_rewards", rewards(is_alone.rewards)),
        (was_alone.standing_max_age_days != is_alone.standing_max_age_days, "standing_max_age_days", days),
        (computed != computes, "compute_prices", Value::from(computes)),
    ]
    .into_iter()
    .filter_map(|(differs, key, value)| differs.then_some((key, value)))
    .collect()
}

fn of_organizer(held: &Settings, wanted: &Settings) -> Vec<(&'static str, Value)> {
    let (was, is) = (&held.preferences, &wanted.preferences);
    [
        (was.renew_at != is.renew_at, "renew_at", renew_at(&is.renew_at)),
        (was.who_to_call != is.who_to_call, "who_to_call", Value::from(is.who_to_call.as_str())),
        (
            was.uses_national_number != is.uses_national_number,
            "uses_national_number",
            Value::from(is.uses_national_number),
        ),
    ]
    .into_iter()
    .filter_map(|(differs, key, value)| differs.then_some((key, value)))
    .collect()
}

/// What the file says of whose keys count: own keys count by themselves, so nothing is said of it before they are set aside.
fn own_keys(document: &DocumentMut, wanted: &Distribution) -> Option<(&'static str, Value)> {
    let said = document.get("desk").and_then(|desk| desk.get("own_keys")).is_some();
    (said || !wanted.uses_own).then(|| ("own_keys", Value::from(wanted.uses_own)))
}

fn put(document: &mut DocumentMut, table: &str, values: Vec<(&str, Value)>) {
    if values.is_empty() {
        return;
    }
    let place = document.entry(table).or_insert_with(toml_edit::table);
    let Some(place): Option<&mut dyn TableLike> = place.as_table_like_mut() else { return };
    for (key, mut value) in values {
        match place.get_mut(key).and_then(Item::as_value_mut) {
            // What stands behind the value on its line is a remark about it.
            Some(old) => {
                *value.decor_mut() = old.decor().clone();
                *old = value;
            }
            None => {
                place.insert(key, Item::Value(value));
            }
        }
    }
}

fn rewards(rewards: OfflineRewards) -> Value {
    match rewards {
        OfflineRewards::Off => Value::from("off"),
        OfflineRewards::All => Value::from("all"),
        OfflineRewards::UpTo(most) => Value::from(most),
    }
}

/// One text where it is the same in all languages, else one for each that there is.
fn renew_at(said: &RenewAt) -> Value {
    if said.nl == said.fr && said.fr == said.en {
        return Value::from(said.nl.as_str());
    }
    let each = [(Language::Nl, &said.nl), (Language::Fr, &said.fr), (Language::En, &said.en)];
    let mut table = InlineTable::new();
    for (language, text) in each.into_iter().filter(|(_, text)| !text.is_empty()) {
        table.insert(language.word(), Value::from(text.as_str()));
    }
    Value::InlineTable(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Look;
    use balie_core::key::{Condition, DistributionKey, Share};
    use balie_core::money::Cents;
    use balie_core::policy::OfflinePolicy;

    const BY_HAND: &str = r#"# Balie van de stad, gezet door Els
environment = "test"
[servers]
api = "https://api-test.uitpas.be"   # niet veranderen
search = "https://search-test.uitdatabank.be"
issuer = "https://account-test.uitid.be/realms/uitid"

[desk]
language = "fr"      # tot maart
receipt_prefix = "ZW"

[sign_in]
client_id = "balie"
client_secret = "geheim"

[[distribution_keys]]
# de sleutel van de stad
passholder = "20 %"
organizer  = "40 %"
government = "rest"
"#;

    fn by_hand() -> Settings {
        Settings::of(&Config::parse(BY_HAND, Path::new("balie.toml")).unwrap())
    }

    #[test]
    fn what_stands_there_by_hand_stays_to_the_letter() {
        let file = Path::new("balie.toml");
        assert_eq!(
            changed(BY_HAND, file, &by_hand(), &by_hand()).unwrap(),
            BY_HAND,
            "nothing differs, nothing is written"
        );
        let mut wanted = by_hand();
        wanted.preferences.language = Language::Nl;
        wanted.preferences.fast_mode = true;
        let text = changed(BY_HAND, file, &by_hand(), &wanted).unwrap();
        let expected = BY_HAND
            .replace("language = \"fr\"      # tot maart", "language = \"nl\"      # tot maart")
            .replace("receipt_prefix = \"ZW\"\n", "receipt_prefix = \"ZW\"\nfast_mode = true\n");
        assert_eq!(text, expected);
    }

    #[test]
    fn every_setting_can_be_changed_and_read_back() {
        let file = Path::new("balie.toml");
        let mut wanted = by_hand();
        wanted.preferences = super::super::Preferences {
            language: Language::En,
            look: Look::Dark,
            sound: false,
            volume_percent: 10,
            fast_mode: true,
            uses_national_number: true,
            lock_after_minutes: 5,
            renew_at: RenewAt { nl: "Stadswinkel".to_owned(), fr: "Guichet".to_owned(), en: String::new() },
            who_to_call: "Els \"de baas\" – 09 210 10 20".to_owned(),
        };
        for rewards in [OfflineRewards::Off, OfflineRewards::All, OfflineRewards::UpTo(7)] {
            wanted.offline =
                OfflinePolicy { standing_max_age_days: 3, most_open: 9, most_discount: Cents(12_300), rewards };
            let text = changed(BY_HAND, file, &by_hand(), &wanted).unwrap();
            assert_eq!(Settings::of(&Config::parse(&text, file).unwrap()), wanted);
            assert_eq!(
                changed(&text, file, &wanted, &by_hand())
                    .map(|back| Settings::of(&Config::parse(&back, file).unwrap()))
                    .unwrap(),
                by_hand()
            );
        }
    }

    fn two_euro() -> DistributionKey {
        let below = vec![Condition::PriceBelow(Cents(1_001))];
        DistributionKey::new(below, Share::Fixed(Cents(200)), Share::Rest, Share::OfPrice(4_000)).unwrap()
    }

    #[test]
    fn the_keys_of_the_organizer_are_changed_set_aside_and_taken_up_again() {
        let file = Path::new("balie.toml");
        let mut wanted = by_hand();
        assert!(wanted.distribution.uses_own && !wanted.distribution.computes);
        wanted.distribution.computes = true;
        wanted.distribution.own.automatic.insert(0, two_euro());
        let text = changed(BY_HAND, file, &by_hand(), &wanted).unwrap();
        assert_eq!(Settings::of(&Config::parse(&text, file).unwrap()), wanted);
        assert!(text.contains("receipt_prefix = \"ZW\"\ncompute_prices = true\n"), "{text}");
        assert!(text.contains("organizer  = \"40 %\"") && text.contains("# de sleutel van de stad"), "{text}");
        assert!(!text.contains("own_keys"), "they count by themselves");

        let mut aside = wanted.clone();
        aside.distribution.uses_own = false;
        let without = changed(&text, file, &wanted, &aside).unwrap();
        assert_eq!(without, text.replace("compute_prices = true\n", "compute_prices = true\nown_keys = false\n"));
        assert_eq!(Settings::of(&Config::parse(&without, file).unwrap()), aside);
        let again = changed(&without, file, &aside, &wanted).unwrap();
        assert_eq!(Settings::of(&Config::parse(&again, file).unwrap()), wanted);
    }

    #[test]
    fn keys_that_somebody_changed_in_the_file_meanwhile_are_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("balie.toml");
        let by_another = BY_HAND.replace("\"40 %\"", "\"30 %\"");
        std::fs::write(&file, &by_another).unwrap();
        let mut wanted = by_hand();
        wanted.distribution.own.automatic.push(two_euro());
        let refused = change(&file, &by_hand(), &wanted).unwrap_err();
        assert!(matches!(refused, ChangeError::KeysMeanwhile));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), by_another);
        // Whoever changes something else has them from then on.
        wanted = by_hand();
        wanted.distribution.computes = true;
        let now = change(&file, &by_hand(), &wanted).unwrap();
        let [key] = now.distribution.own.automatic.as_slice() else { panic!("{now:?}") };
        assert_eq!((key.shares()[1], now.distribution.computes), (Share::OfPrice(3_000), true));
    }

    #[test]
    fn what_somebody_changed_in_the_file_meanwhile_is_not_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("balie.toml");
        std::fs::write(&file, BY_HAND.replace("[desk]", "[desk]\nfast_mode = true")).unwrap();
        let mut wanted = by_hand();
        wanted.preferences.look = Look::Dark;
        let now = change(&file, &by_hand(), &wanted).unwrap();
        assert_eq!((now.preferences.fast_mode, now.preferences.look), (true, Look::Dark));
    }

    #[test]
    fn what_is_out_of_bounds_is_refused_and_the_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("balie.toml");
        std::fs::write(&file, BY_HAND).unwrap();
        let mut wanted = by_hand();
        wanted.offline.standing_max_age_days = 31;
        let refused = change(&file, &by_hand(), &wanted).unwrap_err();
        assert!(
            matches!(&refused, ChangeError::Config(ConfigError::Value { key, .. }) if *key == "desk.standing_max_age_days")
        );
        assert_eq!(std::fs::read_to_string(&file).unwrap(), BY_HAND);
        wanted.offline.standing_max_age_days = 30;
        assert_eq!(change(&file, &by_hand(), &wanted).unwrap(), wanted);
        assert!(std::fs::read_to_string(&file).unwrap().contains("standing_max_age_days = 30"));
    }
}
