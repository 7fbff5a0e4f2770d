// The code field: a scanner types and ends with Enter, which leads on to the amount. The camera is shown
// only where the browser reads codes by itself.
export function bind(form) {
  const code = form.elements.code;
  const amount = form.elements.amount_yen;
  if (!document.activeElement || document.activeElement === document.body) code.focus();
  code.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || amount.value.trim()) return;
    event.preventDefault();
    if (code.value.trim()) amount.focus();
  });
  offerCamera(form, (text) => {
    code.value = text;
    amount.focus();
  });
  answerAlways(form);
}

// Every answer is shown: refusals (404, 429) are drawn as the part itself; another page (signed out, device
// revoked) is opened as a page; where no answer came, words say that nothing was taken.
function answerAlways(form) {
  const silence = form.querySelector("[data-no-answer]");
  form.addEventListener("htmx:beforeRequest", () => { silence.hidden = true; });
  form.addEventListener("htmx:sendError", () => { silence.hidden = false; });
  form.addEventListener("htmx:timeout", () => { silence.hidden = false; });
  document.getElementById("counter").addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    const isPart = /^\s*<div id="counter"/.test(xhr.responseText);
    event.detail.shouldSwap = isPart;
    event.detail.isError = !isPart;
    if (isPart) return;
    if (xhr.status >= 500) silence.hidden = false;
    else window.location.assign(window.location.href);
  });
}

async function offerCamera(form, found) {
  const box = form.querySelector("[data-camera]");
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const formats = await window.BarcodeDetector.getSupportedFormats();
  if (!formats.includes("qr_code")) return;
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  const picture = box.querySelector("[data-camera-picture]");
  box.hidden = false;
  box.querySelector("[data-camera-open]").addEventListener("click", async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    picture.srcObject = stream;
    picture.hidden = false;
    await picture.play();
    const text = await firstCode(detector, picture);
    for (const track of stream.getTracks()) track.stop();
    picture.hidden = true;
    found(text);
  });
}

async function firstCode(detector, picture) {
  for (;;) {
    const [seen] = await detector.detect(picture);
    if (seen) return seen.rawValue;
    await new Promise((resolve) => { setTimeout(resolve, 120); });
  }
}
