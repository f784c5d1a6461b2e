//! What the browser shows when it is done here: plain text, nothing that runs and nothing from elsewhere.

use super::Language;

/// What is said to the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    SignedIn,
    Denied,
    NotOurs,
    NotHere,
    NotThisWay,
    TooMuch,
}

impl Page {
    const fn status(self) -> &'static str {
        match self {
            Self::SignedIn | Self::Denied => "200 OK",
            Self::NotOurs => "400 Bad Request",
            Self::NotHere => "404 Not Found",
            Self::NotThisWay => "405 Method Not Allowed\r\nAllow: GET",
            Self::TooMuch => "431 Request Header Fields Too Large",
        }
    }

    const fn words(self, language: Language) -> (&'static str, &'static str) {
        match (self, language) {
            (Self::SignedIn, Language::Nl) => ("Je antwoord is bij de balie.", "Je mag dit venster sluiten."),
            (Self::SignedIn, Language::Fr) => ("Votre réponse est au guichet.", "Vous pouvez fermer cette fenêtre."),
            (Self::SignedIn, Language::En) => ("The desk has your answer.", "You can close this window."),
            (Self::Denied, Language::Nl) => ("Je bent niet aangemeld.", "Je mag dit venster sluiten."),
            (Self::Denied, Language::Fr) => ("Vous n’êtes pas connecté.", "Vous pouvez fermer cette fenêtre."),
            (Self::Denied, Language::En) => ("You are not signed in.", "You can close this window."),
            (_, Language::Nl) => ("Hier is niets te zien.", "Begin opnieuw in de balie."),
            (_, Language::Fr) => ("Il n’y a rien à voir ici.", "Recommencez depuis le guichet."),
            (_, Language::En) => ("There is nothing to see here.", "Begin again at the desk."),
        }
    }

    /// The whole answer, as it goes over the line.
    pub(super) fn answer(self, language: Language) -> String {
        let (title, line) = self.words(language);
        let body = format!(
            "<!doctype html>\n<html lang=\"{}\"><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light \
             dark\">\n<meta name=\"viewport\" content=\"width=device-width\"><title>Balie</title>\n<h1>{title}</h1>\n\
             <p>{line}</p>\n</html>\n",
            language.code()
        );
        format!(
            "HTTP/1.1 {}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
             Cache-Control: no-store\r\nContent-Security-Policy: default-src 'none'; base-uri 'none'; form-action \
             'none'; frame-ancestors 'none'\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n\r\n\
             {body}",
            self.status(),
            body.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_whole_and_asks_for_nothing() {
        for page in [Page::SignedIn, Page::Denied, Page::NotOurs, Page::NotHere, Page::NotThisWay, Page::TooMuch] {
            for language in [Language::Nl, Language::Fr, Language::En] {
                let answer = page.answer(language);
                let (head, body) = answer.split_once("\r\n\r\n").unwrap();
                assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{head}");
                assert!(head.lines().all(|line| !line.starts_with(' ')), "{head}");
                assert!(!["<script", "<link", "<img", "src=", "href=", "//"].iter().any(|part| body.contains(part)));
                assert!(body.contains(&format!("lang=\"{}\"", language.code())));
            }
        }
    }
}
