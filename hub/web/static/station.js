// A picture is opened by a form (its reason is logged first) and drawn here: kept in no cache, no address, no element.
const dialog = document.getElementById("picture");
const line = document.getElementById("picture-line");
const canvas = dialog.querySelector("canvas");
const opening = line.textContent;

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form.opens");
  if (!form) return;
  event.preventDefault();
  line.textContent = opening;
  line.hidden = false;
  canvas.hidden = true;
  dialog.showModal();
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok) throw new Error(`${answer.status} ${(await answer.json()).detail ?? ""}`);
    const picture = await createImageBitmap(await answer.blob());
    [canvas.width, canvas.height] = [picture.width, picture.height];
    canvas.getContext("2d").drawImage(picture, 0, 0);
    line.hidden = true;
    canvas.hidden = false;
    form.reset();
  } catch (error) {
    line.textContent = String(error.message);
  }
});

dialog.addEventListener("close", () => { canvas.width = canvas.width; }); // nothing of it stays
