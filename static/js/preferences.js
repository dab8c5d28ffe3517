// The reader's display settings, and the alerts that they have put away (alerts.js), kept in this browser only. Loaded
// before the page is drawn, so that nothing flashes; once the page is there, the display panel ([data-display]) reads and
// changes the settings.
(function () {
  "use strict";
  const KEY = "hien-thi";
  const ALLOWED = { text: ["large", "larger"], theme: ["light", "dark"], contrast: ["normal", "more"] };
  const root = document.documentElement;

  function read() {
    try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch { return {}; }
  }

  function hideAlerts() {
    let keys;
    try { keys = JSON.parse(localStorage.getItem("canh-bao-da-an")) || []; } catch { return; }
    const known = keys.filter((key) => /^[0-9a-f-]{3,40}$/.test(key));
    if (!known.length || !("adoptedStyleSheets" in document)) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`${known.map((key) => `[data-alert="${key}"]`).join()} { display: none; }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }

  function apply(settings) {
    for (const [name, values] of Object.entries(ALLOWED)) {
      if (values.includes(settings[name])) root.dataset[name] = settings[name];
      else delete root.dataset[name];
    }
  }

  apply(read());
  hideAlerts();

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
