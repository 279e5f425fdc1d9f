// The fake phone: rings aloud only after somebody has tapped, because browsers (and people) want it so.
const phone = document.getElementById("phones");
const button = document.getElementById("sound");
let context = null;
let timer = 0;

function strike() {
  const now = context.currentTime;
  for (const [at, pitch] of [[0, 830], [0.18, 660], [0.36, 830]]) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.type = "triangle";
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, now + at);
    volume.gain.exponentialRampToValueAtTime(0.25, now + at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, now + at + 0.5);
    tone.connect(volume).connect(context.destination);
    tone.start(now + at);
    tone.stop(now + at + 0.55);
  }
}

function ring() {
  const ringing = phone?.querySelector(".ringing");
  document.title = document.title.replace(/^● /, "");
  if (!ringing) return;
  document.title = `● ${document.title}`;
  if (context) strike();
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) navigator.vibrate?.([300, 150, 300]);
}

button?.addEventListener("click", () => {
  if (context) {
    context.close();
    context = null;
  } else {
    context = new AudioContext();
  }
  button.setAttribute("aria-pressed", String(Boolean(context)));
  button.textContent = context ? "Sound is on" : "Switch the sound on";
});

if (phone) timer = setInterval(ring, 2500);
addEventListener("pagehide", () => clearInterval(timer));
