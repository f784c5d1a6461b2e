//! The tokens that the sign-in server has given and still accepts. They live by the real time, so that a test which
//! moves the clock of the sandbox is not signed out.

use std::collections::HashMap;

use jiff::{Timestamp, ToSpan};

use crate::ids::fresh_token;

/// How long an access token is good for.
pub(crate) const ACCESS_SECONDS: i64 = 86_400;

/// How long a refresh token is good for: 30 days, the published example.
const REFRESH_SECONDS: i64 = 30 * 86_400;

/// Every live token with the moment at which it dies.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    access: HashMap<String, Timestamp>,
    refresh: HashMap<String, Timestamp>,
    /// Another server gives the tokens, and every one of them is good.
    of_another_server: bool,
}

impl Tokens {
    /// Gives a new access token.
    pub(crate) fn give_access(&mut self, now: Timestamp) -> String {
        let token = fresh_token("access");
        self.access.insert(token.clone(), after(now, ACCESS_SECONDS));
        token
    }

    /// Gives a new refresh token.
    pub(crate) fn give_refresh(&mut self, now: Timestamp) -> String {
        let token = fresh_token("refresh");
        self.refresh.insert(token.clone(), after(now, REFRESH_SECONDS));
        token
    }

    /// Takes a refresh token in. It rotates: the same one is never accepted twice.
    pub(crate) fn spend_refresh(&mut self, token: &str, now: Timestamp) -> bool {
        self.refresh.remove(token).is_some_and(|dies| now < dies)
    }

    /// Whether an access token is good.
    pub(crate) fn admits(&self, token: &str, now: Timestamp) -> bool {
        (self.of_another_server && !token.is_empty()) || self.access.get(token).is_some_and(|dies| now < *dies)
    }

    /// Whether every token is good, because another server gives them.
    pub(crate) fn come_from_another_server(&mut self, they_do: bool) {
        self.of_another_server = they_do;
    }

    /// Ends every access token; refresh tokens stay good, as when a token simply runs out.
    pub(crate) fn end_access(&mut self) {
        self.access.clear();
    }

    /// Ends every token, as when the session was closed on the server.
    pub(crate) fn end_all(&mut self) {
        self.access.clear();
        self.refresh.clear();
    }
}

fn after(now: Timestamp, seconds: i64) -> Timestamp {
    now.checked_add(seconds.seconds()).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::{ACCESS_SECONDS, Timestamp, Tokens, after};

    #[test]
    fn an_access_token_runs_out_after_a_day_and_a_refresh_token_after_thirty() {
        let (mut tokens, now) = (Tokens::default(), Timestamp::now());
        let access = tokens.give_access(now);
        assert!(tokens.admits(&access, after(now, ACCESS_SECONDS - 1)));
        assert!(!tokens.admits(&access, after(now, ACCESS_SECONDS)));
        let refresh = tokens.give_refresh(now);
        assert!(!tokens.spend_refresh(&refresh, after(now, 30 * ACCESS_SECONDS)));
    }

    #[test]
    fn a_token_of_another_server_is_good_only_where_another_server_gives_them() {
        let (mut tokens, now) = (Tokens::default(), Timestamp::now());
        assert!(!tokens.admits("theirs", now));
        tokens.come_from_another_server(true);
        assert!(tokens.admits("theirs", now) && !tokens.admits("", now));
        tokens.come_from_another_server(false);
        assert!(!tokens.admits("theirs", now));
    }
}
