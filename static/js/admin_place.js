/* A message that names a field leads to it: the cursor goes where the address points (base/form_places.py). */
window.addEventListener("load", () => {
  const hash = decodeURIComponent(window.location.hash.slice(1));
  const path = hash.split(":w:contentpath=")[1];
  const place = path ? document.querySelector(`[data-contentpath="${CSS.escape(path)}"]`) : document.getElementById(hash);
  if (!hash || !place) return;
  const field = place.querySelector(
    "input:not([type=hidden]):not([type=file]), textarea:not([hidden]), select, [contenteditable=true], button",
  );
  // After Wagtail has scrolled there and opened the tab.
  window.setTimeout(() => field && field.focus({ preventScroll: true }), 400);
});
