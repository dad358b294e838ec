/* The counter without a network: pages of the reception come from the network, and from here when there is
   none. Only where browsers allow it (HTTPS or this machine). Kept are pages without anything typed. */

"use strict";

const PAGES = "motcua-pages-1";
const FILES = "motcua-files-1";
const OWNER = "/staff/reception/owner"; // whose pages are kept; no page of ours
const COUNTER = "/staff/reception";
const QUEUE = "/staff/reception/offline";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/* One copy for a page, whatever draft or language stands in its address. */
function nameOf(url) {
  const procedure = url.searchParams.get("procedure");
  return url.pathname + (procedure ? `?procedure=${encodeURIComponent(procedure)}` : "");
}
const isPlain = (url) => [...url.searchParams.keys()].every((name) => name === "procedure");
const isPage = (url) => url.pathname === COUNTER || url.pathname === QUEUE;

async function keep(url, answer) {
  if (answer.ok && !answer.redirected && answer.type === "basic" && isPlain(url)) {
    const pages = await caches.open(PAGES);
    await pages.put(nameOf(url), answer.clone());
  }
  return answer;
}

async function page(request, url) {
  try {
    const answer = await fetch(request);
    if (answer.status < 502) return keep(url, answer);
  } catch { /* no network: below */ }
  const pages = await caches.open(PAGES);
  return (await pages.match(nameOf(url), { ignoreVary: true })) || (await pages.match(COUNTER, { ignoreVary: true }))
    || (await pages.match(QUEUE, { ignoreVary: true })) || Response.error();
}

async function file(request) {
  const files = await caches.open(FILES);
  const kept = await files.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await files.put(request, answer.clone());
  return answer;
}

/* A form that was sent into a dead line: what was typed is a draft; the list of unsent ones says so. */
async function sent(request) {
  try {
    return await fetch(request);
  } catch {
    return Response.redirect(QUEUE, 303);
  }
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin) return;
  if (event.request.method === "POST" && event.request.mode === "navigate" && url.pathname === COUNTER) event.respondWith(sent(event.request));
  else if (event.request.method !== "GET") return;
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(event.request));
  else if (event.request.mode === "navigate" && isPage(url)) event.respondWith(page(event.request, url));
});

self.addEventListener("message", (event) => {
  if (event.data.type !== "keep") return;
  event.waitUntil((async () => {
    let pages = await caches.open(PAGES);
    const whose = await pages.match(OWNER);
    if (whose && (await whose.text()) !== event.data.owner) {
      await caches.delete(PAGES);
      pages = await caches.open(PAGES);
    }
    await pages.put(OWNER, new Response(event.data.owner));
    const files = await caches.open(FILES);
    for (const address of event.data.files) if (!(await files.match(address))) await files.add(address).catch(() => {});
    for (const address of event.data.pages) {
      const url = new URL(address, self.location.origin);
      try { await keep(url, await fetch(url, { credentials: "same-origin" })); } catch { return; }
    }
    if (event.source) event.source.postMessage({ type: "kept" });
  })());
});
