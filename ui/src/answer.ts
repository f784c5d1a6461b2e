// An answer of the Rust side, whatever happened to it on its way.

import type { Fact, Problem } from './ipc';

export type Answer<T> = { status: 'ok'; data: T } | { status: 'error'; error: Problem };

/** The Rust side, or a part of the window, gives no answer at all. */
export const SILENT: Problem = { code: 'problem.window', severity: 'fault', facts: [] };

/** A call that breaks off is a problem like any other. */
export async function heard<T>(asked: Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await asked;
  } catch {
    return { status: 'error', error: SILENT };
  }
}

/** A whole number among the facts; null when it is not there. */
export function countOf(facts: readonly Fact[], name: string): number | null {
  const value = facts.find((fact) => fact.name === name)?.value;
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : null;
}
