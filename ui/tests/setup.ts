import { afterEach, vi } from 'vitest';
import { restart } from './fake-ipc';

vi.mock('../src/ipc', () => import('./fake-ipc'));

// jsdom does not lay anything out.
Element.prototype.scrollIntoView = () => {};

// jsdom has the element, but not what it does.
HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
  this.open = true;
};

afterEach(restart);
