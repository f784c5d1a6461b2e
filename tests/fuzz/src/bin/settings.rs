//! `balie.toml`: whatever stands in it, it is refused in words or gives settings within their bounds, and no secret is printed.
#![no_main]

use balie_desk::config::Config;
use balie_store::ledger::Environment;
use libfuzzer_sys::fuzz_target;
use std::path::Path;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let config = match Config::parse(text, Path::new("balie.toml")) {
        Ok(config) => config,
        Err(error) => {
            assert!(error.to_string().starts_with("balie.toml"), "it does not say in which file");
            return;
        }
    };
    assert!((1..=8).contains(&config.receipt_prefix.len()), "the prefix is none");
    assert!((1..=30).contains(&config.offline.standing_max_age_days), "a standing never grows old");
    assert!((1..=300).contains(&config.probe_every.as_secs()), "the network is asked too often or never");
    let is_alone = config.credentials.client_secret.is_none();
    assert!(config.environment != Environment::Production || is_alone, "a secret of a server is used at a desk");
    if let Some(secret) = config.credentials.client_secret.as_deref().filter(|secret| secret.len() > 24) {
        assert!(!format!("{:?}", config.credentials).contains(secret), "the secret is printed");
    }
});
