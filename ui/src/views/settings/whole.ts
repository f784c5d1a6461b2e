/** The whole number that somebody typed; −1, which every setting refuses, for whatever is none. */
export function whole(text: string): number {
  return /^\d{1,7}$/.test(text) ? Number(text) : -1;
}
