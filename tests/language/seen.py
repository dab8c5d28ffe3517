"""Reads what a browser shows at this moment: what scripts made is text like any other.

`seen(page)` returns (place, text) of everything visible or said by a screen reader: text, texts of attributes, what a
style sheet writes before and after an element, and buttons' values. Elements in another language and what people typed
into fields are left out; frames (previews) are read too.
"""

from playwright.sync_api import Error

from tests.language.english import SHOWN_ATTRIBUTES

SEEN = """(attributes) => {
  const found = [];
  const silent = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "TEXTAREA", "IFRAME"]);
  const add = (place, text) => {
    const said = (text || "").replace(/\\s+/g, " ").trim();
    if (said) found.push([place, said]);
  };
  const read = (element) => {
    const language = element.getAttribute("lang");
    if (silent.has(element.tagName) && element.tagName !== "TEXTAREA") return;
    if ((language && language !== "vi") || "notOurs" in (element.dataset || {})) return;
    const tag = element.tagName.toLowerCase();
    if (element.checkVisibility({ visibilityProperty: true })) {
      for (const name of attributes) if (element.hasAttribute(name)) add(`${tag}[${name}]`, element.getAttribute(name));
      if (tag === "input" && ["submit", "button", "reset"].includes(element.type)) add("input[value]", element.value);
      for (const pseudo of ["::before", "::after"]) {
        const content = getComputedStyle(element, pseudo).content.match(/^"(.*)"$/);
        if (content) add(`${tag}${pseudo}`, content[1]);
      }
      if (tag !== "textarea") {
        for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) add(tag, node.data);
      }
    } else if (tag === "option" && element.closest("select")?.checkVisibility({ visibilityProperty: true })) {
      add(tag, element.textContent);
    }
    for (const child of element.children) read(child);
    if (element.shadowRoot) for (const child of element.shadowRoot.children) read(child);
  };
  add("title", document.title);
  read(document.body);
  return found;
}"""


def seen(page) -> list[tuple[str, str]]:
    """Return (place, text) of what the page and its frames show now."""
    found = []
    for frame in page.frames:
        try:
            found += [tuple(one) for one in frame.evaluate(SEEN, list(SHOWN_ATTRIBUTES))]
        except Error:
            # A preview that is just being loaded anew; the page itself must answer.
            if frame is page.main_frame:
                raise
    return found
