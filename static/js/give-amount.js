// The button of a gift says the amount that is chosen, and how often; choosing a preset empties the own amount.
const READ_AS = { "０": "0", "１": "1", "２": "2", "３": "3", "４": "4", "５": "5", "６": "6", "７": "7", "８": "8", "９": "9" };

export function bind(form) {
  const words = form.querySelector("button.give-button span");
  const own = form.querySelector("input[name=amount_own]");
  const plain = words.textContent;
  const amount = () => {
    const chosen = form.querySelector("input[name=amount_choice]:checked")?.value ?? "";
    const typed = chosen === "own" ? own.value.replace(/[０-９]/g, (c) => READ_AS[c]).replace(/[,、，\s円¥￥]/g, "") : chosen;
    return /^[1-9]\d{0,8}$/.test(typed) ? Number(typed) : 0;
  };
  const draw = () => {
    const yen = amount();
    const isMonthly = form.querySelector("input[name=rhythm]:checked")?.value === "monthly";
    const said = isMonthly ? form.dataset.wordsMonthly : form.dataset.words;
    words.textContent = yen ? said.replace("{amount}", yen.toLocaleString("en")) : plain;
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === "amount_choice" && event.target.value !== "own") own.value = "";
    draw();
  });
  form.addEventListener("input", draw);
  window.addEventListener("pageshow", draw);
  draw();
}
