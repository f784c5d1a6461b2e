import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { render } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import Gallery from '../gallery/Gallery.svelte';
import { balie } from '../src/state.svelte';

test('every part stands in the gallery', () => {
  balie.dialog = null;
  const parts = readdirSync(join(process.cwd(), 'src/parts'))
    .filter((file) => file.endsWith('.svelte'))
    .map((file) => file.replace('.svelte', ''));
  const { container } = render(Gallery);
  const shown = [...container.querySelectorAll<HTMLElement>('[data-part]')].map(
    ({ dataset }) => dataset.part,
  );
  expect(parts.filter((part) => !shown.includes(part))).toEqual([]);
  for (const part of container.querySelectorAll('[data-part]')) {
    expect(
      part.querySelector('.states')?.childElementCount,
      part.getAttribute('data-part') ?? '',
    ).toBeGreaterThan(0);
  }
});
