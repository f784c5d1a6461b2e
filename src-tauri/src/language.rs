//! The language before there are settings: that of the system, until somebody chooses one.

use balie_desk::config::Language;

/// The first language of the system that a clerk can work in; Dutch where there is none.
pub fn of_the_system() -> Language {
    first(sys_locale::get_locales())
}

/// Those of the system stand in the order in which somebody prefers them, as `fr-BE`.
fn first(locales: impl IntoIterator<Item = String>) -> Language {
    let known = |locale: String| of_word(locale.split(['-', '_', '.']).next().unwrap_or_default());
    locales.into_iter().find_map(known).unwrap_or_default()
}

/// The language of a word such as `nl`, as it stands in the settings and on the command line.
pub fn of_word(word: &str) -> Option<Language> {
    [Language::Nl, Language::Fr, Language::En].into_iter().find(|language| language.word().eq_ignore_ascii_case(word))
}

/// Tells the page before anything in it runs: what it says first, also when the desk cannot be opened, is said in this language.
pub fn told_to_the_page(language: Language) -> String {
    format!("window.balieLanguage = '{}';", language.word())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_we_speak_is_spoken() {
        let of = |locales: &[&str]| first(locales.iter().map(|locale| (*locale).to_owned()));
        assert_eq!(of(&["fr-BE"]), Language::Fr);
        assert_eq!(of(&["FR_be.UTF-8"]), Language::Fr);
        assert_eq!(of(&["de-BE", "en-GB", "nl-BE"]), Language::En, "the order is somebody's preference");
        assert_eq!(of(&["C"]), Language::Nl);
        assert_eq!(of(&["fro", "nld"]), Language::Nl, "the names are of two letters");
        assert_eq!(of(&[]), Language::Nl);
    }

    #[test]
    fn the_page_is_told_by_a_word_that_it_knows() {
        assert_eq!(told_to_the_page(Language::Fr), "window.balieLanguage = 'fr';");
    }
}
