// How amounts, points and numbers look in each language.

import { t } from './index';
import { spoken, type Language } from './language.svelte';

const locales: Record<Language, string> = { nl: 'nl-BE', fr: 'fr-BE', en: 'en-GB' };
const money: Partial<Record<Language, Intl.NumberFormat>> = {};

/** `€ 2,00` */
export function euro(cents: number): string {
  const { language } = spoken;
  money[language] ??= new Intl.NumberFormat(locales[language], { style: 'currency', currency: 'EUR' });
  return money[language].format(cents / 100);
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

/** What is known of one thing, beside each other. A line may end between two facts and within a long one, and not within an
 * hour, an amount or a number. */
export function together(facts: readonly string[]): string {
  return facts.map((fact) => (fact.length > 20 ? fact : fact.replaceAll(' ', '\u00a0'))).join(' · ');
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

/** A code in groups of four signs, however it was typed: `ABCD-EFGH-2345`. */
export function groupedCode(text: string): string {
  const signs = text.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return signs.match(/.{1,4}/g)?.join('-') ?? '';
}

/** `1 seconde`, `40 seconden`, `2 min 05 s` */
export function duration(seconds: number): string {
  if (seconds === 1) return t('time.second');
  if (seconds < 60) return t('time.seconds', { n: seconds });
  return t('time.minutes', { m: Math.floor(seconds / 60), s: String(seconds % 60).padStart(2, '0') });
}

/** `812 kB`, `12,3 MB` */
export function size(kilobytes: number): string {
  if (kilobytes < 1000) return t('size.kilobytes', { n: kilobytes });
  const places = { maximumFractionDigits: kilobytes < 100_000 ? 1 : 0 };
  return t('size.megabytes', { n: number(kilobytes / 1000, places) });
}

/** `12 400` in the way of the language. */
export function number(value: number, places: Intl.NumberFormatOptions = {}): string {
  return new Intl.NumberFormat(locales[spoken.language], places).format(value);
}

/** Today, `21/11/2026`. */
export function today(): string {
  const parts = { day: '2-digit', month: '2-digit', year: 'numeric' } as const;
  return new Intl.DateTimeFormat('nl-BE', parts).format(new Date());
}

/** `za`, the day of the week of `2026-11-21`. */
export function weekday(day: string): string {
  // At noon, so that no time zone makes another day of it.
  const at = new Date(`${day}T12:00:00`);
  return new Intl.DateTimeFormat(locales[spoken.language], { weekday: 'short' }).format(at);
}
