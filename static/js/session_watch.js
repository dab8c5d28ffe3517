// Watches the session while a screen of the administration is open. Every 20 seconds it asks whether the session still
// stands; when it has ended, what was typed is sent to be kept, and the person is told. What he then sends is held back,
// so that it stays before him. Signing in again in another window lets this one go on: its forms get the new token.
// Somebody else who signs in here neither sees nor sends it.
const script = document.currentScript;
const EVERY_MS = 20000;
const WARN_SECONDS = 300;
const LONGEST_ASKED_MS = 5000;
const TOKEN = "csrfmiddlewaretoken";
const before = new WeakMap();
const released = new WeakSet();
const keptText = new WeakMap();
const names = new WeakMap();
let active = false;
let person = null;
let session = null;
let ended = false;
let foreign = false;
let asking = null;
let notice = null;
const ownTitle = document.title;

const forms = () => [...document.querySelectorAll("form[method=post], form[method=POST]")];
const typed = (form) => {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (typeof value !== "string" || name === TOKEN) data.delete(name);
  return data;
};
const asText = (form) => new URLSearchParams(typed(form)).toString();

// What came back with errors was typed and is kept nowhere: it counts as changed before anybody touches it.
for (const form of forms()) {
  if (form.querySelector("[aria-invalid='true'], .error-message, .errorlist, [data-typed-kept]")) before.set(form, "");
}

function remember(event) {
  active = true;
  const form = event.target.closest?.("form");
  if (form && !before.has(form)) before.set(form, asText(form));
}

function tell(text, { link = "", words = "Đăng nhập lại (cửa sổ mới)", kind = "warning" } = {}) {
  if (!notice) {
    notice = document.createElement("div");
    notice.className = "session-notice";
    notice.setAttribute("role", "alert");
    document.body.append(notice);
  }
  notice.dataset.kind = kind;
  const line = document.createElement("p");
  line.textContent = text;
  notice.replaceChildren(line);
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link;
    anchor.target = "_blank";
    anchor.rel = "noopener";
    anchor.textContent = words;
    notice.append(anchor);
  }
}

function hush() {
  notice?.remove();
  notice = null;
}

// Sends what was typed and is not kept yet; each form of this window is a text of its own.
async function keep() {
  const changed = forms().filter((form) => before.has(form) && before.get(form) !== asText(form));
  const due = changed.filter((form) => keptText.get(form) !== asText(form));
  let kept = true;
  for (const form of due) {
    const data = typed(form);
    const text = asText(form);
    if (!names.has(form)) names.set(form, `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`);
    data.append("duong-dan", location.pathname);
    data.append("cua-so", names.get(form));
    const token = document.querySelector(`input[name=${TOKEN}]`)?.value ?? "";
    try {
      const answer = await fetch(script.dataset.keep, { method: "POST", body: data, headers: { "X-CSRFToken": token } });
      if (answer.ok && (await answer.json()).kept) keptText.set(form, text);
      else kept = false;
    } catch {
      // The network is away: it is tried again at the next look.
      kept = false;
    }
  }
  return { changed: changed.length > 0, due: due.length > 0, kept };
}

function take(token) {
  for (const input of document.querySelectorAll(`input[name=${TOKEN}]`)) input.value = token;
  if (window.wagtailConfig) window.wagtailConfig.CSRF_TOKEN = token;
}

async function endedNow(why) {
  const first = !ended;
  ended = true;
  if (foreign) return;
  const { changed, due, kept } = await keep();
  // Who goes on typing is kept up with; the notice stays as it is.
  if (!first && !due) return;
  const reason = why || "Phiên làm việc đã kết thúc.";
  const stays = "Nội dung chưa lưu vẫn còn ở đây: đăng nhập lại ở cửa sổ mới rồi quay lại bấm Lưu.";
  if (!changed) tell(`${reason} Hãy đăng nhập lại để làm tiếp.`, { link: script.dataset.signIn });
  else if (kept) {
    tell(`${reason} ${stays} Văn bản đang soạn đã được giữ cả ở «Văn bản giữ lại».`, { link: script.dataset.signIn });
  } else {
    tell(`${reason} ${stays} Chưa giữ được văn bản trên máy chủ; đừng đóng cửa sổ này.`, {
      link: script.dataset.signIn,
      kind: "critical",
    });
  }
}

// What one person typed is not for the next one at the same machine.
function veil(isVeiled) {
  foreign = isVeiled;
  document.title = isVeiled ? "Nội dung của người khác" : ownTitle;
  for (const part of document.body.children) {
    if (part === notice) continue;
    part.inert = isVeiled;
    part.classList.toggle("session-veiled", isVeiled);
  }
}

function on(state) {
  if (person === null) [person, session] = [state.person, state.session];
  if (person !== state.person) {
    tell(
      "Trình duyệt này nay do người khác đăng nhập: nội dung đang soạn của người trước được che và không gửi được. " +
        "Người ấy đăng nhập lại thì nội dung hiện lại.",
      { kind: "critical", link: script.dataset.home, words: "Mở trang quản trị (cửa sổ mới)" },
    );
    veil(true);
    return;
  }
  if (foreign) veil(false);
  if (ended || session !== state.session) {
    ended = false;
    session = state.session;
    take(state.token);
    tell("Đã đăng nhập lại: có thể lưu văn bản ở cửa sổ này.", { kind: "good" });
  } else if (state.seconds_left < WARN_SECONDS) {
    tell(`Phiên làm việc sẽ kết thúc sau ${Math.max(1, Math.round(state.seconds_left / 60))} phút nếu không lưu hay thao tác.`);
  } else if (notice?.dataset.kind !== "good") {
    hush();
  }
}

function ask() {
  asking ??= look().finally(() => { asking = null; });
  return asking;
}

async function look() {
  const url = active ? `${script.dataset.state}?hoat-dong=1` : script.dataset.state;
  let state;
  try {
    const answer = await fetch(url, { cache: "no-store", headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    state = await answer.json();
  } catch {
    return; // The network is away: nothing is known of the session.
  }
  active = false;
  if (state.state === "on") on(state);
  else await endedNow(state.why);
}

// Pressed while nobody is signed in, or while that is just being asked, a form waits; sent, its words would be gone.
window.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (released.delete(form)) return;
  if (!(ended || foreign || asking) || form.getAttribute("method")?.toLowerCase() !== "post") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  await Promise.race([ask(), new Promise((done) => { setTimeout(done, LONGEST_ASKED_MS); })]);
  // A button shuts itself when pressed; shut, it would not say which it was.
  const isShut = submitter?.disabled;
  if (submitter?.hasAttribute("data-w-progress-loading-value")) submitter.dataset.wProgressLoadingValue = "false";
  if (isShut) submitter.disabled = false;
  if (ended || foreign) return;
  released.add(form);
  form.requestSubmit(submitter);
}, true);

for (const kind of ["keydown", "pointerdown", "focusin"]) document.addEventListener(kind, remember, { capture: true, passive: true });
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
for (const kind of ["focus", "pageshow"]) window.addEventListener(kind, () => ask());
ask();
setInterval(ask, EVERY_MS);
