import { afterEach, vi } from 'vitest';
import { restart } from './fake-ipc';

vi.mock('../src/ipc', () => import('./fake-ipc'));

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
