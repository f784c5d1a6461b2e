import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { allCodes, captionCodes, readerCheckOfReader, reasonCodes, whereCodes } from '../src/texts/codes';
import { change, euro, grouped, lastFour, points, together } from '../src/texts/format';
import { t, tCode, tNext, tWhole, type Key } from '../src/texts';
import en from '../src/texts/en.json';
import fr from '../src/texts/fr.json';
import nl from '../src/texts/nl.json';
import { speak } from '../src/texts/language.svelte';
import { topics } from '../src/views/help/topics';

const root = join(process.cwd(), 'src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(ts|svelte)$/.test(path) && !path.startsWith('texts/codes'))
  .map((path) => ({ path, source: readFileSync(join(root, path), 'utf8') }));
const catalogues = { nl, fr, en };
const keys = Object.keys(nl) as Key[];
const languages = ['nl', 'fr', 'en'] as const;

afterEach(() => speak('nl'));

/** `line.kind.sell` is used as `line.kind.${…}`. */
const families = [
  'line.kind.',
  'verb.',
  'agreement.',
  'way.',
  'toCheck.group.',
  'settle.',
  'setUp.step.',
  'setUp.heading.',
  'setUp.environment.',
  'ready.state.',
  'settings.language.',
  'settings.look.',
  'settings.rewards.',
  'settings.sound.',
  'day.export.',
];
/** The pages of the help are known by name, and each step by its number. */
const helpKeys = new Set(
  topics.flatMap(({ name, steps }) => [
    `help.${name}`,
    ...Array.from({ length: steps }, (_, index) => `help.${name}.${index + 1}`),
  ]),
);

test('every page of the help has as many sentences as it says', () => {
  expect([...helpKeys].filter((key) => !keys.includes(key as Key))).toEqual([]);
});
/** `handOver.title` is used as `${which}.title`. */
const pairs = ['handOver.', 'takeOver.'];

function isUsed(key: string): boolean {
  if (helpKeys.has(key)) return true;
  const family = families.find((start) => key.startsWith(start));
  const pair = pairs.find((start) => key.startsWith(start));
  if (pair && files.some(({ source }) => source.includes(`\`\${which}.${key.slice(pair.length)}\``)))
    return true;
  if (files.some(({ source }) => source.includes(`'${key}'`))) return true;
  const written = family ? `\`${family}\${` : `'${key}'`;
  return files.some(({ source }) => source.includes(written));
}

test('every sentence is used by a view or listed as a code from Rust', () => {
  const listed = new Set<string>(allCodes);
  const unused = keys.filter((key) => {
    const code = key.replace(/\.next$/, '');
    return !listed.has(key) && !isUsed(key) && !(code !== key && (listed.has(code) || isUsed(code)));
  });
  expect(unused.filter((key) => !key.startsWith('pass.passholderBlocked.private'))).toEqual([]);
});

describe.each(languages)('%s', (language) => {
  const texts = catalogues[language];
  const places = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();
  const optional = (sentence: string) =>
    [...sentence.matchAll(/\[([^\]]*)\]/g)].map((found) => places(found[1] ?? '')).sort();

  test('has the same keys as Dutch, in the same order', () => {
    expect(Object.keys(texts)).toEqual(keys);
    for (const key of keys) expect(texts[key].trim(), key).not.toBe('');
  });

  test('has the same places for facts as Dutch, and the same parts that may fall away', () => {
    for (const key of keys) {
      expect(places(texts[key]), key).toEqual(places(catalogues.nl[key]));
      expect(optional(texts[key]), key).toEqual(optional(catalogues.nl[key]));
    }
  });

  test('says why and what now for every reason, and both stand without facts', () => {
    speak(language);
    for (const code of reasonCodes) {
      if (code === 'problem.unknown') continue;
      expect(tCode(code), code).not.toMatch(/[[\]{}…]/);
      expect(tNext(code), code).not.toMatch(/[[\]{}…]/);
      expect(tCode(code), code).toMatch(/[.?!]$/);
      expect(tNext(code), code).toMatch(/[.?!]$/);
    }
    for (const code of captionCodes) expect(tCode(code), code).not.toMatch(/[[\]{}…]/);
  });
});

test('no sentence that a terminal says too has a part that falls away, and each names the reader that it is about', () => {
  for (const language of languages) {
    const texts = catalogues[language];
    for (const key of keys.filter((key) => /^(reader|readerCheck)\./.test(key)))
      expect(texts[key], `${language} ${key}`).not.toMatch(/[[\]]/);
    for (const code of readerCheckOfReader) expect(texts[code], `${language} ${code}`).toContain('{reader}');
    expect(texts['readerCheck.heldByKernel']).toContain('{module}');
    expect(texts['readerCheck.macDriver.next']).toContain('useIFDCCID');
  }
});

test('a card is never called invalid because a reader could not read it', () => {
  for (const language of languages)
    for (const key of keys.filter((key) => /^(reader|card)\./.test(key)))
      expect(catalogues[language][key], `${language} ${key}`).not.toMatch(/(on)?geldig|(in)?valid/i);
});

test('whatever sends a person to the municipality is answered with where that is, in every language', () => {
  const municipality = { nl: /gemeente|OCMW/, fr: /commune|CPAS/, en: /municipality|OCMW/ };
  for (const language of languages) {
    speak(language);
    const sending = reasonCodes.filter((code) => municipality[language].test(tNext(code)));
    expect([...sending].sort(), language).toEqual([...whereCodes].sort());
    expect(t('notice.where', { where: 'Botermarkt 1' })).toContain('Botermarkt 1');
  }
});

test('the catalogues are not the same', () => {
  const same = keys.filter(
    (key) => catalogues.nl[key].length > 20 && catalogues.nl[key] === catalogues.fr[key],
  );
  expect(same).toEqual([]);
  expect(
    keys.filter((key) => catalogues.fr[key].length > 20 && catalogues.fr[key] === catalogues.en[key]),
  ).toEqual([]);
});

test('the clerk is addressed in one way', () => {
  for (const key of keys) {
    expect(catalogues.nl[key], key).not.toMatch(/\b(je|jij|jou|jouw|jullie)\b/i);
    expect(catalogues.fr[key], key).not.toMatch(/(^|[\s’(])(tu|toi|tes|ton)(?=[\s.,?])/i);
  }
});

test('a French sign with a space before it never begins a line', () => {
  for (const key of keys) expect(catalogues.fr[key], key).not.toMatch(/ [:;?!»%]|« /);
});

test('one thing has one word in each language', () => {
  for (const key of keys) {
    expect(catalogues.fr[key], key).not.toMatch(/param[eè]tre|(^|\s)pass(\s|$)/i);
    expect(catalogues.en[key], key).not.toMatch(/exchange/i);
    expect(catalogues.nl[key], key).not.toMatch(/pincode/i);
  }
});

test('each language is called by its own name, whatever is spoken', () => {
  for (const language of languages) {
    const names = languages.map((one) => catalogues[language][`settings.language.${one}`]);
    expect(names).toEqual(['Nederlands', 'Français', 'English']);
  }
});

test('what the keys of the help do begins as small as the others', () => {
  for (const language of languages)
    for (const key of keys.filter((key) => key.startsWith('help.key.')))
      expect(catalogues[language][key], `${language} ${key}`).toMatch(/^\p{Ll}/u);
});

test('a code that nobody knows is named, not hidden', () => {
  expect(tCode('moon.full')).toContain('moon.full');
  expect(tCode('toString')).toContain('toString');
  expect(tWhole('moon.full')).toContain(t('problem.unknown.next'));
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

test('points are counted in words, and a change has its sign', () => {
  expect([points(0), points(1), points(14)]).toEqual(['geen punten', '1 punt', '14 punten']);
  expect([change(1), change(2), change(-1), change(-5)]).toEqual([
    '+1 punt',
    '+2 punten',
    '−1 punt',
    '−5 punten',
  ]);
});

test('amounts and sentences follow the language', () => {
  speak('fr');
  expect(euro(200)).toMatch(/^2,00\s€$/);
  expect(t('checkIn.title')).toBe('Épargner un point');
  speak('en');
  expect(euro(200)).toBe('€2.00');
  expect(document.documentElement.lang).toBe('en');
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
      loose.filter((text) => text && !/^(Esc|Enter|Ctrl [A-Z]|F\d+)$/.test(text)),
      path,
    ).toEqual([]);
  }
});

test('no inline style, which the security policy would refuse', () => {
  for (const { path, source } of files) expect(source, path).not.toMatch(/<[^>]*\sstyle(=|:)/);
});

test('a line ends between two facts and not within a short one', () => {
  const title = 'Volwassene · Recreatief zwemmen';
  expect(together([title, '−1 punt', '22/11 13:33'])).toBe(`${title} · −1\u00a0punt · 22/11\u00a013:33`);
});

test('an amount from the Rust side is written as each language writes it', () => {
  const facts = [{ name: 'price', value: '€ 10,00' }];
  expect(tCode('key.below', facts)).toContain('€\u00a010,00');
  speak('en');
  expect(tCode('key.below', facts)).toContain('€10.00');
  speak('fr');
  expect(tCode('key.below', facts).replaceAll('\u00a0', ' ')).toContain('10,00 €');
});
