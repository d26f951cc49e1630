# Starts Debian's Dovecot and Cyrus under a scratch folder, on loopback high ports, as oracles of the POP3 suite.
# Sourced by bench/pop3-conformance, bench/compare-pop3 and bench/compare-jmap. Needs root, as both do. Account load@bench.test (Cyrus: load) / load-password.
# Packages: dovecot-imapd dovecot-pop3d cyrus-common sasl2-bin libshp2.
#   dovecot_start FOLDER, dovecot_stop FOLDER · cyrus_start FOLDER [http], cyrus_stop FOLDER
DOVECOT_IMAP=5143 DOVECOT_POP3=5110 DOVECOT_POP3S=5995 CYRUS_IMAP=5243 CYRUS_POP3=5210 CYRUS_POP3S=5297 CYRUS_HTTP=5280

oracle_certificate() {
  [ -e "$1/cert.pem" ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$1/key.pem" -out "$1/cert.pem" 2>/dev/null
}

dovecot_start() {
  local d=$1; mkdir -p "$d/run" "$d/mail"; chmod 755 "$d"; oracle_certificate "$d"
  id facteur-bench >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin facteur-bench
  chown facteur-bench "$d/mail"
  echo "load@bench.test:$(doveadm pw -s SHA512-CRYPT -p load-password):::::" > "$d/users"
  cat > "$d/dovecot.conf" <<CONF
base_dir = $d/run
log_path = $d/log
protocols = imap pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <$d/cert.pem
ssl_key = <$d/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = mdbox:$d/mail/%u
first_valid_uid = 1
passdb {
  driver = passwd-file
  args = $d/users
}
userdb {
  driver = static
  args = uid=facteur-bench gid=$(id -gn facteur-bench) home=$d/mail/%u
}
service imap-login {
  inet_listener imap {
    port = $DOVECOT_IMAP
  }
  inet_listener imaps {
    port = 0
  }
}
service pop3-login {
  inet_listener pop3 {
    port = $DOVECOT_POP3
  }
  inet_listener pop3s {
    port = $DOVECOT_POP3S
  }
}
namespace inbox {
  inbox = yes
}
CONF
  dovecot -c "$d/dovecot.conf"
}

dovecot_stop() { [ -e "$1/run/master.pid" ] && kill "$(cat "$1/run/master.pid")" 2>/dev/null || true; }

# The packages of Cyrus' imapd and pop3d put those of Dovecot out: their programs are taken out of the archives instead.
cyrus_programs() {
  [ -x "$1/usr/lib/cyrus/bin/pop3d" ] && return
  (cd "$1" && apt-get download cyrus-imapd cyrus-pop3d cyrus-caldav >/dev/null 2>&1 && for archive in *.deb; do dpkg -x "$archive" .; done)
}

cyrus_start() {
  local d=$1; mkdir -p "$d/conf" "$d/spool" "$d/run"; chmod 755 "$d"; oracle_certificate "$d"; cyrus_programs "$d"
  local bin=$d/usr/lib/cyrus/bin http=
  [ "${2:-}" = http ] && http="http cmd=\"$bin/httpd -C $d/imapd.conf\" listen=\"127.0.0.1:$CYRUS_HTTP\" prefork=0"
  cat > "$d/imapd.conf" <<CONF
configdirectory: $d/conf
proc_path: $d/run/proc
mboxname_lockpath: $d/run/lock
defaultpartition: default
partition-default: $d/spool
admins: cyrus
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: $d/sasldb2
sasl_mech_list: PLAIN LOGIN
tls_server_cert: $d/cert.pem
tls_server_key: $d/key.pem
servername: localhost
popminpoll: 0
failedloginpause: 0
autocreate_quota: 0
autocreate_post: yes
autocreate_users: anyone
createonpost: yes
conversations: yes
httpmodules: jmap
httpallowcompress: no
jmap_nonstandard_extensions: no
CONF
  cat > "$d/cyrus.conf" <<CONF
START {
  recover cmd="/usr/sbin/cyrus ctl_cyrusdb -C $d/imapd.conf -r"
}
SERVICES {
  imap  cmd="$bin/imapd -C $d/imapd.conf" listen="127.0.0.1:$CYRUS_IMAP" prefork=0
  pop3  cmd="$bin/pop3d -C $d/imapd.conf" listen="127.0.0.1:$CYRUS_POP3" prefork=0
  pop3s cmd="$bin/pop3d -s -C $d/imapd.conf" listen="127.0.0.1:$CYRUS_POP3S" prefork=0
  $http
}
EVENTS {
  checkpoint cmd="/usr/sbin/cyrus ctl_cyrusdb -C $d/imapd.conf -c" period=30
}
CONF
  echo load-password | saslpasswd2 -p -c -f "$d/sasldb2" -u localhost load
  chown -R cyrus:mail "$d"
  /usr/lib/cyrus/bin/master -C "$d/imapd.conf" -M "$d/cyrus.conf" -p "$d/pid" -d 2>"$d/log"
}

cyrus_stop() { [ -e "$1/pid" ] && kill "$(cat "$1/pid")" 2>/dev/null || true; }
