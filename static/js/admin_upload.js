// A file chosen beside the list of a dialog (base/admin/upload_here.html) goes into the form for new ones, whose tab opens
// with the cursor in its first field that is still empty. Dialogs come later: what happens in them is heard further out.
document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("[data-portal-upload]") || !target.files.length) return;
  const dialog = target.closest(".modal-body");
  const form = dialog?.querySelector("[data-chooser-modal-creation-form]");
  const field = form?.querySelector("input[type=file]");
  if (!field) return;
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
