// Light or dark. The palette of parts/tokens.css is chosen by an attribute of the document, so that a desk can be made lighter
// or darker than the system around it.

/** What a desk can be set to. */
export type Look = 'system' | 'light' | 'dark';

let wanted: Look | null = null;
const system =
  typeof window.matchMedia === 'function' ? window.matchMedia('(prefers-color-scheme: dark)') : null;
system?.addEventListener('change', show);

/** Shows the window in this look from now on. Hearing of the same look again changes nothing. */
export function look(as: Look): void {
  if (as === wanted) return;
  wanted = as;
  show();
}

function show(): void {
  const dark = wanted === 'dark' || (wanted !== 'light' && system?.matches === true);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}
