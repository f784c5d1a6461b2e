//! A clerk at the real window: sees what stands on the screen, presses keys, clicks. Told in the words of a journey.

use crate::bus::Bus;
use crate::display::Display;
use crate::driver::Driver;
use fantoccini::Locator;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// How long a clerk waits for something to appear. Far longer than it may take: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(20);
const GLANCE: Duration = Duration::from_millis(40);

/// The key Enter, as WebDriver writes it.
pub const ENTER: char = '\u{E007}';
/// The key Escape.
pub const ESCAPE: char = '\u{E00C}';
/// The key Tab.
pub const TAB: char = '\u{E004}';
/// The key F2.
pub const F2: char = '\u{E032}';
/// The key F3.
pub const F3: char = '\u{E033}';
/// The key F1.
pub const F1: char = '\u{E031}';
/// The key F4.
pub const F4: char = '\u{E034}';
/// The key F5.
pub const F5: char = '\u{E035}';
/// The key F6.
pub const F6: char = '\u{E036}';
/// The key F7.
pub const F7: char = '\u{E037}';
/// The key F8.
pub const F8: char = '\u{E038}';
/// The key F9.
pub const F9: char = '\u{E039}';
/// The key F12.
pub const F12: char = '\u{E03C}';
/// The key Control, held while the next one is pressed.
const CONTROL: char = '\u{E009}';

/// The desk that a clerk sits down at: a screen and a session with a keyring. It outlives the program.
#[derive(Debug)]
pub struct Room {
    display: Display,
    /// The session and its keyring.
    pub bus: Bus,
    /// Where the programs log; absent where that is seen with the test.
    pub log: Option<PathBuf>,
}

impl Room {
    /// Puts a screen and a session in place.
    pub fn prepare() -> io::Result<Self> {
        Self::with(Display::start()?)
    }

    /// Puts a session in place before this screen.
    pub fn with(display: Display) -> io::Result<Self> {
        Ok(Self { display, bus: Bus::start()?, log: None })
    }

    /// What a program in this room finds in its environment.
    pub fn env(&self) -> Vec<(String, String)> {
        [self.display.env(), self.bus.env(), speaks("C")].concat()
    }
}

/// The environment of a system that speaks this language, as `fr_BE`. Balie speaks it too, until there are settings.
pub fn speaks(locale: &str) -> Vec<(String, String)> {
    vec![("LC_ALL".into(), format!("{locale}.UTF-8"))]
}

/// The environment in which WebKitGTK paints as it does by itself. One that paints straight into the window, as Balie has it do
/// where there is no graphics card, gives a driver no picture.
pub fn composed() -> Vec<(String, String)> {
    vec![("WEBKIT_FORCE_COMPOSITING_MODE".into(), "1".into())]
}

/// Names the folder for pictures of the windows, for whoever wants to look at them.
const PICTURES: &str = "BALIE_PICTURES";

/// A clerk and the window before them.
#[derive(Debug)]
pub struct Clerk {
    driver: Driver,
    keys: AtomicU32,
    clicks: AtomicU32,
}

/// What a task costs a clerk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// How many keys; one with Control held down is one.
    pub keys: u32,
    /// How many clicks.
    pub clicks: u32,
}

impl Clerk {
    /// Starts the program in a room and waits until its window answers.
    pub async fn sits_down(room: &Room, arguments: &[&str], more: &[(String, String)]) -> io::Result<Self> {
        let pictures = if std::env::var_os(PICTURES).is_some() { composed() } else { Vec::new() };
        let env = [room.env(), pictures, more.to_vec()].concat();
        let arguments: Vec<String> = arguments.iter().map(|&word| word.to_owned()).collect();
        let place = (room.bus.folder(), room.log.as_deref());
        let driver = Driver::start(&app()?, &arguments, &env, place).await?;
        Ok(Self { driver, keys: AtomicU32::new(0), clicks: AtomicU32::new(0) })
    }

    /// The session, for what a clerk cannot do.
    pub fn driver(&self) -> &Driver {
        &self.driver
    }

    /// What was pressed and clicked since this was asked last.
    pub fn effort(&self) -> Effort {
        Effort { keys: self.keys.swap(0, Ordering::Relaxed), clicks: self.clicks.swap(0, Ordering::Relaxed) }
    }

    /// Closes the window and goes home.
    pub async fn goes_home(self) -> io::Result<()> {
        self.driver.close().await
    }

    /// Waits until something with this test id is there.
    pub async fn finds(&self, id: &str) -> io::Result<Element> {
        let css = format!("[data-testid=\"{id}\"]");
        let wait = self.driver.client().wait().at_most(PATIENCE).every(GLANCE);
        let found = wait.for_element(Locator::Css(&css)).await;
        match found {
            Ok(element) => Ok(element),
            Err(why) => Err(self.disappointed(&format!("`{id}` to appear: {why}")).await),
        }
    }

    /// What stands there now, or nothing when it is not there.
    ///
    /// WebKit calls a line that may be cut short with an ellipsis empty, so the text of the page is read and not the
    /// text that WebDriver would render.
    pub async fn reads(&self, id: &str) -> Option<String> {
        let css = format!("[data-testid=\"{id}\"]");
        let found = self.driver.client().find(Locator::Css(&css)).await.ok()?;
        found.prop("textContent").await.ok()?
    }

    /// The value of an attribute now, or nothing.
    pub async fn attribute(&self, id: &str, name: &str) -> Option<String> {
        let css = format!("[data-testid=\"{id}\"]");
        self.driver.client().find(Locator::Css(&css)).await.ok()?.attr(name).await.ok()?
    }

    /// Waits until the text there holds the words.
    pub async fn waits_for(&self, id: &str, words: &str) -> io::Result<String> {
        let since = Instant::now();
        loop {
            let text = self.reads(id).await;
            if let Some(text) = text.as_ref().filter(|text| text.contains(words)) {
                return Ok(text.clone());
            }
            if since.elapsed() > PATIENCE {
                return Err(self.disappointed(&format!("`{id}` to say `{words}`; it says {text:?}")).await);
            }
            sleep(GLANCE).await;
        }
    }

    /// Waits until an attribute there has the value.
    pub async fn waits_until(&self, id: &str, name: &str, value: &str) -> io::Result<()> {
        let since = Instant::now();
        loop {
            let found = self.attribute(id, name).await;
            if found.as_deref() == Some(value) {
                return Ok(());
            }
            if since.elapsed() > PATIENCE {
                let hoped = format!("`{id}` to have {name}=`{value}`; it has {found:?}");
                return Err(self.disappointed(&hoped).await);
            }
            sleep(GLANCE).await;
        }
    }

    /// Waits until nothing with this test id is there any more.
    pub async fn waits_until_gone(&self, id: &str) -> io::Result<()> {
        let since = Instant::now();
        while self.reads(id).await.is_some() {
            if since.elapsed() > PATIENCE {
                return Err(self.disappointed(&format!("`{id}` to go")).await);
            }
            sleep(GLANCE).await;
        }
        Ok(())
    }

    /// Clicks.
    pub async fn clicks(&self, id: &str) -> io::Result<()> {
        self.clicks.fetch_add(1, Ordering::Relaxed);
        self.finds(id).await?.click().await.map_err(io::Error::other)
    }

    /// Presses keys, one after the other, wherever the focus is.
    pub async fn presses(&self, keys: impl IntoIterator<Item = char>) -> io::Result<()> {
        let actions = keys.into_iter().fold(KeyActions::new("keyboard".to_owned()), |actions, value| {
            self.keys.fetch_add(1, Ordering::Relaxed);
            actions.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.driver.client().perform_actions(actions).await.map_err(io::Error::other)
    }

    /// Presses a key with Control held down.
    pub async fn presses_with_control(&self, value: char) -> io::Result<()> {
        self.keys.fetch_add(1, Ordering::Relaxed);
        let actions = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: CONTROL })
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value })
            .then(KeyAction::Up { value: CONTROL });
        self.driver.client().perform_actions(actions).await.map_err(io::Error::other)
    }

    /// Confirms with Enter, when the price has stood on the screen long enough to be read.
    pub async fn confirms(&self) -> io::Result<()> {
        self.waits_until("record", "data-ready", "true").await?;
        self.presses([ENTER]).await
    }

    /// Confirms with the mouse, when the price has stood on the screen long enough to be read.
    pub async fn records(&self) -> io::Result<()> {
        self.waits_until("record", "data-ready", "true").await?;
        self.clicks("record").await
    }

    /// Chooses an activity with the mouse.
    pub async fn chooses(&self, event: &str) -> io::Result<()> {
        let id = format!("event-{event}");
        self.clicks(&id).await?;
        self.waits_until(&id, "aria-selected", "true").await
    }

    /// Everything that stands in the page, seen or not: elements, attributes, and what the fields hold.
    pub async fn page(&self) -> io::Result<String> {
        let script = "return document.documentElement.outerHTML + [...document.querySelectorAll('input')].map((field) => \
                      field.value).join(' ')";
        let page = self.driver.client().execute(script, Vec::new()).await.map_err(io::Error::other)?;
        page.as_str().map(str::to_owned).ok_or_else(|| io::Error::other("the page is no text"))
    }

    /// The test id of what has the focus.
    pub async fn focus(&self) -> io::Result<String> {
        let script = "return document.activeElement?.dataset.testid ?? document.activeElement?.tagName ?? ''";
        let focus = self.driver.client().execute(script, Vec::new()).await.map_err(io::Error::other)?;
        Ok(focus.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the focus is there.
    pub async fn waits_for_focus(&self, id: &str) -> io::Result<()> {
        let since = Instant::now();
        loop {
            let focus = self.focus().await?;
            if focus == id {
                return Ok(());
            }
            if since.elapsed() > PATIENCE {
                return Err(self.disappointed(&format!("the focus on `{id}`; it is on `{focus}`")).await);
            }
            sleep(GLANCE).await;
        }
    }

    /// Waits until the window has painted what stands in the page.
    pub async fn is_painted(&self) -> io::Result<()> {
        let script = "const [done] = arguments; requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
        self.asks_page(script, Vec::new()).await.map(drop)
    }

    /// Runs a script in the page that hands its answer to the function that it is given last. It may be run more than once: on
    /// a busy machine WebKitWebDriver now and then cannot read the answer that it got, and that says nothing of the page.
    pub async fn asks_page(&self, script: &str, arguments: Vec<serde_json::Value>) -> io::Result<serde_json::Value> {
        const UNREAD: &str = "Could not parse script result";
        for _ in 0..2 {
            match self.driver.client().execute_async(script, arguments.clone()).await {
                Err(why) if why.to_string().contains(UNREAD) => sleep(GLANCE).await,
                answer => return answer.map_err(io::Error::other),
            }
        }
        self.driver.client().execute_async(script, arguments).await.map_err(io::Error::other)
    }

    /// What the window shows, as the bytes of a PNG.
    pub async fn picture(&self) -> io::Result<Vec<u8>> {
        self.is_painted().await?;
        self.driver.client().screenshot().await.map_err(io::Error::other)
    }

    /// Keeps a picture of the window, for whoever wants to look at it: in the folder that `BALIE_PICTURES` names, if any.
    pub async fn is_pictured(&self, name: &str) -> io::Result<()> {
        match std::env::var_os(PICTURES) {
            Some(folder) => std::fs::write(Path::new(&folder).join(format!("{name}.png")), self.picture().await?),
            None => Ok(()),
        }
    }

    // What stood on the screen instead tells more than a line number.
    async fn disappointed(&self, hoped: &str) -> io::Error {
        let page = match self.driver.client().find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(why) => why.to_string(),
        };
        io::Error::other(format!("waited for {hoped}\n--- on the screen ---\n{page}\n---"))
    }
}

/// The program under test: the one that `BALIE_APP` names, else the one that was built beside this test.
pub fn app() -> io::Result<PathBuf> {
    if let Some(named) = std::env::var_os("BALIE_APP") {
        return Ok(PathBuf::from(named));
    }
    let this = std::env::current_exe()?;
    let beside = this.ancestors().map(|folder| folder.join("balie")).find(|path| is_program(path));
    beside.ok_or_else(|| io::Error::other("the window is not built: cargo build -p balie --features practice"))
}

fn is_program(path: &Path) -> bool {
    path.is_file()
}
