"""Presses every control of a form and demands that each does something; `presser.js` watches in the page.

1. `Window` is a browser window of somebody who is signed in; it notes errors of scripts and what the console says.
2. `Presser.press_all(screen)` opens a form and presses what is seen, and whatever a press brings (menus, dialogs, new
   rows), each signature once. What a press hides is brought back by opening the form anew and repeating the way there.
3. An effect is a change of the screen or of a value, a question of the browser, a request, a way to another document,
   a chooser of files, or focus that goes elsewhere. Nothing within `PATIENCE`, twice: the control is dead. What is shut
   off must do the opposite: change no value, send nothing, lead nowhere.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Error

SCRIPT = (Path(__file__).parent / "presser.js").read_text("utf-8")
PATIENCE = 2_000
SHUT_PATIENCE = 250
QUIET, LONGEST_REST = 60, 1_500
LOADING = 240_000
# A form that brings new things without end is a fault of the test, not of the form.
MOST_PRESSES = 400
# How many controls that are not to be seen any more are sought again on one form.
MOST_LOST = 12
MODAL = (".modal-dialog", ".w-dialog:not([aria-hidden=true])")
# What these keys begin with stands on many screens, made by the same code: pressed once a run.
ONCE_A_RUN = {"khung", "đồ dùng", "liên kết", "hộp thoại", "lịch", "trạng thái"}
# What holds the focus in a comment that is being written complains when the tab with that comment is left at once; the
# comment stays. To go once Wagtail's comments let go of it.
FOCUS_TRAP = "Your focus-trap must have at least one container with at least one tabbable node"
SENDING = {"value", "request", "form", "address"}


@dataclass(frozen=True)
class Screen:
    """A screen to press: whose it is, where, what it is called, and its state."""

    role: str
    path: str
    name: str
    state: str = ""

    def __str__(self):
        return f"{self.role} {self.path} ({self.state})"


@dataclass
class Report:
    """What was pressed, and what was wrong: lists of lines."""

    forms: int = 0
    controls: int = 0
    presses: int = 0
    dead: list = field(default_factory=list)
    trouble: list = field(default_factory=list)
    unreached: list = field(default_factory=list)
    # Screens that took a sending without anything, so that there is no state "có lỗi" of them.
    faultless: list = field(default_factory=list)
    kinds: dict = field(default_factory=dict)
    states: dict = field(default_factory=dict)


class Window:
    """A window of a person whose session's cookies are given; notes what goes wrong in it."""

    def __init__(self, browser, url: str = "", cookies=()):
        self.url, self.trouble, self.happened = url, [], []
        self.context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN")
        self.context.add_cookies(list(cookies))
        self.context.add_init_script(SCRIPT)
        self.page = self.context.new_page()
        self.page.set_default_timeout(LOADING)
        self.page.on("pageerror", self._error)
        self.page.on("console", self._console)
        self.page.on("dialog", self._dialog)
        self.page.on("filechooser", lambda _chooser: self.happened.append(["file chooser", ""]))
        self.page.on("download", lambda _file: self.happened.append(["download", ""]))
        self.page.on("popup", self._popup)

    def _error(self, error):
        if FOCUS_TRAP in error.message:
            return
        places = " ".join((error.stack or "").splitlines()[1:6])
        self.trouble.append(f"lỗi script: {error.message} {places}")

    def _console(self, message):
        if message.type == "error" and not _is_told_by_design(f"{message.text} {message.location.get('url', '')}"):
            self.trouble.append(f"console: {message.text} {message.location.get('url', '')}".strip())

    def _dialog(self, dialog):
        self.happened.append(["dialog", dialog.message])
        dialog.accept()

    def _popup(self, page):
        self.happened.append(["window", page.url])
        with suppress(Error):
            page.close()

    def open(self, path: str):
        """Open a document and let its scripts come to rest; from then on presses lead nowhere. Returns the answer."""
        self.page.evaluate("() => { if (window.presser) presser.isHeld = false; }")
        answer = self.page.goto(self.url + path)
        self.hold()
        return answer

    def hold(self) -> None:
        """Let the scripts of the document come to rest; from now on presses lead nowhere."""
        self.page.evaluate("([quiet, most]) => presser.rest(quiet, most)", [200, 4_000])
        self.page.evaluate("() => { presser.isHeld = true; }")

    def has_errors(self) -> bool:
        """Tell whether the form on the screen came back with errors."""
        return self.page.locator(ERRORS).count() > 0

    def send_empty(self) -> bool:
        """Send the form of the screen as it stands, and wait for the answer; tell whether there was a form."""
        self.page.evaluate("() => { presser.isHeld = false; }")
        with suppress(Error):
            with self.page.expect_event("load", timeout=10_000):
                if not self.page.evaluate(SEND):
                    return False
        self.hold()
        return True


# How a form says that something is wrong: ours, Wagtail's fields, its message above.
ERRORS = (
    "[data-portal-errors], .w-field__errors:not(:empty) .error-message, .errorlist, .messages .error, .help-critical"
)

# The form that the screen is about is the one with most fields; sent by its first button.
SEND = """() => {
  const forms = [...document.querySelectorAll("main form, form[data-edit-form]")];
  const form = forms.filter((one) => one.method === "post").sort((a, b) => b.elements.length - a.elements.length)[0];
  if (!form) return false;
  form.noValidate = true;
  for (const field of form.querySelectorAll("input[type=text], textarea")) {
    if (field.checkVisibility()) field.value = "";
  }
  const button = form.querySelector("[name=action-portal-submit]") ||
    form.querySelector("button[type=submit], input[type=submit], button:not([type])");
  if (button) form.requestSubmit(button); else form.requestSubmit();
  return true;
}"""

# What a locked form shuts off; a button may be shut for other reasons.
OF_A_FORM = ("text", "number", "rich", "select", "checkbox", "radio", "file")

# Looked for nothing, a list shows what it shows already.
LOOK_FOR = """place => {
  const asked = presser.found[place].form?.querySelector("input[name=q]");
  if (asked && !asked.value) asked.value = "a";
}"""

TO_EDITOR = """place => {
  const button = presser.found[place];
  const seen = [...document.querySelectorAll("[contenteditable=true]")].filter((one) => one.checkVisibility());
  const own = button.closest("[data-draftail-editor], .Draftail-Editor");
  (own?.querySelector("[contenteditable=true]") || seen[0])?.focus();
}"""


class Presser:
    """Presses the controls of screens, one after the other. `known` is shared by all screens of a run: what stands on
    every screen (the menu at the side, the parts of a dialog) is pressed once a run. `is_sample`: so is every sort of
    control in each state of a form, whatever it is called.
    """

    def __init__(self, window: Window, report: Report, known: set | None = None, *, is_sample: bool = False):
        self.window, self.page, self.report, self.is_sample = window, window.page, report, is_sample
        self.known = set() if known is None else known

    def press_all(self, screen: Screen, *, is_open: bool = False) -> None:
        """Press everything on a screen; what is wrong is added to the report."""
        self.screen = screen
        self.unpressed, self.done, self.way, self.openers, self.last, self.tries = {}, set(), {}, {}, None, {}
        own = self.failed = 0
        self.faultless = self.saw_shut = False
        if not is_open:
            self.fresh()
        while own < MOST_PRESSES:
            control = self.next()
            if control is None:
                break
            own += 1
            self.press(control)
        self.note_trouble("")
        self.report.unreached += [
            f"{self.screen}: {one['said'] or one['signature']}" for one in self.unpressed.values()
        ]
        if self.faultless:
            # It takes a sending without anything: what was pressed is the form as it stands.
            self.report.faultless.append(str(self.screen))
        elif self.screen.state == "đã khóa" and not self.saw_shut:
            self.report.trouble.append(f"{self.screen}: không có gì bị khóa")
        if own and not self.faultless:
            self.report.forms += 1
            self.report.controls += own
            self.report.states[screen.state] = self.report.states.get(screen.state, 0) + 1

    # --- Which control is next ------------------------------------------------------------------------

    def fresh(self) -> None:
        """Open the form as it was."""
        self.openers, self.last = {}, None
        self.window.open(self.screen.path)
        if self.screen.state == "có lỗi" and not (self.window.send_empty() and self.window.has_errors()):
            self.faultless = True
        self.note_trouble("mở màn hình")

    def look(self) -> list[dict]:
        """What can be pressed now, each with its key; what is met for the first time is noted with the way to it."""
        seen = self.call("list")
        layer, number = seen["layer"], seen["layerNumber"]
        opener = self.openers.setdefault(number, self.last) if layer else None
        for control in seen["controls"]:
            control["key"] = self.key(control, layer, opener)
            self.saw_shut |= control["isShut"] and not layer and control["kind"] in OF_A_FORM
            if self.waits_for_an_answer(control):
                continue
            if control["key"] not in self.way:
                self.way[control["key"]] = opener if layer else self.last
            is_met = control["key"] in self.done or control["key"] in self.known or self.sort(control) in self.known
            if not is_met:
                self.unpressed.setdefault(control["key"], control)
        return seen["controls"]

    def waits_for_an_answer(self, control: dict) -> bool:
        """Tell whether a control that is shut off now was met open: what it asked for has not come yet."""
        if not control["isShut"]:
            return False
        kind, *rest, made = control["key"]
        is_open = (kind, *rest, made.removeprefix("shut "))
        return is_open in self.done or is_open in self.known or is_open in self.unpressed

    def sort(self, control: dict) -> tuple | None:
        """What makes a control of the same sort as another in the same state of a form; None where all are pressed."""
        if not self.is_sample:
            return None
        return "loại", self.screen.state, control["layer"], control["widget"], control["isShut"]

    def key(self, control: dict, layer: str, opener) -> tuple:
        """What makes a control the same as another: on the form, in the menu of one opener, in a dialog of one name."""
        if control["inFrame"]:
            return "khung", self.screen.role, control["signature"]
        if control["isFurniture"] and not control["isChoice"] and ".chooser" not in control["signature"]:
            # The blocks of a text, the panels at the side: alike on all forms that are in one state.
            return "đồ dùng", self.screen.state, layer, control["signature"]
        if control["isPlainLink"]:
            return "liên kết", control["signature"]
        if layer in MODAL and not control["isChoice"] and not control["isLeaving"]:
            return "hộp thoại", control["heading"], control["signature"]
        if layer == ".xdsoft_datetimepicker" and not control["isChoice"]:
            return "lịch", "", control["signature"]
        if self.screen.state in ("có lỗi", "đã khóa") and not layer:
            return "trạng thái", self.screen.state, control["signature"]
        return (layer, opener, control["signature"]) if layer else ("", "", control["signature"])

    def next(self) -> dict | None:
        """The next control that nobody has pressed, brought to the screen; None when there is none."""
        for _ in range(60):
            seen = self.look()
            fit = [one for one in seen if one["key"] in self.unpressed]
            if fit:
                return min(fit, key=_rank)
            if self.close():
                continue
            if not self.unpressed:
                return None
            there = {one["key"] for one in seen}
            lost = min(self.unpressed, key=lambda key: self.way.get(key) not in there)
            self.tries[lost] = self.tries.get(lost, 0) + 1
            if self.tries[lost] > 1 or self.failed >= MOST_LOST or not self.bring(lost):
                self.failed += 1
                gone = self.unpressed.pop(lost)
                self.done.add(lost)
                self.report.unreached.append(f"{self.screen}: {gone['said'] or gone['signature']}")
        return None

    def close(self) -> bool:
        """Close what lies over the form; tell whether something did."""
        seen = self.call("list")
        if not seen["layer"]:
            return False
        self.page.keyboard.press("Escape")
        self.rest()
        if self.call("list")["layerNumber"] == seen["layerNumber"]:
            closing = self.page.locator(".modal-dialog [data-dismiss=modal], .w-dialog__close-button")
            with suppress(Error):
                closing.locator("visible=true").last.click(timeout=1_500)
            self.rest()
        if self.call("list")["layerNumber"] == seen["layerNumber"]:
            self.fresh()
        return True

    def bring(self, key: tuple) -> bool:
        """Open the form anew and go the way to a control again; tell whether it is seen."""
        way, at = [], key
        while at is not None and at not in way and len(way) < 6:
            way.append(at)
            at = self.way.get(at)
        if self.way.get(key) is None or not self._go(way):
            self.fresh()
            return self._go(way)
        return True

    def _go(self, way: list) -> bool:
        """Press the controls that lead to the first of `way`, beginning with the one nearest to it that is seen."""
        for _ in range(len(way) + 1):
            seen = {one["key"]: one for one in self.look()}
            near = next((number for number, key in enumerate(way) if key in seen), None)
            if near == 0:
                return True
            if near is None:
                return False
            control = seen[way[near]]
            self.last = control["key"]
            self._act(control)
            self.call("outcome", 300)
            self.rest()
        return False

    # --- A press --------------------------------------------------------------------------------------

    def press(self, control: dict) -> None:
        """Press one control, and again after opening the form anew when it did nothing; note a dead one."""
        self.unpressed.pop(control["key"], None)
        self.done.add(control["key"])
        if self.is_sample:
            self.known.add(self.sort(control))
            self.unpressed = {key: one for key, one in self.unpressed.items() if self.sort(one) not in self.known}
        if control["key"][0] in ONCE_A_RUN:
            self.known.add(control["key"])
        self.report.kinds[control["kind"]] = self.report.kinds.get(control["kind"], 0) + 1
        effects = self.tried(control)
        if control["isShut"]:
            taken = [kind for kind, _what in effects if kind in SENDING]
            # What another field does once it is left comes at its own time: it does not come twice.
            if taken and self.bring(control["key"]):
                again = next(one for one in self.look() if one["key"] == control["key"])
                taken = [kind for kind, _what in self.tried(again) if kind in SENDING]
            if taken:
                self.report.dead.append(f"{self.screen}: đã khóa mà vẫn nhận: {_named(control)} {taken}")
        elif not effects and self.bring(control["key"]):
            again = next(one for one in self.look() if one["key"] == control["key"])
            if not self.tried(again):
                self.report.dead.append(f"{self.screen}: {_named(control)}")
        self.note_trouble(_named(control))
        self.after(control)

    def tried(self, control: dict) -> list:
        """Press a control and return what that did."""
        self.report.presses += 1
        self.last = control["key"]
        self.window.happened.clear()
        if not self._act(control):
            self.report.unreached.append(f"{self.screen}: {_named(control)}")
            return [["gone", ""]]
        patience = SHUT_PATIENCE if control["isShut"] else PATIENCE
        effects = self.call("outcome", min(100, patience)) + self.window.happened
        if not effects:
            effects = self.call("outcome", patience - 100) + self.window.happened
        self.rest()
        return effects

    def _act(self, control: dict) -> bool:
        """Go to a control, let the screen come to rest, press; return False when it is not there any more.

        The mouse itself is moved: what Playwright does for an element waits for the documents that are not opened.
        """
        place, kind = control["place"], control["kind"]
        at = self.call("point", place, control["layer"] == "" and kind != "tool", control["isShut"])
        if at == "gone" or (control["isShut"] and at is None):
            return False
        if kind == "tool":
            # What works on a text works on the text that is selected; what puts something in stands beside the cursor.
            self.page.evaluate(TO_EDITOR, place)
            self.page.keyboard.press("Control+End" if "BlockToolbar" in control["signature"] else "Control+a")
        if kind == "hover":
            self.page.mouse.move(0, 0)
        elif at:
            # What a pointer that rests on a control shows is no effect of the press either.
            self.page.mouse.move(*at)
        self.rest()
        if control["isShut"] and not self.call("isShut", place, control["layer"]):
            return False
        if control["isSubmit"] and control["layer"]:
            self.page.evaluate(LOOK_FOR, place)
        self.call("watch", place, kind == "hover")
        if control["isShut"]:
            self.page.mouse.click(*at)
            if kind in ("text", "number", "rich"):
                self.page.keyboard.type("1")
        elif at is None:
            # Something lies over it; by keyboard it must be reached all the same.
            self.page.evaluate("place => presser.found[place].focus()", place)
            self.page.keyboard.press("Space" if kind in ("checkbox", "radio") else "Enter")
        else:
            getattr(self, f"_do_{kind}", self._do_button)(place, at)
        return True

    def _do_button(self, _place, at) -> None:
        self.page.mouse.click(*at)

    def _do_hover(self, _place, at) -> None:
        self.page.mouse.move(*at)
        self.page.mouse.click(*at)

    def _do_text(self, place, at, typed="a") -> None:
        was = self.call("value", place)
        self.page.mouse.click(*at)
        self.page.keyboard.press("End")
        self.page.keyboard.type(typed)
        # The page hears that the value changed, then gets the old one back.
        self.page.wait_for_timeout(30)
        if self.call("value", place) != was:
            self.call("say", "value")
            self.call("put", place, was)

    def _do_number(self, place, at) -> None:
        self._do_text(place, at, "1")

    def _do_select(self, place, _at) -> None:
        was = self.call("value", place)
        if self.page.evaluate(
            "place => [...presser.found[place].options].every((one) => one.selected || one.disabled)", place
        ):
            self.call("say", "one option")
            return
        self.page.evaluate("place => presser.found[place].focus()", place)
        for key in ("ArrowDown", "ArrowUp"):
            if self.call("value", place) == was:
                self.page.keyboard.press(key)
        if self.call("value", place) != was:
            self.call("say", "value")

    def _do_rich(self, _place, at) -> None:
        self.page.mouse.click(*at)
        self.page.keyboard.type("chữ thử")

    def _do_cell(self, _place, at) -> None:
        self.page.mouse.dblclick(*at)
        self.page.keyboard.type("ô thử")
        self.page.keyboard.press("Enter")
        self.rest()
        self.page.mouse.click(*at, button="right")

    def _do_drag(self, _place, at) -> None:
        self.page.mouse.down()
        self.page.mouse.move(at[0] + 3, at[1] + 12, steps=4)
        self.page.mouse.move(at[0] + 3, at[1] + 40, steps=4)
        self.page.wait_for_timeout(80)
        self.page.mouse.up()

    def after(self, control: dict) -> None:
        """Put back what a press turned over, where the same control turns it back."""
        if control["expanded"] == "true" and not control["layer"]:
            self._act(control)
            self.call("outcome", 300)
            self.rest()

    def call(self, name: str, *given):
        """Ask the script in the page."""
        return self.page.evaluate("([name, given]) => presser[name](...given)", [name, list(given)])

    def rest(self) -> None:
        """Wait until the screen stands still."""
        self.call("rest", QUIET, LONGEST_REST)

    def note_trouble(self, at: str) -> None:
        """Move what the window noted into the report."""
        self.report.trouble += [f"{self.screen}: {at}: {said}" for said in self.window.trouble]
        self.window.trouble.clear()


def _is_told_by_design(said: str) -> bool:
    """Tell whether the console only hears what Wagtail's checker of contents found, or that the server was too busy for
    what the page asks now and then by itself: it asks again.
    """
    asked_again = "/editing-sessions/" in said or "/phien/" in said
    return said.startswith("axe.run results") or ("503" in said and asked_again)


def _rank(control: dict) -> tuple:
    """What leaves the form most as it is comes first; tabs show what is pressed next; taking away comes last."""
    return (
        control["isLeaving"],
        control["isTaking"],
        control["isSubmit"],
        control["isChoice"],
        control["isTab"],
        control["place"],
    )


def _named(control: dict) -> str:
    """A control as a person would find it."""
    return f"«{control['said']}» {control['layer']} [{control['signature'][:160]}]"
