// What a page must have for those who do not see it; says what is missing.

const faults = [];
const check = (right, what) => { if (!right) faults.push(what); };
const one = selector => check(document.querySelectorAll(selector).length === 1, `not one ${selector}`);
for (const selector of ['h1', 'main', 'body header', 'body footer', 'title']) one(selector);

let level = 0;
for (const heading of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
  const next = Number(heading.localName[1]);
  check(next <= level + 1, `${path(heading)} "${heading.textContent.trim()}" skips a level`);
  check(heading.textContent.trim(), `${path(heading)} is empty`);
  level = next;
}
const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) faults.push(`two elements are #${id}`);

for (const image of document.querySelectorAll('img')) check(image.alt.trim(), `${path(image)} has no alt`);
for (const drawing of document.querySelectorAll('svg')) {
  const label = e => e.getAttribute('role') === 'img' && e.getAttribute('aria-label')?.trim();
  check(label(drawing) || drawing.closest('[aria-hidden=true]'), `${path(drawing)} has neither a label nor is it hidden`);
}
for (const table of document.querySelectorAll('table')) {
  check(table.caption?.textContent.trim(), `${path(table)} has no caption`);
  for (const head of table.querySelectorAll('th')) check(head.scope, `${path(head)} of ${path(table)} has no scope`);
  check(table.querySelector('thead th'), `${path(table)} names no columns`);
}
for (const part of document.querySelectorAll('p, td, th, li, dd, figcaption'))
  check(!/^\s*[;,:·.]/.test(part.textContent), `${path(part)} begins with a separator: "${part.textContent.trim().slice(0, 40)}"`);
for (const link of document.querySelectorAll('a')) check(link.textContent.trim(), `${path(link)} has no text`);
for (const time of document.querySelectorAll('time'))
  check(!Number.isNaN(Date.parse(time.dateTime)), `${path(time)} has no time: ${time.dateTime}`);
return faults;
