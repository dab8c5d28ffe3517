// The reader's display settings, kept in this browser only. Loaded before the page is drawn, so that nothing flashes;
// once the page is there, the display panel ([data-display]) reads and changes them.
(function () {
  "use strict";
  const KEY = "hien-thi";
  const ALLOWED = { text: ["large", "larger"], theme: ["light", "dark"], contrast: ["normal", "more"] };
  const root = document.documentElement;

  function read() {
    try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch { return {}; }
  }

  function apply(settings) {
    for (const [name, values] of Object.entries(ALLOWED)) {
      if (values.includes(settings[name])) root.dataset[name] = settings[name];
      else delete root.dataset[name];
    }
  }

  apply(read());

  document.addEventListener("DOMContentLoaded", () => {
    const panel = document.querySelector("[data-display]");
    if (!panel) return;
    const form = panel.querySelector("form");
    const settings = read();
    for (const input of form.elements) {
      if (input.name in ALLOWED) input.checked = input.value === (settings[input.name] || "");
    }
    form.addEventListener("change", () => {
      const chosen = Object.fromEntries(new FormData(form));
      apply(chosen);
      try { localStorage.setItem(KEY, JSON.stringify(chosen)); } catch { /* storage refused: the choice holds for this page */ }
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    panel.hidden = false;
  });
})();
