//! `balie.toml`: where the servers are, whose desk this is, and in which environment.

mod change;
mod keys;
mod keys_of_file;
mod preferences;
mod sign_in;

use balie_core::checkin::CheckInPolicy;
use balie_core::event::OrganizerId;
use balie_core::keys::Keys;
use balie_core::money::Cents;
use balie_core::policy::OfflinePolicy;
use balie_core::reward::OfflineRewards;
use balie_remote::access::Credentials;
use balie_remote::client::Endpoints;
use balie_remote::endpoint::{Endpoint, EndpointError};
use balie_remote::sign_in::Person;
use balie_store::ledger::Environment;
use balie_store::retention::RetentionPolicy;
pub use change::{ChangeError, change};
pub use keys::Distribution;
use keys::{KeyTable, own};
pub use preferences::{LONGEST_SENTENCE, Language, Look, Preferences, RenewAt, Settings};
use preferences::{RenewText, sentence};
use serde::Deserialize;
use sign_in::SignIn;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The settings of a desk.
#[derive(Debug, Clone)]
pub struct Config {
    /// The world that this desk works in.
    pub environment: Environment,
    /// The servers.
    pub endpoints: Endpoints,
    /// Who we are to them.
    pub credentials: Credentials,
    /// How a person signs in; `None` where the client itself has a secret to sign in with.
    pub person: Option<Person>,
    /// Whose desk this is, until another one is chosen in the window; `None` when it is to be chosen there.
    pub organizer: Option<OrganizerId>,
    /// The name of the organizer, until UiTPAS says it.
    pub organizer_name: String,
    /// What the receipt numbers of this desk start with.
    pub receipt_prefix: String,
    /// Where the files of this profile are; `None` when the settings do not say.
    pub profile: Option<PathBuf>,
    /// The card system of the organizer itself, for the distribution keys that ask for it.
    pub card_system: Option<i64>,
    /// The postal codes of the municipality of the organizer; it tells its own passholders from others.
    pub postal_codes: Vec<String>,
    /// How far the desk may go without a connection.
    pub offline: OfflinePolicy,
    /// How long acts are kept that came to their end.
    pub retention: RetentionPolicy,
    /// How long before and after an activity points can be saved.
    pub check_in: CheckInPolicy,
    /// How often the desk looks whether the network is back.
    pub probe_every: Duration,
    /// The receipt number goes along in the name of the price category, so that a sale is known again among the rows of
    /// UiTPAS. Financial reports show it too, so the organizer decides.
    pub receipt_in_label: bool,
    /// Nobody but this desk registers anything for the organizer.
    pub only_desk: bool,
    /// The own politeness limit: so many requests a second.
    pub requests_per_second: u64,
    /// Who pays which part of a ticket, and whether prices are computed with it, as it is when the desk opens.
    pub distribution: Distribution,
    /// What can change while the desk is open, as it is when the desk opens.
    pub preferences: Preferences,
}

/// No figure is published, so the house sets one (sync.md §1.7).
const REQUESTS_PER_SECOND: u64 = 5;

/// Why the settings cannot be used. It names the file and, where it can, the line.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{file}: cannot be read: {reason}")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// A line of the file is wrong.
    #[error("{file}, line {line}: {reason}")]
    Line {
        /// The file.
        file: PathBuf,
        /// Counts from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A value is wrong.
    #[error("{file}: {key}: {reason}")]
    Value {
        /// The file.
        file: PathBuf,
        /// Which setting.
        key: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    environment: String,
    profile: Option<PathBuf>,
    servers: Servers,
    #[serde(default)]
    organizer: Organizer,
    sign_in: SignIn,
    #[serde(default)]
    desk: DeskTable,
    #[serde(default)]
    distribution_keys: Vec<KeyTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Servers {
    api: String,
    search: String,
    issuer: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Organizer {
    id: Option<String>,
    name: String,
    card_system: Option<i64>,
    postal_codes: Vec<String>,
    renew_at: RenewText,
    who_to_call: String,
    uses_national_number: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DeskTable {
    receipt_prefix: String,
    standing_max_age_days: i64,
    probe_seconds: u64,
    receipt_in_label: bool,
    only_desk: bool,
    compute_prices: bool,
    own_keys: bool,
    language: Language,
    look: Look,
    sound: bool,
    sound_volume: u32,
    fast_mode: bool,
    lock_after_minutes: u32,
    offline_most_open: u32,
    offline_most_discount_euro: i64,
    offline_rewards: RewardsSetting,
    check_in_before_minutes: i64,
    check_in_after_minutes: i64,
    keep_people_days: u32,
    keep_acts_days: u32,
}

/// `"off"`, `"all"`, or the most points that a reward may cost.
#[derive(Deserialize)]
#[serde(untagged)]
enum RewardsSetting {
    Word(String),
    UpTo(i64),
}

impl Default for DeskTable {
    fn default() -> Self {
        let (offline, check_in) = (OfflinePolicy::default(), CheckInPolicy::default());
        let (retention, preferences) = (RetentionPolicy::default(), Preferences::default());
        Self {
            receipt_prefix: "B1".to_owned(),
            standing_max_age_days: offline.standing_max_age_days,
            probe_seconds: 15,
            receipt_in_label: false,
            only_desk: false,
            compute_prices: false,
            own_keys: true,
            language: preferences.language,
            look: preferences.look,
            sound: preferences.sound,
            sound_volume: preferences.volume_percent,
            fast_mode: preferences.fast_mode,
            lock_after_minutes: preferences.lock_after_minutes,
            offline_most_open: offline.most_open,
            offline_most_discount_euro: offline.most_discount.0 / 100,
            offline_rewards: match offline.rewards {
                OfflineRewards::Off => RewardsSetting::Word("off".to_owned()),
                OfflineRewards::UpTo(most) => RewardsSetting::UpTo(most),
                OfflineRewards::All => RewardsSetting::Word("all".to_owned()),
            },
            check_in_before_minutes: check_in.before_minutes,
            check_in_after_minutes: check_in.after_minutes,
            keep_people_days: retention.reduce_after_days,
            keep_acts_days: retention.delete_after_days,
        }
    }
}

impl DeskTable {
    /// Says which setting is out of its bounds.
    fn check(&self) -> Result<(), (&'static str, &'static str)> {
        let prefix = &self.receipt_prefix;
        if prefix.is_empty() || prefix.len() > 8 || !prefix.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(("desk.receipt_prefix", "takes 1 to 8 letters and digits"));
        }
        if !(1..=30).contains(&self.standing_max_age_days) {
            return Err(("desk.standing_max_age_days", "takes 1 to 30 days"));
        }
        if self.sound_volume > 100 {
            return Err(("desk.sound_volume", "takes 0 to 100 percent"));
        }
        if !(1..=60).contains(&self.lock_after_minutes) {
            return Err(("desk.lock_after_minutes", "takes 1 to 60 minutes"));
        }
        if self.offline_most_open > 100_000 {
            return Err(("desk.offline_most_open", "takes 0 to 100000 sales"));
        }
        if !(1..=300).contains(&self.probe_seconds) {
            return Err(("desk.probe_seconds", "takes 1 to 300 seconds"));
        }
        if !(0..=100_000).contains(&self.offline_most_discount_euro) {
            return Err(("desk.offline_most_discount_euro", "takes 0 to 100000 euro"));
        }
        if !(0..=1_440).contains(&self.check_in_before_minutes) {
            return Err(("desk.check_in_before_minutes", "takes 0 to 1440 minutes"));
        }
        if !(0..=1_440).contains(&self.check_in_after_minutes) {
            return Err(("desk.check_in_after_minutes", "takes 0 to 1440 minutes"));
        }
        if !(1..=365).contains(&self.keep_people_days) {
            return Err(("desk.keep_people_days", "takes 1 to 365 days"));
        }
        if !(self.keep_people_days..=3_660).contains(&self.keep_acts_days) {
            return Err(("desk.keep_acts_days", "takes as many days as keep_people_days or more, at most 3660"));
        }
        Ok(())
    }

    fn preferences(&self, renew_at: RenewAt, who_to_call: String, uses_national_number: bool) -> Preferences {
        Preferences {
            language: self.language,
            look: self.look,
            sound: self.sound,
            volume_percent: self.sound_volume,
            fast_mode: self.fast_mode,
            uses_national_number,
            lock_after_minutes: self.lock_after_minutes,
            renew_at,
            who_to_call,
        }
    }

    fn offline(&self) -> Result<OfflinePolicy, (&'static str, &'static str)> {
        let rewards = match &self.offline_rewards {
            RewardsSetting::UpTo(most @ 0..) => OfflineRewards::UpTo(*most),
            RewardsSetting::Word(word) if word == "off" => OfflineRewards::Off,
            RewardsSetting::Word(word) if word == "all" => OfflineRewards::All,
            _ => return Err(("desk.offline_rewards", "takes \"off\", \"all\" or a number of points")),
        };
        Ok(OfflinePolicy {
            standing_max_age_days: self.standing_max_age_days,
            most_open: self.offline_most_open,
            most_discount: Cents(self.offline_most_discount_euro * 100),
            rewards,
        })
    }
}

impl Config {
    /// The settings of a desk that says nothing but where the servers are and whose desk it is.
    pub fn new(
        environment: Environment,
        endpoints: Endpoints,
        credentials: Credentials,
        organizer: OrganizerId,
    ) -> Self {
        let desk = DeskTable::default();
        Self {
            environment,
            endpoints,
            credentials,
            person: None,
            organizer: Some(organizer),
            organizer_name: String::new(),
            card_system: None,
            postal_codes: Vec::new(),
            receipt_prefix: desk.receipt_prefix,
            profile: None,
            offline: OfflinePolicy::default(),
            retention: RetentionPolicy::default(),
            check_in: CheckInPolicy::default(),
            probe_every: Duration::from_secs(desk.probe_seconds),
            receipt_in_label: desk.receipt_in_label,
            only_desk: desk.only_desk,
            requests_per_second: REQUESTS_PER_SECOND,
            distribution: Distribution::default(),
            preferences: Preferences::default(),
        }
    }

    /// Reads and checks a file.
    ///
    /// # Errors
    /// Says in which file and line what is wrong. A key that is not known is an error too: a mistyped setting must not
    /// be ignored in silence.
    pub fn read(file: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file)
            .map_err(|reason| ConfigError::Unreadable { file: file.to_owned(), reason })?;
        Self::parse(&text, file)
    }

    /// Checks the text of a file.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigError> {
        let table: File = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text.get(..start).unwrap_or(text).matches('\n').count() + 1;
            ConfigError::Line { file: file.to_owned(), line, reason: error.message().to_owned() }
        })?;
        let wrong = |key, reason: String| ConfigError::Value { file: file.to_owned(), key, reason };
        let endpoint =
            |key, text: &str| Endpoint::parse(text).map_err(|error: EndpointError| wrong(key, error.to_string()));
        let environment = match table.environment.as_str() {
            "production" => Environment::Production,
            "test" => Environment::Test,
            other => return Err(wrong("environment", format!("`{other}` is neither `production` nor `test`"))),
        };
        let (credentials, person) =
            table.sign_in.read(environment, table.desk.language).map_err(|(key, reason)| wrong(key, reason))?;
        table.desk.check().map_err(|(key, reason)| wrong(key, reason.to_owned()))?;
        let offline = table.desk.offline().map_err(|(key, reason)| wrong(key, reason.to_owned()))?;
        let who_to_call = sentence(&table.organizer.who_to_call)
            .map_err(|reason| wrong("organizer.who_to_call", reason.to_owned()))?;
        let renew_at =
            table.organizer.renew_at.read().map_err(|reason| wrong("organizer.renew_at", reason.to_owned()))?;
        let preferences = table.desk.preferences(renew_at, who_to_call, table.organizer.uses_national_number);
        let own_keys = own(&table.distribution_keys).map_err(|reason| wrong("distribution_keys", reason))?;
        Ok(Self {
            environment,
            endpoints: Endpoints {
                api: endpoint("servers.api", &table.servers.api)?,
                search: endpoint("servers.search", &table.servers.search)?,
                issuer: endpoint("servers.issuer", &table.servers.issuer)?,
            },
            credentials,
            person,
            organizer: table.organizer.id.filter(|id| !id.is_empty()).map(OrganizerId),
            organizer_name: table.organizer.name,
            card_system: table.organizer.card_system,
            postal_codes: table.organizer.postal_codes,
            receipt_prefix: table.desk.receipt_prefix,
            // A relative folder is meant from where the settings stand, wherever the program was started.
            profile: table.profile.map(|folder| file.parent().unwrap_or(Path::new("")).join(folder)),
            offline,
            retention: RetentionPolicy {
                reduce_after_days: table.desk.keep_people_days,
                delete_after_days: table.desk.keep_acts_days,
            },
            check_in: CheckInPolicy {
                before_minutes: table.desk.check_in_before_minutes,
                after_minutes: table.desk.check_in_after_minutes,
            },
            probe_every: Duration::from_secs(table.desk.probe_seconds),
            receipt_in_label: table.desk.receipt_in_label,
            only_desk: table.desk.only_desk,
            requests_per_second: REQUESTS_PER_SECOND,
            distribution: Distribution {
                computes: table.desk.compute_prices,
                // Without keys of its own there is nothing that could count but the default key.
                uses_own: table.desk.own_keys && own_keys != Keys::default(),
                own: own_keys,
            },
            preferences,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    const GOOD: &str = r#"environment = "test"
[servers]
api = "https://api-test.uitpas.be"
search = "https://search-test.uitdatabank.be"
issuer = "https://account-test.uitid.be/realms/uitid"
[organizer]
id = "0ce87cbc-9299-4528-8d35-92225dc9489f"
[sign_in]
client_id = "balie"
client_secret = "geheim"
"#;

    fn complaint(text: &str) -> String {
        Config::parse(text, Path::new("balie.toml")).unwrap_err().to_string()
    }

    #[test]
    fn a_complete_file_is_read_with_sound_defaults() {
        let config = Config::parse(GOOD, Path::new("balie.toml")).unwrap();
        assert_eq!(config.environment, Environment::Test);
        assert_eq!(config.receipt_prefix, "B1");
        assert_eq!((config.offline, &config.preferences), (OfflinePolicy::default(), &Preferences::default()));
        assert_eq!(config.distribution.computing(), None, "no price is computed before the organizer says so");
        assert!(!format!("{config:?}").contains("geheim"), "the secret is not printed");
    }

    #[test]
    fn a_mistyped_key_is_named_with_its_line() {
        let mistyped = complaint(&GOOD.replace("client_id", "cliend_id"));
        assert!(mistyped.starts_with("balie.toml, line 9: unknown field `cliend_id`"), "{mistyped}");
        let broken = complaint(&GOOD.replace("[organizer]", "[organizer"));
        assert!(broken.starts_with("balie.toml, line 6:"), "{broken}");
    }

    #[test]
    fn numbers_of_people_never_travel_in_the_open() {
        let open = complaint(&GOOD.replace("https://api-test", "http://api-test"));
        assert!(open.contains("servers.api") && open.contains("https"), "{open}");
        assert!(
            Config::parse(&GOOD.replace("https://api-test.uitpas.be", "http://127.0.0.1:4010"), Path::new("x")).is_ok()
        );
    }

    #[test]
    fn how_far_the_desk_may_go_alone_is_a_setting() {
        let desk =
            "[desk]\nlanguage = \"fr\"\noffline_rewards = \"all\"\noffline_most_open = 3\ncompute_prices = true\n";
        let config = Config::parse(&format!("{GOOD}{desk}"), Path::new("balie.toml")).unwrap();
        assert_eq!((config.offline.rewards, config.offline.most_open), (OfflineRewards::All, 3));
        assert_eq!(config.preferences.language, Language::Fr);
        assert_eq!(config.distribution.computing().map(Cow::into_owned), Some(Keys::standard()));
    }

    #[test]
    fn own_keys_count_where_there_are_any_and_they_are_not_set_aside() {
        let key = "[[distribution_keys]]\npassholder = \"2.00\"\norganizer = \"rest\"\ngovernment = \"40 %\"\n";
        for (text, counts) in [
            (format!("{GOOD}{key}"), true),
            (format!("{GOOD}[desk]\nown_keys = true\n{key}"), true),
            (format!("{GOOD}[desk]\nown_keys = false\n{key}"), false),
            (format!("{GOOD}[desk]\nown_keys = true\n"), false),
        ] {
            let distribution = Config::parse(&text, Path::new("balie.toml")).unwrap().distribution;
            assert_eq!((distribution.uses_own, distribution.has_own()), (counts, text.contains(key)), "{text}");
            assert_eq!(*distribution.keys() == Keys::standard(), !counts, "{text}");
        }
    }

    #[test]
    fn the_organizer_says_where_to_renew_in_one_text_or_in_one_for_each_language() {
        let with = |line: &str| {
            GOOD.replace("[sign_in]", &format!("{line}\nwho_to_call = \" Els, 09 210 10 10 \"\n[sign_in]"))
        };
        let one = with("renew_at = \"Stadswinkel, Botermarkt 1, 9000 Gent\"");
        let preferences = Config::parse(&one, Path::new("balie.toml")).unwrap().preferences;
        assert_eq!(preferences.renew_at, RenewAt::everywhere("Stadswinkel, Botermarkt 1, 9000 Gent"));
        assert_eq!(preferences.who_to_call, "Els, 09 210 10 10");
        let each = with("renew_at = { nl = \"Stadswinkel\", fr = \"Guichet\" }");
        let renew_at = Config::parse(&each, Path::new("balie.toml")).unwrap().preferences.renew_at;
        assert_eq!((renew_at.said(Language::Fr), renew_at.said(Language::En)), (Some("Guichet"), Some("Stadswinkel")));
        assert!(complaint(&with("renew_at = 9000")).contains("a text, or a table"));
        assert!(complaint(&with("renew_at = { de = \"Gent\" }")).contains("a text, or a table"));
    }

    #[test]
    fn values_out_of_bounds_are_refused_in_words() {
        assert!(complaint(&GOOD.replace("\"test\"", "\"prod\"")).contains("neither `production` nor `test`"));
        assert!(complaint(&GOOD.replace("\"test\"", "\"production\"")).contains("signs in as a person"));
        for key in ["renew_at", "who_to_call"] {
            for text in ["a\\nb".to_owned(), "x".repeat(201)] {
                let wrong = GOOD.replace("[sign_in]", &format!("{key} = \"{text}\"\n[sign_in]"));
                assert!(complaint(&wrong).contains(&format!("organizer.{key}: takes one line")), "{key}");
            }
        }
        for (line, key) in [
            ("receipt_prefix = \"\"", "desk.receipt_prefix"),
            ("standing_max_age_days = 31", "desk.standing_max_age_days"),
            ("probe_seconds = 0", "desk.probe_seconds"),
            ("sound_volume = 101", "desk.sound_volume"),
            ("lock_after_minutes = 0", "desk.lock_after_minutes"),
            ("offline_most_open = 100001", "desk.offline_most_open"),
            ("offline_most_discount_euro = -1", "desk.offline_most_discount_euro"),
            ("offline_rewards = \"some\"", "desk.offline_rewards"),
            ("offline_rewards = -1", "desk.offline_rewards"),
            ("check_in_before_minutes = 1441", "desk.check_in_before_minutes"),
            ("check_in_after_minutes = -1", "desk.check_in_after_minutes"),
            ("keep_people_days = 0", "desk.keep_people_days"),
            ("keep_acts_days = 29", "desk.keep_acts_days"),
        ] {
            assert!(complaint(&format!("{GOOD}[desk]\n{line}\n")).contains(key), "{key}");
        }
    }
}
