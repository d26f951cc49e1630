"""Prints the DKIM-Signature field of the message on standard input: sign.py KEY. Message-ID stays unsigned, since each message of the load has its own."""
import sys
import dkim

message = sys.stdin.buffer.read()
key = open(sys.argv[1], "rb").read()
headers = [b"from", b"to", b"subject", b"date", b"mime-version", b"content-type"]
sys.stdout.buffer.write(dkim.sign(message, b"load", b"sender.test", key, canonicalize=(b"relaxed", b"relaxed"), include_headers=headers))
