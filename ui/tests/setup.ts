import { afterEach, vi } from 'vitest';
import { balie } from '../src/state.svelte';
import { learn } from '../src/texts/catalogues';
import { restart } from './fake-ipc';

vi.mock('../src/ipc', () => import('./fake-ipc'));

// What the window reads after its first screen is there from the beginning.
await Promise.all([balie.later.now(), learn('fr'), learn('en')]);

// jsdom does not lay anything out.
Element.prototype.scrollIntoView = () => {};

// jsdom has the element, but not what it does.
HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
  this.open = true;
};

// What is hidden takes no focus in a browser; jsdom gives it all the same.
const { focus } = HTMLElement.prototype;
HTMLElement.prototype.focus = function (this: HTMLElement, options?: FocusOptions) {
  if (this.closest('[hidden]') === null) focus.call(this, options);
};

afterEach(restart);
