// Watches the session while a screen of the administration is open. Every 20 seconds it asks whether the session still
// stands; when it has ended, what was typed is sent to be kept, and the person is told. Signing in again in another
// window lets this one go on: its forms get the new token.
const script = document.currentScript;
const EVERY_MS = 20000;
const WARN_SECONDS = 300;
const TOKEN = "csrfmiddlewaretoken";
const before = new WeakMap();
let active = false;
let person = null;
let ended = false;
let notice = null;

const forms = () => [...document.querySelectorAll("form[method=post], form[method=POST]")];
const typed = (form) => {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (typeof value !== "string" || name === TOKEN) data.delete(name);
  return data;
};
const asText = (form) => new URLSearchParams(typed(form)).toString();

function remember(event) {
  active = true;
  const form = event.target.closest?.("form");
  if (form && !before.has(form)) before.set(form, asText(form));
}

function tell(text, { link = "", kind = "warning" } = {}) {
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
    anchor.textContent = "Đăng nhập lại (cửa sổ mới)";
    notice.append(anchor);
  }
}

function hush() {
  notice?.remove();
  notice = null;
}

async function keep() {
  const changed = forms().filter((form) => before.has(form) && before.get(form) !== asText(form));
  let kept = changed.length === 0;
  for (const form of changed) {
    const data = typed(form);
    data.append("duong-dan", location.pathname);
    const token = document.querySelector(`input[name=${TOKEN}]`)?.value ?? "";
    try {
      const answer = await fetch(script.dataset.keep, { method: "POST", body: data, headers: { "X-CSRFToken": token } });
      kept = answer.ok && (await answer.json()).kept;
    } catch {
      kept = false;
    }
  }
  return { changed: changed.length > 0, kept };
}

function take(token) {
  for (const input of document.querySelectorAll(`input[name=${TOKEN}]`)) input.value = token;
  if (window.wagtailConfig) window.wagtailConfig.CSRF_TOKEN = token;
}

async function endedNow(why) {
  const first = !ended;
  ended = true;
  if (!first) return;
  const { changed, kept } = await keep();
  const reason = why || "Phiên làm việc đã kết thúc.";
  if (!changed) tell(`${reason} Hãy đăng nhập lại để làm tiếp.`, { link: script.dataset.signIn });
  else if (kept) {
    tell(
      `${reason} Văn bản đang soạn đã được giữ: đăng nhập lại rồi xem ở «Văn bản giữ lại», hoặc lưu ngay tại cửa sổ này.`,
      { link: script.dataset.signIn },
    );
  } else {
    tell(`${reason} Chưa giữ được văn bản trên máy chủ; đừng đóng cửa sổ này, hãy đăng nhập lại rồi lưu.`, {
      link: script.dataset.signIn,
      kind: "critical",
    });
  }
}

function on(state) {
  if (person === null) person = state.person;
  if (person !== state.person) {
    tell("Trình duyệt này đang đăng nhập bằng tài khoản khác: hãy chép văn bản đang soạn trước khi đóng cửa sổ.", {
      kind: "critical",
    });
    return;
  }
  if (ended) {
    ended = false;
    take(state.token);
    tell("Đã đăng nhập lại: có thể lưu văn bản ở cửa sổ này.", { kind: "good" });
  } else if (state.seconds_left < WARN_SECONDS) {
    tell(`Phiên làm việc sẽ kết thúc sau ${Math.max(1, Math.round(state.seconds_left / 60))} phút nếu không lưu hay thao tác.`);
  } else if (notice?.dataset.kind !== "good") {
    hush();
  }
}

async function ask() {
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

for (const kind of ["keydown", "pointerdown", "focusin"]) document.addEventListener(kind, remember, { capture: true, passive: true });
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
ask();
setInterval(ask, EVERY_MS);
