import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../app/icons";
import { t } from "../i18n";
import { AttachmentList } from "./AttachmentList";
import type { Composition } from "./composition";
import type { Desk } from "./desk";
import { Editor } from "./Editor";
import { Fields } from "./Fields";
import { bindComposeKeys } from "./keys";
import { SendBar } from "./SendBar";
import { ScheduleDialog } from "./ScheduleDialog";
import { WarningDialog } from "./WarningDialog";
import { warningsFor, type Warning } from "./warnings";

interface Props {
  readonly desk: Desk;
  readonly composition: Composition;
}

interface Asked {
  readonly warnings: readonly Warning[];
  readonly at: Date | null;
}

/** One message being written. */
export function ComposeWindow({ desk, composition }: Props) {
  const root = useRef<HTMLElement>(null);
  const [asked, ask] = useState<Asked | null>(null);
  const [isScheduling, schedule] = useState(false);
  const [isOver, setOver] = useState(false);
  const shape = composition.shape.value;
  const subject = composition.content.value.subject.trim();
  const title = subject === "" ? t("compose.title") : subject;

  const send = (at: Date | null): void => {
    composition.collect();
    const found = warningsFor(composition.content.peek(), { maxAttached: desk.maxAttached, knownDomains: desk.people.peek().domains() });
    const hasFailed = [...composition.uploads.peek().values()].some((one) => one.kind === "failed");
    const warnings: readonly Warning[] = hasFailed ? [{ kind: "uploadFailed" }, ...found] : found;
    if (warnings.length === 0) void desk.sending.begin(composition, at);
    else ask({ warnings, at });
  };
  useKeys(root, desk, composition, () => send(null));
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    // Who answers writes; who begins says first for whom.
    if (composition.content.peek().to.length === 0) root.current?.querySelector<HTMLElement>("[data-field=to] input")?.focus();
    // Back to where one was, unless one is elsewhere already.
    return () => void setTimeout(() => { if (document.activeElement === document.body && before?.isConnected === true) before.focus({ preventScroll: true }); });
  }, []);
  const drop = (event: DragEvent): void => {
    setOver(false);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    desk.attaching.add(composition, files, false);
  };

  return (
    <section
      ref={root} class={`compose is-${shape}${isOver ? " is-over" : ""}`} role="dialog" aria-label={title} data-scope="compose"
      onDragOver={(event) => { if (event.dataTransfer?.types.includes("Files")) { event.preventDefault(); setOver(true); } }}
      onDragLeave={(event) => { if (!root.current?.contains(event.relatedTarget as Node | null)) setOver(false); }} onDrop={drop}
    >
      <header class="compose-head">
        <button type="button" class="compose-title" aria-expanded={shape !== "minimised"} onClick={() => (shape === "minimised" ? desk.show(composition) : (composition.shape.value = "minimised"))}>
          <span>{title}</span>
        </button>
        <HeadButtons desk={desk} composition={composition} />
      </header>
      {/* Hidden, not gone: the editor keeps its undo and its place. */}
      <div class="compose-inner" hidden={shape === "minimised"}>
        <Fields desk={desk} composition={composition} />
        <Editor desk={desk} composition={composition} />
        <AttachmentList desk={desk} composition={composition} />
        {composition.fault.value !== null && <p class="compose-fault" role="alert">{composition.fault.value}</p>}
        <SendBar desk={desk} composition={composition} onSend={() => send(null)} onSchedule={() => schedule(true)} />
      </div>
      {isOver && <div class="compose-drop" aria-hidden="true"><Icon name="attachment" />{t("compose.dropHere")}</div>}
      {isScheduling && <ScheduleDialog desk={desk} onClose={() => schedule(false)} onChosen={(at) => { schedule(false); send(at); }} />}
      {asked !== null && (
        <WarningDialog warnings={asked.warnings} onClose={() => ask(null)} onSend={() => { ask(null); void desk.sending.begin(composition, asked.at); }} />
      )}
    </section>
  );
}

function HeadButtons({ desk, composition }: Props) {
  const shape = composition.shape.value;
  return (
    <>
      <button type="button" class="icon-button" aria-label={t(shape === "minimised" ? "compose.restore" : "compose.minimise")} onClick={() => (shape === "minimised" ? desk.show(composition) : (composition.shape.value = "minimised"))}>
        <Icon name={shape === "minimised" ? "up" : "minimize"} />
      </button>
      <button type="button" class="icon-button only-wide" aria-label={t(shape === "full" ? "compose.smaller" : "compose.full")} aria-pressed={shape === "full"} onClick={() => (composition.shape.value = shape === "full" ? "open" : "full")}>
        <Icon name="expand" />
      </button>
      <button type="button" class="icon-button" aria-label={t("compose.close")} title={t("compose.closeHint")} onClick={() => void desk.close(composition)}><Icon name="close" /></button>
    </>
  );
}

/** Keys of this window, bound while the focus is in it: of several windows the one that is written in is meant. */
function useKeys(root: { readonly current: HTMLElement | null }, desk: Desk, composition: Composition, send: () => void): void {
  const latest = useRef(send);
  latest.current = send;
  useLayoutEffect(() => {
    const element = root.current!;
    let unbind: (() => void) | null = null;
    const reveal = (name: "cc" | "bcc") => () => {
      const field = element.querySelector<HTMLElement>(`[data-field=${name}] input`);
      if (field !== null) field.focus();
      else element.querySelector<HTMLElement>(`[data-show=${name}]`)?.click();
    };
    const enter = (): void => {
      unbind ??= bindComposeKeys({
        send: () => latest.current(), composeCc: reveal("cc"), composeBcc: reveal("bcc"), composeSubject: () => element.querySelector<HTMLElement>("[data-field=subject] input")?.focus(),
      });
    };
    const leave = (event: FocusEvent): void => {
      if (element.contains(event.relatedTarget as Node | null)) return;
      unbind?.();
      unbind = null;
    };
    const escape = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || event.defaultPrevented || element.querySelector("dialog[open]") !== null) return;
      event.preventDefault();
      event.stopPropagation();
      void desk.close(composition);
    };
    element.addEventListener("focusin", enter);
    element.addEventListener("focusout", leave);
    element.addEventListener("keydown", escape);
    return () => {
      unbind?.();
      element.removeEventListener("focusin", enter);
      element.removeEventListener("focusout", leave);
      element.removeEventListener("keydown", escape);
    };
  }, []);
}
