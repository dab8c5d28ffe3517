// Print this page; copy its address, or a field. The buttons appear only where they work.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

window.addEventListener("beforeprint", () => {
  for (const place of document.querySelectorAll("[data-print-date]")) {
    place.textContent = ` · ${place.dataset.printDate} ${new Date().toLocaleDateString("vi-VN")}`;
  }
});

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy-link]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const address = document.querySelector('link[rel="canonical"]')?.href || location.href;
      await navigator.clipboard.writeText(address);
      button.querySelector("[data-copy-text]").textContent = button.dataset.copied;
    });
  }
  for (const button of document.querySelectorAll("[data-copy-field]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copyField).value);
      button.querySelector("[data-copy-text]").textContent = button.dataset.copied;
    });
  }
}

// Save this page in this browser (/trang-da-luu/ lists what was saved), or take it off the list.
const SAVED = "trang-da-luu";
const MOST_SAVED = 50;

function savedPages() {
  try {
    const kept = JSON.parse(localStorage.getItem(SAVED));
    return Array.isArray(kept) ? kept : [];
  } catch { return []; }
}

const isSaved = () => savedPages().some(({ path }) => path === location.pathname);

for (const button of document.querySelectorAll("[data-save]")) {
  const text = button.querySelector("[data-save-text]");
  const offered = text.textContent;
  const list = document.querySelector("[data-saved]");
  const show = () => {
    text.textContent = isSaved() ? button.dataset.kept : offered;
    list.hidden = !savedPages().length;
  };
  show();
  button.hidden = false;
  button.addEventListener("click", () => {
    const path = location.pathname;
    const others = savedPages().filter((kept) => kept.path !== path);
    const title = document.querySelector("h1").textContent.trim();
    const kept = isSaved() ? others : [{ path, title }, ...others].slice(0, MOST_SAVED);
    try { localStorage.setItem(SAVED, JSON.stringify(kept)); } catch { /* storage refused: the button says so by not changing */ }
    show();
  });
}

// Reading aloud is offered at the head of the page where the browser has a voice for its language; its script comes when asked for.
const aloud = document.querySelector("[data-aloud]");
if (aloud && "speechSynthesis" in window) {
  const offer = () => {
    const language = document.documentElement.lang;
    aloud.hidden = !speechSynthesis.getVoices().some((voice) => voice.lang.toLowerCase().split(/[-_]/)[0] === language);
  };
  document.querySelector(".page__aside")?.append(aloud);
  aloud.querySelector("[data-aloud-start]").addEventListener(
    "click", async () => (await import(aloud.dataset.script)).start(aloud), { once: true },
  );
  speechSynthesis.addEventListener?.("voiceschanged", offer);
  offer();
}
