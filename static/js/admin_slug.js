// Addresses made from Vietnamese words: Wagtail drops letters it does not know, so they are folded before it looks, whether
// the words come from the title or were typed into the field itself.
(() => {
  const folded = (words) =>
    words
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "")
      .replace(/đ/g, "d")
      .replace(/Đ/g, "D");

  for (const name of ["w-sync:apply", "w-sync:check", "w-sync:ping"]) {
    document.addEventListener(
      name,
      (event) => {
        if (event.detail && typeof event.detail.value === "string") event.detail.value = folded(event.detail.value);
      },
      true,
    );
  }
  document.addEventListener(
    "blur",
    (event) => {
      const field = event.target;
      if (field instanceof HTMLInputElement && field.matches('[data-controller~="w-slug"]')) {
        const words = folded(field.value);
        if (words !== field.value) field.value = words;
      }
    },
    true,
  );
})();
