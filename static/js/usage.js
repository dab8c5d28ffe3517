// Counts one view of a page once it has really been looked at. Nothing is kept in the browser, no cookie is sent.
const LOOKED_AT_MILLISECONDS = 1000;
const mark = document.querySelector("[data-usage-place]");
let timer = 0;
let isSaid = false;

function say() {
  isSaid = true;
  const { usagePlace, usagePage, usageKind, usageService } = mark.dataset;
  const body = new URLSearchParams({ trang: usagePage, loai: usageKind });
  if (usageService) body.append("dich-vu", usageService);
  fetch(usagePlace, { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => {
    // Nobody reads a page worse for not being counted.
  });
}

// A page made ahead of time or in a hidden tab is looked at when it is shown.
function look() {
  clearTimeout(timer);
  if (!isSaid && document.visibilityState === "visible" && !document.prerendering) {
    timer = setTimeout(say, LOOKED_AT_MILLISECONDS);
  }
}

if (mark) {
  document.addEventListener("visibilitychange", look);
  document.addEventListener("prerenderingchange", look);
  look();
}
