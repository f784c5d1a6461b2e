//! A desk for tests of the window: a profile of its own, on a stand-in of its own.

use crate::clerk::{Clerk, ENTER, Room};
use balie_sandbox::Sandbox;
use std::path::Path;
use tempfile::TempDir;

/// The published activity of 10,00 with a hundred tickets a week.
pub const EVENT: &str = "5a0967f9-cc06-4c3c-9206-30481a767434";

/// A desk with a profile of its own, on a stand-in of its own. It outlives the program that is started on it.
#[derive(Debug)]
pub struct Stage {
    /// The screen and the session.
    pub room: Room,
    /// The stand-in of UiTPAS.
    pub sandbox: Sandbox,
    /// The folder of the desk.
    pub profile: TempDir,
}

impl Stage {
    /// Sets everything in place; nothing is started yet.
    pub async fn set() -> Result<Self, Box<dyn std::error::Error>> {
        let stage = Self::bare().await?;
        let client = "client_id = \"balie\"\nclient_secret = \"test\"";
        let organizer = "[organizer]\nid = \"0ce87cbc-9299-4528-8d35-92225dc9489f\"\n";
        stage.settle(&format!("{}/realms/uitid", stage.sandbox.url()), client, organizer)?;
        Ok(stage)
    }

    /// The same, and people sign in at this server; where the desk stands is to be chosen.
    pub async fn for_people(issuer: &str) -> Result<Self, Box<dyn std::error::Error>> {
        let stage = Self::bare().await?;
        stage.sandbox.take_tokens_of_another_server(true);
        stage.settle(issuer, "client_id = \"balie\"", "")?;
        Ok(stage)
    }

    /// Everything but the settings.
    pub async fn bare() -> Result<Self, Box<dyn std::error::Error>> {
        let sandbox = Sandbox::start(([127, 0, 0, 1], 0).into()).await?;
        Ok(Self { room: Room::prepare()?, sandbox, profile: tempfile::tempdir()? })
    }

    /// Writes the settings.
    fn settle(&self, issuer: &str, client: &str, organizer: &str) -> std::io::Result<()> {
        let url = self.sandbox.url();
        let settings = format!(
            r#"environment = "test"
[servers]
api = "{url}"
search = "{url}/search"
issuer = "{issuer}"
{organizer}[sign_in]
{client}
[desk]
probe_seconds = 1
"#
        );
        std::fs::write(self.profile.path().join("balie.toml"), settings)
    }

    /// Starts the program on the profile, and sits down before its window.
    pub async fn open(&self, more: &[(String, String)]) -> std::io::Result<Clerk> {
        let folder = self.profile.path().to_string_lossy().into_owned();
        Clerk::sits_down(&self.room, &["--profile", &folder], more).await
    }

    /// What the stand-in holds: number, activity and cents of each sale.
    pub fn held(&self) -> Vec<(String, String, i64)> {
        let sales = self.sandbox.ticket_sales().into_iter();
        sales.map(|sale| (sale.uitpas_number, sale.event_id, sale.price_cents)).collect()
    }

    /// What the stand-in holds after one sale to Yasmina.
    pub fn one_sale() -> Vec<(String, String, i64)> {
        vec![("0900000067513".to_owned(), EVENT.to_owned(), 200)]
    }
}

/// Without a service a program must not find the one of the machine.
pub fn without_pcscd(folder: &Path) -> Vec<(String, String)> {
    vec![("PCSCLITE_CSOCK_NAME".to_owned(), folder.join("no-such-socket").to_string_lossy().into_owned())]
}

/// Chooses the activity and types a number, and waits until UiTPAS said what it costs.
pub async fn yasmina_types_her_number(clerk: &Clerk) -> std::io::Result<()> {
    clerk.chooses(EVENT).await?;
    clerk.presses("0900000067513".chars().chain([ENTER])).await?;
    clerk.waits_for("person-name", "Yasmina").await?;
    clerk.waits_until("offer-0", "data-source", "live").await
}
