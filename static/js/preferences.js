// What the reader has chosen, kept in this browser only: display settings, the alerts that they have put away (alerts.js),
// their ward and topics (choices.js). Loaded before the page is drawn, so that nothing flashes or moves; once the page is
// there, the display panel ([data-display]) reads and changes the settings.
(function () {
  "use strict";
  const KEY = "hien-thi";
  const OWN = "cua-toi";
  // Everything that the public pages keep; the administration has keys of its own.
  const ALL = [KEY, OWN, "canh-bao-da-an", "trang-da-luu", "doc-thanh-tieng"];
  const ALLOWED = { text: ["large", "larger"], theme: ["light", "dark"], contrast: ["normal", "more"] };
  const root = document.documentElement;

  function read(key) {
    try { return JSON.parse(localStorage.getItem(key)) || {}; } catch { return {}; }
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

  // The reader's ward in the header, and first on the city's front page; then the topics. Done as soon as the parser has
  // read so far; until then the front page is not drawn ([data-arranging]).
  function arrange() {
    const { ward, name, topics } = read(OWN);
    const hasWard = /^[a-z0-9-]{1,80}$/.test(ward) && typeof name === "string" && name;
    const known = (Array.isArray(topics) ? topics : []).filter((topic) => /^[a-z-]{1,40}$/.test(topic));
    if (!hasWard && !known.length) return;
    root.dataset.arranging = "";
    const watch = new MutationObserver(put);
    watch.observe(root, { childList: true, subtree: true });
    document.addEventListener("DOMContentLoaded", () => put(true));

    function put(isRead) {
      const words = document.querySelector("[data-own-ward][hidden] > span");
      if (words && hasWard) {
        words.textContent = name;
        Object.assign(words.parentElement, { href: `/${ward}/`, hidden: false });
      }
      if (!("arranging" in root.dataset) || (isRead !== true && !document.querySelector(".footer"))) return;
      watch.disconnect();
      const slot = document.querySelector("[data-own]");
      if (slot) fill(slot);
      delete root.dataset.arranging;
    }

    function fill(slot) {
      if (hasWard) {
        slot.append(document.querySelector("[data-own-template]").content.cloneNode(true));
        slot.querySelector("h2").textContent = name;
        import(slot.dataset.script).then((script) => script.load(slot.firstElementChild, ward));
      }
      for (const topic of known) {
        const block = document.querySelector(`.front [aria-labelledby="${topic}"]`);
        if (block) slot.append(block);
      }
      slot.parentElement.prepend(slot);
      slot.hidden = !slot.children.length;
    }
  }

  // Who has no script reads in words what needs one.
  root.classList.add("has-script");
  apply(read(KEY));
  hideAlerts();
  arrange();

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-reset-all]")) {
      button.addEventListener("click", () => {
        try { for (const key of ALL) localStorage.removeItem(key); } catch { /* nothing was kept */ }
        location.reload();
      });
    }
    const panel = document.querySelector("[data-display]");
    if (!panel) return;
    const form = panel.querySelector("form");
    const settings = read(KEY);
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
