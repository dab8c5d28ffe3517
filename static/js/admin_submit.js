// What is sent waits for what the form is just saving by itself, and for the text that an editor of texts hands over a
// moment after the last key. Sent meanwhile, a new page would be made twice or come back because its own first saving has
// its address; a text would lack its last words. Once sent, a form saves itself no more: what it saved then would be a
// version beside the one that was submitted. To go once Wagtail's `w-autosave` waits itself.
(() => {
  const LONGEST_WAIT = 30_000;
  const TEXT_HANDED_OVER = 600;
  const saving = new WeakSet();
  const sent = new WeakSet();
  const waiting = new Map();
  let typed = { at: -TEXT_HANDED_OVER, in: null };

  document.addEventListener("w-autosave:save", (event) => {
    if (sent.has(event.target) || waiting.has(event.target)) event.preventDefault();
    else saving.add(event.target);
  });
  for (const outcome of ["success", "error"]) {
    document.addEventListener(`w-autosave:${outcome}`, ({ target: form }) => {
      saving.delete(form);
      send(form);
    });
  }
  for (const kind of ["keydown", "beforeinput", "paste"]) {
    document.addEventListener(kind, ({ target }) => {
      if (target.isContentEditable) typed = { at: performance.now(), in: target };
    }, true);
  }

  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (!saving.has(form) && !untilTextIsThere(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (waiting.has(form)) {
      // Of two buttons the one pressed last says what is meant.
      waiting.get(form).submitter = submitter;
      return;
    }
    const last = setTimeout(() => send(form, { now: true }), LONGEST_WAIT);
    waiting.set(form, { submitter, last });
    send(form);
  }, true);

  // Last of all, so that whatever stops a form from being sent has been asked.
  window.addEventListener("submit", ({ target: form, defaultPrevented }) => {
    if (defaultPrevented) return;
    sent.add(form);
    // A form that is still there then was not sent: somebody stopped it.
    setTimeout(() => sent.delete(form), LONGEST_WAIT);
  });
  // Shown again from the browser's memory, a form is one that was not sent.
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) sent.delete(form);
  });

  function untilTextIsThere(form) {
    return form.contains(typed.in) ? Math.max(0, typed.at + TEXT_HANDED_OVER - performance.now()) : 0;
  }

  function send(form, { now = false } = {}) {
    if (!waiting.has(form) || (saving.has(form) && !now)) return;
    const text = now ? 0 : untilTextIsThere(form);
    if (text) {
      setTimeout(() => send(form), text);
      return;
    }
    const { submitter, last } = waiting.get(form);
    clearTimeout(last);
    waiting.delete(form);
    saving.delete(form);
    typed.in = null;
    // A button shuts itself when pressed; shut, it would not say which it was.
    const isShut = submitter?.disabled;
    if (isShut) submitter.disabled = false;
    form.requestSubmit(submitter);
    if (isShut) setTimeout(() => { submitter.disabled = true; });
  }
})();
