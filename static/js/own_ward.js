// Fetches the ward that this browser's reader has chosen (home/ward_digest.py), the same bytes for all, and puts it into its
// place on the front page. A ward that was merged or renamed is remembered by the name that the answer has.
const KEY = "cua-toi";

function remember(ward, name) {
  try {
    const chosen = JSON.parse(localStorage.getItem(KEY)) || {};
    if (chosen.ward === ward && chosen.name === name) return;
    localStorage.setItem(KEY, JSON.stringify({ ...chosen, ward, name }));
  } catch { /* storage refused: asked again the next time */ }
}

export async function load(section, ward) {
  const body = section.querySelector(".own__body");
  try {
    const answer = await fetch(`${section.dataset.part}${ward}/`, { credentials: "omit" });
    if (!answer.ok) throw new Error(String(answer.status));
    const part = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-ward]");
    section.querySelector("h2").textContent = part.dataset.name;
    remember(part.dataset.ward, part.dataset.name);
    body.replaceChildren(part);
  } catch {
    body.querySelector("[data-waits]").hidden = true;
    body.querySelector("[data-failed]").hidden = false;
  }
}
