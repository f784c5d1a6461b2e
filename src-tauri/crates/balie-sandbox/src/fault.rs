//! The fault script: which requests go wrong, how, and how often.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What happens to a request that a rule matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultAction {
    /// Nothing but the delays of the rule.
    Delay,
    /// The request is read, nothing is stored, and the connection closes without an answer.
    DropBeforeCommit,
    /// The request is carried out, and the connection closes without an answer.
    DropAfterCommit,
    /// Nothing is stored; the status, body and headers of the rule are the answer.
    Status,
    /// The request is carried out, but the status, body and headers of the rule are the answer.
    StatusAfterCommit,
    /// The request is carried out; half of its answer is sent, and then the connection closes.
    Truncate,
    /// The same for a client that takes gzip: the message is whole, but the gzip file in it is half. Others get a torn one.
    TruncateGzip,
    /// The request is carried out; its answer is replaced by text that is not JSON, under the status of the rule or 200.
    Garbage,
    /// A `POST` or `DELETE` gets no answer, or the status of the rule, right away. It is carried out, by the rules of that
    /// moment, when the clock of the sandbox has gone on by `late_ms`.
    LateCommit,
    /// The request is carried out; then a row of another desk takes the place of the first one that was listed, so that
    /// the rows of later pages move down. Meant for the `GET` of a list.
    RowInFront,
    /// The request is carried out; then the first row that was listed of another desk goes, so that the rows of later
    /// pages move up. Meant for the `GET` of a list.
    RowGone,
}

/// One rule of the fault script. The first rule that matches and has turns left is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// Only this method; any when absent.
    #[serde(default)]
    pub method: Option<String>,
    /// Only paths that begin like this.
    #[serde(default)]
    pub path: String,
    /// How many requests it hits; without end when absent.
    #[serde(default)]
    pub times: Option<u32>,
    /// What happens.
    pub action: FaultAction,
    /// How long the request waits before it is carried out. A client that gives up does not stop it: it commits late.
    #[serde(default)]
    pub delay_ms: u64,
    /// How long the answer waits after the request was carried out.
    #[serde(default)]
    pub delay_after_ms: u64,
    /// How long a late commit waits, by the clock of the sandbox.
    #[serde(default)]
    pub late_ms: u64,
    /// Whether the server stores what it is asked to store twice, past every rule, and speaks of one of the two.
    #[serde(default)]
    pub twice: bool,
    /// The status of a status action; 503 when absent.
    #[serde(default)]
    pub status: Option<u16>,
    /// The body of a status action, or the text of a garbage action.
    #[serde(default)]
    pub body: Option<String>,
    /// The content type of a status action, `text/html` when absent, as a gateway would write; or of a garbage action,
    /// none when absent.
    #[serde(default)]
    pub content_type: Option<String>,
    /// Further headers of a status action, such as `retry-after`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

impl FaultRule {
    /// A rule for every method on paths that begin like this, without end.
    #[must_use]
    pub fn new(action: FaultAction, path: &str) -> Self {
        Self {
            method: None,
            path: path.to_owned(),
            times: None,
            action,
            delay_ms: 0,
            delay_after_ms: 0,
            late_ms: 0,
            twice: false,
            status: None,
            body: None,
            content_type: None,
            headers: BTreeMap::new(),
        }
    }

    /// The same rule for one method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// The same rule for so many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// The same rule with a wait before the request is carried out.
    #[must_use]
    pub fn delay_ms(mut self, milliseconds: u64) -> Self {
        self.delay_ms = milliseconds;
        self
    }

    /// The same rule with a wait by the clock of the sandbox before a late commit is carried out.
    #[must_use]
    pub fn late_ms(mut self, milliseconds: u64) -> Self {
        self.late_ms = milliseconds;
        self
    }

    /// The same rule on a server that stores everything twice.
    #[must_use]
    pub fn twice(mut self) -> Self {
        self.twice = true;
        self
    }

    /// The same rule with this status and body.
    #[must_use]
    pub fn answering(mut self, status: u16, body: &str) -> Self {
        self.status = Some(status);
        self.body = Some(body.to_owned());
        self
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        self.times != Some(0)
            && self.method.as_ref().is_none_or(|m| m.eq_ignore_ascii_case(method))
            && path.starts_with(&self.path)
    }
}

/// The rules that are in force, in the order in which they were given.
#[derive(Debug, Default)]
pub(crate) struct FaultScript {
    pub(crate) rules: Vec<FaultRule>,
}

impl FaultScript {
    /// The rule for this request, if there is one; it loses a turn.
    pub(crate) fn take(&mut self, method: &str, path: &str) -> Option<FaultRule> {
        let rule = self.rules.iter_mut().find(|r| r.matches(method, path))?;
        if let Some(left) = &mut rule.times {
            *left -= 1;
        }
        Some(rule.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::{FaultAction, FaultRule, FaultScript};

    #[test]
    fn a_rule_loses_its_turns_and_then_lets_the_next_one_speak() {
        let mut script = FaultScript {
            rules: vec![
                FaultRule::new(FaultAction::DropAfterCommit, "/ticket-sales").method("POST").times(1),
                FaultRule::new(FaultAction::Status, "/"),
            ],
        };
        assert_eq!(script.take("GET", "/ticket-sales").unwrap().action, FaultAction::Status);
        assert_eq!(script.take("POST", "/ticket-sales").unwrap().action, FaultAction::DropAfterCommit);
        assert_eq!(script.take("POST", "/ticket-sales").unwrap().action, FaultAction::Status);
    }
}
