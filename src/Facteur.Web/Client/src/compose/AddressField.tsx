import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import type { EmailAddress } from "../jmap/types";
import { Icon } from "../app/icons";
import { formatAddress, isAddress, parseAddresses, withoutDoubles } from "./addresses";
import type { Correspondents } from "./correspondents";

interface Props {
  readonly label: string;
  readonly name: "to" | "cc" | "bcc";
  readonly value: readonly EmailAddress[];
  /** Who stands in the other fields: not offered again. */
  readonly besides: readonly EmailAddress[];
  readonly people: Correspondents;
  readonly takesFocus?: boolean;
  readonly onChange: (value: readonly EmailAddress[]) => void;
  readonly children?: ComponentChildren;
}

/** Addresses as chips, with a field that completes the next one (WAI-ARIA pattern "combobox" with a list). */
export function AddressField({ label, name, value, besides, people, takesFocus = false, onChange, children }: Props) {
  const [typed, type] = useState("");
  const [chosen, choose] = useState(0);
  const [isOpen, open] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const offers = isOpen && typed.trim() !== "" ? people.find(typed, Date.now(), [...value, ...besides]) : [];
  // At once with the drawing: what is typed next belongs here.
  useLayoutEffect(() => { if (takesFocus) input.current?.focus(); }, [takesFocus]);

  const add = (addresses: readonly EmailAddress[]): void => {
    if (addresses.length > 0) onChange(withoutDoubles([...value, ...addresses]));
    type("");
    open(false);
    choose(0);
  };
  const remove = (at: number): void => {
    onChange(value.filter((_, i) => i !== at));
    input.current?.focus();
  };
  const edit = (at: number): void => {
    const address = value[at]!;
    add(parseAddresses(typed));
    onChange(value.filter((_, i) => i !== at));
    type(formatAddress(address));
    input.current?.focus();
  };
  const onInput = (text: string): void => {
    // A comma ends an address, but not one within a name that is not finished.
    const isEnd = /[,;\n]\s*$/u.test(text) && (text.includes("@") || !/[,;]\s*\S/u.test(text)) && (text.match(/"/gu)?.length ?? 0) % 2 === 0;
    if (isEnd && text.includes("@")) return add(parseAddresses(text));
    type(text);
    open(true);
    choose(0);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const { key } = event;
    if (key === "ArrowDown" && offers.length > 0) choose((chosen + 1) % offers.length);
    else if (key === "ArrowUp" && offers.length > 0) choose((chosen + offers.length - 1) % offers.length);
    else if (key === "Escape" && offers.length > 0) open(false);
    else if ((key === "Enter" || (key === "Tab" && !event.shiftKey)) && offers[chosen] !== undefined) add([offers[chosen]]);
    else if (key === "Enter" && typed.trim() !== "" && !event.ctrlKey && !event.metaKey) add(parseAddresses(typed));
    else if (key === " " && isAddress(typed.trim())) add(parseAddresses(typed));
    else if (key === "Backspace" && typed === "" && value.length > 0) edit(value.length - 1);
    else if (key === "ArrowLeft" && input.current?.selectionStart === 0 && value.length > 0) chips()?.at(-1)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const chips = () => [...(input.current?.closest(".chips")?.querySelectorAll<HTMLElement>(".chip-text") ?? [])];
  const onChipKey = (event: KeyboardEvent, at: number): void => {
    if (event.key === "Backspace" || event.key === "Delete") remove(at);
    else if (event.key === "ArrowLeft") chips()[at - 1]?.focus();
    else if (event.key === "ArrowRight") (chips()[at + 1] ?? input.current)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="compose-field" data-field={name}>
      <label for={`${id}-in`}>{label}</label>
      <div class="chips" role="group" aria-label={label} onClick={(event) => { if (event.target === event.currentTarget) input.current?.focus(); }}>
        {value.map((one, at) => (
          <span key={`${one.email}-${at}`} class={isAddress(one.email) ? "chip" : "chip is-wrong"}>
            <button type="button" class="chip-text" title={formatAddress(one)} aria-description={isAddress(one.email) ? t("compose.chip.edit") : t("compose.chip.wrong")} onClick={() => edit(at)} onKeyDown={(event) => onChipKey(event, at)}>
              {one.name ?? one.email}
            </button>
            <button type="button" class="chip-remove" tabIndex={-1} aria-label={t("compose.chip.remove", { address: one.email })} onClick={() => remove(at)}><Icon name="close" /></button>
          </span>
        ))}
        <input
          ref={input} id={`${id}-in`} value={typed} role="combobox" aria-autocomplete="list" aria-expanded={offers.length > 0} aria-controls={`${id}-list`}
          aria-activedescendant={offers.length > 0 ? `${id}-${chosen}` : undefined} autocomplete="off" spellcheck={false} inputMode="email"
          onInput={(event) => onInput(event.currentTarget.value)} onKeyDown={onKeyDown}
          onPaste={(event) => {
            const text = event.clipboardData?.getData("text/plain") ?? "";
            if (!text.includes("@") || typed !== "") return;
            event.preventDefault();
            add(parseAddresses(text));
          }}
          onBlur={() => { open(false); if (typed.trim() !== "") add(parseAddresses(typed)); }}
        />
        <ul id={`${id}-list`} role="listbox" aria-label={t("compose.offers")} class="offers" hidden={offers.length === 0}>
          {offers.map((one, at) => (
            <li key={one.email} id={`${id}-${at}`} role="option" aria-selected={at === chosen} onMouseDown={(event) => { event.preventDefault(); add([one]); }} onMouseMove={() => choose(at)}>
              {one.name !== null && <b>{one.name}</b>} <span>{one.email}</span>
            </li>
          ))}
        </ul>
      </div>
      {children && <div class="compose-more">{children}</div>}
    </div>
  );
}
