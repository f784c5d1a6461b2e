// Every sentence that a clerk can read comes from here. A sentence has places such as {price}; a part between square
// brackets falls away when a fact that it needs is not known, so that no sentence ever shows an empty place.

import type { Fact } from '../ipc';
import nl from './nl.json';

export type Key = keyof typeof nl;
export type Facts = Record<string, string | number | null> | readonly Fact[];

const texts: Record<string, string> = nl;

/** The sentence for a key that the compiler knows. */
export function t(key: Key, facts: Facts = {}): string {
  return filled(texts[key] ?? key, facts);
}

/** The sentence for a code from the Rust side; a code that we do not know is named, never hidden. */
export function tCode(code: string, facts: Facts = {}): string {
  const sentence = Object.hasOwn(texts, code) ? texts[code] : undefined;
  return sentence === undefined ? t('problem.unknown', { code }) : filled(sentence, facts);
}

function filled(sentence: string, facts: Facts): string {
  const known = byName(facts);
  return sentence
    .replace(/\[([^\]]*)\]/g, (_, part: string) => (slots(part).every((name) => known.has(name)) ? part : ''))
    .replace(/\{(\w+)\}/g, (_, name: string) => known.get(name) ?? '…');
}

function byName(facts: Facts): Map<string, string> {
  const pairs: [string, string][] = Array.isArray(facts)
    ? facts.map(({ name, value }: Fact) => [name, value])
    : Object.entries(facts).map(([name, value]) => [name, String(value ?? '')]);
  return new Map(pairs.filter(([, value]) => value !== ''));
}

function slots(part: string): string[] {
  return [...part.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? '');
}
