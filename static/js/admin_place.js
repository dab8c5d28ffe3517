/* A message that names a field leads to it: the cursor goes where the address points (base/admin/field_anchors.py). */
function lead() {
  const hash = decodeURIComponent(window.location.hash.slice(1));
  const path = hash.split(":w:contentpath=")[1];
  const place = path ? document.querySelector(`[data-contentpath="${CSS.escape(path)}"]`) : document.getElementById(hash);
  if (!hash || !place) return null;
  const field = place.querySelector(
    "input:not([type=hidden]):not([type=file]), textarea:not([hidden]), select, [contenteditable=true], button",
  );
  // After Wagtail has scrolled there and opened the tab.
  window.setTimeout(() => field && field.focus({ preventScroll: true }), 400);
  return place;
}

window.addEventListener("load", lead);
/* From a message beside the form itself, in the panel of checks: Wagtail opens tabs and scrolls only when a page is read. */
window.addEventListener("hashchange", () => {
  const place = lead();
  const tab = place?.closest("[role=tabpanel][hidden]");
  if (tab) document.querySelector(`[role=tab][href="#${CSS.escape(tab.id)}"]`)?.click();
  place?.scrollIntoView({ block: "center" });
});
