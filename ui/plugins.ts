// What our build does beside what vite does: the window is to be there soon.

import { readFileSync } from 'node:fs';
import type { HtmlTagDescriptor, Plugin } from 'vite';

/** A picture of the set, as it stands in its file. */
type Picture = { name: string; node: [tag: string, attributes: Record<string, string>][] };

const ICON = /@lucide\/svelte\/dist\/icons\/[^/]+\.svelte$/;

/**
 * The set puts each icon together anew wherever it stands, attribute by attribute, and the first screen has two dozen of them.
 * Built by this, they are pictures, drawn in one go. All of ours stand beside a word or in a button that has a name, so a screen
 * reader passes them over.
 */
export function drawnIcons(): Plugin {
  return {
    name: 'drawn-icons',
    enforce: 'pre',
    load(id) {
      if (!ICON.test(id)) return;
      const data = /const iconData = (\{.*\});/.exec(readFileSync(id, 'utf8'))?.[1];
      if (!data) throw new Error(`${id}: the set of icons has another form than was known`);
      return drawn(JSON.parse(data) as Picture);
    },
  };
}

function drawn({ name, node }: Picture): string {
  const lines = node.map(([tag, attributes]) => {
    const written = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`);
    return `<${tag} ${written.join(' ')} />`;
  });
  return `<script lang="ts">
  let { size = 24, strokeWidth = 2 }: { size?: string | number; strokeWidth?: string | number } = $props();
</script>

<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width={size} height={size} fill="none" stroke="currentColor"
  stroke-width={strokeWidth} stroke-linecap="round" stroke-linejoin="round" class="lucide-icon lucide-${name}"
  aria-hidden="true">${lines.join('')}</svg>
`;
}

/**
 * The window and its typeface are fetched with the page, and not when the page asks for the one and its first sentence for the
 * other.
 */
export function allAtOnce(): Plugin {
  return {
    name: 'all-at-once',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const files = Object.values(bundle);
        const window = files.find((file) => file.type === 'chunk' && file.name === 'window');
        const typeface = files.find(({ fileName }) => /inter-latin-wght.*\.woff2$/.test(fileName));
        if (Object.keys(bundle).length === 0) return [];
        if (window?.type !== 'chunk' || !typeface)
          throw new Error('the window or its typeface has another name than was known');
        const styles = [...(window.viteMetadata?.importedCss ?? [])];
        return [
          link({ rel: 'preload', as: 'font', type: 'font/woff2', href: `./${typeface.fileName}` }),
          link({ rel: 'modulepreload', href: `./${window.fileName}` }),
          ...styles.map((style) => link({ rel: 'stylesheet', href: `./${style}` })),
        ];
      },
    },
  };
}

function link(attrs: Record<string, string>): HtmlTagDescriptor {
  return { tag: 'link', attrs: { ...attrs, crossorigin: true }, injectTo: 'head' };
}
