// Neighbours behind one address often have the same telephone. So that each of them is counted, a press takes a random
// word along, made for this page and this day when it is pressed; it tells nothing else, and goes with the day.
const PREFIX = "y-kien ";
const today = new Date().toDateString();

function wordFor(address) {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX) && !localStorage.getItem(key).startsWith(today)) localStorage.removeItem(key);
  }
  const kept = localStorage.getItem(PREFIX + address);
  if (kept) return kept.slice(today.length + 1);
  const word = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  localStorage.setItem(PREFIX + address, `${today} ${word}`);
  return word;
}

for (const form of document.querySelectorAll("[data-vote]")) {
  form.addEventListener("submit", () => {
    if (form.elements.loi) return;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "loi";
    try {
      field.value = wordFor(new URL(form.action).pathname);
    } catch {
      // A browser that keeps nothing is told apart by its name alone.
      return;
    }
    form.append(field);
  });
}
