//! The page of the window. When it does not come up, the system says so in a window of its own: an empty window tells a clerk
//! nothing, and what was recorded is safe all the same.

use crate::dto::Language;
use crate::setup::MAIN;
use crate::shell::Shell;
use std::time::Duration;
use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, Manager, WebviewWindow};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// How long the page may take. It takes half a second; a slow and busy computer gets twenty times that.
const PATIENCE: Duration = Duration::from_secs(10);

/// So long a window waits unseen for its page.
const UNSEEN: Duration = Duration::from_secs(2);

/// What is said, and what can be done about it.
struct Words {
    title: &'static str,
    text: &'static str,
    again: &'static str,
    quit: &'static str,
}

/// In the language of the desk: these cannot come from the page, which holds all other sentences.
const fn words(language: Language) -> Words {
    match language {
        Language::Nl => Words {
            title: "Balie: het scherm komt niet op",
            text: "Het scherm van Balie blijft leeg. Wat genoteerd is, is veilig bewaard op deze computer.\n\nProbeer het \
                   opnieuw. Helpt dat niet, herstart dan de computer, en werk de grafische stuurprogramma's bij.",
            again: "Probeer opnieuw",
            quit: "Sluit Balie",
        },
        Language::Fr => Words {
            title: "Balie : l’écran ne s’affiche pas",
            text: "L’écran de Balie reste vide. Ce qui est noté est conservé en sécurité sur cet ordinateur.\n\nRéessayez. \
                   Si cela n’aide pas, redémarrez l’ordinateur et mettez à jour les pilotes graphiques.",
            again: "Réessayer",
            quit: "Fermer Balie",
        },
        Language::En => Words {
            title: "Balie: the screen does not come up",
            text: "The screen of Balie stays empty. What was recorded is safe on this computer.\n\nTry again. If that does \
                   not help, restart the computer, and update its graphics drivers.",
            again: "Try again",
            quit: "Close Balie",
        },
    }
}

/// Shows the window as soon as its page is there. Before that there is nothing to see, and WebKitGTK, which wants to paint what is
/// seen, now and then waits half a second for a page that is still beginning.
pub fn loads(window: &WebviewWindow, event: PageLoadEvent) {
    match event {
        PageLoadEvent::Started => {}
        PageLoadEvent::Finished => show(window),
    }
}

/// Waits for the page, and asks the clerk what to do each time that it does not come.
pub fn watch(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        let shell = app.state::<Shell>();
        let mut patience = PATIENCE;
        if timeout(UNSEEN, shell.until_page_came()).await.is_err() {
            patience -= UNSEEN;
        }
        // A page that is never loaded as a whole leaves its window empty, and not unseen.
        let unseen = app.get_webview_window(MAIN).filter(|window| !window.is_visible().unwrap_or(false));
        unseen.as_ref().map(show);
        while timeout(patience, shell.until_page_came()).await.is_err() {
            patience = PATIENCE;
            tracing::error!("the page of the window does not come up");
            if !tries_again(&app, shell.language_now()).await {
                shell.rest().await;
                return app.exit(1);
            }
            if !shell.has_page() {
                load_anew(&app);
            }
        }
    });
}

/// Whether the clerk wants to try it once more. When the page comes meanwhile, that is what is seen behind the question.
async fn tries_again(app: &AppHandle, language: Language) -> bool {
    let Words { title, text, again, quit } = words(language);
    let (told, answer) = oneshot::channel();
    let buttons = MessageDialogButtons::OkCancelCustom(again.to_owned(), quit.to_owned());
    let dialog = app.dialog().message(text).title(title).kind(MessageDialogKind::Error).buttons(buttons);
    dialog.show(move |again| {
        // Nobody waits any more when the program ends.
        let _ = told.send(again);
    });
    answer.await.unwrap_or(false)
}

fn show(window: &WebviewWindow) {
    if let Err(error) = window.show().and_then(|()| window.set_focus()) {
        tracing::error!(%error, "the window cannot be shown");
    }
}

fn load_anew(app: &AppHandle) {
    let loaded = app.get_webview_window(MAIN).map(|window| window.reload());
    if let Some(Err(error)) = loaded {
        tracing::error!(%error, "the page cannot be loaded anew");
    }
}
