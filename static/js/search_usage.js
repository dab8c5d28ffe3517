// Says what was looked for once the results have really been seen, and once that one of them was opened; nothing of who.
const SEEN_MILLISECONDS = 1000;
const mark = document.querySelector("[data-search-words]");
let timer = 0;
const isSaid = new Set();

function say(kind) {
  if (isSaid.has(kind)) return;
  isSaid.add(kind);
  const { searchPlace, searchWords } = mark.dataset;
  fetch(searchPlace, {
    method: "POST", body: new URLSearchParams({ tim: searchWords, loai: kind }), keepalive: true, credentials: "omit",
  }).catch(() => {
    // Nobody finds less for not being counted.
  });
}

function look() {
  clearTimeout(timer);
  if (document.visibilityState === "visible" && !document.prerendering) {
    timer = setTimeout(() => say(mark.dataset.searchKind), SEEN_MILLISECONDS);
  }
}

if (mark) {
  document.addEventListener("visibilitychange", look);
  document.addEventListener("prerenderingchange", look);
  document.addEventListener("click", (event) => {
    if (event.target.closest(".listing__title a")) {
      say(mark.dataset.searchKind);
      say("opened");
    }
  });
  look();
}
