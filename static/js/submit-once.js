// A form that moves money is sent once. The button keeps its focus; coming back by the back button frees it.
export function bind(form) {
  const buttons = () => form.querySelectorAll("button:not([type=button])");
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    sent = true;
    for (const button of buttons()) {
      button.setAttribute("aria-disabled", "true");
      button.setAttribute("aria-busy", "true");
    }
  }, { capture: true });
  const free = () => {
    sent = false;
    for (const button of buttons()) {
      button.removeAttribute("aria-disabled");
      button.removeAttribute("aria-busy");
    }
  };
  window.addEventListener("pageshow", free);
  form.addEventListener("htmx:afterRequest", free);
}
