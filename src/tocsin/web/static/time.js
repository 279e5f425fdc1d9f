// Times in the reader's own zone, and countdowns by the server's clock (a drill's clock may be far from this one).
const said = document.querySelector('meta[name="tocsin-now"]')?.content;
const ahead = said ? Date.parse(said) - Date.now() : 0;
const styles = {
  clock: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  minute: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  date: { year: "numeric", month: "short", day: "numeric" },
};
const formats = Object.fromEntries(Object.entries(styles).map(([name, how]) => [name, new Intl.DateTimeFormat([], how)]));

export function times(root) {
  for (const time of root.querySelectorAll("time[data-as]")) {
    const at = new Date(time.dateTime);
    const text = formats[time.dataset.as]?.format(at);
    if (!text || time.textContent === text) continue;
    time.title = time.dateTime.replace("T", " ").replace("Z", " UTC");
    time.textContent = text;
  }
}

export function words(seconds) {
  const whole = Math.floor(Math.abs(seconds));
  const [d, h, m, s] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60];
  if (d) return h ? `${d} d ${h} h` : `${d} d`;
  if (h) return m ? `${h} h ${m} min` : `${h} h`;
  if (m >= 10) return `${m} min`;
  return m ? `${m}:${String(s).padStart(2, "0")}` : `${s} s`;
}

export function tick() {
  const now = Date.now() + ahead;
  for (const one of document.querySelectorAll("[data-until]")) {
    const seconds = (Date.parse(one.dataset.until) - now) / 1000;
    const over = seconds < 0;
    const text = over ? `${words(seconds)} over` : words(seconds);
    if (one.textContent !== text) one.textContent = text;
    one.classList.toggle("over", over);
    one.closest(".clocks li")?.classList.toggle("past", over);
  }
}
