"""dkimpy as a peer of the tests: signs and checks DKIM and ARC, with keys from a file instead of the DNS.

    peer.py verify KEYS FILE...                          one line a file: selector=pass or selector=fail for each signature
    peer.py arc KEYS FILE...                             one line a file: the chain validation status
    peer.py sign KEY.pem ALGORITHM SELECTOR DOMAIN CANON FILE...   a DKIM-Signature put before each file
    peer.py seal KEY.pem SELECTOR DOMAIN SRVID FILE...   an ARC set put before each file

KEYS has a line for each record: name, blank, text.
"""
import base64
import sys

import dkim


def read(path):
    with open(path, "rb") as file:
        return file.read()


def resolver(path):
    records = dict(line.split(b" ", 1) for line in read(path).splitlines())
    return lambda name, timeout=5: records.get(name.rstrip(b".").lower())


def verify(keys, *files):
    find = resolver(keys)
    for file in files:
        message = dkim.DKIM(read(file))
        count = sum(1 for name, _ in message.headers if name.lower() == b"dkim-signature")
        results = []
        for index in range(count):
            try:
                passed = message.verify(idx=index, dnsfunc=find)
            except dkim.DKIMException:
                passed = False
            results.append("%s=%s" % (message.signature_fields.get(b"s", b"?").decode(), "pass" if passed else "fail"))
        print(" ".join(results))


def arc(keys, *files):
    for file in files:
        status, _, reason = dkim.arc_verify(read(file), dnsfunc=resolver(keys))
        print("pass" if status == dkim.CV_Pass else "fail %s" % reason)


def private_key(path, algorithm):
    pem = read(path)
    if algorithm != "ed25519-sha256":
        return pem
    der = base64.b64decode(b"".join(line for line in pem.splitlines() if not line.startswith(b"-")))
    return base64.b64encode(der[-32:])


def sign(key, algorithm, selector, domain, canon, *files):
    for file in files:
        message = read(file)
        signer = dkim.DKIM(message, signature_algorithm=algorithm.encode())
        field = signer.sign(selector.encode(), domain.encode(), private_key(key, algorithm), canonicalize=tuple(canon.encode().split(b"/")))
        with open(file, "wb") as output:
            output.write(field + message)


def seal(key, selector, domain, srvid, *files):
    for file in files:
        message = read(file)
        fields = dkim.arc_sign(message, selector.encode(), domain.encode(), read(key), srvid.encode())
        with open(file, "wb") as output:
            output.write(b"".join(fields) + message)


{"verify": verify, "arc": arc, "sign": sign, "seal": seal}[sys.argv[1]](*sys.argv[2:])
