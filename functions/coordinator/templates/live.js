"use strict";
// Keeps the page of a run up to date. It writes texts and attributes, never markup.
(() => {
  const run = document.getElementById("run");
  if (!run || !window.EventSource) return;
  const text = (id, value) => {
    const element = document.getElementById(id);
    if (element && element.textContent !== value) element.textContent = value;
  };
  const line = (row) => {
    const element = document.getElementById(row.id);
    if (!element) return;
    element.className = row.class;
    element.querySelector(".mark").textContent = row.mark;
    const word = element.querySelector(".word");
    if (word.textContent !== row.state) word.textContent = row.state;
    element.querySelector(".took").textContent = row.took;
    element.querySelector(".why .note").textContent = row.note;
    element.querySelector(".why .data").textContent = row.told;
    const bar = element.querySelector("rect");
    bar.setAttribute("x", row.x);
    bar.setAttribute("width", row.width);
  };
  const happened = (item) => {
    const entry = document.createElement("li");
    const time = document.createElement("time");
    time.dateTime = item.at;
    time.textContent = item.time;
    const words = document.createElement("span");
    words.textContent = item.text + " ";
    const told = document.createElement("span");
    told.className = "data";
    told.lang = "en";
    told.textContent = item.told;
    words.append(told);
    entry.append(time, " ", words);
    return entry;
  };
  let ready = null;
  const source = new EventSource(run.dataset.events);
  // a stream that is refused, such as one too many, is not tried again by itself
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  };
  source.onmessage = (event) => {
    const live = JSON.parse(event.data);
    if (ready === null) ready = live.ready;
    if (!live.is_open || live.ready !== ready) {
      source.close();
      location.reload();
      return;
    }
    for (const id of ["headline", "lede", "elapsed", "left", "spent", "calls"]) text(id, live[id]);
    live.rows.forEach(line);
    document.getElementById("log").replaceChildren(...live.log.map(happened));
  };
})();
