import { signal } from "@preact/signals";
import { h } from "preact";
import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import type ComposeDockType from "../compose/ComposeDock";
import { dockFailed, isDockWanted, openCompose } from "../compose/open";
import { aheadOf } from "../conversation/aheadOf";
import { t } from "../i18n";
import { ListController } from "../list/controller";
import { ListView } from "../list/ListView";
import type { MailStore } from "../store/mailStore";
import { bindGlobalKeys } from "./commands";
import { Icon } from "./icons";
import { whenIdle } from "./idle";
import { narrowWidth, pane, wideWidth, width } from "./look";
import { OnDemand } from "./onDemand";
import { showOverlay } from "./overlay";
import { queryOf, titleOf } from "./places";
import { formatRoute, go, leaveFor, placeOf, route } from "./router";
import { Sidebar } from "./Sidebar";
import { beginParts, bindComing } from "./startup";
import { ToastLine } from "./toast";
import { BottomBar, TopBar } from "./TopBar";

// What is not needed for the first list comes when it is.
const conversation = signal<typeof import("../conversation/ConversationView") | undefined>(undefined);
const composeDock = signal<typeof ComposeDockType | undefined>(undefined);
const help = new OnDemand(() => import("../shortcuts/Help"));

const loadConversation = () => void import("../conversation/ConversationView").then((module) => (conversation.value = module));
const loadDock = () => void import("../compose/ComposeDock").then((module) => (composeDock.value = module.default), (error: unknown) => {
  dockFailed();
  throw error;
});
const showHelp = () => help.use(({ default: Help }) => showOverlay((close) => h(Help, { onClose: close })));

/** The frame of everything: bar, left column, list, conversation, toasts. */
export function App({ store }: { readonly store: MailStore }) {
  const [isMenuOpen, setMenuOpen] = useState(() => width.peek() >= wideWidth);
  const list = useMemo(() => new ListController(store), [store]);
  useEffect(() => () => list.dispose(), [list]);
  useRoute(store);
  useLazyParts(store);
  useEffect(() => aheadOf(store, list, conversation), [store, list]);
  useLayoutEffect(() => bindGlobalKeys(store, showHelp), [store]);
  useLayoutEffect(bindComing, []);

  const isNarrow = width.value < narrowWidth;
  const here = route.value;
  const split = isNarrow || (pane.value === "right" && width.value < wideWidth) ? "none" : pane.value;
  const isOpen = here.threadId !== undefined;
  const Dock = composeDock.value;
  const isDrawer = width.value < wideWidth;
  useEffect(() => setMenuOpen(!isDrawer), [isDrawer]);
  const closeDrawer = () => { if (isDrawer) setMenuOpen(false); };
  return (
    <div class={`app split-${split}${isMenuOpen ? " has-sidebar" : ""}${isDrawer ? " is-drawer" : ""}${isNarrow ? " is-narrow" : ""}${isOpen ? " is-reading" : ""}`}>
      <a class="skip" href={formatRoute(here)} onClick={(event) => { event.preventDefault(); document.querySelector<HTMLElement>("[role=grid], .conversation h1")?.focus(); }}>{t("app.skip")}</a>
      <TopBar store={store} isSidebarOpen={isMenuOpen} onMenu={() => setMenuOpen(!isMenuOpen)} onHelp={showHelp} />
      {!store.isOnline.value && <div class="offline" role="status"><Icon name="offline" />{t("app.offline")}</div>}
      <div class="columns">
        {isDrawer && isMenuOpen && <div class="shade" onClick={() => setMenuOpen(false)} />}
        <div id="sidebar" class="sidebar" hidden={!isMenuOpen} onKeyDown={(event) => { if (event.key === "Escape" && isDrawer) setMenuOpen(false); }}><Sidebar store={store} onChosen={closeDrawer} /></div>
        <main class="main">
          <ListView store={store} list={list} isHidden={isOpen && split === "none"} />
          {(isOpen || split !== "none") && <Reading store={store} list={list} />}
        </main>
      </div>
      {isNarrow && !isOpen && <BottomBar onMenu={() => setMenuOpen(!isMenuOpen)} onCompose={() => openCompose({ kind: "new" })} />}
      {Dock && <Dock store={store} />}
      <ToastLine />
    </div>
  );
}

/** The conversation that is open, or what stands in an empty reading pane. */
function Reading({ store, list }: { readonly store: MailStore; readonly list: ListController }) {
  const here = route.value;
  const View = conversation.value?.default;
  if (here.threadId === undefined) return <div class="reading is-empty"><p>{t("look.pane.empty")}</p></div>;
  const close = () => go(placeOf(here));
  const neighbour = (step: 1 | -1) => {
    const next = list.neighbour(here.threadId!, step);
    const threadId = next === undefined ? undefined : store.row(next)?.threadId;
    go({ ...placeOf(here), threadId });
  };
  return <div class="reading">{View && <View key={here.threadId} store={store} threadId={here.threadId} onClose={close} onNeighbour={neighbour} />}</div>;
}

/** Shows what the address says, and says in the title what is shown. */
function useRoute(store: MailStore): void {
  const here = route.value;
  const mailboxes = store.mailboxes.value;
  useEffect(() => {
    const query = queryOf(store, here);
    if (query !== undefined) store.show(query);
    // A mailbox that is gone, or never was.
    else if (mailboxes.length > 0) leaveFor(here, { kind: "inbox" });
  }, [formatRoute(placeOf(here)), mailboxes]);
  const unread = store.mailboxOf("inbox")?.unreadThreads ?? 0;
  const title = `${unread > 0 ? `(${unread}) ` : ""}${titleOf(store, here)} – Facteur`;
  useEffect(() => { document.title = title; }, [title]);
}

/** Loads views when they are asked for, and the rest once the first list is there. */
function useLazyParts(store: MailStore): void {
  const isOpen = route.value.threadId !== undefined;
  const isAsked = isDockWanted.value;
  const isListed = store.list.value.list.isLoaded;
  useEffect(() => { if (isOpen) loadConversation(); }, [isOpen]);
  useEffect(() => { if (isAsked) loadDock(); }, [isAsked]);
  useEffect(() => {
    if (!isListed) return;
    const begin = () => {
      void store.loadRest();
      loadConversation();
      void beginParts(store);
    };
    whenIdle(begin, 1_500);
  }, [isListed]);
}
