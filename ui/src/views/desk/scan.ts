import { flushSync } from 'svelte';
import { focusOn, noteIdentified } from '../../keys';
import { balie } from '../../state.svelte';

/** The 13 digits at the end of a text: what a scanner typed into a field that was meant for something else. */
export function digitsAtEnd(text: string): string | null {
  return /\d{13}$/.exec(text)?.[0] ?? null;
}

/** A number that a scanner typed into the field of a dialog is a card: the dialog goes, and the person comes. */
export function takesCard(event: Event, text: string): boolean {
  const number = digitsAtEnd(text);
  if (number === null || balie.dialog === null) return false;
  noteIdentified(event);
  balie.close();
  flushSync();
  void balie.identify(number, true).then((found) => found && focusOn('person-at-desk'));
  return true;
}
