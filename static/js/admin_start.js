// Starts what Wagtail would start from inline scripts (base/admin/patches/admin_scripts.py): only what is named here, with plain data.
const STARTS = {
  initDateChooser: (id, options) => window.initDateChooser(id, options),
  initDateTimeChooser: (id, options) => window.initDateTimeChooser(id, options),
  initTimeChooser: (id, options) => window.initTimeChooser(id, options),
  createTaskChooser: (id) => window.createTaskChooser(id),
  InlinePanel: (options) => new window.InlinePanel(options),
  MultipleChooserPanel: (options) => new window.MultipleChooserPanel(options),
  Chooser: (id, options) => new window.Chooser(id, options),
  PageChooser: (id, options) => new window.PageChooser(id, options),
  ImageChooser: (id, options) => carryOver(new window.ImageChooser(id, options), id),
  DocumentChooser: (id, options) => new window.DocumentChooser(id, options),
  SnippetChooser: (id, options) => new window.SnippetChooser(id, options),
};

// What a picture says to those who cannot see it is asked once, when it is uploaded; base/files/alt_texts.py does the
// same to what is sent. Words that somebody wrote here stay.
function carryOver(chooser, id) {
  const beside = document.getElementById(`${id}_alt`);
  if (!beside) return;
  let carried = chooser.state?.default_alt_text || "";
  chooser.addEventListener("chosen", ({ detail }) => {
    const words = detail.default_alt_text || "";
    if (beside.value === "" || beside.value === carried) {
      beside.value = words;
      beside.dispatchEvent(new Event("input", { bubbles: true }));
      beside.dispatchEvent(new Event("change", { bubbles: true }));
    }
    carried = words;
  });
}

// A calendar opens a moment after its field got the cursor: not when the cursor has gone on meanwhile, as it would stay
// there, over the next field or the button. Esc closes it, and whoever types the day needs no calendar. To go once
// Wagtail's date picker does so by itself.
function tamePickers() {
  const picker = window.jQuery?.fn.datetimepicker;
  if (picker) picker.defaults.onShow = (now, field) => field[0] === document.activeElement && field[0] !== typedInto;
}

let typedInto = null;

const openCalendar = (field) => {
  const calendar = window.jQuery?.(field).data("xdsoft_datetimepicker");
  return calendar?.is(":visible") ? calendar : null;
};

document.addEventListener("input", (event) => {
  typedInto = event.target;
  openCalendar(event.target)?.trigger("close.xdsoft");
}, { capture: true });

for (const again of ["focusin", "mousedown"]) {
  document.addEventListener(again, () => { typedInto = null; }, { capture: true });
}

document.addEventListener("keydown", (event) => {
  const calendar = event.key === "Escape" ? openCalendar(event.target) : null;
  if (!calendar) return;
  calendar.trigger("close.xdsoft");
  // The dialog around the field stays.
  event.stopPropagation();
}, { capture: true });

function start(root) {
  tamePickers();
  const found = root.querySelectorAll ? [...root.querySelectorAll("[data-portal-start]")] : [];
  if (root.matches && root.matches("[data-portal-start]")) found.unshift(root);
  for (const element of found) {
    const call = STARTS[element.dataset.portalStart];
    element.removeAttribute("data-portal-start");
    if (call) call(...JSON.parse(element.dataset.portalWith));
  }
}

// Before Wagtail's controllers, which take the menu of a filled chooser out of it: a chooser started after them does not
// find its buttons («Thay hình ảnh», «Bỏ chọn»). They connect once the page is read, and see what comes later in the
// order in which observers were made; so this listens further out, and observes first.
window.addEventListener("DOMContentLoaded", () => start(document), { capture: true, once: true });
new MutationObserver((changes) => {
  if (document.readyState === "loading") return;
  // Panels, dialogs and lists are put into the page later.
  for (const change of changes) for (const node of change.addedNodes) start(node);
}).observe(document.documentElement, { childList: true, subtree: true });
