import { mount } from 'svelte';
import App from './App.svelte';
import './parts/tokens.css';
import './parts/base.css';
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
  if (place) mount(App, { target: place });
}

void begin();
