import { mount } from 'svelte';
import App from './App.svelte';
import './parts/tokens.css';
import './parts/base.css';
import { speak } from './texts/language.svelte';
import { look } from './theme';

look('system');
speak(globalThis.balieLanguage ?? 'nl');

const place = document.getElementById('app');
if (place) mount(App, { target: place });
