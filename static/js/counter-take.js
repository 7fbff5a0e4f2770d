// Sends the use and waits for the server's word. No answer is yellow, never green; the same key is sent again.
import { write } from "./counter-journal.js";

const TIMEOUT = 8000;
const QUIET = 1200; // no yellow for an answer that comes at once
const PAUSES = [1000, 2000, 4000, 8000];

export function bind(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.dataset.sent) return;
    form.dataset.sent = "yes";
    send(form);
  });
}

async function send(form) {
  const body = new URLSearchParams(new FormData(form));
  const entry = { key: body.get("request_key"), amount: form.dataset.amount, at: Date.now(), answer: "" };
  const { classroom } = form.dataset;
  const screen = document.getElementById("counter");
  write(classroom, entry);
  const yellow = setTimeout(() => showChecking(screen), QUIET);
  for (let tries = 0; ; tries += 1) {
    const answer = await ask(form.action, body);
    if (answer) {
      clearTimeout(yellow);
      write(classroom, { ...entry, answer: answer.kind });
      return show(screen, answer.part);
    }
    showChecking(screen);
    await new Promise((resolve) => { setTimeout(resolve, PAUSES[Math.min(tries, PAUSES.length - 1)]); });
  }
}

// The part with its result, or null when no certain answer came: cut, too slow, 5xx, or another page.
async function ask(url, body) {
  try {
    const response = await fetch(url, {
      method: "POST", body, headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(TIMEOUT),
    });
    if (response.status >= 500) return null;
    if (response.redirected) {
      window.location.assign(response.url); // signed out meanwhile: the journal asks again afterwards
      return new Promise(() => {});
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const part = page.getElementById("counter");
    const result = part?.querySelector("[data-result]");
    return result ? { part, kind: result.dataset.result } : await leave(response);
  } catch {
    return null;
  }
}

// An answer without a result screen (403, 404): nothing was taken by this request; the counter says why.
async function leave(response) {
  if (response.status >= 400) window.location.assign(window.location.href);
  return null;
}

function showChecking(screen) {
  if (screen.querySelector("[data-result]")) return;
  const words = screen.querySelector("template[data-checking]");
  screen.append(words.content.cloneNode(true));
}

function show(screen, part) {
  const arrived = document.importNode(part, true);
  screen.replaceWith(arrived);
  arrived.querySelector("a, button")?.focus();
  if (navigator.vibrate) navigator.vibrate(arrived.querySelector("[data-result=done]") ? 80 : [80, 60, 80]);
}
