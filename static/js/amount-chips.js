// Typing an own amount chooses its chip; choosing "another amount" puts the cursor there.
export function bind(fieldset) {
  const own = fieldset.querySelector("input[type=text]");
  const ownChip = fieldset.querySelector("input[value=own]");
  own.addEventListener("input", () => {
    if (own.value.trim()) ownChip.checked = true;
    ownChip.dispatchEvent(new Event("change", { bubbles: true }));
  });
  ownChip.addEventListener("click", () => own.focus());
}
