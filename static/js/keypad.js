// Keys type digits into the field named by data-for; presets set it. The field stays an ordinary field.
export function bind(pad) {
  const field = document.getElementById(pad.dataset.for);
  if (!field) return;
  const limit = field.maxLength > 0 ? field.maxLength : 7;
  const set = (digits) => {
    field.value = digits.replace(/^0+(?=\d)/, "").slice(0, limit);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const digits = () => field.value.normalize("NFKC").replace(/\D/g, "");
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("button");
    if (!key) return;
    if (key.dataset.key !== undefined) set(digits() + key.dataset.key);
    else if (key.dataset.set !== undefined) set(key.dataset.set);
    else if ("erase" in key.dataset) set(digits().slice(0, -1));
  });
}
