//! A person changes a setting while the desk is open: it holds from now on.

use crate::config::Settings;
use crate::desk::{Change, Desk};
use crate::quote::ALL;

impl Desk {
    /// What a person can change while the desk is open, as it holds now.
    pub fn settings(&self) -> Settings {
        self.floor().settings.clone()
    }

    /// From now on these hold. Whoever stands at the desk is told what they change.
    pub async fn settle_in(&self, settings: Settings) {
        let before = std::mem::replace(&mut self.floor().settings, settings.clone());
        if before == settings {
            return;
        }
        self.tell(Change::Desk);
        let further = before.offline != settings.offline;
        if (further || before.distribution != settings.distribution)
            && let Some(person) = self.person()
        {
            self.requote(person.tap, ALL).await;
        }
        if further {
            self.look_how_ready().await;
            self.tell(Change::Ready);
        }
    }
}
