// The sentences of each language. Dutch comes with the first screen; another language is read when it is spoken, so that no
// desk waits at its start for words that nobody says there.

import type { Language } from './language.svelte';
import nl from './nl.json';

export type Key = keyof typeof nl;
/** The compiler says so when a language lacks a sentence. */
type Catalogue = Record<Key, string>;

const others: Record<Exclude<Language, 'nl'>, () => Promise<{ default: Catalogue }>> = {
  fr: () => import('./fr.json'),
  en: () => import('./en.json'),
};

/** Dutch, and what was learned. */
export const catalogues: { nl: Catalogue } & Partial<Record<Language, Catalogue>> = { nl };

/** Reads the sentences of a language, once. */
export async function learn(language: Language): Promise<void> {
  if (language !== 'nl') catalogues[language] ??= (await others[language]()).default;
}
