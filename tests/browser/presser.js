// What a press in the administration does, and what there is to press (tests/browser/presser.py). Put into a page before
// its own scripts. Documents that a press would lead to are noted and not opened; what would be written is noted and not
// sent, except what a form only asks for (choosers, previews): the form and the city stay as they are.
(() => {
  if (window !== window.top || window.presser) return;

  // --- What a press does ---------------------------------------------------------------------------------------------

  let effects = [], isWatched = false, lastChange = 0, before = "", focused = null, pressed = null, pending = 0;
  let tipsCount = false;
  const note = (kind, said = "") => { if (isWatched) effects.push([kind, String(said).slice(0, 120)]); };

  // Asked now and then by the page itself, whatever is pressed.
  const BACKGROUND = /\/editing-sessions\/|\/preview\/|\/phien\/|hoat-dong/;
  const ASKED_ONLY = /choos|preview|editing-sessions/;

  window.navigation?.addEventListener("navigate", (event) => {
    const to = new URL(event.destination.url);
    if (event.destination.sameDocument) {
      const name = decodeURIComponent(to.hash.slice(1));
      const named = name && (document.getElementById(name) || name.includes("w:contentpath"));
      if (event.userInitiated && named) note("place", name);
    } else if (presser.isHeld && event.cancelable) {
      note(event.formData ? "form" : "address", to.pathname);
      event.preventDefault();
    }
  });
  const holds = (event) => {
    const asked = event.type === "submit" ? event.target : event.target.closest?.("a[target]");
    if (!presser.isHeld || event.defaultPrevented || !asked?.target || asked.target === "_self") return;
    note("window", asked.href || asked.action);
    event.preventDefault();
  };
  window.addEventListener("click", holds);
  window.addEventListener("submit", holds);
  window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), true);
  document.addEventListener("invalid", (event) => note("asked for", event.target.name), true);
  document.addEventListener("copy", () => note("copied"), true);
  window.print = () => note("print");
  if (navigator.clipboard) navigator.clipboard.writeText = (text) => { note("copied", text); return Promise.resolve(); };

  const asks = (method, address) => {
    const path = new URL(address, document.baseURI).pathname;
    const saved = [...document.querySelectorAll("form[data-controller~=w-autosave]")];
    const isSaving = method === "POST" && saved.some((form) => new URL(form.action, document.baseURI).pathname === path);
    if (!isSaving && !BACKGROUND.test(address)) note("request", `${method} ${path}`);
    return method === "GET" || method === "HEAD" || ASKED_ONLY.test(path);
  };
  const fetches = window.fetch;
  window.fetch = (asked, options = {}) => {
    const address = asked.url || asked;
    if (!asks((options.method || asked.method || "GET").toUpperCase(), address)) return new Promise(() => {});
    if (BACKGROUND.test(address)) return fetches.call(window, asked, options);
    pending += 1;
    return fetches.call(window, asked, options).finally(() => { pending -= 1; });
  };
  const { open, send } = XMLHttpRequest.prototype;
  const lets = new WeakMap();
  XMLHttpRequest.prototype.open = function (method, address, ...rest) {
    lets.set(this, [method.toUpperCase(), address]);
    return open.call(this, method, address, ...rest);
  };
  XMLHttpRequest.prototype.send = function (...sent) {
    if (!asks(...lets.get(this))) return;
    pending += 1;
    this.addEventListener("loadend", () => { pending -= 1; });
    send.apply(this, sent);
  };

  // Changes that come with a pointer that rests on something, or by themselves.
  const TOOLTIP = "[data-tippy-root]:not(:has(.tippy-box[data-theme]:not([data-theme='']))), .Draftail-Tooltip__target";
  const ALIVE = `${TOOLTIP}, [data-content-word-count], .w-editing-sessions, [data-controller~='w-session'],
    .w-autosave-indicator, .w-side-panel-toggle__counter, .w-minimap__list, .w-minimap-item,
    [data-side-panel=preview] [data-w-preview-target]`;
  const UNSEEN = new RegExp("^(aria-describedby|tabindex|id|data-(placement|focus-target|dirty-field|draftail-balloon)|" +
    "data-popper-.*|data-w-(preview|unsaved|autosave|tooltip)-.*)$");
  const PASSING = /focus|hover|active-field/;

  function counts(change) {
    const place = change.target.nodeType === Node.ELEMENT_NODE ? change.target : change.target.parentElement;
    if (!place || (!tipsCount && place.closest(ALIVE)) || place.closest("head")) return false;
    if (change.type === "attributes") {
      const is = place.getAttribute(change.attributeName);
      if (UNSEEN.test(change.attributeName) || is === change.oldValue) return false;
      if (change.attributeName !== "class") return true;
      const was = new Set((change.oldValue || "").split(/\s+/)), now = new Set((is || "").split(/\s+/));
      return [...now.symmetricDifference(was)].some((name) => name && !PASSING.test(name));
    }
    if (change.type === "characterData") return true;
    return [...change.addedNodes, ...change.removedNodes].some((node) =>
      node.nodeType === Node.TEXT_NODE ? node.data.trim() : node.matches && (tipsCount || !node.matches(TOOLTIP)));
  }

  new MutationObserver((changes) => {
    const change = changes.find(counts);
    if (!change) return;
    lastChange = performance.now();
    note("screen", `${change.type} ${change.attributeName || ""} ${change.target.nodeName} ${change.target.className || ""}`);
  }).observe(document, { attributes: true, attributeOldValue: true, characterData: true, childList: true, subtree: true });

  const values = (kind) => [...document.querySelectorAll(kind)].map((field) =>
    ["checkbox", "radio"].includes(field.type) ? field.checked : field.type === "file" ? field.files.length : field.value,
  ).join("\u0001");
  // Hidden ones change with what a chooser chose, but also when the page talks to the server by itself.
  const SHOWN = "input:not([type=hidden]), select, textarea", HIDDEN = "input[type=hidden]";
  // What was asked for is waited for: until it is there, buttons are shut off.
  const LONGEST_ANSWER = 10_000;
  const pause = (milliseconds) => new Promise((resume) => setTimeout(resume, milliseconds));

  const presser = window.presser = {
    isHeld: false,

    // Waits until nothing has changed for `quiet` ms, at most `most` ms.
    async rest(quiet, most) {
      const from = performance.now(), isBusy = (now) =>
        pending > 0 ? now < from + LONGEST_ANSWER : now < from + most && now - Math.max(lastChange, from) < quiet;
      while (isBusy(performance.now())) await pause(15);
    },
    // `tips`: what is shown when the pointer rests on the control is what it is there for.
    watch(place, tips) {
      tipsCount = tips;
      pressed = presser.found[place] || null;
      effects = [];
      before = [values(SHOWN), values(HIDDEN)];
      focused = document.activeElement;
      isWatched = true;
    },
    say: (kind) => note(kind),
    // What the press did, as soon as it did something, at most after `most` ms: list of [kind, what].
    async outcome(most) {
      const end = performance.now() + most;
      for (;;) {
        if (values(SHOWN) !== before[0]) note("value");
        if (values(HIDDEN) !== before[1]) note("hidden value");
        const now = document.activeElement;
        if (now !== focused && now !== document.body && pressed && !pressed.contains(now) && !now.contains(pressed)) {
          note("focus", now.name || now.id);
        }
        if (effects.length || performance.now() >= end) return effects;
        await pause(20);
      }
    },

    // Where a press reaches a control: [x, y]; null where something lies over it, "gone" when it is not there any more.
    // `lets`: let go of the field before, so that what this brings is no effect of the press.
    async point(place, lets, isShut) {
      const element = presser.found[place];
      if (!element?.isConnected) return "gone";
      if (lets && document.activeElement !== element) document.activeElement?.blur?.();
      for (const block of ["nearest", "center", "start"]) {
        element.scrollIntoView({ block, inline: "nearest", behavior: "instant" });
        await pause(0);
        const box = element.getClientRects()[0];
        for (const [across, down] of box ? [[0.5, 0.5], [0.15, 0.5], [0.85, 0.5], [0.5, 0.15], [0.5, 0.85]] : []) {
          const x = box.x + box.width * across, y = box.y + box.height * down;
          if (isShut || hits(element, document.elementFromPoint(x, y))) return [x, y];
        }
      }
      return null;
    },
    // Some are shut off only until what they asked for has come, and that may lie over them then.
    isShut: (place, layer) => shut(presser.found[place]) && top()[0] === layer,
    value: (place) => presser.found[place].value,
    put(place, value) {
      const field = presser.found[place];
      Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, value);
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    },

    // --- What there is to press --------------------------------------------------------------------------------------

    found: [],
    list,
  };

  const CONTROLS = `a[href], a[data-action], button, summary, select, textarea, input:not([type=hidden]), [role=button],
    [role=tab], [role=menuitem], [role=option], [role=switch], [role=checkbox], [contenteditable=true]:not(td):not(th),
    [data-action*='click->']:not(div):not(form), .xdsoft_date, .xdsoft_time, .xdsoft_month, .xdsoft_year, .xdsoft_option,
    .htContextMenu td, .htCore td, .tagit-close, .ui-menu-item`;
  // What lies over the rest and is pressed first, the topmost first.
  const LAYERS = [".htContextMenu", ".xdsoft_datetimepicker", ".ui-autocomplete", ".tippy-box[data-theme]:not([data-theme=''])",
    ".Draftail-ComboBox", ".w-dialog:not([aria-hidden=true])", ".modal-dialog"];
  const known = new WeakMap();
  let layers = 0;

  const isSeen = (element) => {
    const box = element.getBoundingClientRect();
    return element.checkVisibility({ visibilityProperty: true }) && box.width > 1 && box.height > 1 && box.right > 0 &&
      box.bottom + window.scrollY > 0 && !element.closest("[aria-hidden=true]:not(.modal)");
  };
  const withoutNumbers = (said) => String(said).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "#").replace(/\d+/g, "#");

  function words(element) {
    const own = element.getAttribute("aria-label") || (element.matches("select") ? "" : element.innerText || element.textContent)
      || (element.matches("input[type=submit], input[type=button], input[type=reset]") ? element.value : "")
      || element.title || element.placeholder || element.labels?.[0]?.innerText || element.name || "";
    return own.replace(/[«“"'‘].*?[»”"'’]/g, "…").replace(/\s+/g, " ").trim().slice(0, 70);
  }

  function kindOf(element) {
    const name = element.localName;
    // Wagtail says of the cells of a table that they can be edited, too.
    if (element.matches(".htCore td")) return "cell";
    if (element.matches("[contenteditable=true]")) return "rich";
    if (element.matches("[data-streamfield-action=DRAG], [data-inline-panel-child-drag], .handle")) return "drag";
    if (element.matches(".Draftail-Toolbar *, .Draftail-FloatingToolbar *, .Draftail-MetaToolbar *, .Draftail-BlockToolbar__trigger")) {
      return "tool";
    }
    if (element.matches(".w-human-readable-date, .w-combobox__option-preview") || element.closest("[data-w-dropdown-theme-value=popup]")) return "hover";
    if (name === "select" || name === "textarea") return name === "select" ? "select" : "text";
    if (name !== "input") return "button";
    if (["checkbox", "radio", "file"].includes(element.type)) return element.type;
    if (["submit", "button", "reset", "image"].includes(element.type)) return "button";
    return element.type === "number" ? "number" : "text";
  }

  // Where a press goes: a hidden tick is pressed by its label.
  const target = (element) => isSeen(element) ? element :
    ["checkbox", "radio", "file"].includes(element.type) ? [...element.labels].find(isSeen) : null;
  const hits = (element, hit) => element.contains(hit) || (hit && hit.closest("label")?.control === element);

  // What sort of control it is, wherever it stands and whatever it is called: one of each is pressed in the suite.
  function widget(element, kind) {
    const inside = element.closest("[data-controller*=chooser], .chooser, [data-draftail-editor-wrapper], .Draftail-Editor");
    const actions = (element.dataset.action || "").split(/\s+/).map((one) => one.split("->").at(-1)).sort().join(" ");
    const classes = [...element.classList].filter((name) => /^(c-|w-|button|Draftail|xdsoft|unlink|tagit)/.test(name) &&
      !/active|date\d*$/.test(name)).sort().join(".");
    return withoutNumbers([element.localName, kind, element.type || "", actions, classes, inside?.className || ""].join("|"));
  }

  function signature(element, kind) {
    const data = ["data-action", "data-controller", "data-chooser-action-choose", "data-chooser-action-clear",
      "data-streamfield-action", "data-a11y-dialog-show", "data-side-panel-toggle", "role", "type"]
      .map((name) => element.hasAttribute(name) ? `${name}=${element.getAttribute(name)}` : "").filter(Boolean).join(" ");
    const chooser = element.closest(".chooser, [data-chooser]")?.id || "";
    if (kind === "cell") return "cell";
    const classes = [...element.classList].filter((name) => !/^(xdsoft_(current|today|weekend|disabled|highlight.*|other_month|day_of_week\d|date\d*$.*)|tippy|ht[A-Z]|current|active)|--active$/.test(name)).sort().join(".");
    const isPlain = element.localName === "a" && !data.includes("data-") && /^\//.test(element.getAttribute("href") || "");
    // Links to the parts of the form, and what a calendar offers, are told apart by nothing but their words.
    const isOneOfMany = element.matches("a[href^='#']:not([role]), [class*=xdsoft_]") && !element.closest("[data-portal-errors]");
    let said = isPlain ? element.pathname : isOneOfMany || !["button", "tool"].includes(kind) ? "" : `${element.id} ${words(element)}`;
    if (element.matches(".c-sf-add-button")) {
      for (let at = element.parentElement; at; at = at.parentElement) said += `/${at.dataset.contentpath || ""}`;
      said = said.replace(/\/+/g, "/");
    }
    const isPlainField = ["text", "number", "select", "checkbox", "radio"].includes(kind) && !data.includes("data-controller");
    const name = isPlainField || kind === "rich" ? "" : element.name || "";
    return withoutNumbers([element.localName, kind, data, isPlain || kind === "rich" ? "" : classes, chooser, name, said].join("|"));
  }

  function top() {
    for (const kind of LAYERS) {
      const open = [...document.querySelectorAll(kind)].filter((layer) => {
        const box = layer.getBoundingClientRect();
        return layer.checkVisibility({ visibilityProperty: true }) && box.width > 1 && box.height > 1;
      });
      if (open.length) return [kind, open.at(-1)];
    }
    return ["", document];
  }

  const shut = (element) => element.matches(":disabled, [aria-disabled=true], .htDisabled, .xdsoft_disabled") ||
    element.readOnly === true || !!element.closest("[inert]");

  // The controls that are seen now, each signature once: {place, signature, kind, said, layer, ...}.
  function list() {
    const [layer, root] = top();
    if (root !== document && !known.has(root)) known.set(root, ++layers);
    const heading = root === document ? "" : root.querySelector("h1, h2, .w-dialog__title")?.innerText || "";
    const met = new Set();
    presser.found = [];
    const all = [];
    for (const element of root.querySelectorAll(CONTROLS)) {
      const at = target(element);
      if (!at || element.matches(".htSeparator, .ui-state-disabled, [data-tippy-root] [data-tippy-root]")) continue;
      const kind = kindOf(element), made = signature(element, kind);
      if ((kind === "radio" && element.checked) || element.matches("[role=tab][aria-selected=true]")) continue;
      const isShut = shut(element);
      const key = `${isShut ? "shut " : ""}${made}`;
      if (met.has(key)) continue;
      met.add(key);
      presser.found.push(at);
      all.push({
        place: presser.found.length - 1, signature: key, kind, widget: widget(element, kind), isShut, said: words(element), layer,
        layerNumber: known.get(root) || 0, heading: heading.trim().slice(0, 60), address: element.getAttribute?.("href") || "",
        inFrame: !!element.closest("#wagtail-sidebar, .skiplink"),
        isPlainLink: element.localName === "a" && /^\//.test(element.getAttribute("href") || "") && made.startsWith("a|button|||"),
        isFurniture: !!element.closest("header, .form-side, footer, [data-minimap-container], [data-streamfield-child]") ||
          !!element.closest(".tippy-box")?.querySelector(".w-combobox"), expanded: element.getAttribute("aria-expanded") || "",
        isChoice: element.matches("[data-chooser-modal-choice], .xdsoft_date, .xdsoft_time"),
        isLeaving: element.matches("[data-dismiss=modal], .w-dialog__close-button"),
        isTab: element.matches("[role=tab], [data-side-panel-toggle]"),
        isTaking: /DELETE|delete|clear|remove|xoa|Xóa|Bỏ chọn/.test(`${made} ${words(element)}`),
        isSubmit: element.matches("[type=submit], form button:not([type])"),
      });
    }
    return { layer, layerNumber: known.get(root) || 0, controls: all };
  }
})();
