import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';
import { drawnIcons, allAtOnce } from './plugins';

export default defineConfig({
  base: './',
  plugins: [drawnIcons(), svelte(), svelteTesting(), allAtOnce()],
  build: {
    target: 'es2022',
    // The security policy of the window allows files of our own and nothing inline: no data: fonts, no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: {
    environment: 'jsdom',
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
  },
});
