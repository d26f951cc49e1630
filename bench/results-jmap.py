"""Writes the table of bench/compare-jmap from its JSON lines: results-jmap.py FOLDER MESSAGES PEER_MESSAGES LISTENERS"""
import os, platform, sys
from machine import processor, result_of

folder = sys.argv[1]
messages, peer_messages, listeners = map(int, sys.argv[2:5])


def times(result):
    if not result:
        return "-"
    if not result["operations"]:
        return "none: " + result.get("firstError", "")[:60] if result["errors"] else "none in the time"
    return f"{result['p50Ms']:.2f} / {result['p99Ms']:.2f} ms" + (f" ({result['errors']} errors)" if result["errors"] else "")


def rate(result):
    return f"{result['operationsPerSecond']:,.0f} messages/s" if result and result["operationsPerSecond"] else "-"


print("# JMAP\n")
print(f"Written by `bench/compare-jmap` on {os.cpu_count()} cores of {processor()}, Linux {platform.release()}; load client and server share the machine. "
      f"Cyrus as Debian ships it; Facteur with its default configuration. The inbox holds {messages:,} messages of 4 KiB ({peer_messages:,} at Cyrus); times are p50 / p99 at the client, network and JSON included.\n")
print("| load | Cyrus | Facteur |\n|---|---:|---:|")
for key, name, show in [
    ("list", "Email/query and Email/get of the first 50 conversations", times),
    ("changes", "Email/changes after one delivery", times),
    ("push", f"from APPEND to the event, {listeners:,} event sources held by twenty accounts, one of them told at a time", times),
    ("pushall", f"the same, all {listeners:,} told at once by twenty APPENDs", times),
    ("append", "IMAP APPEND, 4 connections", rate),
    ("import", "upload and Email/import, 4 connections", rate),
]:
    print(f"| {name} | {show(result_of(folder, 'cyrus', key))} | {show(result_of(folder, 'facteur', key))} |")
for server in ("cyrus", "facteur"):
    push = result_of(folder, server, "push")
    if push and push.get("residentKiBBefore"):
        print(f"\n{server}: {(push['residentKiBHeld'] - push['residentKiBBefore']) / push['listenersOpened']:.1f} KiB of memory an idle event source.")
