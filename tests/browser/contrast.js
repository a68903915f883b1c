// Every text that shows, with its colour and the layers under it, the topmost first.

const opacityOf = element => {
  let product = 1;
  for (let e = element; e; e = e.parentElement) product *= Number(getComputedStyle(e).opacity);
  return product;
};

// What a layer paints at a point, and how much of it; nothing for a line, for text and for an empty box.
const paint = (element, x, y) => {
  const style = getComputedStyle(element);
  if (!(element instanceof SVGElement) || element instanceof SVGSVGElement)
    return [style.backgroundColor, opacityOf(element)];
  if (!(element instanceof SVGGeometryElement) || style.fill === 'none') return null;
  const local = new DOMPoint(x, y).matrixTransform(element.getScreenCTM().inverse());
  return element.isPointInFill(local) ? [style.fill, opacityOf(element) * Number(style.fillOpacity)] : null;
};

const layers = (element, x, y) => {
  const stack = document.elementsFromPoint(x, y);
  const own = stack.indexOf(element);
  const hidden = stack.slice(0, own).some(layer => !['rgba(0, 0, 0, 0)', undefined].includes(paint(layer, x, y)?.[0]));
  const below = own < 0 || hidden ? null : stack.slice(own);
  return below && below.map(layer => paint(layer, x, y)).filter(layer => layer && layer[0] !== 'rgba(0, 0, 0, 0)');
};

return texts(document.body).map(node => {
  const element = node.parentElement, style = getComputedStyle(element);
  const svg = element instanceof SVGElement;
  const grounds = new Map();
  // a box has one ground, a drawing may change under a text
  for (const box of boxes(node))
    for (const part of svg ? [0.1, 0.5, 0.9] : [0.5]) {
      const ground = layers(element, box.left + box.width * part, (box.top + box.bottom) / 2);
      grounds.set(JSON.stringify(ground), ground);
    }
  return {
    path: path(element),
    text: node.data.trim().slice(0, 40),
    colour: svg ? style.fill : style.color,
    opacity: opacityOf(element) * (svg ? Number(style.fillOpacity) : 1),
    size: parseFloat(style.fontSize) * (svg ? element.getScreenCTM().a : 1),
    weight: Number(style.fontWeight),
    grounds: [...grounds.values()],
  };
});
