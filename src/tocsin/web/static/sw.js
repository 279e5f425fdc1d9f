// The service worker of the installed page: shows pages that arrive while no tab is open, and lets them be answered.
// It keeps nothing and serves nothing: what is on the screen always comes from the server.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const post = (address, body) => fetch(address, { method: "POST", body, credentials: "omit", redirect: "error" });

const base64url = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

self.addEventListener("push", (event) => {
  let page = {};
  try { page = event.data.json(); } catch { /* an empty or a strange message is shown all the same */ }
  event.waitUntil(page.close ? cover(page) : show(page));
});

async function show(page) {
  await self.registration.showNotification(page.title || "Tocsin", {
    body: page.body || "Open Tocsin to see what it is.",
    tag: page.tag || "tocsin",
    renotify: true,
    requireInteraction: Boolean(page.urgent),
    vibrate: page.urgent ? [400, 150, 400, 150, 400] : [200],
    timestamp: page.at,
    icon: "/static/icon-192.png",
    badge: "/static/badge-96.png",
    actions: page.answer ? (page.buttons || []).map(([action, title]) => ({ action, title })) : [],
    data: page,
  });
  // Only now is it proven that the page arrived; without it the person's next way follows.
  if (page.answer) await post(page.answer, `shown ${page.device}`).catch(() => {});
}

// Nobody needs the page any more: what stands there says so, without a sound and without buttons. It is replaced and not
// closed, because a push that shows nothing may cost a browser's subscription; an answer given here keeps its words.
async function cover(page) {
  const standing = await self.registration.getNotifications({ tag: page.tag });
  const answered = standing.find((one) => one.data?.answered);
  await self.registration.showNotification(answered?.title || page.title, {
    body: page.body, tag: page.tag, renotify: false, silent: true, timestamp: page.at,
    icon: "/static/icon-192.png", badge: "/static/badge-96.png", data: { link: page.link, answered: Boolean(answered) },
  });
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const page = event.notification.data || {};
  event.waitUntil(event.action && page.answer ? press(page, event.action) : open(page.link || "/"));
});

async function press(page, digit) {
  let title = "This has not reached Tocsin. Tap to open it.";
  let answered = false;
  try {
    const answer = await post(page.answer, digit);
    const words = (await answer.text()).slice(0, 200);
    answered = answer.ok;
    title = answered ? words : `${words} Tap to open it.`;
  } catch { /* no connection: the title says it */ }
  await self.registration.showNotification(title, {
    body: page.title, tag: page.tag, icon: "/static/icon-192.png", badge: "/static/badge-96.png", data: { link: page.link, answered },
  });
}

// The push service has replaced this browser's subscription: pages go to the new one from now on, signed in or not. Where
// that cannot be arranged the person is told at once: a browser that silently stopped to wake them is worse than none.
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event.oldSubscription, event.newSubscription)));

async function renew(old, given) {
  let done = false;
  try {
    const fresh = given || await self.registration.pushManager.subscribe({
      userVisibleOnly: true, applicationServerKey: old.options.applicationServerKey,
    });
    const answer = await post("/callback/browser/renewed", JSON.stringify({
      old: old.endpoint, secret: base64url(old.getKey("auth")),
      endpoint: fresh.endpoint, key: base64url(fresh.getKey("p256dh")), auth: base64url(fresh.getKey("auth")),
    }));
    done = answer.ok;
  } catch { /* no connection, no permission, or a browser that does not say what it had: the words below are for all */ }
  if (done) return;
  await self.registration.showNotification("This browser does not wake you any more", {
    body: "Its subscription has ended. Tap, then tap Wake me here.", tag: "tocsin-renew", requireInteraction: true,
    icon: "/static/icon-192.png", badge: "/static/badge-96.png", data: { link: "/account" },
  });
}

async function open(link) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((one) => new URL(one.url).pathname === link);
  return there ? there.focus() : self.clients.openWindow(link);
}
