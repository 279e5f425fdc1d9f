// "Wake me here": this browser's subscription, and which row of the list it is. Nothing is asked before somebody taps.
const form = document.getElementById("wake");
const says = document.getElementById("wake-says");
const known = (id) => document.querySelector(`[data-device="${id}"]`);

const base64url = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function idOf(subscription) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(subscription.endpoint));
  return [...new Uint8Array(digest)].map((one) => one.toString(16).padStart(2, "0")).join("").slice(0, 32);
}

function whatThisIs() {
  const agent = navigator.userAgent;
  const browser = ["Firefox", "Edg", "OPR", "SamsungBrowser", "Chrome", "Safari"].find((name) => agent.includes(name)) || "Browser";
  const system = [["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Mac OS", "Mac"], ["Windows", "Windows"], ["Linux", "Linux"]]
    .find(([word]) => agent.includes(word))?.[1];
  return { Edg: "Edge", OPR: "Opera", SamsungBrowser: "Samsung Internet" }[browser] ?? browser + (system ? ` on ${system}` : "");
}

function why() {
  if (!isSecureContext) return "Notifications need an https address: set server.url to one.";
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) {
    return /iPhone|iPad/.test(navigator.userAgent)
      ? "On this device: tap Share, then Add to Home Screen, and open Tocsin from there."
      : "This browser takes no notifications, or keeps none in a private window.";
  }
  if (Notification.permission === "denied") return "This browser was told to refuse notifications of this site: allow them in its site settings, then reload.";
  return "";
}

async function look() {
  const hindrance = why();
  says.textContent = hindrance;
  if (hindrance) return;
  await navigator.serviceWorker.register(form.dataset.worker, { scope: "/", updateViaCache: "none" });
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.getSubscription();
  const row = subscription && known(await idOf(subscription));
  if (row) {
    row.querySelector(".here").hidden = false;
    row.querySelector("form").addEventListener("submit", () => { subscription.unsubscribe(); });
  }
  form.hidden = Boolean(row);
  if (!form.elements.name.value) form.elements.name.value = whatThisIs();
}

async function wake() {
  if (await Notification.requestPermission() !== "granted") return look();
  const registration = await navigator.serviceWorker.ready;
  const present = await registration.pushManager.getSubscription();
  // Another installation's key, or one from before a database was lost: only a fresh subscription can be sent to.
  if (present && base64url(present.options.applicationServerKey) !== form.dataset.key) await present.unsubscribe();
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: form.dataset.key });
  form.elements.endpoint.value = subscription.endpoint;
  form.elements.key.value = base64url(subscription.getKey("p256dh"));
  form.elements.auth.value = base64url(subscription.getKey("auth"));
  form.submit();
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  says.textContent = "";
  wake().catch((trouble) => { says.textContent = `This browser could not be registered with its push service: ${trouble.message}`; });
});
if (form) look().catch((trouble) => { says.textContent = trouble.message; });
