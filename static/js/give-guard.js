// The gift form's guard: never sent sooner than a person reads, and with the answer to the question where there is one.
// The question costs a machine some work: find a number whose SHA-256 with it begins with so many zero bits.
const READ_MS = 3200; // the server wants three seconds
const A_PIECE_MS = 12; // of work, so that the page stays quick

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export async function solve(question, bits) {
  const { leadingZeroBits } = await import("./sha256.js"); // seldom needed, so seldom loaded
  let number = 0;
  for (;;) {
    const until = performance.now() + A_PIECE_MS;
    while (performance.now() < until) {
      for (let n = 0; n < 50; n += 1, number += 1) {
        if (leadingZeroBits(`${question}:${number}`) >= bits) return number;
      }
    }
    await pause(0);
  }
}

export function bind(form) {
  const answer = form.querySelector("input[name=answer]");
  const solved = answer ? solve(answer.dataset.question, Number(answer.dataset.bits)) : Promise.resolve("");
  const drawn = performance.now();
  const ready = solved.then((number) => {
    if (answer) answer.value = String(number);
    return pause(Math.max(0, drawn + READ_MS - performance.now()));
  });
  let isReady = false;
  ready.then(() => { isReady = true; });
  form.addEventListener("submit", (event) => {
    if (isReady) return;
    event.preventDefault();
    ready.then(() => form.submit()); // submit-once has marked the button already
  });
}
