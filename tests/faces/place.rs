//! The desks at which the screens are seen, and the window before each of them.

use std::error::Error;
use std::io;

use balie_sandbox::{FaultRule, Sandbox};

use crate::browser::Browser;
use crate::clerk::{Clerk, Room, composed, speaks};
use crate::faces::table::Place;
use crate::faces::way::Read;
use crate::provider::{self, Provider};
use crate::stage::{Stage, without_pcscd};

/// The languages of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Dutch.
    Nl,
    /// French.
    Fr,
    /// English.
    En,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 3] = [Self::Nl, Self::Fr, Self::En];

    /// As the settings write it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// As the system writes it.
    pub const fn locale(self) -> &'static str {
        match self {
            Self::Nl => "nl_BE",
            Self::Fr => "fr_BE",
            Self::En => "en_GB",
        }
    }
}

/// A desk, what belongs to it, and the window.
#[derive(Debug)]
pub struct World {
    /// The window.
    pub clerk: Clerk,
    stage: Option<Stage>,
    read: Read,
    _beside: Beside,
}

/// What must outlive the window.
#[derive(Debug, Default)]
struct Beside {
    _provider: Option<Provider>,
    _browser: Option<Browser>,
    _room: Option<Room>,
}

/// Why the desk cannot be had on this machine, or nothing when it can.
pub fn missing(place: Place) -> Option<String> {
    if place == Place::New { provider::missing() } else { None }
}

impl World {
    /// Sets the desk in place, and sits down before its window.
    pub async fn open(place: Place, language: Language) -> Result<Self, Box<dyn Error>> {
        let mut beside = Beside::default();
        if place == Place::Practice {
            let room = Room::prepare()?;
            let clerk = Clerk::sits_down(&room, &["--demo"], &[speaks(language.locale()), composed()].concat()).await?;
            beside._room = Some(room);
            return Ok(Self { clerk, stage: None, read: Read::default(), _beside: beside });
        }
        let stage = match place {
            Place::New => {
                let (provider, browser) = (Provider::start("{}")?, Browser::install()?);
                browser.is_used_by("an")?;
                let stage = Stage::for_people(&provider.url).await?;
                (beside._provider, beside._browser) = (Some(provider), Some(browser));
                stage
            }
            Place::Bare => Stage::bare().await?,
            _ => Stage::set().await?,
        };
        let file = stage.profile.path().join("balie.toml");
        if place != Place::Bare {
            let wrong = if place == Place::Broken { "probe_secondes = 1\n" } else { "" };
            let settings = std::fs::read_to_string(&file)?;
            std::fs::write(&file, format!("{settings}language = \"{}\"\n{wrong}", language.code()))?;
        }
        let mut env = [speaks(language.locale()), composed(), without_pcscd(stage.profile.path())].concat();
        if let Some(browser) = &beside._browser {
            env.extend(browser.env()?);
        }
        let clerk = match place {
            Place::Lost => {
                let clerk = stage.open(&env).await?;
                // Its keys are made behind the window.
                clerk.finds("idle").await?;
                clerk.goes_home().await?;
                let elsewhere = Room::prepare()?;
                let folder = stage.profile.path().to_string_lossy().into_owned();
                let clerk = Clerk::sits_down(&elsewhere, &["--profile", &folder], &env).await?;
                beside._room = Some(elsewhere);
                clerk
            }
            _ => stage.open(&env).await?,
        };
        Ok(Self { clerk, stage: Some(stage), read: Read::default(), _beside: beside })
    }

    /// The stand-in of UiTPAS. Practice has one of its own, which nobody else reaches.
    pub fn sandbox(&self) -> io::Result<&Sandbox> {
        let stage = self.stage.as_ref().ok_or_else(|| io::Error::other("practice has a stand-in of its own"))?;
        Ok(&stage.sandbox)
    }

    /// What comes of the next sale.
    pub(super) fn next_sale(&self, rule: FaultRule) -> io::Result<()> {
        self.sandbox().map(|sandbox| sandbox.add_fault(rule))
    }

    /// Keeps the recovery code.
    pub(super) fn keep_code(&self, code: String) -> io::Result<()> {
        self.read.keep(code);
        Ok(())
    }

    /// The recovery code that was kept.
    pub(super) fn code(&self) -> String {
        self.read.said()
    }

    /// Closes the window.
    pub async fn leave(self) -> io::Result<()> {
        self.clerk.goes_home().await
    }
}
