// Says at once which chosen files are too heavy, before they are sent for nothing; leads to what is to be mended; lets
// "back" lead to what was typed.
document.querySelector("[data-errors]")?.focus();

for (const form of document.querySelectorAll("[data-ask]")) {
  const files = form.elements.files;
  const problem = form.querySelector("[data-files-problem]");
  // What answers a sending lies in no cache, so that "back" from the next step would end in an error of the browser. As
  // the answer to an address the form is drawn anew, and the browser puts in what was typed. It cannot do so with files:
  // with one in hand everything stays as it is.
  if ("comeBack" in form.dataset) {
    form.addEventListener("submit", () => {
      if (!files || !files.files.length) history.replaceState(null, "", location.href);
    });
  }
  if (!files || !problem) continue;
  files.addEventListener("change", () => {
    const sizes = [...files.files].map((file) => file.size);
    const isHeavy = sizes.some((size) => size > Number(form.dataset.largest));
    const isMuch = sizes.reduce((sum, size) => sum + size, 0) > Number(form.dataset.total);
    problem.hidden = !isHeavy && !isMuch;
    problem.textContent = isHeavy ? problem.dataset.fileText : isMuch ? problem.dataset.totalText : "";
  });
}
