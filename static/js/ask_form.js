// Says at once which chosen files are too heavy, before they are sent for nothing; leads to what is to be mended.
document.querySelector("[data-errors]")?.focus();

for (const form of document.querySelectorAll("[data-ask]")) {
  const files = form.elements.files;
  const problem = form.querySelector("[data-files-problem]");
  if (!files || !problem) continue;
  files.addEventListener("change", () => {
    const sizes = [...files.files].map((file) => file.size);
    const isHeavy = sizes.some((size) => size > Number(form.dataset.largest));
    const isMuch = sizes.reduce((sum, size) => sum + size, 0) > Number(form.dataset.total);
    problem.hidden = !isHeavy && !isMuch;
    problem.textContent = isHeavy ? problem.dataset.fileText : isMuch ? problem.dataset.totalText : "";
  });
}
