//! Takes a picture of every screen: `shots DIR [NAME]`. In three languages, light and dark; in Dutch also in the smallest
//! window and with everything twice as large.

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    taking::main()
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("no pictures: they need WebKitWebDriver, which only Linux has");
    ExitCode::FAILURE
}

#[cfg(unix)]
mod taking {
    use std::error::Error;
    use std::io;
    use std::path::{Path, PathBuf};
    use std::process::ExitCode;

    use balie_tests::clerk::Clerk;
    use balie_tests::driver::stage_missing;
    use balie_tests::faces::look::{in_size, in_theme};
    use balie_tests::faces::{Face, Language, Size, Theme, Walk};

    pub(super) fn main() -> ExitCode {
        let mut words = std::env::args_os().skip(1);
        let Some(folder) = words.next().map(PathBuf::from) else {
            eprintln!("usage: shots DIR [NAME]");
            return ExitCode::from(2);
        };
        let only = words.next().map(|name| name.to_string_lossy().into_owned());
        if let Some(why) = stage_missing() {
            eprintln!("no pictures: {why}");
            return ExitCode::FAILURE;
        }
        let taken = tokio::runtime::Runtime::new().map_err(Into::into).and_then(|rt| rt.block_on(take(&folder, only)));
        match taken {
            Ok(count) => {
                println!("{count} pictures in {}", folder.display());
                ExitCode::SUCCESS
            }
            Err(why) => {
                eprintln!("not every picture was taken: {why}");
                ExitCode::FAILURE
            }
        }
    }

    async fn take(folder: &Path, only: Option<String>) -> Result<usize, Box<dyn Error>> {
        std::fs::create_dir_all(folder)?;
        let mut count = 0;
        for language in Language::ALL {
            let walk = Walk { language, only: only.clone() };
            let looked =
                walk.look(async |clerk: &Clerk, face: &Face| picture(clerk, face, language, folder, &mut count).await);
            println!("{} screens in {}", looked.await?, language.code());
        }
        if count == 0 { Err("there is no such screen".into()) } else { Ok(count) }
    }

    /// Takes every picture of one screen that stands there now, and leaves it as it was.
    async fn picture(
        clerk: &Clerk,
        face: &Face,
        language: Language,
        folder: &Path,
        count: &mut usize,
    ) -> io::Result<()> {
        let name = format!("{}.{}", face.name, language.code());
        let mut looks: Vec<(Theme, Size)> = Theme::ALL.map(|theme| (theme, Size::Usual)).to_vec();
        if language == Language::Nl {
            looks.extend([(Theme::Light, Size::Small), (Theme::Light, Size::Large)]);
        }
        for (theme, size) in looks {
            in_theme(clerk, theme).await?;
            if size != Size::Usual {
                in_size(clerk, size).await?;
            }
            let more = if size == Size::Usual { String::new() } else { format!(".{}", size.name()) };
            let file = format!("{name}.{}{more}.png", theme.name());
            std::fs::write(folder.join(file), clerk.picture().await?)?;
            *count += 1;
        }
        if language == Language::Nl {
            in_size(clerk, Size::Usual).await?;
        }
        in_theme(clerk, Theme::Light).await
    }
}
