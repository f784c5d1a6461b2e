// How amounts, points and numbers look in each language.

import { t } from './index';
import { spoken, type Language } from './language.svelte';

const euros = (locale: string) => new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' });
const money: Record<Language, Intl.NumberFormat> = {
  nl: euros('nl-BE'),
  fr: euros('fr-BE'),
  en: euros('en-GB'),
};

/** `€ 2,00` */
export function euro(cents: number): string {
  return money[spoken.language].format(cents / 100);
}

/** `1 punt`, `14 punten` */
export function points(count: number): string {
  if (count === 0) return t('points.none');
  return count === 1 ? t('points.one') : t('points.many', { n: count });
}

/** How a balance changes: `+1 punt`, `−5 punten` */
export function change(count: number): string {
  const n = Math.abs(count);
  if (count < 0) return n === 1 ? t('points.minus.one') : t('points.minus', { n });
  return n === 1 ? t('points.plus.one') : t('points.plus', { n });
}

/** Digits in the groups in which they stand on the card: `0900 000 067 513`. Anything else stays as it was typed. */
export function grouped(text: string): string {
  if (!/^[\d ]*$/.test(text)) return text;
  const digits = text.replaceAll(' ', '');
  if (digits.length > 13) return digits;
  return [digits.slice(0, 4), digits.slice(4, 7), digits.slice(7, 10), digits.slice(10)]
    .filter(Boolean)
    .join(' ');
}

/** The last four digits: enough to tell two cards apart, too little to know whose they are. */
export function lastFour(number: string): string {
  const digits = number.replaceAll(' ', '').slice(-4);
  return `••• ${digits}`;
}

/** Lower case without accents, so that `cafe` finds `Café`. */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();
}
