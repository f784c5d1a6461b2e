import { afterEach, vi } from 'vitest';
import { restart } from './fake-ipc';

vi.mock('../src/ipc', () => import('./fake-ipc'));

// jsdom does not lay anything out.
Element.prototype.scrollIntoView = () => {};

afterEach(restart);
