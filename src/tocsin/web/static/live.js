// Whether the page is current, said in words; and asking every 15 seconds while the stream is away.
const badge = document.getElementById("live");
const stream = document.getElementById("stream");
const POLL = 15000;
let heard = 0;
let asked = 0;

function say(is, text) {
  if (!badge) return;
  badge.dataset.is = is;
  if (badge.textContent !== text) badge.textContent = text;
}

function alive() { heard = Date.now(); say("live", "Live"); }

async function poll() {
  asked = Date.now();
  try {
    await window.htmx.ajax("GET", stream.dataset.poll, { target: "#respond", select: "#respond", swap: "outerMorph" });
  } catch { /* the badge says it */ }
}

if (stream) {
  for (const name of ["htmx:sse:after:message", "alive"]) document.addEventListener(name, alive);
  document.addEventListener("over", () => location.reload());
  setInterval(() => {
    if (document.hidden) return;
    const silent = Date.now() - (heard || performance.timeOrigin);
    if (silent < 12000) return;
    say("stale", `Stale ${Math.round(silent / 1000)} s`);
    if (Date.now() - asked > POLL) poll();
  }, 1000);
}
