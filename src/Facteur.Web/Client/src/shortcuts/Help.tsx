import { Dialog } from "../app/Dialog";
import { t } from "../i18n";
import { holdKeys } from "./hold";
import { displayOf } from "./keys";
import { bound, type Binding, type Scope } from "./registry";

const scopes: readonly Scope[] = ["global", "list", "conversation", "compose"];
const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** All that is bound now, by where it works. */
export default function Help({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title={t("keys.title")} onClose={onClose} isWide>
      <div class="help">
        {scopes.map((scope) => {
          const bindings = once(bound.value.filter((one) => one.scope === scope));
          return bindings.length > 0 && (
            <section key={scope}>
              <h3>{t(`keys.scope.${scope}`)}</h3>
              <dl>
                {bindings.map((one) => (
                  <div key={one.id}>
                    <dt>{one.keys.map((keys, at) => <>{at > 0 && ` ${t("keys.or")} `}{keys.split(" ").map((press, step) => <>{step > 0 && ` ${t("keys.then")} `}<kbd>{displayOf(press, isMac)}</kbd></>)}</>)}</dt>
                    <dd>{t(one.label)}</dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
      <div class="dialog-buttons"><button type="button" class="button" onClick={() => { onClose(); holdKeys(import("../palette/start").then(({ openKeys }) => openKeys())); }}>{t("palette.keysTitle")}</button></div>
    </Dialog>
  );
}

function once(bindings: readonly Binding[]): readonly Binding[] {
  return [...new Map(bindings.filter((one) => one.keys.length > 0).map((one) => [one.id, one])).values()];
}
