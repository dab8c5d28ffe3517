// Ticks the rules of a password while it is typed. What only the server knows (the last passwords) stays unticked.
const MARKS = /[\u0300-\u036f]/g;
const DISGUISES = { 0: "o", 1: "i", 3: "e", 4: "a", 5: "s", 7: "t", 8: "b", 9: "g", "@": "a", $: "s", "!": "l", "€": "e", "|": "l" };
const YEAR = /(?<!\d)(?:19[3-9]|20[0-4])\d|(?:19[3-9]|20[0-4])\d(?!\d)/;

const fold = (text) => text.normalize("NFD").replace(MARKS, "").replace(/[đĐ]/g, "d").toLowerCase();
const compact = (text) => fold(text).replace(/[^a-z0-9]/g, "");
const undisguised = (text) => compact([...text].map((letter) => DISGUISES[letter] ?? letter).join(""));

function checks(data) {
  const names = data.names.flatMap((name) => [name, ...name.split(/[\W_]+/u)]).map(compact).filter((name) => name.length > 3);
  const holds = (text, words) => words.some((word) => compact(text).includes(word) || undisguised(text).includes(word));
  return {
    length: (text) => [...text].length >= data.shortest,
    upper: (text) => /\p{Lu}/u.test(text),
    lower: (text) => /\p{Ll}/u.test(text),
    digit: (text) => /\p{Nd}/u.test(text),
    sign: (text) => /[^\p{L}\p{N}\s]/u.test(text),
    repeat: (text) => !/(.)\1{3}/u.test(text),
    year: (text) => !YEAR.test(text),
    word: (text) => !holds(text, data.words),
    name: (text) => !holds(text, names),
  };
}

for (const list of document.querySelectorAll("[data-password-rules]")) {
  const field = document.getElementById(list.dataset.field);
  const tests = checks(JSON.parse(document.getElementById("password-rule-data").textContent));
  const show = () => {
    for (const item of list.querySelectorAll("[data-rule]")) {
      const test = tests[item.dataset.rule];
      if (test && field.value) item.dataset.kept = test(field.value.normalize("NFC")) ? "yes" : "no";
      else delete item.dataset.kept;
    }
  };
  field.addEventListener("input", show);
  show();
}
