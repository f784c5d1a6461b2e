/** The 13 digits at the end of a text: what a scanner typed into a field that was meant for something else. */
export function digitsAtEnd(text: string): string | null {
  return /\d{13}$/.exec(text)?.[0] ?? null;
}
