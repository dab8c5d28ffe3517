// Addresses made from Vietnamese titles: Wagtail drops letters it does not know, so they are folded before it looks.
for (const name of ["w-sync:apply", "w-sync:check", "w-sync:ping"]) {
  document.addEventListener(
    name,
    (event) => {
      if (event.detail && typeof event.detail.value === "string") {
        event.detail.value = event.detail.value
          .normalize("NFD")
          .replace(/[\u0300-\u036f]/g, "")
          .replace(/đ/g, "d")
          .replace(/Đ/g, "D");
      }
    },
    true,
  );
}
