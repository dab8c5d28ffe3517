// Folding menus, and parts of pages, that already work by <details>: close with Escape, by a click elsewhere, and when the focus leaves.
const FOLDING = ".menu__details, .tool-menu";

// On wide screens the groups lie over the page; on small ones they are part of the column and stay as the reader left them.
const floating = (details) => details.matches(".tool-menu") || matchMedia("(min-width: 64em)").matches;

function closeAll(except) {
  for (const details of document.querySelectorAll(FOLDING)) {
    if (details.open && details !== except && floating(details)) details.open = false;
  }
}

document.addEventListener("click", (event) => closeAll(event.target.closest(FOLDING)));
document.addEventListener("focusin", (event) => closeAll(event.target.closest(FOLDING)));
// A link to a heading opens what is folded below it on small screens.
function unfold() {
  const folded = document.querySelector(":target")?.closest("section, nav")?.querySelector(".fold--small");
  if (folded) folded.open = true;
}

addEventListener("hashchange", unfold);
unfold();

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.activeElement?.closest(`${FOLDING}[open]`);
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  } else closeAll(null);
});
