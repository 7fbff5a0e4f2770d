// Shows the chosen file's name and, for pictures, the picture, before anything is sent.
export function bind(field) {
  const input = field.querySelector("input[type=file]");
  const preview = field.querySelector("[data-preview]");
  input.addEventListener("change", () => {
    preview.replaceChildren();
    const file = input.files[0];
    if (!file) return;
    if (file.type.startsWith("image/")) {
      const reader = new FileReader();
      reader.addEventListener("load", () => {
        const picture = document.createElement("img");
        picture.src = reader.result;
        picture.alt = "";
        preview.prepend(picture);
      });
      reader.readAsDataURL(file);
    }
    preview.append(file.name);
  });
}
