# Starts Postfix and Dovecot from Debian under a scratch folder, on loopback high ports, with the durability they ship with.
# Sourced by bench/compare. Needs root, as both do.
#   peers_install            Debian packages
#   peers_start FOLDER       account load@bench.test / load-password
#   peers_stop FOLDER
PEER_SMTP=3025 PEER_LMTP=3024 PEER_IMAP=3143 PEER_IMAPS=3993 PEER_POP3=3110 PEER_POP3S=3995

peers_install() {
  command -v dovecot >/dev/null && command -v postfix >/dev/null && [ -e /usr/lib/dovecot/lmtp ] && [ -e /usr/lib/dovecot/pop3 ] && return
  apt-get update -q >/dev/null
  # The packages' own services are kept from starting: only ours, in the scratch folder, are wanted.
  printf '#!/bin/sh\nexit 101\n' > "$1/policy" && chmod +x "$1/policy"
  POLICYRCD="$1/policy" RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends postfix dovecot-imapd dovecot-pop3d dovecot-lmtpd >/dev/null
}

peers_start() {
  local d=$1
  id facteur-bench >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin facteur-bench
  mkdir -p "$d/dovecot/run" "$d/mail" "$d/postfix/etc" "$d/postfix/queue" "$d/postfix/lib"
  chown facteur-bench "$d/mail"; chmod 755 "$d"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$d/key.pem" -out "$d/cert.pem" 2>/dev/null
  echo "load@bench.test:$(doveadm pw -s SHA512-CRYPT -p load-password):::::" > "$d/dovecot/users"
  cat > "$d/dovecot/dovecot.conf" <<CONF
base_dir = $d/dovecot/run
log_path = $d/dovecot/log
protocols = imap pop3 lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <$d/cert.pem
ssl_key = <$d/key.pem
disable_plaintext_auth = no
mail_location = maildir:$d/mail/%u
mail_max_userip_connections = 20000
first_valid_uid = 1
default_client_limit = 20000
default_process_limit = 3000
default_vsz_limit = 2G
passdb {
  driver = passwd-file
  args = $d/dovecot/users
}
userdb {
  driver = static
  args = uid=facteur-bench gid=$(id -gn facteur-bench) home=$d/mail/%u
}
service imap-login {
  inet_listener imap {
    port = $PEER_IMAP
  }
  inet_listener imaps {
    port = $PEER_IMAPS
  }
}
service pop3-login {
  inet_listener pop3 {
    port = $PEER_POP3
  }
  inet_listener pop3s {
    port = $PEER_POP3S
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = $PEER_LMTP
  }
}
namespace inbox {
  inbox = yes
}
CONF
  dovecot -c "$d/dovecot/dovecot.conf"
  cp /etc/postfix/dynamicmaps.cf "$d/postfix/etc/" 2>/dev/null || true
  cat > "$d/postfix/etc/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $d/postfix/queue
data_directory = $d/postfix/lib
maillog_file = $d/postfix/log
maillog_file_prefixes = $d
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = peer.bench.test
mydestination =
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = bench.test
virtual_transport = lmtp:inet:127.0.0.1:$PEER_LMTP
smtpd_peername_lookup = no
alias_maps =
alias_database =
smtpd_client_connection_count_limit = 0
CONF
  sed -e "s/^smtp      inet .*/127.0.0.1:$PEER_SMTP inet n - n - - smtpd/" -e '/^pickup/!s/^\([a-z-]* *unix  *[-nyp] *[-ny] *\)y/\1n/' /usr/share/postfix/master.cf.dist \
    | sed -E 's/^((pickup|cleanup|qmgr|tlsmgr|rewrite|bounce|defer|trace|verify|flush|proxymap|proxywrite|smtp|relay|showq|error|retry|discard|local|virtual|lmtp|anvil|scache|postlog) +unix +[^ ]+ +[^ ]+ +)y/\1n/; s/^(postlog +unix-dgram +[^ ]+ +[^ ]+ +)y/\1n/' > "$d/postfix/etc/master.cf"
  grep -q '^postlog' "$d/postfix/etc/master.cf" || echo 'postlog unix-dgram n - n - 1 postlogd' >> "$d/postfix/etc/master.cf"
  chown postfix "$d/postfix/lib"
  postfix -c "$d/postfix/etc" start >/dev/null 2>&1
}

peers_stop() {
  postfix -c "$1/postfix/etc" stop >/dev/null 2>&1 || true
  [ -e "$1/dovecot/run/master.pid" ] && kill "$(cat "$1/dovecot/run/master.pid")" 2>/dev/null || true
}
