// While somebody types a question, shows answers to similar ones; the button beside the text does the same without this.
const PAUSE_MILLISECONDS = 700;
const FEWEST_LETTERS = 8;

for (const form of document.querySelectorAll("[data-ask]")) {
  const place = form.querySelector("[data-similar]");
  const list = place?.querySelector("[data-similar-list]");
  const title = form.elements.title;
  const text = form.elements.text;
  if (!list || !title || !text) continue;
  let timer = 0;
  let asked = `${title.value} ${text.value}`;
  let running = null;

  const show = (items) => {
    list.replaceChildren(...items.map(({ title: name, url }) => {
      const link = document.createElement("a");
      link.href = url;
      link.target = "_blank";
      link.textContent = name;
      const item = document.createElement("li");
      item.append(link);
      return item;
    }));
    place.querySelector("[data-similar-none]")?.remove();
    for (const part of place.querySelectorAll("[data-similar-found]")) part.hidden = items.length === 0;
    place.hidden = items.length === 0;
  };

  const look = async () => {
    const typed = `${title.value} ${text.value}`;
    if (typed === asked || typed.trim().length < FEWEST_LETTERS) return;
    asked = typed;
    running?.abort();
    running = new AbortController();
    const body = new URLSearchParams({
      csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value, title: title.value, text: text.value.slice(0, 1000),
    });
    try {
      const answer = await fetch(place.dataset.similar, { method: "POST", body, signal: running.signal });
      if (answer.ok) show((await answer.json()).items);
    } catch {
      // Without an answer the list stays as it is; the form works all the same.
    }
  };

  for (const field of [title, text]) {
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE_MILLISECONDS);
    });
  }
}
