// Every sentence that a clerk can read comes from here. A sentence has places such as {price}; a part between square
// brackets falls away when a fact that it needs is not known, so that no sentence ever shows an empty place.

import type { Fact } from '../ipc';
import { catalogues, type Key } from './catalogues';
import { euro } from './format';
import { spoken } from './language.svelte';

export type { Key };
/** A key that says why, with another one, `<key>.next`, that says what to do now. */
export type ReasonKey = { [K in Key]: `${K}.next` extends Key ? K : never }[Key];
export type Facts = Record<string, string | number | null> | readonly Fact[];

/** The sentence for a key that the compiler knows. */
export function t(key: Key, facts: Facts = {}): string {
  return filled((catalogues[spoken.language] ?? catalogues.nl)[key], facts);
}

/** The sentence for a code from the Rust side; a code that we do not know is named, never hidden. */
export function tCode(code: string, facts: Facts = {}): string {
  return isKey(code) ? t(code, facts) : t('problem.unknown', { code });
}

/** What to do now; what can be done about a code that we do not know is the same for all of them. */
export function tNext(code: string, facts: Facts = {}): string {
  const next = `${code}.next`;
  if (!isKey(code)) return t('problem.unknown.next');
  return isKey(next) ? t(next, facts) : '';
}

/** Why, and what to do now, in one breath. */
export function tWhole(code: string, facts: Facts = {}): string {
  return `${tCode(code, facts)} ${tNext(code, facts)}`.trim();
}

/** Whether there is a sentence for it. */
export function isKey(code: string): code is Key {
  return Object.hasOwn(catalogues.nl, code);
}

function filled(sentence: string, facts: Facts): string {
  const known = byName(facts);
  return sentence
    .replace(/\[([^\]]*)\]/g, (_, part: string) => (slots(part).every((name) => known.has(name)) ? part : ''))
    .replace(/\{(\w+)\}/g, (_, name: string) => known.get(name) ?? '…');
}

/** An amount as it comes from the Rust side; each language writes it in a way of its own, and none breaks it over two lines. */
const AMOUNT = /^€ (\d+),(\d\d)$/;

function written(value: string): string {
  const [, euros, cents] = AMOUNT.exec(value) ?? [];
  return euros && cents ? euro(Number(euros + cents)) : value;
}

function byName(facts: Facts): Map<string, string> {
  const pairs: [string, string][] = Array.isArray(facts)
    ? facts.map(({ name, value }: Fact) => [name, written(value)])
    : Object.entries(facts).map(([name, value]) => [name, String(value ?? '')]);
  return new Map(pairs.filter(([, value]) => value !== ''));
}

function slots(part: string): string[] {
  return [...part.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? '');
}
