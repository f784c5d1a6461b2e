// The language of the desk. It is a state of the window, so that every sentence follows when it changes.

export type Language = 'nl' | 'fr' | 'en';

/** What the program says before anything of the page runs: the language of its first words. */
declare global {
  var balieLanguage: Language | undefined;
}

export const spoken = $state<{ language: Language }>({ language: 'nl' });

/** Speaks a language from now on; a screen reader is told too. */
export function speak(language: Language): void {
  spoken.language = language;
  document.documentElement.lang = language;
}
