// A file chosen beside the list of a dialog (base/admin/upload_here.html) goes into the form for new ones, whose tab opens
// with the cursor in its first field that is still empty. Dialogs come later: what happens in them is heard further out.
// A file of a kind that the form does not take is refused at once, before anything is typed for it.
function refuses(field, shownAt) {
  const { portalExtensions: taken, portalRefused: refused } = field.dataset;
  const unknown = [...shownAt.files].map((file) => file.name.split(".").at(-1).toLowerCase())
    .find((extension) => taken && !taken.split(" ").includes(extension));
  shownAt.parentElement.querySelector("[data-portal-kind]")?.remove();
  if (unknown === undefined) return false;
  const said = document.createElement("p");
  said.className = "error-message";
  said.dataset.portalKind = "";
  said.setAttribute("role", "alert");
  said.textContent = refused.replace("%s", unknown);
  shownAt.after(said);
  shownAt.value = "";
  return true;
}

// Before anything else hears of it: the title would take over the name of the file.
document.addEventListener("change", (event) => {
  const { target } = event;
  if (!target.matches?.("input[type=file][data-portal-extensions]") || !target.files.length) return;
  if (refuses(target, target)) event.stopImmediatePropagation();
}, true);

document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("[data-portal-upload]") || !target.files.length) return;
  const dialog = target.closest(".modal-body");
  const form = dialog?.querySelector("[data-chooser-modal-creation-form]");
  const field = form?.querySelector("input[type=file]");
  if (!field || refuses(field, target)) return;
  // A list of its own: that of a field is emptied with it.
  const carried = new DataTransfer();
  for (const file of target.files) carried.items.add(file);
  field.files = carried.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  // Chosen once more, the same file is a change again.
  target.value = "";
  const panel = form.closest("[role=tabpanel]");
  dialog.querySelector(`[role=tab][href="#${CSS.escape(panel.id)}"]`)?.click();
  const empty = [...form.querySelectorAll("input[type=text]")].find((text) => !text.value);
  empty?.focus();
});
