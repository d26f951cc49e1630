import { useState } from "preact/hooks";
import { t } from "../i18n";
import { AddressField } from "./AddressField";
import { signatureOf } from "./beginning";
import type { Composition } from "./composition";
import type { Desk } from "./desk";
import { swapSignature } from "./quote";
import { newDomains } from "./warnings";

interface Props {
  readonly desk: Desk;
  readonly composition: Composition;
}

/** For whom, from whom, about what. */
export function Fields({ desk, composition }: Props) {
  const content = composition.content.value;
  const [shown, show] = useState({ cc: content.cc.length > 0, bcc: content.bcc.length > 0 });
  const [focused, setFocused] = useState<"cc" | "bcc" | null>(null);
  const others = { to: [...content.cc, ...content.bcc], cc: [...content.to, ...content.bcc], bcc: [...content.to, ...content.cc] };
  const reveal = (name: "cc" | "bcc") => () => { show({ ...shown, [name]: true }); setFocused(name); };
  const strangers = newDomains(content, desk.people.value.domains());
  return (
    <div class="compose-fields">
      <From desk={desk} composition={composition} />
      <AddressField label={t("compose.to")} name="to" value={content.to} besides={others.to} people={desk.people.value} onChange={(to) => composition.change({ to })}>
        {!shown.cc && <button type="button" class="link-button" data-show="cc" onClick={reveal("cc")}>{t("compose.cc")}</button>}
        {!shown.bcc && <button type="button" class="link-button" data-show="bcc" onClick={reveal("bcc")}>{t("compose.bcc")}</button>}
      </AddressField>
      {(["cc", "bcc"] as const).map((name) => (shown[name] || content[name].length > 0) && (
        <AddressField
          key={name} label={t(`compose.${name}`)} name={name} value={content[name]} besides={others[name]} people={desk.people.value} takesFocus={focused === name}
          onChange={(value) => composition.change({ [name]: value })}
        />
      ))}
      {strangers.length > 0 && <p class="compose-hint" role="status">{t("compose.newDomain", { domains: strangers.join(", "), count: strangers.length })}</p>}
      <label class="compose-field" data-field="subject">
        <span>{t("compose.subject")}</span>
        <input value={content.subject} onInput={(event) => composition.change({ subject: event.currentTarget.value })} maxLength={900} autocomplete="off" />
      </label>
    </div>
  );
}

function From({ desk, composition }: Props) {
  const identities = desk.store.identities.value;
  if (identities.length < 2) return null;
  const choose = (id: string): void => {
    const before = signatureOf(composition.identity);
    composition.collect();
    composition.change({ identityId: id });
    const after = signatureOf(composition.identity);
    const { mode, text } = composition.content.peek();
    if (mode === "plain") composition.replace({ text: swapSignature(text, before, after) });
    else composition.swapSignature(before?.html ?? null, after?.html ?? null);
  };
  return (
    <label class="compose-field">
      <span>{t("compose.from")}</span>
      <select value={composition.identity?.id} onChange={(event) => choose(event.currentTarget.value)}>
        {identities.map((one) => <option key={one.id} value={one.id}>{one.name === "" ? one.email : `${one.name} <${one.email}>`}</option>)}
      </select>
    </label>
  );
}
