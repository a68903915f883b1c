// Latin words that a person reads on this page, less what is data: codes, times, addresses, what is marked as another
// language's or as data, and what `arguments[0]` names.
const known = new Set(arguments[0]);
const isData = (element) => element.closest("code, time, script, style, .data, [lang]:not(html):not([lang=ru])");
const isName = (word) => known.has(word) || /^(r|rep|rec)-[0-9a-z-]+$/.test(word) || /^[A-Z0-9]{2,}USDT$/.test(word);
// where a number stands in what the model was given
const isAddress = (text) => /^(1M|1w|1d|4h) [a-z_]+[.\[][\w.\[\]-]+$/.test(text.trim());
const found = [];
const judge = (text, where) => {
  if (isAddress(text ?? "")) return;
  for (const [word] of (text ?? "").matchAll(/[A-Za-z][A-Za-z0-9@_.-]*/g)) {
    const bare = word.replace(/[.-]+$/, "");
    if (bare.length > 1 && !isName(bare)) found.push(`${bare} in ${where}: ${text.trim().slice(0, 80)}`);
  }
};
judge(document.title, "title");
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const element = texts.currentNode.parentElement;
  if (!isData(element)) judge(texts.currentNode.data, element.tagName.toLowerCase());
}
for (const element of document.querySelectorAll("[title], [alt], [aria-label], [placeholder]")) {
  if (isData(element)) continue;
  for (const name of ["title", "alt", "aria-label", "placeholder"]) judge(element.getAttribute(name), name);
}
return [document.documentElement.lang, ...found];
