// The page under review as wide as on a computer, made smaller to fit beside the decision (workflows/review.html).
// Without this script it is as wide as its column.
const COMPUTER = 1024;

for (const frame of document.querySelectorAll("[data-portal-fit]")) {
  new ResizeObserver(() => {
    frame.style.setProperty("--portal-fit", Math.min(1, frame.clientWidth / COMPUTER));
    frame.dataset.portalFit = "fitted";
  }).observe(frame);
}
