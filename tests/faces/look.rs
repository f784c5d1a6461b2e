//! In which way a screen is looked at: its colours, the size of the window and of its text.

use std::io;

use crate::clerk::Clerk;

/// The colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Light, Self::Dark];

    /// Its name, as the page writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// How much room there is for the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// As the window opens.
    Usual,
    /// The smallest window.
    Small,
    /// Everything twice as large, in the usual window.
    Large,
    /// The whole of the largest screen.
    Huge,
}

impl Size {
    /// Every size.
    pub const ALL: [Self; 4] = [Self::Usual, Self::Small, Self::Large, Self::Huge];

    /// Its name, as it stands in the name of a picture.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Usual => "1280x800",
            Self::Small => "1024x700",
            Self::Large => "200",
            Self::Huge => "3840x2160",
        }
    }

    const fn window(self) -> (u32, u32) {
        match self {
            Self::Usual | Self::Large => (1280, 800),
            Self::Small => (1024, 700),
            Self::Huge => (3840, 2160),
        }
    }

    const fn zoom(self) -> u32 {
        if matches!(self, Self::Large) { 2 } else { 1 }
    }
}

/// The page is told as its own theme.ts would tell it. Nothing moves, so that no picture is taken midway.
const THEME: &str = "
    const [theme, done] = arguments;
    for (const rule of [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])) {
        if (rule.media?.mediaText.includes('prefers-reduced-motion')) rule.media.mediaText = 'all';
    }
    document.documentElement.dataset.theme = theme;
    requestAnimationFrame(() => requestAnimationFrame(() => done(true)));
";

/// Zooms as Ctrl and + do, and waits until the page has the room that this leaves.
const ZOOM: &str = "
    const [zoom, width, done] = arguments;
    window.__TAURI_INTERNALS__.invoke('plugin:webview|set_webview_zoom', { value: zoom }).then(() => {
        const since = performance.now();
        const look = () => {
            if (Math.abs(innerWidth * zoom - width) <= 2) {
                requestAnimationFrame(() => requestAnimationFrame(() => done(true)));
            } else if (performance.now() - since > 10000) {
                done(`${innerWidth} × ${zoom} is not ${width}`);
            } else {
                setTimeout(look, 20);
            }
        };
        look();
    }, (why) => done(String(why)));
";

/// Shows the page in these colours.
pub async fn in_theme(clerk: &Clerk, theme: Theme) -> io::Result<()> {
    clerk.asks_page(THEME, vec![theme.name().into()]).await.map(drop)
}

/// Gives the page this much room.
pub async fn in_size(clerk: &Clerk, size: Size) -> io::Result<()> {
    let client = clerk.driver().client();
    let (width, height) = size.window();
    client.set_window_size(width, height).await.map_err(io::Error::other)?;
    let told = clerk.asks_page(ZOOM, vec![size.zoom().into(), width.into()]).await?;
    if told.as_bool() == Some(true) { Ok(()) } else { Err(io::Error::other(format!("the page does not zoom: {told}"))) }
}
