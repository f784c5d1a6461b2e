//! A browser without a screen: it keeps cookies, follows redirects, and signs in as whoever it is told to.

use reqwest::{Client, Method, Url, redirect::Policy};
use std::collections::BTreeMap;

/// A browser of one person; what it knows of the server stays for the next sign-in.
pub(crate) struct Browser {
    http: Client,
    cookies: BTreeMap<String, String>,
}

/// How a sign-in went.
pub(crate) struct Trip {
    /// What the server sent the browser back to.
    pub(crate) back: String,
    /// What the server wanted to know, in this order.
    pub(crate) asked: Vec<String>,
}

/// One answer.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: String,
    next: Option<String>,
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self { http: client(), cookies: BTreeMap::new() }
    }

    pub(crate) async fn open(&mut self, url: &str) -> Page {
        self.go(Method::GET, url, String::new()).await
    }

    async fn go(&mut self, method: Method, url: &str, form: String) -> Page {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.request(method, url).header("cookie", cookies.join("; ")).body(form);
        let answer = request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            match rest.split(';').next().unwrap() {
                "" => drop(self.cookies.remove(name)),
                value => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
        let next = answer.headers().get("location").map(|place| place.to_str().unwrap());
        let next = next.map(|place| answer.url().join(place).unwrap().to_string());
        Page {
            status: answer.status().as_u16(),
            headers: format!("{:?}", answer.headers()),
            next,
            body: answer.text().await.unwrap(),
        }
    }

    /// Signs in as this person, or gives up; without opening what the server sends it back to.
    pub(crate) async fn sign_in(&mut self, url: &str, name: Option<&str>) -> Trip {
        let (mut page, mut asked) = (self.open(url).await, Vec::new());
        loop {
            // The server signs out whoever it knew before it lets another person in.
            let Some(next) = page.next.take() else {
                page = self.submit(&page).await;
                continue;
            };
            if next.contains("/signed-in") {
                return Trip { back: next, asked };
            }
            if next.contains("/interaction/") {
                asked.push(self.open(&next).await.body);
                let name = name.map(|name| format!("?as={name}")).unwrap_or_default();
                page = self.go(Method::POST, &format!("{next}{name}"), String::new()).await;
            } else {
                page = self.open(&next).await;
            }
        }
    }

    /// Signs out at this address, and says where the server sends the browser afterwards.
    pub(crate) async fn sign_out(&mut self, url: &str) -> Option<String> {
        let page = self.open(url).await;
        self.submit(&page).await.next
    }

    /// Presses the one button of a page.
    async fn submit(&mut self, page: &Page) -> Page {
        assert_eq!(page.status, 200, "{}", page.body);
        let value = |name: &str| {
            let rest = page.body.split_once(&format!("{name}=\"")).unwrap().1;
            rest.split('"').next().unwrap().to_owned()
        };
        let form = format!("xsrf={}&logout=yes", value("name=\"xsrf\" value"));
        self.go(Method::POST, &value("action"), form).await
    }
}

pub(crate) fn client() -> Client {
    // The client of the desk installs the provider; a test may need its browser earlier.
    balie_remote::client::install_tls();
    Client::builder().redirect(Policy::none()).no_proxy().build().unwrap()
}

/// What an address asks.
pub(crate) fn asked(url: &str, name: &str) -> Option<String> {
    let url = Url::parse(url).unwrap();
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}
