"""Writes the table of bench/compare-flow from its JSON lines: results-flow.py FOLDER"""
import json, os, platform, sys
from machine import processor

folder = sys.argv[1]
ROWS = [
    ("in-4096", "in with SPF, DKIM and DMARC, 4 KiB, 10 connections, until visible"),
    ("in-51200", "in with SPF, DKIM and DMARC, 50 KiB, 10 connections, until visible"),
    ("out-10", "out to 10 destinations, 4 KiB, from the first submission to the last arrival"),
    ("out-100", "out to 100 destinations, 4 KiB, likewise"),
]


def read(server, key):
    try:
        with open(os.path.join(folder, f"{server}.{key}")) as f:
            result = json.load(f)
        with open(os.path.join(folder, f"{server}.{key}.busy")) as f:
            result["cpu"] = int(f.read()) * 1000 / os.sysconf("SC_CLK_TCK") / max(1, result["operations"])
        return result
    except (OSError, ValueError):
        return None


print("# Mail in with checks, and mail out\n")
print(f"Written by `bench/compare-flow` on {os.cpu_count()} cores of {processor()}, Linux {platform.release()}; load client, sink, resolver and server share the machine. "
      "Postfix, OpenDKIM, OpenDMARC (with its own SPF) and Dovecot LMTP (Maildir) as Debian ships them; Facteur with its default configuration. Processor time is that of "
      "the whole machine, the load client's share included on both sides.\n")
print("| load | Postfix and milters | processor a message | Facteur | processor a message | ratio |\n|---|---:|---:|---:|---:|---:|")
for key, name in ROWS:
    a, b = read("peers", key), read("facteur", key)
    rate = lambda r: f"{r['operationsPerSecond']:,.0f} messages/s" + (f" ({r['errors']} errors)" if r["errors"] else "") if r else "-"
    cpu = lambda r: f"{r['cpu']:.2f} ms" if r else "-"
    ratio = f"{b['operationsPerSecond'] / a['operationsPerSecond']:.1f}" if a and b and a["operationsPerSecond"] else "-"
    print(f"| {name} | {rate(a)} | {cpu(a)} | {rate(b)} | {cpu(b)} | {ratio} |")
