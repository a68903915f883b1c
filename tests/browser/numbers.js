// Clicks every link within the page, folds closed before each, and says where one does not lead.

const frame = () => new Promise(done => requestAnimationFrame(() => done()));
const faults = [];

return (async () => {
  for (const link of document.querySelectorAll('a[href^="#"]')) {
    for (const fold of document.querySelectorAll('details')) fold.open = fold.contains(link);
    if (!shown(link)) continue;
    const what = `${path(link)} ${link.getAttribute('href')}`;
    const found = document.querySelectorAll(`[id="${CSS.escape(link.hash.slice(1))}"]`);
    if (found.length !== 1) { faults.push(`${what} leads to ${found.length} elements`); continue; }
    link.click();
    await frame();
    const [row] = found, box = row.getBoundingClientRect();
    if (location.hash !== link.hash) faults.push(`${what} left the page at ${location.hash}`);
    if (document.querySelector(':target') !== row) faults.push(`${what} does not become the target`);
    if (!shown(row)) faults.push(`${what} leads to what is not shown`);
    // a page scrolls by whole pixels, its rows do not end at them
    else if (box.top <= -1 || box.top >= innerHeight) faults.push(`${what} is out of sight at ${box.top}`);
  }
  return faults;
})();
