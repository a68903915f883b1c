// What a person can see.

// Texts for screen readers only are clipped to nothing.
const clippedAway = element => {
  for (let e = element; e; e = e.parentElement) if (getComputedStyle(e).clipPath === 'inset(50%)') return true;
  return false;
};

const shown = element =>
  element.checkVisibility({visibilityProperty: true, opacityProperty: true}) && !clippedAway(element);

// The way to an element, short enough to read and to find it by.
const path = element => {
  const steps = [];
  for (let e = element; e && e !== document.body && steps.length < 4; e = e.parentElement) {
    const classes = [...e.classList].map(name => '.' + name).join('');
    steps.unshift(e.id ? `${e.localName}#${e.id}` : e.localName + classes);
    if (e.id) break;
  }
  return steps.join(' > ');
};

const texts = root => {
  const found = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.data.trim() && !node.parentElement.closest('style, script, title') && shown(node.parentElement))
      found.push(node);
  }
  return found;
};

const boxes = node => {
  const range = document.createRange();
  range.selectNodeContents(node);
  return [...range.getClientRects()].filter(box => box.width > 0);
};
