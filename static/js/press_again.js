// A form that came too soon says in its text when to press again; this counts the seconds down and shuts its buttons
// meanwhile, so that nobody presses in vain. Nothing is sent by itself.
for (const form of document.querySelectorAll("[data-press-again]")) {
  const until = performance.now() + Number(form.dataset.pressAgain) * 1000;
  const buttons = [...form.querySelectorAll("button[type=submit]:enabled")];
  const counted = form.querySelector("[data-seconds-left]");
  const ready = form.querySelector("[data-may-press]");

  const tick = () => {
    const left = Math.ceil((until - performance.now()) / 1000);
    for (const button of buttons) button.disabled = left > 0;
    if (counted) counted.textContent = left > 0 ? counted.dataset.secondsLeft.replace("#", left) : "";
    if (left > 0) setTimeout(tick, 250);
    else if (ready) ready.textContent = ready.dataset.mayPress;
  };
  if (until > performance.now()) tick();
}
