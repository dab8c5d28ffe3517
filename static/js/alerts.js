// An alert that its reader has put away, in this browser only: its key changes with what it says, so a changed one stands
// again. preferences.js hides it before the page is drawn. Without script every alert stands.
const KEY = "canh-bao-da-an";
const MOST = 20;

function away() {
  try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch { return []; }
}

for (const alert of document.querySelectorAll("[data-alert]")) {
  const button = alert.querySelector(".alert__away");
  if (!button) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    try {
      localStorage.setItem(KEY, JSON.stringify([alert.dataset.alert, ...away()].slice(0, MOST)));
    } catch { /* storage refused: it stays away on this page */ }
    alert.hidden = true;
    document.querySelector("main").focus();
  });
}
