// Print this page; copy its address, or a field. The buttons appear only where they work.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

window.addEventListener("beforeprint", () => {
  for (const place of document.querySelectorAll("[data-print-date]")) {
    place.textContent = ` · ${place.dataset.printDate} ${new Date().toLocaleDateString("vi-VN")}`;
  }
});

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy-link]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const address = document.querySelector('link[rel="canonical"]')?.href || location.href;
      await navigator.clipboard.writeText(address);
      button.querySelector("[data-copy-text]").textContent = button.dataset.copied;
    });
  }
  for (const button of document.querySelectorAll("[data-copy-field]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copyField).value);
      button.querySelector("[data-copy-text]").textContent = button.dataset.copied;
    });
  }
}
