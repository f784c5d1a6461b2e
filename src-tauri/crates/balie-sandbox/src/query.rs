//! The query string: repeated names, names with brackets, and pages.

use std::num::IntErrorKind;

use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Serialize;

use crate::problem::Problem;

/// The largest page that the API gives.
const LARGEST_PAGE: usize = 500;

/// Every pair of the query string, in order.
#[derive(Debug)]
pub(crate) struct Asked(Vec<(String, String)>);

impl Asked {
    /// The first value with this name that is not empty.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    /// The value with this name, or a refusal.
    pub(crate) fn needed(&self, name: &str) -> Result<&str, Problem> {
        self.one(name).ok_or_else(|| Problem::bad_query(&format!("query parameter {name} is required")))
    }

    /// Every value with this name, written as `name=` or as `name[]=`.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let bracketed = format!("{name}[]");
        let named = |n: &str| n == name || n == bracketed;
        self.0.iter().filter(|(n, v)| named(n) && !v.is_empty()).map(|(_, v)| v.as_str()).collect()
    }

    /// Whether this flag was asked for with a value of `true` or `false`.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.one(name).and_then(|v| v.parse().ok())
    }

    /// The value with this name, which may be empty; or a refusal when the name is not there at all.
    pub(crate) fn given(&self, name: &str) -> Result<&str, Problem> {
        let value = self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        value.ok_or_else(|| Problem::bad_query(&format!("query parameter {name} is required")))
    }

    /// A whole number, or a refusal when something else stands there.
    pub(crate) fn number(&self, name: &str) -> Result<Option<usize>, Problem> {
        let read = |text: &str| match text.parse::<usize>() {
            // A place that no list reaches; only what is no number at all is refused.
            Err(error) if *error.kind() == IntErrorKind::PosOverflow => Ok(usize::MAX),
            other => other.map_err(|_| Problem::bad_query(&format!("query parameter {name} is not a number"))),
        };
        self.one(name).map(read).transpose()
    }

    /// The page that was asked for: from 0 and 20 long unless said otherwise, 500 at most.
    pub(crate) fn page(&self) -> Result<Page, Problem> {
        let start = self.number("start")?.unwrap_or(0);
        let limit = self.number("limit")?.unwrap_or(20);
        if limit > LARGEST_PAGE {
            return Err(Problem::new(StatusCode::BAD_REQUEST, "url/query-limit-exceeded", "Query limit exceeded")
                .detail(&format!("limit {limit} is more than {LARGEST_PAGE}")));
        }
        Ok(Page { start, limit })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map(|Query(pairs)| Self(pairs))
            .map_err(|e| Problem::bad_query(&e.to_string()))
    }
}

/// A part of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) start: usize,
    pub(crate) limit: usize,
}

impl Page {
    /// Cuts this page from all members.
    pub(crate) fn cut<T>(self, all: Vec<T>) -> Members<T> {
        let total_items = all.len();
        Members { total_items, member: all.into_iter().skip(self.start).take(self.limit).collect() }
    }
}

/// A page as the API answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Members<T> {
    total_items: usize,
    member: Vec<T>,
}

impl<T> Members<T> {
    /// The same page of a list that says to be so long.
    pub(crate) fn of_total(self, total_items: usize) -> Self {
        Self { total_items, ..self }
    }
}
