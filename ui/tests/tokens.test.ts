import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(process.cwd(), 'src');
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.svelte'),
);
const styles = sources.map((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  return { file, style: /<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? '' };
});
const tokens = readFileSync(join(root, 'parts/tokens.css'), 'utf8');

/** The declarations of a view that are not in the words of the design system. */
function raw(rule: RegExp): string[] {
  return styles.flatMap(({ file, style }) => [...style.matchAll(rule)].map(([found]) => `${file}: ${found}`));
}

test('a view takes the size of its text, its weight and its distances from the tokens', () => {
  expect(styles.filter(({ style }) => style.includes('var(--space-')).length).toBeGreaterThan(50);
  expect(raw(/(?<![\w-])font-size: (?!var\()[^;]+;/g)).toEqual([
    // The plot has a drawing of its own, whose unit is not that of the text around it.
    'views/day/Hours.svelte: font-size: 10px;',
  ]);
  expect(raw(/(?<![\w-])font-weight: (?!var\()[^;]+;/g)).toEqual([]);
  expect(raw(/(?<![\w-])((row-|column-)?gap|(padding|margin)(-\w+)*): [^;]*[1-9.]rem[^;]*;/g)).toEqual([]);
});

test('a view takes its colours from the tokens', () => {
  const system = /^(CanvasText|Canvas|Highlight|HighlightText|ButtonText|ButtonFace|GrayText|LinkText)$/;
  const named = raw(
    /(?<![\w-])(color|background(-color)?|fill|stroke|border(-\w+)*-color): ?([^;]+);/g,
  ).filter((found) => {
    const value = found
      .replace(/^.*?: .*?: ?/, '')
      .replace(';', '')
      .trim();
    return (
      !/var\(--|color-mix|^(none|inherit|transparent|currentcolor|currentColor)$/.test(value) &&
      !system.test(value)
    );
  });
  expect(named).toEqual([]);
});

test('every token that is asked for is there, and every one that is there is asked for', () => {
  const there = new Set([...tokens.matchAll(/^\s+(--[\w-]+):/gm)].map(([, name]) => name));
  const base = readFileSync(join(root, 'parts/base.css'), 'utf8');
  const everything = [...styles.map(({ style }) => style), base, tokens].join('\n');
  const own = new Set([...everything.matchAll(/(--[\w-]+):/g)].map(([, name]) => name));
  const asked = new Set([...everything.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name));
  const texts = sources.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
  expect([...asked].filter((name) => !own.has(name) && !texts.includes(`style:${name}`))).toEqual([]);
  expect([...there].filter((name) => !asked.has(name))).toEqual([]);
});
