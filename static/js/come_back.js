// What answers a sending lies in no cache, so that "back" from the next step would end in an error of the browser. As the
// answer to an address the form is drawn anew, and the browser puts in what was typed. It cannot do so with files: with
// one in hand everything stays as it is, as does a form that holds back its sending for a moment (ask_proof.js).
const TYPED = "input:not([type=hidden], [type=file], [type=checkbox], [type=radio]), textarea";

// A browser remembers only what differs from what was drawn, and a form that came back with an error was drawn with all
// that had been typed.
function rememberWhatWasDrawn(form) {
  for (const field of form.querySelectorAll(TYPED)) {
    const typed = field.value;
    field.defaultValue = "";
    field.value = typed;
  }
}

for (const form of document.querySelectorAll("[data-come-back]")) {
  form.addEventListener("submit", (event) => {
    const files = form.querySelector("input[type=file]");
    if (event.defaultPrevented || (files && files.files.length)) return;
    rememberWhatWasDrawn(form);
    history.replaceState(null, "", location.href);
  });
}
