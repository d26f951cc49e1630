import "../styles/palette.css";
import { useState } from "preact/hooks";
import { Dialog } from "../app/Dialog";
import { t } from "../i18n";
import { displayOf, nameOf } from "../shortcuts/keys";
import { change as changeSettings, settings } from "../settings/settings";
import { bound, type Binding, type Scope } from "../shortcuts/registry";
import { inTheWay, type KeyChoices } from "./keeping";

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
const patience = 1_000;
/** In the order of the help. */
const scopes: readonly Scope[] = ["global", "list", "conversation", "compose"];

/** Other keys for what there are keys for. */
export default function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const choices = settings.value.keys;
  const [taken, setTaken] = useState<string>();
  const all = [...new Map(bound.value.filter((one) => one.usualKeys.length > 0).map((one) => [one.id, one])).values()].sort((a, b) => scopes.indexOf(a.scope) - scopes.indexOf(b.scope));
  const keep = (keys: KeyChoices) => changeSettings({ keys });
  const change = (binding: Binding, keys: string) => {
    const others = inTheWay(all, binding.id, binding.scope, keys);
    setTaken(others[0] === undefined ? undefined : t("palette.keysTaken", { keys: displayOf(keys, isMac), action: t(others[0].label) }));
    if (others.length === 0) keep({ ...choices, [binding.id]: [keys] });
  };
  const reset = (id: string) => keep(Object.fromEntries(Object.entries(choices).filter(([one]) => one !== id)));
  return (
    <Dialog title={t("palette.keysTitle")} onClose={onClose} isWide>
      <p>{t("palette.keysHelp")}</p>
      <p class="keys-taken" role="alert">{taken}</p>
      <table class="keys-table">
        <thead class="visually-hidden"><tr><th scope="col">{t("palette.keysAction")}</th><th scope="col">{t("palette.keysKeys")}</th><th /></tr></thead>
        <tbody>
          {all.map((one) => (
            <tr key={one.id}>
              <th scope="row">{t(one.label)}</th>
              <td><KeyInput label={t(one.label)} shown={one.keys.map((keys) => displayOf(keys, isMac)).join(` ${t("keys.or")} `)} onKeys={(keys) => change(one, keys)} /></td>
              <td>{choices[one.id] !== undefined && <button type="button" class="link-button" onClick={() => reset(one.id)}>{t("palette.keysReset")}</button>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="dialog-buttons"><button type="button" class="button" disabled={Object.keys(choices).length === 0} onClick={() => keep({})}>{t("palette.keysResetAll")}</button></div>
    </Dialog>
  );
}

/** A button that, once pressed, takes the next keys: one press, or two that follow one another. */
function KeyInput({ label, shown, onKeys }: { readonly label: string; readonly shown: string; readonly onKeys: (keys: string) => void }) {
  const [pressed, setPressed] = useState<readonly string[]>();
  const [timer, setTimer] = useState<ReturnType<typeof setTimeout>>();
  const stop = () => {
    clearTimeout(timer);
    setPressed(undefined);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (pressed === undefined || event.key === "Tab") return stop();
    const name = nameOf({ key: event.key, shiftKey: event.shiftKey, ctrlKey: event.ctrlKey, metaKey: event.metaKey, altKey: event.altKey, isAltGraph: event.getModifierState("AltGraph") });
    event.preventDefault();
    event.stopPropagation();
    if (name === "Escape") return stop();
    if (name === undefined) return;
    const keys = [...pressed, name];
    clearTimeout(timer);
    const done = () => {
      stop();
      onKeys(keys.join(" "));
    };
    if (keys.length === 2 || name.startsWith("Mod+")) return done();
    setPressed(keys);
    setTimer(setTimeout(done, patience));
  };
  return (
    <button type="button" class="key-input" aria-label={t("palette.keysChange", { action: label, keys: shown })} onClick={() => { if (pressed === undefined) setPressed([]); }} onKeyDown={onKeyDown} onBlur={stop}>
      {pressed === undefined ? <kbd>{shown || "—"}</kbd> : pressed.length === 0 ? t("palette.keysPress") : <kbd>{displayOf(pressed.join(" "), isMac)} …</kbd>}
    </button>
  );
}
