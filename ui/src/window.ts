import { mount } from 'svelte';
import App from './App.svelte';
import './parts/tokens.css';
import './parts/base.css';
import { commands } from './ipc';
import { learn } from './texts/catalogues';
import { speak } from './texts/language.svelte';
import { look } from './theme';

async function begin(): Promise<void> {
  const language = globalThis.balieLanguage ?? 'nl';
  look('system');
  // The first words are in the language of the desk; where its sentences cannot be read they are Dutch.
  await learn(language).catch(() => undefined);
  speak(language);
  const place = document.getElementById('app');
  if (!place) return;
  mount(App, { target: place });
  // Where this is not heard, the system says in a window of its own that nothing came.
  await commands.came().catch(() => undefined);
}

void begin();
