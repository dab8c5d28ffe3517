/* A form that comes back begins with what is wrong: the list takes the focus, its links lead to the fields. */
document.addEventListener("DOMContentLoaded", () => {
  const errors = document.querySelector("[data-portal-errors]");
  if (!errors) return;
  errors.focus();
  errors.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const place = link && document.getElementById(link.hash.slice(1));
    const field = place && (place.matches("input, textarea, select") ? place : place.querySelector("input, textarea, select"));
    if (!field) return;
    event.preventDefault();
    field.focus();
  });
});
