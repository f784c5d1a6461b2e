import { mount } from 'svelte';
import App from './App.svelte';
import './parts/tokens.css';
import './parts/base.css';
import { look } from './theme';

look('system');

const place = document.getElementById('app');
if (place) mount(App, { target: place });
