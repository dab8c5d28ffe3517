// The page /cua-toi/: the reader's ward and topics, kept in this browser only; preferences.js puts them into their places.
const KEY = "cua-toi";
const form = document.querySelector("[data-choices]");
const said = form.querySelector("[data-said]");

function read() {
  try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch { return {}; }
}

const { ward = "", topics = [] } = read();
for (const input of form.elements) {
  if (input.name === "ward") input.checked = input.value === ward;
  if (input.name === "topics") input.checked = topics.includes(input.value);
}
// The ward that was chosen has no page any more.
if (!form.elements.ward.value) form.querySelector('[name="ward"][value=""]').checked = true;

form.addEventListener("change", () => {
  const chosen = form.querySelector('[name="ward"]:checked');
  const name = chosen.value ? chosen.parentElement.textContent.trim() : "";
  const first = [...form.querySelectorAll('[name="topics"]:checked')].map((input) => input.value);
  try {
    localStorage.setItem(KEY, JSON.stringify({ ward: chosen.value, name, topics: first }));
    said.textContent = said.dataset.kept;
  } catch {
    said.textContent = said.dataset.refused;
  }
  const link = document.querySelector("[data-own-ward]");
  if (!link) return;
  link.querySelector("span").textContent = name;
  Object.assign(link, { href: `/${chosen.value}/`, hidden: !name });
});
form.addEventListener("submit", (event) => event.preventDefault());
form.hidden = false;
