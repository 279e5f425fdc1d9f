// Copy buttons: hidden where no script runs; there a tap on the command marks all of it.
// Away from https a browser gives no clipboard, and a phone reaches many an installation by plain http: then the old way.
async function copied(text, element) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand("copy");
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  const element = button && document.getElementById(button.dataset.copy);
  if (!element) return;
  const done = await copied(element.textContent, element);
  button.textContent = done ? "Copied" : "It is marked: copy it";
});

export function unhide(root) {
  for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
}
