// How amounts and numbers look in Flanders.

const money = new Intl.NumberFormat('nl-BE', { style: 'currency', currency: 'EUR' });

/** `€ 2,00` */
export function euro(cents: number): string {
  return money.format(cents / 100);
}

/** Digits in the groups in which they stand on the card: `0900 000 067 513`. Anything else stays as it was typed. */
export function grouped(text: string): string {
  if (!/^[\d ]*$/.test(text)) return text;
  const digits = text.replaceAll(' ', '');
  if (digits.length > 13) return digits;
  return [digits.slice(0, 4), digits.slice(4, 7), digits.slice(7, 10), digits.slice(10)]
    .filter(Boolean)
    .join(' ');
}

/** The last four digits: enough to tell two cards apart, too little to know whose they are. */
export function lastFour(number: string): string {
  const digits = number.replaceAll(' ', '').slice(-4);
  return `••• ${digits}`;
}

/** Lower case without accents, so that `cafe` finds `Café`. */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();
}
