// The dialog for pages searches while one types. Sent by its button, Wagtail takes the answer, which is the list alone, for
// one of its dialogs and fails on it; here the button leads to what was found. To go once Wagtail's own does.
document.addEventListener("submit", (event) => {
  const dialog = event.target.matches?.("form.search-form") && event.target.closest(".modal-body");
  const results = dialog && dialog.querySelector(".page-results");
  if (!results) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  results.querySelector("a[href], input")?.focus();
}, true);
