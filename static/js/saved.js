// The page /trang-da-luu/: what this browser has saved (page_tools.js). Each page is asked whether it is still there; of one
// that was taken down the name is forgotten too.
const KEY = "trang-da-luu";
const AT_ONCE = 4;
const place = document.querySelector("[data-saved-pages]");
const list = place.querySelector("[data-list]");
const said = place.querySelector("[data-said]");
const removeAll = place.querySelector("[data-remove-all]");

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(kept) ? kept.filter(({ path }) => typeof path === "string" && /^\/(?!\/)/.test(path)) : [];
  } catch { return []; }
}

function write(kept) {
  try { localStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* storage refused: the list is as it was */ }
}

function show() {
  place.querySelector("[data-none]").hidden = list.children.length > 0;
  removeAll.hidden = list.children.length < 2;
}

function rowOf({ path, title }) {
  const row = place.querySelector("template").content.firstElementChild.cloneNode(true);
  const link = row.querySelector("a");
  Object.assign(link, { href: path, textContent: title || path });
  row.querySelector("[data-reason]").href = path;
  const button = row.querySelector("[data-remove]");
  button.querySelector(".visually-hidden").textContent = `: ${title || path}`;
  button.addEventListener("click", () => {
    write(read().filter((kept) => kept.path !== path));
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    show();
    said.textContent = said.dataset.removed;
    (next ? next.querySelector("[data-remove]") : document.querySelector("main")).focus();
  });
  return row;
}

function forget(row, path) {
  write(read().map((kept) => (kept.path === path ? { path } : kept)));
  row.querySelector("a").remove();
  row.querySelector("[data-gone]").hidden = row.querySelector("[data-reason]").hidden = false;
  row.querySelector("[data-remove] .visually-hidden").textContent = `: ${path}`;
}

async function ask(row, path) {
  try {
    const { status } = await fetch(path, { method: "HEAD", credentials: "omit" });
    if (status === 404 || status === 410) forget(row, path);
    else if (status >= 400) row.querySelector("[data-unknown]").hidden = false;
  } catch {
    row.querySelector("[data-unknown]").hidden = false;
  }
}

const waiting = read().map((kept) => [rowOf(kept), kept.path]);
list.append(...waiting.map(([row]) => row));
removeAll.addEventListener("click", () => {
  write([]);
  list.replaceChildren();
  show();
  said.textContent = said.dataset.removed;
  document.querySelector("main").focus();
});
show();
place.hidden = false;
// A few at a time: a long list is no reason to wait for other pages.
await Promise.all(Array.from({ length: AT_ONCE }, async () => {
  while (waiting.length) await ask(...waiting.shift());
}));
