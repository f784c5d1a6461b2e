import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allCodes } from '../src/texts/codes';
import { euro, grouped, lastFour } from '../src/texts/format';
import { t, tCode } from '../src/texts';
import nl from '../src/texts/nl.json';

const root = join(process.cwd(), 'src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(ts|svelte)$/.test(path) && !path.startsWith('texts'))
  .map((path) => ({ path, source: readFileSync(join(root, path), 'utf8') }));

test('every sentence is used by a view or listed as a code from Rust', () => {
  const listed = new Set<string>(allCodes);
  const unused = Object.keys(nl).filter(
    (key) => !listed.has(key) && !files.some(({ source }) => source.includes(`'${key}'`)),
  );
  expect(unused).toEqual([]);
});

test('every code from Rust has a sentence that stands without facts', () => {
  for (const code of allCodes) {
    if (code === 'problem.unknown') continue;
    expect(tCode(code), code).not.toMatch(/[[\]{}…]/);
  }
});

test('the clerk is addressed in one way', () => {
  for (const [key, sentence] of Object.entries(nl)) {
    expect(sentence, key).not.toMatch(/\b(je|jij|jou|jouw|jullie)\b/i);
  }
});

test('a code that nobody knows is named, not hidden', () => {
  expect(tCode('moon.full')).toContain('moon.full');
  expect(tCode('toString')).toContain('toString');
});

test('facts go to their place; a part without its fact falls away', () => {
  expect(tCode('number.length', [{ name: 'digits', value: '12' }])).toContain('dit zijn er 12');
  expect(tCode('number.length')).not.toContain('dit zijn er');
  expect(t('record.button', { price: '€ 2,00' })).toBe('Noteer € 2,00');
});

test('a fact is text, whatever it looks like', () => {
  expect(t('events.noMatch', { text: '{text}' })).toContain('{text}');
});

test('amounts and numbers look as they do in Flanders', () => {
  expect(euro(200)).toBe('€\u00a02,00');
  expect(grouped('0900000067513')).toBe('0900 000 067 513');
  expect(grouped('09x')).toBe('09x');
  expect(lastFour('0900000067513')).toBe('••• 7513');
});

test('one file names Tauri', () => {
  expect(files.filter(({ source }) => source.includes('@tauri-apps')).map(({ path }) => path)).toEqual([
    'ipc.ts',
  ]);
});

test('no sentence stands in a view', () => {
  for (const { path, source } of files.filter(({ path }) => path.endsWith('.svelte'))) {
    const markup = source
      .replace(/<(script|style)[\s\S]*?<\/\1>/g, '')
      .replace(/<!--[\s\S]*?-->/g, '')
      .replace(/\{[^{}]*(\{[^{}]*\}[^{}]*)*\}/g, '')
      .replace(/=>/g, '');
    const loose = [...markup.matchAll(/>([^<>]*[a-zà-ÿ]{3,}[^<>]*)</gi)].map((found) => found[1]?.trim());
    expect(
      loose.filter((text) => text && !/^(Esc|Enter|Ctrl Z|F\d)$/.test(text)),
      path,
    ).toEqual([]);
  }
});

test('no inline style, which the security policy would refuse', () => {
  for (const { path, source } of files) expect(source, path).not.toMatch(/<[^>]*\sstyle(=|:)/);
});
