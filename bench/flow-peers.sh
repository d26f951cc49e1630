# What bench/compare-flow runs beside Facteur: a resolver with the zones of the load, and Postfix with OpenDKIM, OpenDMARC and Dovecot LMTP.
# Sourced after bench/peers.sh. The peers read their resolver from /etc/resolv.conf, so they run in a mount namespace of their own.
FLOW_DNS=127.0.5.53 FLOW_DNS_PORT=5453 FLOW_SINK=2626 FLOW_DESTINATIONS=100

flow_install() {
  peers_install "$1"
  command -v unbound >/dev/null && command -v opendkim >/dev/null && command -v opendmarc >/dev/null && /usr/bin/python3 -c 'import dkim' 2>/dev/null && return
  POLICYRCD="$1/policy" RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends unbound opendkim opendmarc python3-dkim >/dev/null
}

# flow_dns FOLDER: answers for sender.test (SPF, DKIM, DMARC) and d1.load.test … ; everything else does not exist.
flow_dns() {
  local d=$1 i
  openssl genrsa -out "$d/dkim.pem" 2048 2>/dev/null
  local key; key=$(openssl rsa -in "$d/dkim.pem" -pubout -outform DER 2>/dev/null | base64 -w0)
  {
    printf 'server:\n interface: %s@53\n interface: 127.0.0.1@%s\n access-control: 127.0.0.0/8 allow\n do-daemonize: no\n username: ""\n chroot: ""\n directory: "%s"\n pidfile: ""\n use-syslog: no\n logfile: "%s/unbound.log"\n module-config: "iterator"\n' "$FLOW_DNS" "$FLOW_DNS_PORT" "$d" "$d"
    printf ' local-zone: "." static\n local-data: ". 3600 IN SOA . . 1 1 1 1 60"\n'
    cat <<CONF
 local-data: 'sender.test. 3600 IN TXT "v=spf1 ip4:127.0.0.0/8 -all"'
 local-data: 'sender.test. 3600 IN MX 10 mx.sender.test.'
 local-data: 'mx.sender.test. 3600 IN A 127.0.0.1'
 local-data: '_dmarc.sender.test. 3600 IN TXT "v=DMARC1; p=reject"'
 local-data: 'load._domainkey.sender.test. 3600 IN TXT "v=DKIM1; k=rsa; p=${key:0:200}" "${key:200}"'
CONF
    for i in $(seq $FLOW_DESTINATIONS); do
      printf ' local-data: "d%s.load.test. 3600 IN MX 10 mx%s.load.test."\n local-data: "mx%s.load.test. 3600 IN A 127.0.1.%s"\n' "$i" "$i" "$i" "$i"
    done
    printf 'remote-control:\n control-enable: no\n'
  } > "$d/unbound.conf"
  unbound -c "$d/unbound.conf" > "$d/unbound.out" 2>&1 &
  flow_dns_pid=$!
}

# flow_peers FOLDER: after peers_start; milters and the sink's transports.
flow_peers() {
  local d=$1 i
  printf 'nameserver %s\n' "$FLOW_DNS" > "$d/resolv.conf"
  # Debian's OpenDKIM dies in its resolver (libunbound) when ten connections ask at once: it reads the key of the load from a file, which is less work than Facteur has.
  printf 'load._domainkey.sender.test v=DKIM1; k=rsa; p=%s\n' "$(openssl rsa -in "$d/dkim.pem" -pubout -outform DER 2>/dev/null | base64 -w0)" > "$d/opendkim.keys"
  printf '192.0.2.1\n' > "$d/nobody"
  mkdir -p "$d/milter" && chmod 755 "$d/milter"
  cat > "$d/opendkim.conf" <<CONF
Syslog no
Mode v
Socket inet:8891@127.0.0.1
AuthservID peer.bench.test
TestPublicKeys $d/opendkim.keys
InternalHosts $d/nobody
ExternalIgnoreList $d/nobody
PidFile $d/milter/opendkim.pid
Background no
CONF
  cat > "$d/opendmarc.conf" <<CONF
Syslog false
Socket inet:8893@127.0.0.1
AuthservID peer.bench.test
TrustedAuthservIDs peer.bench.test
IgnoreHosts $d/nobody
SPFSelfValidate true
SPFIgnoreResults true
RejectFailures true
PublicSuffixList /usr/share/publicsuffix/public_suffix_list.dat
PidFile $d/milter/opendmarc.pid
Background false
CONF
  unshare -m bash -c "mount --bind '$d/resolv.conf' /etc/resolv.conf; opendkim -f -x '$d/opendkim.conf' & opendmarc -f -c '$d/opendmarc.conf' & wait" > "$d/milters.out" 2>&1 &
  flow_milters_pid=$!
  for i in $(seq $FLOW_DESTINATIONS); do printf 'd%s.load.test smtp:[127.0.1.%s]:%s\n' "$i" "$i" "$FLOW_SINK"; done > "$d/postfix/etc/transport"
  postmap "$d/postfix/etc/transport"
  cat >> "$d/postfix/etc/main.cf" <<CONF
smtpd_milters = inet:127.0.0.1:8891, inet:127.0.0.1:8893
milter_default_action = tempfail
transport_maps = hash:$d/postfix/etc/transport
smtp_dns_support_level = disabled
CONF
}
