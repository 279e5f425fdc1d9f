// Single keys: never for what cannot be undone, never while somebody types, and they can be switched off.
const OFF = "tocsin-keys-off";
const places = { h: "/", i: "/incidents", o: "/oncall", r: "/r", p: "/phone" };
const box = document.getElementById("keys-off");
let went = 0;

const off = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };
if (box) {
  box.checked = off();
  box.addEventListener("change", () => { try { localStorage.setItem(OFF, box.checked ? "1" : "0"); } catch { /* not kept */ } });
}

function typing(target) {
  const field = target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
  return field?.checkVisibility() || document.querySelector("[popover]:popover-open:not(#menu)");
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const here = rows.findIndex((row) => row.classList.contains("here"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + by))];
  rows.forEach((row) => row.classList.toggle("here", row === next));
  next.querySelector("a")?.focus();
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || off() || typing(event.target)) return;
  if (event.key === "?") document.getElementById("keys")?.showPopover();
  else if (Date.now() - went < 1200 && places[event.key]) location.assign(places[event.key]);
  else if (event.key === "g") went = Date.now();
  else if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else {
    if (!/^[a-z]$/.test(event.key)) return;
    const rows = document.querySelector("[data-row].here") ?? document;
    const found = rows.querySelector(`[data-key="${event.key}"]`);
    if (!found) return;
    found.click();
  }
  event.preventDefault();
});
