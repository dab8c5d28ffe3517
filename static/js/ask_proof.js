// Finds the number that proves some work for the form's stamp (base/operations/proof.py): the SHA-256 of "<stamp>:<number>" begins
// with so many zero bits. In slices, so that typing stays smooth. The browser's own SHA-256 is missing without HTTPS.
const SLICE_MILLISECONDS = 20;
const K = new Int32Array(64);
const START = new Uint32Array(8);
const w = new Int32Array(64);
{
  // The constants of the standard: fractional parts of the roots of the first primes.
  const fraction = (value) => Math.floor((value - Math.floor(value)) * 2 ** 32);
  let count = 0;
  for (let n = 2; count < 64; n += 1) {
    let isPrime = true;
    for (let d = 2; d * d <= n; d += 1) if (n % d === 0) isPrime = false;
    if (!isPrime) continue;
    if (count < 8) START[count] = fraction(Math.sqrt(n));
    K[count] = fraction(Math.cbrt(n));
    count += 1;
  }
}

// The first word of the digest of an ASCII text: the zero bits looked for never reach beyond it.
export function firstWord(text) {
  const length = text.length;
  const blocks = Math.ceil((length + 9) / 64);
  const words = new Uint32Array(blocks * 16);
  for (let i = 0; i < length; i += 1) words[i >> 2] |= text.charCodeAt(i) << (24 - (i % 4) * 8);
  words[length >> 2] |= 0x80 << (24 - (length % 4) * 8);
  words[blocks * 16 - 1] = length * 8;
  const hash = Uint32Array.from(START);
  for (let block = 0; block < blocks; block += 1) {
    for (let i = 0; i < 64; i += 1) {
      if (i < 16) {
        w[i] = words[block * 16 + i];
      } else {
        const x = w[i - 15];
        const y = w[i - 2];
        const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
        const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
        w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
      }
    }
    let a = hash[0], b = hash[1], c = hash[2], d = hash[3], e = hash[4], f = hash[5], g = hash[6], h = hash[7];
    for (let i = 0; i < 64; i += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    hash[0] += a; hash[1] += b; hash[2] += c; hash[3] += d;
    hash[4] += e; hash[5] += f; hash[6] += g; hash[7] += h;
  }
  return hash[0];
}

// Looks for the number of one stamp; every field that bears the stamp gets it.
function solve(stamp, bits, found) {
  let number = 0;
  const slice = () => {
    const until = performance.now() + SLICE_MILLISECONDS;
    while (performance.now() < until) {
      for (let i = 0; i < 200; i += 1, number += 1) {
        if (Math.clz32(firstWord(`${stamp}:${number}`)) >= bits) {
          found(String(number));
          return;
        }
      }
    }
    setTimeout(slice, 0);
  };
  slice();
}

// Who presses before the number is found is not sent away without it: the form goes as soon as it is there.
function sendWhenFound(form, field) {
  let pressed = null;
  form.addEventListener("submit", (event) => {
    if (field.value || !form.requestSubmit) return;
    event.preventDefault();
    pressed = event.submitter ?? form.querySelector("button[type=submit]");
    pressed.setAttribute("aria-describedby", "dang-xac-nhan");
    if (form.querySelector("#dang-xac-nhan")) return;
    const said = document.createElement("p");
    said.id = "dang-xac-nhan";
    said.className = "form__working";
    said.setAttribute("role", "status");
    pressed.after(said);
    said.textContent = field.dataset.working;
  });
  const found = () => {
    form.querySelector("#dang-xac-nhan")?.remove();
    if (pressed) form.requestSubmit(pressed);
  };
  // It was pressed and received, and came back only for more work: it goes on by itself, and nobody need read why.
  const sending = form.dataset.sendAgain && form.querySelector(`button[value="${form.dataset.sendAgain}"]`);
  if (sending && form.requestSubmit) {
    for (const summary of document.querySelectorAll("[data-errors]")) summary.hidden = true;
    form.requestSubmit(sending);
  }
  return found;
}

const waiting = new Map();
for (const field of document.querySelectorAll("[data-proof]")) {
  if (field.value) continue;
  const send = sendWhenFound(field.form, field);
  const fields = waiting.get(field.dataset.proof) ?? [];
  waiting.set(field.dataset.proof, [...fields, { field, send }]);
}
for (const [stamp, fields] of waiting) {
  solve(stamp, Number(fields[0].field.dataset.bits), (number) => {
    for (const { field, send } of fields) {
      field.value = number;
      send();
    }
  });
}
