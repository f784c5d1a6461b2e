import { spoken } from '../../texts/language.svelte';

/** The whole number that somebody typed, also with a mark between the thousands; −1, which every setting refuses, for whatever
 * is none. In English the comma parts thousands, elsewhere the dot. */
export function whole(text: string): number {
  const parted = spoken.language === 'en' ? /^\d{1,3}([\s,]\d{3})+$/ : /^\d{1,3}([\s.]\d{3})+$/;
  const digits = parted.test(text) ? text.replace(/\D/g, '') : text;
  return /^\d{1,7}$/.test(digits) ? Number(digits) : -1;
}

/** The hundredths of an amount or a percentage that somebody typed, with a comma or a dot before at most two decimals; −1,
 * which every setting refuses, for whatever is none. */
export function hundredths(text: string): number {
  const parts = /^(.*?)(?:[.,](\d{1,2}))?$/.exec(text.trim());
  const units = whole(parts?.[1] ?? '');
  return units < 0 ? -1 : units * 100 + Number((parts?.[2] ?? '').padEnd(2, '0'));
}
