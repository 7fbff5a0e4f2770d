// Binds static/js/<behaviour>.js to every element with data-behaviour="<behaviour> ...".
// A module exports bind(element); it is called once per element, also for what htmx swaps in.

const bound = new WeakMap();

async function bindOne(element, name) {
  const names = bound.get(element) ?? new Set();
  if (names.has(name) || !/^[a-z][a-z-]*$/.test(name)) return;
  bound.set(element, names.add(name));
  const behaviour = await import(`./${name}.js`);
  behaviour.bind(element);
}

function bindAll(root) {
  const elements = [...root.querySelectorAll("[data-behaviour]")];
  if (root instanceof Element && root.matches("[data-behaviour]")) elements.unshift(root);
  for (const element of elements) {
    for (const name of element.dataset.behaviour.split(/\s+/).filter(Boolean)) bindOne(element, name);
  }
}

document.documentElement.classList.add("js");
bindAll(document);
document.addEventListener("htmx:load", (event) => bindAll(event.detail.elt));
