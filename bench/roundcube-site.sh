# Starts Debian's Roundcube under a scratch folder, on a loopback high port, reading a mailbox by IMAP. Sourced by bench/compare-webmail. Needs root, as its packages
# and its user www-data do. Packages: roundcube-core roundcube-sqlite3 php-fpm nginx-light; they are installed where they are missing, their services stay off.
#   roundcube_start FOLDER CERTIFICATE KEY IMAP_PORT HTTPS_PORT · roundcube_stop FOLDER · roundcube_version
#
# Roundcube's configuration is Debian's /etc/roundcube (skin elastic, caches off, 50 rows a page, the preview pane on); by its own environment variables only the database
# (a fresh SQLite), the IMAP host and the folders of logs and temporary files are others. PHP is php-fpm with Debian's php.ini and pool
# (dynamic, 2 to 5 processes), opcache on as shipped. nginx speaks TLS and HTTP/2, sends scripts and styles compressed (gzip, what the package ships compressed as it is) and
# lets browsers keep them for a month, as the package's file for Apache does.

roundcube_packages() {
  local package need=
  for package in roundcube-core roundcube-sqlite3 php-fpm nginx-light; do dpkg -s "$package" >/dev/null 2>&1 || need="$need $package"; done
  [ -z "$need" ] && return
  echo "installing:$need"
  local policy=/usr/sbin/policy-rc.d
  if [ -e "$policy" ]; then policy=; else printf '#!/bin/sh\nexit 101\n' > "$policy" && chmod +x "$policy"; fi
  # shellcheck disable=SC2086
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $need; } >/dev/null
  if [ -n "$policy" ]; then rm -f "$policy"; fi
}

roundcube_version() {
  local php; php=$(ls /usr/sbin/php-fpm*.* | tail -n 1)
  echo "Roundcube $(dpkg-query -W -f '${Version}' roundcube-core), PHP $("$php" -v | sed -nE '1s/PHP ([0-9.]+).*/\1/p') (php-fpm, opcache), nginx $(/usr/sbin/nginx -v 2>&1 | sed 's|.*/||')"
}

roundcube_start() {
  local d=$1 certificate=$2 key=$3 imap=$4 https=$5 php; php=$(ls /usr/sbin/php-fpm*.* | tail -n 1)
  mkdir -p "$d/logs" "$d/temp" "$d/database" "$d/nginx"
  python3 - "$d/database/roundcube.db" <<'PY'
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.executescript(open("/usr/share/roundcube/SQL/sqlite.initial.sql").read())
database.commit()
PY
  chown -R www-data:www-data "$d/logs" "$d/temp" "$d/database"
  cat > "$d/fpm.conf" <<CONF
[global]
pid = $d/fpm.pid
error_log = $d/fpm.log
[www]
user = www-data
group = www-data
listen = $d/fpm.sock
listen.owner = www-data
listen.group = www-data
pm = dynamic
pm.max_children = 5
pm.start_servers = 2
pm.min_spare_servers = 1
pm.max_spare_servers = 3
env[ROUNDCUBE_DB_DSNW] = 'sqlite:///$d/database/roundcube.db?mode=0640'
env[ROUNDCUBE_IMAP_HOST] = '["localhost:$imap"]'
env[ROUNDCUBE_LOG_DIR] = $d/logs/
env[ROUNDCUBE_TEMP_DIR] = $d/temp/
CONF
  cat > "$d/nginx.conf" <<CONF
user www-data;
worker_processes auto;
pid $d/nginx.pid;
error_log $d/nginx.log;
events { worker_connections 768; }
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  sendfile on;
  tcp_nopush on;
  access_log off;
  client_body_temp_path $d/nginx; proxy_temp_path $d/nginx; fastcgi_temp_path $d/nginx; uwsgi_temp_path $d/nginx; scgi_temp_path $d/nginx;
  gzip on;
  gzip_comp_level 6;
  gzip_static on;
  gzip_types text/css application/javascript application/json text/plain image/svg+xml;
  server {
    listen 127.0.0.1:$https ssl http2;
    server_name localhost;
    ssl_certificate $certificate;
    ssl_certificate_key $key;
    root /var/lib/roundcube/public_html;
    index index.php;
    location ~ \.php\$ {
      include /etc/nginx/fastcgi.conf;
      fastcgi_pass unix:$d/fpm.sock;
    }
    location ~ \.(css|js|svg|png|gif|woff2?)\$ { expires 30d; }
  }
}
CONF
  "$php" --fpm-config "$d/fpm.conf" --nodaemonize >/dev/null 2>&1 &
  echo $! > "$d/fpm.own"
  for _ in $(seq 300); do [ -S "$d/fpm.sock" ] && break; sleep 0.1; done
  /usr/sbin/nginx -c "$d/nginx.conf" -g 'daemon off;' >/dev/null 2>&1 &
  echo $! > "$d/nginx.own"
}

roundcube_stop() {
  local own
  for own in "$1/nginx.own" "$1/fpm.own"; do
    [ -e "$own" ] && kill "$(cat "$own")" 2>/dev/null && wait "$(cat "$own")" 2>/dev/null || true
  done
}
