//! What the commands reach: what stands before the clerk, and the desk, once it is open.

use crate::browser::Links;
use crate::dto::{Language, Look, Notice, Problem, Stage, StartView};
use crate::news::News;
use crate::opening::{self, Profile};
use crate::practice::Practice;
use crate::safe::Safe;
use crate::view::hour;
use crate::view::reader::LastCard;
use crate::view::settings::look;
use balie_core::reader::ReaderEvent;
use balie_core::time::Moment;
use balie_desk::config::{Language as DeskLanguage, Preferences};
use balie_desk::desk::Desk;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use tauri::AppHandle;
use tokio::sync::{Mutex, Notify, watch};

/// An open desk, with the stand-in when it is a practice desk.
#[derive(Clone)]
pub struct Opened {
    /// The desk.
    pub desk: Arc<Desk>,
    /// The practice tray; absent at a real desk.
    pub practice: Option<Arc<Practice>>,
    /// The keys of the profile; absent in practice.
    pub safe: Option<Arc<Safe>>,
    /// Where the settings stand; absent in practice.
    pub settings: Option<PathBuf>,
}

/// What stands before the clerk.
#[derive(Clone)]
pub enum Place {
    /// It is being opened.
    Opening,
    /// It cannot be opened, for this reason.
    Stopped(Problem),
    /// Something comes before the desk.
    Before(Stage, Option<Notice>),
    /// The desk is open, behind the set-up, behind its lock, or as it is.
    Desk(Opened, Stage),
}

/// The state of the program. The window is there before the desk is, so every command waits for the desk.
pub struct Shell {
    pub app: AppHandle,
    /// The language until there are settings.
    language: std::sync::Mutex<DeskLanguage>,
    place: watch::Sender<Place>,
    /// The profile, until its desk is open.
    pub profile: Mutex<Option<Profile>>,
    /// One at a time opens, locks or unlocks.
    pub turning: Mutex<()>,
    /// Ends the wait for the browser.
    pub cancelled: Notify,
    /// What the system hands to us as a deep link.
    pub links: Links,
    /// Something was laid on the reader since the program began.
    pub card_read: AtomicBool,
    /// What the last card was that came to a reader, or what it met.
    last_card: std::sync::Mutex<Option<LastCard>>,
    /// The clerk is at this program, and at no other one; so it is until the system says otherwise.
    pub in_front: watch::Sender<bool>,
    /// The frame of the window changes.
    pub framed: Notify,
    /// The page of the window stands there.
    page: watch::Sender<bool>,
    /// The page was answered what stands before the clerk.
    answered: AtomicBool,
    has_pin: AtomicBool,
    keyring_fails: AtomicBool,
}

impl Shell {
    /// A shell in which the desk is being opened, and this language is spoken until there are settings.
    pub fn new(app: AppHandle, language: DeskLanguage) -> Self {
        Self {
            app,
            language: std::sync::Mutex::new(language),
            place: watch::Sender::new(Place::Opening),
            profile: Mutex::new(None),
            turning: Mutex::new(()),
            cancelled: Notify::new(),
            links: Links::default(),
            card_read: AtomicBool::new(false),
            last_card: std::sync::Mutex::default(),
            in_front: watch::Sender::new(true),
            framed: Notify::new(),
            page: watch::Sender::new(false),
            answered: AtomicBool::new(false),
            has_pin: AtomicBool::new(false),
            keyring_fails: AtomicBool::new(false),
        }
    }

    /// Notes what the last card was, or that what it met is over.
    pub fn reader_reports(&self, event: &ReaderEvent, at: Moment) {
        let mut last = self.last_card.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(card) = LastCard::of(event, Some(hour(at))) {
            *last = Some(card.after(last.as_ref()));
        } else if last.as_ref().is_some_and(|card| card.is_over_with(event)) {
            *last = None;
        }
    }

    /// What the last card was.
    pub fn last_card(&self) -> Option<LastCard> {
        self.last_card.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes that the page is there.
    pub fn page_came(&self) {
        self.page.send_replace(true);
    }

    /// Whether the page is there.
    pub fn has_page(&self) -> bool {
        *self.page.borrow()
    }

    /// Waits until the page is there.
    pub async fn until_page_came(&self) {
        let mut page = self.page.subscribe();
        // The sender lives as long as this shell does.
        let _ = page.wait_for(|came| *came).await;
    }

    /// What stands before the clerk now.
    pub fn place(&self) -> Place {
        self.place.borrow().clone()
    }

    /// Puts something else before the clerk, and tells the window. Until its first question is answered the answer says it.
    pub fn put(&self, place: Place) {
        self.place.send_replace(place.clone());
        if let Some(start) = self.view(&place).filter(|_| self.answered.load(Ordering::Acquire)) {
            News::Start(start).tell(&self.app);
        }
    }

    /// What stands before the clerk, for the window; nothing while it is not known yet.
    pub fn view(&self, place: &Place) -> Option<StartView> {
        let (stage, notice, (language, look)) = match place {
            Place::Opening | Place::Stopped(_) => return None,
            Place::Before(stage, notice) => (*stage, notice.clone(), of(&self.preferences_before())),
            Place::Desk(opened, stage) => (*stage, None, of(&opened.desk.settings().preferences)),
        };
        let sending = matches!(place, Place::Desk(..));
        Some(StartView { stage, language, look, can_practise: cfg!(feature = "practice"), sending, notice })
    }

    /// The language of the desk, whatever stands before it.
    pub fn language_now(&self) -> Language {
        match self.place() {
            Place::Desk(opened, _) => language(opened.desk.settings().preferences.language),
            Place::Opening | Place::Stopped(_) | Place::Before(..) => language(self.preferences_before().language),
        }
    }

    fn preferences_before(&self) -> Preferences {
        let profile = self.profile.try_lock().ok();
        let known = profile.as_ref().and_then(|profile| profile.as_ref()?.config.as_ref());
        let before = || Preferences { language: self.language_before(), ..Preferences::default() };
        known.map_or_else(before, |config| config.preferences.clone())
    }

    /// The language until there are settings.
    pub fn language_before(&self) -> DeskLanguage {
        *self.language.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Speaks another language until there are settings.
    pub fn speak(&self, language: DeskLanguage) {
        *self.language.lock().unwrap_or_else(PoisonError::into_inner) = language;
    }

    /// What stands before the clerk, as soon as it is known, and whether that was answered before.
    pub async fn start(&self) -> Result<(StartView, bool), Problem> {
        let mut place = self.place.subscribe();
        let known = place.wait_for(|place| !matches!(place, Place::Opening)).await;
        known.map_err(|_| Problem::fault("setup.failed"))?;
        // From here on the window is told what comes, so what is answered is read after it.
        let again = self.answered.swap(true, Ordering::AcqRel);
        match &self.place() {
            Place::Stopped(problem) => Err(problem.clone()),
            known => self.view(known).map(|start| (start, again)).ok_or_else(|| Problem::fault("setup.failed")),
        }
    }

    /// The desk for whoever works at it: not behind its lock, nor behind the set-up.
    pub async fn opened(&self) -> Result<Opened, Problem> {
        match self.behind_everything().await? {
            (opened, Stage::Open) => Ok(opened),
            _ => Err(Problem::precondition("desk.locked")),
        }
    }

    /// The desk behind the set-up or as it is, but not behind its lock.
    pub async fn unlocked(&self) -> Result<Opened, Problem> {
        match self.behind_everything().await? {
            (opened, Stage::Open | Stage::SetUp) => Ok(opened),
            _ => Err(Problem::precondition("desk.locked")),
        }
    }

    /// The desk, whatever stands before it.
    async fn behind_everything(&self) -> Result<(Opened, Stage), Problem> {
        let mut place = self.place.subscribe();
        let known = place.wait_for(|place| !matches!(place, Place::Opening)).await;
        match known.map_err(|_| Problem::fault("setup.failed"))?.clone() {
            Place::Desk(opened, stage) => Ok((opened, stage)),
            Place::Stopped(problem) => Err(problem),
            Place::Opening | Place::Before(..) => Err(Problem::precondition("desk.locked")),
        }
    }

    /// Brings the desk to rest before the program ends: the attempt that is open is waited for, the files are closed, practice
    /// is removed.
    pub async fn rest(&self) {
        if let Place::Desk(opened, _) = self.place() {
            opened.desk.close().await;
            if let Some(practice) = &opened.practice {
                practice.end();
            }
        }
    }

    /// The desk alone.
    pub async fn desk(&self) -> Result<Arc<Desk>, Problem> {
        Ok(self.opened().await?.desk)
    }

    /// Whether there is a PIN, so that the desk can be locked.
    pub fn can_lock(&self) -> bool {
        self.has_pin.load(Ordering::Relaxed)
    }

    /// Whether the keyring takes nothing in, so that the recovery code is needed at the next start.
    pub fn keyring_fails(&self) -> bool {
        self.keyring_fails.load(Ordering::Relaxed)
    }

    /// Notes whether there is a PIN that opens the desk, and whether the keyring keeps anything.
    pub async fn keys_changed(&self, safe: &Arc<Safe>) {
        self.has_pin.store(safe.has_pin().await, Ordering::Relaxed);
        self.keyring_fails.store(safe.keyring_fails().await, Ordering::Relaxed);
    }

    /// Locks the desk, if it has a PIN and is open.
    pub async fn lock(&self) -> Result<(), Problem> {
        if !self.can_lock() {
            return Err(Problem::precondition("pin.none"));
        }
        let _turn = self.turning.lock().await;
        if let Place::Desk(opened, Stage::Open) = self.place() {
            // Before anything is waited for: nothing stays on the screen meanwhile.
            self.put(Place::Desk(opened.clone(), Stage::Locked));
            opened.desk.lock().await;
            if let Some(safe) = &opened.safe {
                safe.put_away();
            }
        }
        Ok(())
    }

    /// Opens what is locked, with the PIN.
    pub async fn unlock(&self, pin: &str) -> Result<(), Problem> {
        let _turn = self.turning.lock().await;
        match self.place() {
            Place::Desk(opened, Stage::Locked) => {
                let safe = opened.safe.clone().ok_or_else(|| Problem::precondition("pin.none"))?;
                let keys = safe.open_with_pin(pin).await?;
                opened.desk.unlock(&keys.snapshot).await?;
                self.put(Place::Desk(opened, Stage::Open));
                Ok(())
            }
            Place::Before(Stage::Locked, _) => opening::with_pin(self, pin).await,
            _ => Ok(()),
        }
    }
}

fn of(preferences: &Preferences) -> (Language, Look) {
    (language(preferences.language), look(preferences.look))
}

/// The language of a desk, from the window.
pub const fn desk_language(language: Language) -> DeskLanguage {
    match language {
        Language::Nl => DeskLanguage::Nl,
        Language::Fr => DeskLanguage::Fr,
        Language::En => DeskLanguage::En,
    }
}

/// The language of a desk, for the window.
pub const fn language(language: DeskLanguage) -> Language {
    match language {
        DeskLanguage::Nl => Language::Nl,
        DeskLanguage::Fr => Language::Fr,
        DeskLanguage::En => Language::En,
    }
}
