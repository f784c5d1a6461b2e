import { spoken } from '../../texts/language.svelte';

/** The whole number that somebody typed, also with a mark between the thousands; −1, which every setting refuses, for whatever
 * is none. In English the comma parts thousands, elsewhere the dot. */
export function whole(text: string): number {
  const parted = spoken.language === 'en' ? /^\d{1,3}([\s,]\d{3})+$/ : /^\d{1,3}([\s.]\d{3})+$/;
  const digits = parted.test(text) ? text.replace(/\D/g, '') : text;
  return /^\d{1,7}$/.test(digits) ? Number(digits) : -1;
}
