//! `balie.toml`: where the servers are, whose desk this is, and in which environment.

use balie_core::event::OrganizerId;
use balie_remote::access::Credentials;
use balie_remote::client::Endpoints;
use balie_remote::endpoint::{Endpoint, EndpointError};
use balie_store::ledger::Environment;
use serde::Deserialize;
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
    /// Whose desk this is.
    pub organizer: OrganizerId,
    /// The name of the organizer, until UiTPAS says it.
    pub organizer_name: String,
    /// What the receipt numbers of this desk start with.
    pub receipt_prefix: String,
    /// Where the files of this profile are; `None` when the settings do not say.
    pub profile: Option<PathBuf>,
    /// How old the evidence of a kansenstatuut may be without a connection, in days.
    pub standing_max_age_days: i64,
    /// How often the desk looks whether the network is back.
    pub probe_every: Duration,
    /// Whether prices may be computed with the standard distribution key where none was cached.
    pub compute_prices: bool,
}

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
    organizer: Organizer,
    sign_in: SignIn,
    #[serde(default)]
    desk: DeskTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Servers {
    api: String,
    search: String,
    issuer: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Organizer {
    id: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    client_id: String,
    client_secret: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DeskTable {
    receipt_prefix: String,
    standing_max_age_days: i64,
    probe_seconds: u64,
    compute_prices: bool,
}

impl Default for DeskTable {
    fn default() -> Self {
        Self { receipt_prefix: "B1".to_owned(), standing_max_age_days: 7, probe_seconds: 15, compute_prices: false }
    }
}

impl Config {
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

    fn parse(text: &str, file: &Path) -> Result<Self, ConfigError> {
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
        if environment == Environment::Production && table.sign_in.client_secret.is_some() {
            let reason = "publiq allows client secrets on servers only; a desk in production signs in as a person";
            return Err(wrong("sign_in.client_secret", reason.to_owned()));
        }
        let prefix = table.desk.receipt_prefix;
        if prefix.is_empty() || prefix.len() > 8 || !prefix.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(wrong("desk.receipt_prefix", "takes 1 to 8 letters and digits".to_owned()));
        }
        if !(1..=30).contains(&table.desk.standing_max_age_days) {
            return Err(wrong("desk.standing_max_age_days", "takes 1 to 30 days".to_owned()));
        }
        if !(1..=300).contains(&table.desk.probe_seconds) {
            return Err(wrong("desk.probe_seconds", "takes 1 to 300 seconds".to_owned()));
        }
        Ok(Self {
            environment,
            endpoints: Endpoints {
                api: endpoint("servers.api", &table.servers.api)?,
                search: endpoint("servers.search", &table.servers.search)?,
                issuer: endpoint("servers.issuer", &table.servers.issuer)?,
            },
            credentials: Credentials { client_id: table.sign_in.client_id, client_secret: table.sign_in.client_secret },
            organizer: OrganizerId(table.organizer.id),
            organizer_name: table.organizer.name,
            receipt_prefix: prefix,
            // A relative folder is meant from where the settings stand, wherever the program was started.
            profile: table.profile.map(|folder| file.parent().unwrap_or(Path::new("")).join(folder)),
            standing_max_age_days: table.desk.standing_max_age_days,
            probe_every: Duration::from_secs(table.desk.probe_seconds),
            compute_prices: table.desk.compute_prices,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn values_out_of_bounds_are_refused_in_words() {
        assert!(complaint(&GOOD.replace("\"test\"", "\"prod\"")).contains("neither `production` nor `test`"));
        assert!(complaint(&GOOD.replace("\"test\"", "\"production\"")).contains("signs in as a person"));
        for (line, key) in [
            ("receipt_prefix = \"\"", "desk.receipt_prefix"),
            ("standing_max_age_days = 31", "desk.standing_max_age_days"),
            ("probe_seconds = 0", "desk.probe_seconds"),
        ] {
            assert!(complaint(&format!("{GOOD}[desk]\n{line}\n")).contains(key), "{key}");
        }
    }
}
