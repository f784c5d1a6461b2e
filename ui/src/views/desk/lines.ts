// What a line says: the kind of act, what it was about, and what it changed.

import type { LineView } from '../../ipc';
import { t } from '../../texts';
import { change, euro } from '../../texts/format';

/** `Volwassene · Recreatief zwemmen`, `3 × Kind · Recreatief zwemmen`, `Punt sparen · Recreatief zwemmen` */
export function named(line: LineView): string {
  return [heading(line), line.title].filter(Boolean).join(' · ');
}

/** The price category, or the word for what is no price. */
export function heading(line: LineView): string {
  if (line.kind !== 'sell') return t(`line.kind.${line.kind}`);
  const label = line.label || t('line.kind.sell');
  return line.quantity > 1 ? t('line.quantity', { n: line.quantity, label }) : label;
}

/** The money and the points in it. */
export function amounts(line: LineView): string[] {
  const money = line.chargedCents === null ? [] : [euro(line.chargedCents)];
  return line.points === null ? money : [...money, change(line.points)];
}
