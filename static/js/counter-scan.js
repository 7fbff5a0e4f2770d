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
