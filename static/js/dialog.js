// Opens a <dialog> where the browser does not yet do it by itself (command="show-modal").
export function bind(button) {
  if ("commandForElement" in HTMLButtonElement.prototype) return;
  button.addEventListener("click", () => document.getElementById(button.dataset.opens)?.showModal());
}
