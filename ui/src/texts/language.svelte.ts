// The language of the desk. It is a state of the window, so that every sentence follows when it changes.

import { catalogues, learn } from './catalogues';

export type Language = 'nl' | 'fr' | 'en';

/** What the program says before anything of the page runs: the language of its first words. */
declare global {
  var balieLanguage: Language | undefined;
}

export const spoken = $state<{ language: Language }>({ language: 'nl' });

let wanted: Language = 'nl';

/** Speaks a language from now on, as soon as its sentences are there; a screen reader is told too. */
export function speak(language: Language): void {
  wanted = language;
  if (catalogues[language]) return say(language);
  const learned = () => wanted === language && say(language);
  // What cannot be read leaves the language that is spoken.
  learn(language).then(learned, () => undefined);
}

function say(language: Language): void {
  spoken.language = language;
  document.documentElement.lang = language;
}
