// Signing out forgets what this browser keeps of mail. What the webmail could not save yet is nowhere else: it is brought up there first, or asked about.
const leave = "/mail#/signout";

function all(base, store) {
  return new Promise((resolve, reject) => {
    const request = base.transaction(store).objectStore(store).getAll();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function isUnsaved() {
  if (Object.keys(localStorage).some((name) => name.startsWith("facteur.left."))) return true;
  // Opened only where it is: a page of settings makes none.
  if (!(await indexedDB.databases()).some((one) => one.name === "facteur-compose")) return false;
  const base = await new Promise((resolve, reject) => {
    const request = indexedDB.open("facteur-compose");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  try {
    const [outgoing, drafts] = [await all(base, "outbox"), await all(base, "drafts")];
    return outgoing.length > 0 || drafts.some((one) => one.isDirty || one.content.attachments.some((file) => file.blobId === null));
  } finally {
    base.close();
  }
}

for (const form of document.forms)
  // Not form.action: a field of that name would stand before it.
  if (form.getAttribute("action") === "/signout")
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      isUnsaved().catch(() => false).then((isSo) => (isSo ? location.assign(leave) : form.submit()));
    });
