// What every page gets where scripts run: times in the reader's own zone, countdowns, keys. Each page works without.
import { times, tick } from "./time.js";
import { unhide } from "./copy.js";
import "./keys.js";

times(document);
tick();
unhide(document);
setInterval(tick, 1000);
// What is put in later, also into elements that stay, gets its times too; once for each frame.
let waiting = false;
new MutationObserver(() => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    times(document);
    tick();
    unhide(document);
  });
}).observe(document.body, { childList: true, characterData: true, subtree: true });

// A sheet that was sent is closed and emptied; one that was refused keeps its words, and the reason is shown.
document.addEventListener("htmx:after:request", (event) => {
  const form = event.target.closest?.("form");
  if (!form) return;
  const answered = event.detail?.ctx?.response?.status ?? 0;
  form.closest("[popover]")?.hidePopover();
  if (answered > 0 && answered < 400) form.reset();
  else requestAnimationFrame(() => document.getElementById("trouble")?.scrollIntoView({ block: "center" }));
});

// A cited line within a paragraph has no anchor of its own: go to the block that holds it.
function cited() {
  const line = Number(/^#L(\d+)$/.exec(location.hash)?.[1]);
  if (!line || document.getElementById(`L${line}`)) return;
  for (let above = line - 1; above > 0 && above > line - 200; above -= 1) {
    const block = document.getElementById(`L${above}`);
    if (block) { location.replace(`#L${above}`); return; }
  }
}
cited();
addEventListener("hashchange", cited);
