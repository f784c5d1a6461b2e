// The national number, as far as the window must know one: what a scanner read of an identity card may not stay in a field that
// is meant for something else. Whether it is looked up is decided in Rust, where the same check is in `insz.rs`.

const PARTS = /^\d\d(\d\d)(\d\d)\d{3}(\d\d)$/;
/** For who is born from 2000 on, the check digits are those of the number with a 2 before it. */
const FROM_2000 = 2_000_000_000;

/** Whether these are the eleven digits of a national number: the check digits are right, and the month can exist. */
export function isNational(text: string): boolean {
  const parts = PARTS.exec(text);
  if (parts === null) return false;
  const [month, day, check] = parts.slice(1).map(Number) as [number, number, number];
  const firstNine = Number(text.slice(0, 9));
  const checks = [firstNine, FROM_2000 + firstNine].some((number) => 97 - (number % 97) === check);
  // A BIS number has 20 or 40 more as its month, and 00 stands for a date that is not known.
  return checks && month <= 52 && month % 20 <= 12 && day <= 31;
}
