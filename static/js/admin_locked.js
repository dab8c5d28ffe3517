// On a screen that is locked (it waits for approval, or somebody else holds it) nothing takes typing that could not be
// saved. The message above the form says why. Text in plain fields can still be selected and read aloud.
(() => {
  const PLAIN = "input[type=text], input[type=url], input[type=email], input[type=number], textarea";
  const CONTROLS = "[data-field-input], .c-sf-add-button, [data-comment-add], [data-inline-panel-child-move-up], " +
    "[data-inline-panel-child-move-down], [data-inline-panel-child-drag], button[id$='-ADD'], " +
    "button[id$='-DELETE-button']";

  function shut(root) {
    for (const part of root.querySelectorAll(CONTROLS)) {
      // What a form holds stays in it: a field that is shut off would count as changed.
      const inside = part.querySelectorAll("input, textarea, select, button:not([data-comment-add]), [contenteditable]");
      const fields = [...inside];
      if (fields.length && fields.every((field) => field.matches(PLAIN))) for (const field of fields) field.readOnly = true;
      else part.inert = true;
    }
  }

  function begin() {
    if (!document.body.classList.contains("content-locked")) return;
    for (const form of document.querySelectorAll("form[data-edit-form]")) {
      shut(form);
      // Editors of texts and blocks are put into the page later.
      new MutationObserver(() => shut(form)).observe(form, { childList: true, subtree: true });
    }
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
