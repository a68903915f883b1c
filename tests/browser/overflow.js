// What passes the edges of a screen `arguments[0]` pixels wide.

const width = arguments[0];

// An element that shows no more than its own box: what is in it is cut there, and the box itself is checked.
const cuts = element => {
  const style = getComputedStyle(element);
  return style.overflowX !== 'visible' && style.display !== 'inline';
};

const cut = element => {
  for (let e = element.parentElement; e && e !== document.body; e = e.parentElement) if (cuts(e)) return true;
  return false;
};

const faults = [];
const check = (what, box, left, right) => {
  if (box.left < left || box.right > right)
    faults.push(`${what}: ${box.left.toFixed(2)} to ${box.right.toFixed(2)}, of ${left.toFixed(2)} to ${right.toFixed(2)}`);
};

for (const element of document.querySelectorAll('body *')) {
  if (!shown(element) || cut(element)) continue;
  const box = element.getBoundingClientRect();
  if (box.width || box.height) check(path(element), box, 0, width);
}
// a text can be wider than the element it is in, and a drawing must not cut one
for (const node of texts(document.body)) {
  const drawing = node.parentElement.closest('svg')?.getBoundingClientRect();
  for (const box of boxes(node))
    check(`"${node.data.trim().slice(0, 40)}" in ${path(node.parentElement)}`, box, drawing?.left ?? 0, drawing?.right ?? width);
}
if (innerWidth !== width) faults.push(`the page made the screen ${innerWidth} px wide`);
if (document.scrollingElement.scrollWidth > width) faults.push(`scrolls to ${document.scrollingElement.scrollWidth} px`);
return faults;
