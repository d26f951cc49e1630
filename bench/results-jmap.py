"""Writes the table of bench/compare-jmap from its JSON lines: results-jmap.py FOLDER MESSAGES LISTENERS"""
import json, os, platform, sys
from machine import processor

folder, messages, listeners = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def read(server, key):
    try:
        with open(os.path.join(folder, f"{server}.{key}")) as f:
            return json.load(f)
    except (OSError, ValueError):
        return None


def times(result):
    return f"{result['p50Ms']:.2f} / {result['p99Ms']:.2f} ms" + (f" ({result['errors']} errors)" if result["errors"] else "") if result else "-"


def rate(result):
    return f"{result['operationsPerSecond']:,.0f} messages/s" if result and result["operationsPerSecond"] else "-"


print("# JMAP\n")
print(f"Written by `bench/compare-jmap` on {os.cpu_count()} cores of {processor()}, Linux {platform.release()}; load client and server share the machine. "
      f"Cyrus as Debian ships it; Facteur with its default configuration. The inbox holds {messages:,} messages of 4 KiB; times are p50 / p99 at the client, network and JSON included.\n")
print("| load | Cyrus | Facteur |\n|---|---:|---:|")
for key, name, show in [
    ("list", "Email/query and Email/get of the first 50 conversations", times),
    ("changes", "Email/changes after one delivery", times),
    ("push", f"from APPEND to the event at each of {listeners:,} event sources", times),
    ("append", "IMAP APPEND, 4 connections", rate),
    ("import", "upload and Email/import, 4 connections", rate),
]:
    print(f"| {name} | {show(read('cyrus', key))} | {show(read('facteur', key))} |")
for server in ("cyrus", "facteur"):
    push = read(server, "push")
    if push and push.get("residentKiBBefore"):
        print(f"\n{server}: {(push['residentKiBHeld'] - push['residentKiBBefore']) / listeners:.1f} KiB of memory an idle event source.")
