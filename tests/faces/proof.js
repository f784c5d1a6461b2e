// What is looked for on a screen, from inside its page. Each function gives a list of sentences, one for each thing that is
// wrong. Whatever lies over the desk is looked at alone: what is behind it cannot be read or pressed.

const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
const root = () => document.querySelector('dialog[open]') ?? document.body;
const named = (element) => {
  const id = element.closest('[data-testid]')?.dataset.testid ?? '';
  return `${id ? `[${id}] ` : ''}<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}">`;
};
const brief = (text) => `“${text.trim().replace(/\s+/g, ' ').slice(0, 60)}”`;
const INTERACTIVE = 'button, a[href], input, select, textarea, [role=button], [role=radio], [role=option], [tabindex="0"]';

/** What stands there for a screen reader alone, always or where there is no room to read it. */
const isHeardOnly = (element) =>
  element.closest('.unseen, script, style') !== null || getComputedStyle(element).clipPath === 'inset(50%)';

/** Every piece of text that is there to be read, with its element and where its lines stand. */
function texts() {
  const found = [];
  const walker = document.createTreeWalker(root(), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '' || !shown(element) || isHeardOnly(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const lines = [...range.getClientRects()].filter(({ width, height }) => width > 0 && height > 0);
    if (lines.length > 0) found.push({ element, text: node.data, lines });
  }
  return found;
}

// --- Contrast

function channels(colour) {
  const numbers = /^rgba?\((.*)\)$/.exec(colour)?.[1].split(/[ ,/]+/).map(Number);
  return numbers ? { rgb: numbers.slice(0, 3), alpha: numbers[3] ?? 1 } : { rgb: [0, 0, 0], alpha: 0 };
}

const over = (top, alpha, below) => top.map((value, place) => value * alpha + below[place] * (1 - alpha));

function luminance(rgb) {
  const [r, g, b] = rgb.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ground(element) {
  const layers = [];
  for (let at = element; at; at = at.parentElement) {
    const { rgb, alpha } = channels(getComputedStyle(at).backgroundColor);
    if (alpha > 0) layers.push({ rgb, alpha });
    if (alpha === 1) break;
  }
  return layers.reduceRight((below, { rgb, alpha }) => over(rgb, alpha, below), [255, 255, 255]);
}

function contrast(element) {
  const below = ground(element);
  const { rgb, alpha } = channels(getComputedStyle(element).color);
  const [a, b] = [luminance(over(rgb, alpha, below)), luminance(below)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** Texts with too little contrast: 7 for whatever says an amount, 4.5 for all others. What cannot be used is left out. */
function faint() {
  return texts().flatMap(({ element, text }) => {
    if (element.closest(':disabled, [aria-disabled=true]')) return [];
    const least = text.includes('€') ? 7 : 4.5;
    const found = contrast(element);
    return found < least ? [`contrast ${found.toFixed(2)} of ${least}: ${brief(text)} in ${named(element)}`] : [];
  });
}

// --- Names

/**
 * Whoever speaks to the computer says what stands on a button, so its name holds those words. The key that is printed beside
 * them is none of them, and neither are the dots that say that a question follows.
 */
function misnamed() {
  return places().filter((element) => element.matches('[aria-label]') && element.matches(INTERACTIVE)).flatMap((element) => {
    const plain = (text) => text.replace(/[…\s]+/g, ' ').trim().toLowerCase();
    const copy = element.cloneNode(true);
    for (const hidden of copy.querySelectorAll('[aria-hidden=true], .unseen')) hidden.remove();
    const label = element.getAttribute('aria-label');
    const words = plain(copy.textContent);
    return plain(label).includes(words) ? [] : [`is called ${brief(label)} and says ${brief(words)}: ${named(element)}`];
  });
}

// --- Text that is cut off

const cuts = (value) => value === 'hidden' || value === 'clip';
const scrolls = (value) => value === 'auto' || value === 'scroll';

/** Whether the text may be cut on purpose: with an ellipsis, and whole elsewhere. */
function isShortened(element) {
  const short = element.closest('[title]');
  return getComputedStyle(element).textOverflow === 'ellipsis' && (short?.title ?? '') !== '';
}

function cutOff() {
  return texts().flatMap(({ element, text, lines }) => {
    for (let at = element; at && at !== document.documentElement; at = at.parentElement) {
      const style = getComputedStyle(at);
      const box = at.getBoundingClientRect();
      const inline = style.display === 'inline' || style.display === 'contents';
      const wide = lines.some(({ left, right }) => left < box.left - 1 || right > box.right + 1);
      const high = lines.some(({ top, bottom }) => top < box.top - 2 || bottom > box.bottom + 2);
      if (!inline && wide && cuts(style.overflowX)) {
        return isShortened(at) ? [] : [`cut off at its side: ${brief(text)} in ${named(at)}`];
      }
      if (!inline && high && cuts(style.overflowY)) return [`cut off below: ${brief(text)} in ${named(at)}`];
      if (scrolls(style.overflowX) || scrolls(style.overflowY)) return [];
      if (!inline && wide && at.matches('button, li, td, th, dt, dd, label, p, h1, h2, h3')) {
        return [`sticks out: ${brief(text)} of ${named(at)}`];
      }
    }
    return [];
  });
}

/** A menu lies over what it opens on. */
const inMenu = ({ element }) => element.closest('[role=menu]') !== null;

/** Buttons that stay in sight lie over what scrolls under them; nothing of it may shine through. */
function footOf(element) {
  for (let at = element; at; at = at.parentElement) {
    const { position, backgroundColor } = getComputedStyle(at);
    if (position === 'sticky') return /^rgb\(/.test(backgroundColor) ? at : null;
  }
  return null;
}

/** Texts that stand over each other. */
function overlapping() {
  const all = texts().flatMap(({ element, text, lines }) => {
    const foot = footOf(element);
    return lines.map((line) => ({ element, text, foot, box: seen(element, line) })).filter(({ box }) => box !== null);
  });
  const found = new Set();
  for (const [place, one] of all.entries()) {
    for (const other of all.slice(place + 1)) {
      if (one.element === other.element || inMenu(one) !== inMenu(other) || one.foot !== other.foot) continue;
      const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      const small = Math.min(one.box.bottom - one.box.top, other.box.bottom - other.box.top);
      if (wide > 2 && high > small / 2) {
        found.add(`over each other: ${brief(one.text)} and ${brief(other.text)} in ${named(other.element)}`);
      }
    }
  }
  return [...found];
}

/** What can be seen of a line: the rest was scrolled away, or is cut off. */
function seen(element, { left, right, top, bottom }) {
  const box = { left, right, top, bottom };
  for (let at = element; at && at !== document.documentElement; at = at.parentElement) {
    const { display, overflowX, overflowY } = getComputedStyle(at);
    if (display === 'inline' || (overflowX === 'visible' && overflowY === 'visible')) continue;
    const frame = at.getBoundingClientRect();
    box.left = Math.max(box.left, frame.left);
    box.right = Math.min(box.right, frame.right);
    box.top = Math.max(box.top, frame.top);
    box.bottom = Math.min(box.bottom, frame.bottom);
  }
  return box.right > box.left && box.bottom > box.top ? box : null;
}

// --- What can be reached

function places() {
  return [...root().querySelectorAll('*')].filter((element) => shown(element));
}

function isScrolled(element) {
  const { overflowY } = getComputedStyle(element);
  return scrolls(overflowY) && element.scrollHeight > element.clientHeight + 1;
}

function outOfReach() {
  const kept = [document.scrollingElement, ...places()].filter(
    ({ scrollTop, scrollLeft }) => scrollTop !== 0 || scrollLeft !== 0,
  );
  const stood = kept.map((element) => [element, element.scrollTop, element.scrollLeft]);
  const found = places().filter((element) => element.matches(INTERACTIVE)).flatMap((element) => {
    // What is unseen on purpose, such as the box of a picture of a switch, is reached through what shows it.
    if (element.closest('.unseen')) return [];
    element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const small = right - left <= 0 || bottom - top <= 0;
    // What is higher than the window can be scrolled through.
    const high = bottom - top > innerHeight;
    const out = left < -1 || right > innerWidth + 1 || (!high && (top < -1 || bottom > innerHeight + 1));
    return small || out ? [`cannot be scrolled to: ${brief(element.textContent)} ${named(element)}`] : [];
  });
  const wide = document.scrollingElement;
  wide.scrollTo(0, 0);
  for (const [element, top, left] of stood) element.scrollTo(left, top);
  if (wide.scrollWidth > innerWidth + 1) found.push(`the page is ${wide.scrollWidth - innerWidth} px too wide`);
  return found;
}

/**
 * A list that scrolls in something that scrolls as well, and takes nearly all of its room: whoever turns the wheel there is
 * caught in it.
 */
function traps() {
  return places().filter(isScrolled).flatMap((element) => {
    const box = element.getBoundingClientRect();
    const outer = [...parents(element)].filter(isScrolled);
    if (root() === document.body && document.scrollingElement.scrollHeight > innerHeight + 1) {
      outer.push(document.scrollingElement);
    }
    const caught = outer.find(
      ({ clientWidth, clientHeight }) => box.width > 0.8 * clientWidth && box.height > 0.8 * clientHeight,
    );
    return caught ? [`scrolls within ${named(caught)}: ${named(element)}`] : [];
  });
}

function* parents(element) {
  for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) yield at;
}

// --- The order of the focus

let visited = [];
let covered = new Set();
let before = null;
document.addEventListener('focusin', ({ target }) => visited.push(target));
// Where it was at first may be out of sight, because the window became another size.
document.addEventListener('focusout', ({ target }) => {
  if (visited.length > 0 && isUnseen(target)) covered.add(target);
});

/** Whether its top or its bottom lies under something else or outside the window. What fills half the window is always seen. */
function isUnseen(element) {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const small = right - left <= 1 || bottom - top <= 1;
  if (small || bottom - top > innerHeight / 2 || !element.matches(INTERACTIVE) || isHeardOnly(element)) return false;
  const middle = (left + right) / 2;
  return [top + 2, bottom - 2].some((height) => {
    const hit = document.elementFromPoint(middle, height);
    return hit === null || !(element.contains(hit) || hit.contains(element));
  });
}

const beginTabbing = () => {
  before = document.activeElement;
  visited = [];
  covered = new Set();
};

/** Leaves the focus where it was. */
function endTabbing() {
  if (before === document.body) document.activeElement.blur();
  else before.focus();
}

/** What has the focus and cannot be seen as a whole. */
async function outOfSight() {
  const found = [];
  for (const element of [...covered].filter(shown)) {
    // A window may bring it in sight only a moment later; Tab was faster.
    element.focus();
    await new Promise((done) => setTimeout(done, 100));
    if (document.activeElement !== element || !isUnseen(element)) continue;
    found.push(`has the focus and is not in sight: ${brief(element.textContent)} ${named(element)}`);
  }
  endTabbing();
  return found;
}

const isBefore = (one, other) => (other.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING) !== 0;

/** The focus goes through the page in the order in which it is read, and never up within a column. */
function outOfOrder() {
  const seen = [...visited];
  const stops = places().filter((element) => element.matches('button:enabled, input:enabled'));
  if (seen.length === 0) return stops.length > 1 ? ['Tab moves no focus'] : [];
  endTabbing();
  const first = seen.findIndex((element, place) => seen.indexOf(element) < place);
  const round = first < 0 ? seen : seen.slice(0, first);
  const found = first < 0 && seen.length > 1 ? [`the focus does not come round in ${seen.length} steps`] : [];
  if (seen.length === 1 && stops.filter((stop) => stop !== seen[0]).length > 0) found.push('Tab leaves the first place never');
  // At the end it goes on with the first place of all, and to no other that stands before.
  const top = round.find((one) => round.every((other) => one === other || isBefore(one, other)));
  for (const [place, next] of round.entries()) {
    if (!shown(next) || next.getClientRects().length === 0) found.push(`takes the focus unseen: ${named(next)}`);
    const from = round[place - 1];
    // What scrolls may have the focus itself; the next one stands inside it.
    if (!from || !from.isConnected || !next.isConnected || from.contains(next)) continue;
    if (isBefore(next, from)) {
      if (next !== top) found.push(`the focus goes back: from ${named(from)} to ${named(next)}`);
      continue;
    }
    const [a, b] = [from, next].map((element) => element.getBoundingClientRect());
    if (b.bottom <= a.top && b.left < a.right && b.right > a.left) {
      found.push(`the focus goes up: from ${named(from)} to ${named(next)}`);
    }
  }
  return found;
}

window.balieProof = { faint, misnamed, cutOff, overlapping, outOfReach, traps, beginTabbing, outOfOrder, outOfSight };
