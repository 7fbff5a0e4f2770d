// Copies data-copy and says so for a moment, with the words in data-copied.
export function bind(button) {
  if (!navigator.clipboard) {
    button.hidden = true;
    return;
  }
  const words = button.querySelector("span") ?? button;
  button.addEventListener("click", async () => {
    const before = words.textContent;
    await navigator.clipboard.writeText(button.dataset.copy);
    words.textContent = button.dataset.copied;
    setTimeout(() => { words.textContent = before; }, 2000);
  });
}
