"""Writes the table of bench/compare from its JSON lines: results.py FOLDER MESSAGES IDLE"""
import os, platform, sys
from machine import processor, result_of

folder, messages, idle = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
ROWS = [
    ("smtp-4k", "SMTP ingest, 4 KiB, 10 connections, until visible", "messages/s"),
    ("smtp-50k", "SMTP ingest, 50 KiB, 10 connections, until visible", "messages/s"),
    ("login-tls", "IMAP login over TLS, 10 connections", "logins/s"),
    ("append-4k", "IMAP APPEND, 4 KiB, 10 connections", "messages/s"),
    ("fetch-flags", "FETCH 1:* FLAGS", "messages/s"),
    ("fetch-envelope", "FETCH 1:* FLAGS INTERNALDATE RFC822.SIZE ENVELOPE", "messages/s"),
    ("fetch-structure", "FETCH 1:* BODYSTRUCTURE", "messages/s"),
    ("fetch-headers", "FETCH 1:* BODY.PEEK[HEADER.FIELDS (4 fields)]", "messages/s"),
    ("fetch-body", "FETCH 1:* BODY.PEEK[]", "messages/s"),
    ("select", "SELECT, 2 connections", "commands/s"),
    ("store", "STORE of one flag, 4 connections", "commands/s"),
    ("search-text", "SEARCH TEXT", "commands/s"),
    ("search-flags", "SEARCH UNSEEN FLAGGED", "commands/s"),
    ("pop3-retr", "POP3 RETR of 4 and 50 KiB, one after another", "messages/s"),
]


def number(x):
    return f"{x:,.0f}" if x >= 100 else f"{x:,.1f}"


print("# Facteur beside Postfix and Dovecot\n")
print(f"Written by `bench/compare` on {os.cpu_count()} cores of {processor()}, Linux {platform.release()}; load client and server share the machine. "
      f"Postfix and Dovecot (Maildir) as Debian ships them, with their own durability; Facteur with its default configuration. "
      f"The mailbox of the FETCH, SELECT, STORE and SEARCH rows holds {messages:,} messages of 4 KiB.\n")
print("| load | Postfix + Dovecot | p50/p99 ms | Facteur | p50/p99 ms | ratio |\n|---|---:|---:|---:|---:|---:|")
for key, name, unit in ROWS:
    a, b = result_of(folder, "peers", key), result_of(folder, "facteur", key)
    cell = lambda r: f"{number(r['operationsPerSecond'])} {unit}" + (f" ({r['errors']} errors)" if r["errors"] else "") if r else "-"
    times = lambda r: f"{r['p50Ms']:.1f} / {r['p99Ms']:.1f}" if r else "-"
    ratio = f"{b['operationsPerSecond'] / a['operationsPerSecond']:.1f}" if a and b and a["operationsPerSecond"] else "-"
    print(f"| {name} | {cell(a)} | {times(a)} | {cell(b)} | {times(b)} | {ratio} |")
print(f"\n| memory of Facteur | resident | more with {idle:,} connections in IDLE |\n|---|---:|---:|")
for key, name in (("idle-clear", "in clear"), ("idle-tls", "over TLS")):
    r = result_of(folder, "facteur", key)
    if r and r.get("residentKiBHeld"):
        print(f"| {name} | {r['residentKiBBefore'] / 1024:.0f} MiB | {(r['residentKiBHeld'] - r['residentKiBBefore']) / 1024:.1f} MiB |")
