// The buttons of passkeys: shown where the browser has them, they ask the server for a challenge and bring it the device's answer.
const can = window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON && PublicKeyCredential.parseCreationOptionsFromJSON;

async function post(path, form, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Facteur-Form": form },
    body: JSON.stringify(body),
    credentials: "same-origin",
  });
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(json.error || "");
  return json;
}

async function signIn(box) {
  const form = box.dataset.form;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await post("/signin/passkey/options", form, {}));
  const credential = await navigator.credentials.get({ publicKey });
  const remember = document.querySelector("input[name=remember]")?.checked === true;
  return post("/signin/passkey", form, { credential: credential.toJSON(), next: box.dataset.next, remember });
}

async function add(box) {
  const form = box.dataset.form;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await post("/settings/security/passkeys/options", form, {}));
  const credential = await navigator.credentials.create({ publicKey });
  return post("/settings/security/passkeys/add", form, { credential: credential.toJSON(), label: box.querySelector("input").value });
}

for (const box of can ? document.querySelectorAll("[data-passkey]") : []) {
  box.hidden = false;
  const button = box.querySelector("button");
  const complaint = box.querySelector("[role=alert]");
  button.addEventListener("click", async () => {
    button.disabled = true;
    complaint.hidden = true;
    try {
      const { next } = await (box.dataset.passkey === "add" ? add : signIn)(box);
      // A path of this server: what the server answers is checked here once more.
      if (typeof next === "string" && next.startsWith("/") && !next.startsWith("//")) location.assign(next);
    } catch (error) {
      // Who closes the browser's own window knows that already.
      if (error.name !== "NotAllowedError" && error.name !== "AbortError") {
        complaint.textContent = (error instanceof DOMException ? "" : error.message) || box.dataset.failed;
        complaint.hidden = false;
      }
    } finally {
      button.disabled = false;
    }
  });
}
