"""Writes the report of bench/compare-webmail from its JSON lines: results-webmail.py FOLDER MESSAGES ROUNDCUBE CHROMIUM"""
import os, platform, sys
from machine import processor, result_of

folder, messages, roundcube, chromium = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
KB, MB = 1000, 1_000_000


def facteur(key):
    return usable(result_of(folder, "facteur", key))


def usable(result):
    return result if result and result["count"] else None


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"


def budget(name, key, field, limit, unit, scale=1, beside=lambda result: "-"):
    """One row: the value that the budget is about, then what else is known."""
    result = facteur(key)
    if not result:
        failure = (result_of(folder, "facteur", key) or {}).get("firstError", "not measured").splitlines()[0]
        return f"| {name} | {limit} {unit} | - | {failure} | no |"
    value = result[field] / scale
    return f"| {name} | {limit} {unit} | {number(value)} {unit} | {beside(result)} | {'yes' if value <= limit else 'no'} |"


def spread(result):
    return f"p50 {number(result['p50'])} ms, p95 {number(result['p95'])} ms, {result['count']} times"


def highlight(_):
    result = facteur("highlight")
    if not result:
        return "-"
    slow = f"{result['over16']:.0f} of {result['count'] + 1} over 16 ms, longest {result['longest']:.0f} ms"
    return f"until the row has it: p95 {number(result['appliedP95'])} ms; with the waits of 60 frames a second: {spread(result)}; to the screen (Event Timing): {slow}"


def rushed(result, key):
    rush = facteur(key + "-rush")
    return spread(result) + (f"; without a rest between the keys: {spread(rush)}" if rush else "")


def times(result):
    return f"{number(result['p50'])} / {number(result['p95'])} ms" if result else "-"


print("# The webmail\n")
rows = (facteur("highlight") or {}).get("rows", 0)
print(f"Written by `bench/compare-webmail` on {os.cpu_count()} cores of {processor()}, Linux {platform.release()}; {chromium.strip() or 'Chromium'} (headless, drawing without a "
      f"graphics processor) and the servers share the machine. The inbox holds {messages:,} messages{f' in {rows:,.0f} conversations' if rows else ''}. The head of the script says "
      "how each number is taken.\n")
print("## Budgets\n")
print("| what | budget | measured | beside it | held |\n|---|---:|---:|---|---|")
print(budget("JavaScript before the first list, over the wire", "list", "scriptOctets", 60, "KB", KB,
             lambda r: f"all that is asked for until then: {r['octets'] / KB:.0f} KB in {r['requests']:.0f} requests"))
print(budget("first list on the screen, cold cache, 4x processor, 1.6 Mbit/s, 150 ms (p50)", "list-slow", "shownP50", 1000, "ms", 1,
             lambda r: f"until the page itself knows: {spread(r)}; first paint {number(r['firstPaintP50'])} ms, largest {number(r['largestPaintP50'])} ms; drawn by the script, with keys and buttons, {number(r['atWorkP50'])} ms (without the throttle {number(usable(result_of(folder, 'facteur', 'list'))['atWorkP50'])} ms)"))
print(budget("`j` to highlight, the work of the page (p95)", "highlight-work", "p95", 16, "ms", 1, highlight))
print(budget("opening the first conversation of a visit (p95)", "open-first", "p95", 100, "ms", 1, spread))
print(budget("opening the next ones from the list (p95)", "open-next", "p95", 100, "ms", 1, lambda r: rushed(r, "open-next")))
print(budget("going on to the next conversation (p95)", "open-neighbour", "p95", 100, "ms", 1, lambda r: rushed(r, "open-neighbour")))
print(budget("JavaScript heap after the whole list", "heap", "p50", 80, "MB", MB,
             lambda r: f"{r['jumps']:.0f} jumps; with the first list {r['firstList'] / MB:.1f} MB"))
scroll = facteur("scroll")
if scroll:
    print(f"\nScrolling over 1,000 rows at 100 rows a second: {scroll['p50']:.0f} of {scroll['due']:.0f} frames left out; a row in view had no text yet in {scroll['blank']:.0f}.")
print("\n## Beside Roundcube\n")
print(f"{roundcube or 'Roundcube'}, as Debian ships them, reading the same mailbox by IMAP of the same server, signed in already; skin elastic, its caches of messages off and 50 rows a "
      "page, as the package has them. A row is a conversation here and a message there. Times are p50 / p95.\n")
print("| what | Roundcube | Facteur |\n|---|---:|---:|")
for key, name in [
    ("list", "first list, cold cache"),
    ("list-slow", "first list, cold cache, 4x processor, 1.6 Mbit/s, 150 ms"),
    ("open", "click on a row to its message"),
    ("search", "search of a word in subjects, Enter to first rows"),
]:
    print(f"| {name} | {times(usable(result_of(folder, 'roundcube', key)))} | {times(facteur(key))} |")
for field, name in (("scriptOctets", "JavaScript before it"), ("octets", "all that is asked for until then")):
    cells = [f"{result[field] / KB:,.0f} KB" if (result := usable(result_of(folder, site, "list"))) else "-" for site in ("roundcube", "facteur")]
    print(f"| {name} | {cells[0]} | {cells[1]} |")
