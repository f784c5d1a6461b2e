// The parts of the window in every state, side by side: `npm run gallery`. It is never built into Balie.

import { mount } from 'svelte';
import '../src/parts/tokens.css';
import '../src/parts/base.css';
import { look } from '../src/theme';
import Gallery from './Gallery.svelte';

look('system');
const place = document.getElementById('app');
if (place) mount(Gallery, { target: place });
