// The till's journal: what this device asked and what it was told. Key, amount, time, answer; no code, no name.
// Entries without an answer are looked up in the books when the counter opens.
const KEPT = 200;

export const nameOf = (classroom) => `till-journal-${classroom}`;

export function read(classroom) {
  try {
    return JSON.parse(localStorage.getItem(nameOf(classroom))) ?? [];
  } catch {
    return [];
  }
}

export function write(classroom, entry) {
  const others = read(classroom).filter((known) => known.key !== entry.key);
  try {
    localStorage.setItem(nameOf(classroom), JSON.stringify([...others, entry].slice(-KEPT)));
  } catch {
    // A full or forbidden store must not stop a till; the books have the truth.
  }
}

export async function bind(notice) {
  const { classroom, url } = notice.dataset;
  const open = read(classroom).filter((entry) => !entry.answer);
  if (!open.length) return;
  const list = notice.querySelector("[data-entries]");
  const lines = new Map(open.map((entry) => [entry.key, line(list, entry)]));
  notice.hidden = false;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  const body = new URLSearchParams(open.map((entry) => ["key", entry.key]));
  try {
    const response = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token?.value ?? "" } });
    if (!response.ok) return;
    const { taken } = await response.json();
    for (const entry of open) {
      const isTaken = taken.includes(entry.key);
      lines.get(entry.key).textContent = list.dataset[isTaken ? "taken" : "notTaken"];
      write(classroom, { ...entry, answer: isTaken ? "done" : "not taken" });
    }
  } catch {
    // No answer again: the entry stays open and stands here next time.
  }
}

function line(list, entry) {
  const item = list.appendChild(document.createElement("li"));
  const time = new Date(entry.at).toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit" });
  item.append(`${time} ${Number(entry.amount).toLocaleString("ja-JP")}円 `);
  const words = item.appendChild(document.createElement("span"));
  words.textContent = list.dataset.unknown;
  return words;
}
