// What this browser keeps of the account's mail (the webmail writes it: Client/src/offline/db.ts), and the buttons that clear it or switch it off here.
const place = document.querySelector("[data-offline]");
const name = "facteur-mail-" + place.dataset.account;
const choice = "facteur.offline";
const language = document.documentElement.lang;
const number = new Intl.NumberFormat(language);

const find = (selector) => place.querySelector(selector);
const text = (key, values = {}) => find(`[data-text=${key}]`).textContent.replace(/\{(\w+)\}/g, (_, one) => values[one] ?? "");
const done = (request) => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
const isOn = () => localStorage.getItem(choice) !== "off";

async function kept() {
  const all = await indexedDB.databases();
  if (!all.some((one) => one.name === name)) return undefined;
  const base = await done(indexedDB.open(name));
  // A page that clears it must not wait for this one.
  base.onversionchange = () => base.close();
  try {
    if (!base.objectStoreNames.contains("emails")) return undefined;
    const stores = base.transaction(["emails", "bodies", "queue", "values"]);
    const [emails, bodies, waiting, extent] = await Promise.all([
      done(stores.objectStore("emails").count()), done(stores.objectStore("bodies").count()), done(stores.objectStore("queue").count()), done(stores.objectStore("values").get("extent")),
    ]);
    return { emails, bodies, waiting, since: extent?.since };
  } finally {
    base.close();
  }
}

async function show() {
  const found = await kept();
  const said = [];
  if (!isOn()) said.push(text("off"));
  if (found === undefined || found.emails === 0) said.push(text("nothing"));
  else {
    const since = found.since === undefined ? "" : new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(new Date(found.since));
    said.push(text("some", { count: number.format(found.emails), bodies: number.format(found.bodies), since }));
    const usage = (await navigator.storage?.estimate?.())?.usage;
    if (usage > 0) said.push(text("size", { size: new Intl.NumberFormat(language, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 }).format(usage / 1e6) }));
  }
  if (found?.waiting > 0) said.push(text("waiting", { count: number.format(found.waiting) }));
  find("[data-state]").textContent = said.join(" ");
  find("[data-clear]").disabled = found === undefined;
  find("[data-on]").hidden = isOn();
  find("[data-off]").hidden = !isOn();
  place.lastElementChild.hidden = false;
}

async function clear() {
  const found = await kept();
  if (found?.waiting > 0 && !confirm(text("lost", { count: number.format(found.waiting) }))) return false;
  await new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    // What another page still has open goes when that closes.
    request.onsuccess = request.onerror = request.onblocked = resolve;
  });
  return true;
}

find("[data-clear]").addEventListener("click", async () => { await clear(); await show(); });
find("[data-off]").addEventListener("click", async () => {
  if (!(await clear())) return;
  localStorage.setItem(choice, "off");
  await show();
});
find("[data-on]").addEventListener("click", async () => {
  localStorage.setItem(choice, "on");
  await show();
});
await show();
