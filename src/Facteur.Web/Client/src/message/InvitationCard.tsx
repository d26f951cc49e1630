import { useEffect, useState } from "preact/hooks";
import { Icon } from "../app/icons";
import { showToast } from "../app/toast";
import { fetchBlob, type FullEmail } from "../conversation/loading";
import { locale, t } from "../i18n";
import type { BodyPart } from "../jmap/types";
import type { MailStore } from "../store/mailStore";
import { readCalendar, type CalendarEvent } from "./calendar";
import { sendAnswer } from "./answering";
import type { Answer } from "./itip";
import { isSameAddress, plainName, shownAddress } from "./names";
import { Linked } from "./PlainBody";

const maxCalendarOctets = 512 * 1024;
const answers: readonly Answer[] = ["ACCEPTED", "TENTATIVE", "DECLINED"];
export const answerKeyword: Readonly<Record<Answer, string>> = { ACCEPTED: "$invitation-accepted", TENTATIVE: "$invitation-tentative", DECLINED: "$invitation-declined" };

/** The part of a message that invites, if one does. */
export function calendarPartOf(email: FullEmail): BodyPart | undefined {
  return [...email.textBody, ...email.htmlBody, ...email.attachments].find((part) => part.type === "text/calendar" || part.type === "application/ics");
}

/** An invitation: what, when, where, who; and the answer to it. */
export function InvitationCard({ store, email, part }: { readonly store: MailStore; readonly email: FullEmail; readonly part: BodyPart }) {
  const [event, setEvent] = useState<CalendarEvent>();
  useEffect(() => {
    const abort = new AbortController();
    void fetchBlob(store.client, part, maxCalendarOctets, abort.signal).then((octets) => setEvent(octets ? readCalendar(new TextDecoder().decode(octets)) : undefined)).catch(() => undefined);
    return () => abort.abort();
  }, [part.blobId]);
  if (event === undefined) return null;
  const isCancelled = event.method === "CANCEL" || event.status === "CANCELLED";
  return (
    <section class="invitation" aria-label={t("invitation.label")}>
      <DayLeaf at={event.start.at} />
      <div class="invitation-facts">
        <h3>{event.summary || t("invitation.untitled")}{isCancelled && <span class="tag is-danger">{t("invitation.cancelled")}</span>}</h3>
        <dl>
          <dt>{t("invitation.when")}</dt><dd>{whenOf(event)}{event.rule && <span class="soft"> · {ruleText(event.rule)}</span>}</dd>
          {event.location !== "" && <><dt>{t("invitation.where")}</dt><dd><Linked text={event.location} /></dd></>}
          <dt>{t("invitation.who")}</dt><dd>{peopleOf(event)}</dd>
        </dl>
        {event.method === "REQUEST" && !isCancelled && <AnswerButtons store={store} email={email} event={event} />}
        {event.method === "REPLY" && event.attendees[0] && <p>{t(replyText(event.attendees[0].status), { name: plainName(event.attendees[0].name) || shownAddress(event.attendees[0].email) })}</p>}
      </div>
    </section>
  );
}

function DayLeaf({ at }: { readonly at: Date }) {
  const part = (options: Intl.DateTimeFormatOptions): string => new Intl.DateTimeFormat(locale, options).format(at);
  return <div class="day-leaf" aria-hidden="true"><span>{part({ month: "short" })}</span><strong>{part({ day: "numeric" })}</strong><span>{part({ weekday: "short" })}</span></div>;
}

function AnswerButtons({ store, email, event }: { readonly store: MailStore; readonly email: FullEmail; readonly event: CalendarEvent }) {
  const [chosen, setChosen] = useState<Answer | undefined>(answers.find((one) => email.keywords?.[answerKeyword[one]] === true));
  const [isBusy, setBusy] = useState(false);
  const identity = store.identities.value.find((one) => event.attendees.some((attendee) => isSameAddress(attendee.email, one.email)));
  if (identity === undefined || event.organizer === undefined) return <p class="soft">{t("invitation.notFor")}</p>;
  const choose = async (answer: Answer): Promise<void> => {
    setBusy(true);
    try {
      await sendAnswer(store, email, event, answer, identity);
      setChosen(answer);
      showToast({ text: t("invitation.sent") });
    } catch {
      showToast({ text: t("invitation.failed"), action: { label: t("app.retry"), run: () => void choose(answer) } });
    }
    setBusy(false);
  };
  return (
    <div class="answers" role="group" aria-label={t("invitation.answer")}>
      {answers.map((answer) => (
        <button key={answer} type="button" class={chosen === answer ? "button is-main" : "button"} aria-pressed={chosen === answer} disabled={isBusy} onClick={() => void choose(answer)}>
          {chosen === answer && <Icon name="check" />}{t(`invitation.${answer}`)}
        </button>
      ))}
    </div>
  );
}

/** When, in the reader's own time; of another zone its own time is told beside. */
export function whenOf({ start, end }: CalendarEvent): string {
  const options: Intl.DateTimeFormatOptions = start.isDay ? { dateStyle: "full" } : { dateStyle: "full", timeStyle: "short" };
  const format = new Intl.DateTimeFormat(locale, options);
  // DTEND is the first day that is not part of it (RFC 5545 §3.6.1).
  const last = end && start.isDay ? new Date(end.at.getFullYear(), end.at.getMonth(), end.at.getDate() - 1) : end?.at;
  const text = last !== undefined && last > start.at ? format.formatRange(start.at, last) : format.format(start.at);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (start.isDay || start.zone === undefined || start.zone === here) return text;
  const there = new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone: start.zone });
  return there.format(start.at) === new Intl.DateTimeFormat(locale, { timeStyle: "short" }).format(start.at) ? text : `${text} (${there.format(start.at)} ${start.zone.split("/").at(-1)!.replaceAll("_", " ")})`;
}

function ruleText(rule: Readonly<Record<string, string>>): string {
  const every = Number(rule["INTERVAL"] ?? 1);
  switch (rule["FREQ"]) {
    case "DAILY": return t("invitation.daily", { count: every });
    case "WEEKLY": return t("invitation.weekly", { count: every });
    case "MONTHLY": return t("invitation.monthly", { count: every });
    case "YEARLY": return t("invitation.yearly", { count: every });
    default: return t("invitation.repeats");
  }
}

function peopleOf(event: CalendarEvent): string {
  const names = [...(event.organizer ? [event.organizer] : []), ...event.attendees.filter((one) => event.organizer === undefined || !isSameAddress(one.email, event.organizer.email))].map((one) => plainName(one.name) || shownAddress(one.email));
  return names.length <= 6 ? names.join(", ") : `${names.slice(0, 5).join(", ")}, ${t("message.others", { count: names.length - 5 })}`;
}

function replyText(status: string): "invitation.accepted" | "invitation.declined" | "invitation.tentative" | "invitation.replied" {
  return status === "ACCEPTED" ? "invitation.accepted" : status === "DECLINED" ? "invitation.declined" : status === "TENTATIVE" ? "invitation.tentative" : "invitation.replied";
}
