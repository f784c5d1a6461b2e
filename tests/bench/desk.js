// How long a clerk looks at the old picture: until the frame that shows the decision of a card, and from a key to the frame that
// shows its digit.

const painted = () =>
  new Promise((told) => requestAnimationFrame(() => requestAnimationFrame(() => told(performance.now()))));
const standing = () => document.querySelector('[data-testid=person]');

/** The decision of a new person stands there: a price that can be confirmed, from the cache or from UiTPAS. Tells when the page
 * knew it, and when it was painted. */
function decision(before) {
  return new Promise((told) => {
    const look = () => {
      const person = standing();
      if (!person || person.dataset.tap === before || !person.querySelector('[data-price-cents]')) return;
      observer.disconnect();
      const knew = performance.now();
      painted().then((at) => told([knew, at]));
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, attributes: true });
  });
}

/** Notes how long each key takes until the field shows it. */
function listen() {
  const took = [];
  window.addEventListener('keydown', ({ key, timeStamp }) => {
    if (/^\d$/.test(key)) void painted().then((at) => took.push(at - timeStamp));
  }, true);
  return took;
}

window.balieBench = { decision, keys: listen() };
