//! `[sign_in]`: who the desk is to UiTPAS. With a secret and nothing else the client signs in by itself, as the test
//! environment allows; in every other case a person does, in the browser.

use super::Language;
use balie_remote::access::Credentials;
use balie_remote::endpoint::Endpoint;
use balie_remote::sign_in::{Language as PageLanguage, Person, Redirect, Secret};
use balie_store::ledger::Environment;
use serde::Deserialize;

/// `[sign_in]` as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    client_id: String,
    client_secret: Option<String>,
    redirect: Option<String>,
    scopes: Option<String>,
    prompt_login: Option<bool>,
    post_logout_redirect: Option<String>,
}

/// Which setting is wrong, and why.
type Wrong = (&'static str, String);

impl SignIn {
    /// Reads and checks it.
    pub(super) fn read(
        self,
        environment: Environment,
        language: Language,
    ) -> Result<(Credentials, Option<Person>), Wrong> {
        if environment == Environment::Production && self.client_secret.is_some() {
            let reason = "publiq allows client secrets on servers only; a desk in production signs in as a person";
            return Err(("sign_in.client_secret", reason.to_owned()));
        }
        let redirect = match &self.redirect {
            Some(text) => Redirect::parse(text).map_err(|error| ("sign_in.redirect", error.to_string()))?,
            None if self.client_secret.is_some() => {
                self.nothing_for_people()?;
                return Ok((Credentials { client_id: self.client_id, client_secret: self.client_secret }, None));
            }
            None => Redirect::default(),
        };
        self.person(redirect, language)
    }

    /// A setting that only people have use for would be ignored in silence.
    fn nothing_for_people(&self) -> Result<(), Wrong> {
        let set = [
            ("sign_in.scopes", self.scopes.is_some()),
            ("sign_in.prompt_login", self.prompt_login.is_some()),
            ("sign_in.post_logout_redirect", self.post_logout_redirect.is_some()),
        ];
        match set.iter().find(|(_, is_set)| *is_set) {
            Some((key, _)) => {
                Err((key, "is for signing in as a person; set sign_in.redirect too, or leave it out".to_owned()))
            }
            None => Ok(()),
        }
    }

    fn person(self, redirect: Redirect, language: Language) -> Result<(Credentials, Option<Person>), Wrong> {
        let usual = Person::default();
        let scopes = self.scopes.unwrap_or(usual.scopes);
        if !scopes.split_whitespace().any(|scope| scope == "openid") {
            return Err(("sign_in.scopes", "takes names with spaces between them, `openid` among them".to_owned()));
        }
        if let Some(place) = &self.post_logout_redirect
            && Endpoint::parse(place).is_err()
            && !matches!(Redirect::parse(place), Ok(Redirect::Scheme(_)))
        {
            let reason = "takes an https address, or one of an own scheme, that is registered at the sign-in server";
            return Err(("sign_in.post_logout_redirect", reason.to_owned()));
        }
        let person = Person {
            // A secret goes along with the code, and is not what the desk signs in with while nobody has.
            client_secret: self.client_secret.map(Secret::new),
            redirect,
            scopes,
            prompt_login: self.prompt_login.unwrap_or(usual.prompt_login),
            language: match language {
                Language::Nl => PageLanguage::Nl,
                Language::Fr => PageLanguage::Fr,
                Language::En => PageLanguage::En,
            },
            post_logout_redirect: self.post_logout_redirect,
            ..Person::default()
        };
        Ok((Credentials { client_id: self.client_id, client_secret: None }, Some(person)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, environment: Environment) -> Result<(Credentials, Option<Person>), Wrong> {
        toml::from_str::<SignIn>(&format!("client_id = \"balie\"\n{text}")).unwrap().read(environment, Language::Fr)
    }

    fn complaint(text: &str) -> &'static str {
        read(text, Environment::Test).unwrap_err().0
    }

    #[test]
    fn a_client_with_a_secret_signs_in_by_itself_and_every_other_desk_as_a_person() {
        let (credentials, person) = read("client_secret = \"geheim\"", Environment::Test).unwrap();
        assert!(credentials.client_secret.is_some() && person.is_none());
        for environment in [Environment::Test, Environment::Production] {
            let (credentials, person) = read("", environment).unwrap();
            let person = person.unwrap();
            assert_eq!((credentials.client_secret, person.redirect), (None, Redirect::default()));
            assert_eq!((person.language, person.prompt_login), (PageLanguage::Fr, true));
            assert_eq!(person.scopes, "openid offline_access");
        }
        assert_eq!(read("client_secret = \"geheim\"", Environment::Production).unwrap_err().0, "sign_in.client_secret");
    }

    #[test]
    fn how_a_person_signs_in_is_a_setting() {
        let text = "client_secret = \"geheim\"\nredirect = \"be.balie.desk:/signed-in\"\nprompt_login = false\n\
                    scopes = \"openid email\"\npost_logout_redirect = \"https://balie.example/bye\"";
        let (credentials, person) = read(text, Environment::Test).unwrap();
        assert_eq!(credentials.client_secret, None, "nobody is signed in before somebody does");
        assert!(!format!("{person:?}").contains("geheim"), "the secret is not printed");
        let person = person.unwrap();
        assert_eq!((person.prompt_login, person.scopes.as_str()), (false, "openid email"));
        assert!(person.client_secret.is_some() && person.post_logout_redirect.is_some());
        let port = read("redirect = \"loopback:4123\"", Environment::Production).unwrap().1.unwrap();
        assert!(matches!(port.redirect, Redirect::Loopback { port: Some(4123), .. }));
    }

    #[test]
    fn what_cannot_work_is_named() {
        assert_eq!(complaint("redirect = \"browser\""), "sign_in.redirect");
        assert_eq!(complaint("redirect = \"http://balie.be/x\""), "sign_in.redirect");
        assert_eq!(complaint("scopes = \"email\""), "sign_in.scopes");
        assert_eq!(complaint("post_logout_redirect = \"http://balie.be\""), "sign_in.post_logout_redirect");
        assert_eq!(complaint("post_logout_redirect = \"loopback\""), "sign_in.post_logout_redirect");
        for line in ["scopes = \"openid\"", "prompt_login = true", "post_logout_redirect = \"https://a.be\""] {
            let key = line.split(' ').next().unwrap();
            assert_eq!(complaint(&format!("client_secret = \"geheim\"\n{line}")), format!("sign_in.{key}"));
        }
    }
}
