//! Lists in pages: `{totalItems, member[]}`, 500 at most at once.

use crate::ask::{AskError, json};
use crate::client::Api;
use balie_core::time::Moment;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::time::Duration;

/// The most pages that are read of one list.
const PAGES: usize = 40;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// How many items the whole list has.
    pub total: usize,
    /// How many items stand on this page, whether or not they could be read.
    pub listed: usize,
    /// The items on this page that could be read.
    pub items: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageWire {
    total_items: usize,
    member: Vec<Box<RawValue>>,
}

/// What is asked for, page by page.
pub(crate) struct Listing<'a> {
    /// Names the resource in an error.
    pub(crate) about: &'static str,
    pub(crate) path: &'a [&'a str],
    pub(crate) query: &'a [(&'a str, &'a str)],
    /// How many items a page may hold.
    pub(crate) limit: usize,
    /// How long each page may take.
    pub(crate) patience: Duration,
}

impl Api {
    /// Asks for every page of a list, in order, until as many items came as there are said to be.
    pub(crate) async fn all_pages<T>(
        &self,
        listing: &Listing<'_>,
        read: impl Fn(&[u8]) -> Result<Page<T>, AskError>,
    ) -> Result<Vec<Page<T>>, AskError> {
        Ok(self.all_pages_dated(listing, read).await?.0)
    }

    /// The same, with the clock of UiTPAS when it gave the first page: what it lists is at least as old as that.
    pub(crate) async fn all_pages_dated<T>(
        &self,
        listing: &Listing<'_>,
        read: impl Fn(&[u8]) -> Result<Page<T>, AskError>,
    ) -> Result<(Vec<Page<T>>, Option<Moment>), AskError> {
        let limit = listing.limit.to_string();
        let (mut pages, mut start, mut first) = (Vec::new(), 0, None);
        for _ in 0..PAGES {
            let from = start.to_string();
            let mut query = listing.query.to_vec();
            query.extend([("start", from.as_str()), ("limit", limit.as_str())]);
            let (body, date) = self.ask_dated(listing.path, &query, listing.patience).await?;
            first = first.or(date);
            let page = read(&body)?;
            start += page.listed;
            let (came, total) = (page.listed, page.total);
            pages.push(page);
            if start >= total {
                return Ok((pages, first));
            }
            if came == 0 {
                break;
            }
        }
        // Fewer items than there are: what is missing would count as not there.
        Err(AskError::Garbled(listing.about))
    }
}

/// Reads a page; what `read` makes nothing of is counted, and left out.
pub(crate) fn read_page<T>(
    about: &'static str,
    body: &[u8],
    read: impl Fn(&str) -> Option<T>,
) -> Result<Page<T>, AskError> {
    let wire: PageWire = json(about, body)?;
    let items = wire.member.iter().filter_map(|raw| read(raw.get())).collect();
    Ok(Page { total: wire.total_items, listed: wire.member.len(), items })
}
