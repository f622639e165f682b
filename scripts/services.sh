#!/usr/bin/env bash
# Throw-away PostgreSQL, Redis and S3 (OpenStack Swift) for the tests, without systemd.
#   scripts/services.sh start|stop|status|install [postgres] [redis] [swift]     no name means all three
# `install` only brings what Debian's packages have of them.
# Their data lives in FASTCLIP_SERVICES and is gone after `stop`. Starting twice is harmless. The ports are
# fixed: PostgreSQL 7432 (user postgres, no password), Redis 7379, S3 7503 (key test:tester, secret testing).
set -eu
. "$(dirname "$0")/lib.sh"
. scripts/packages.sh
umask 022

ALL="postgres redis swift"
root=${FASTCLIP_SERVICES:-/var/tmp/fastclip-services}  # the postgres user must be able to reach it
swift_venv=${XDG_CACHE_HOME:-$HOME/.cache}/fastclip/swift-2.38.3
pgbin=  # set once PostgreSQL is known to be there

# as USER COMMAND...: PostgreSQL refuses to run as root
as() {
  local user=$1
  shift
  if [ "$(id -u)" = 0 ]; then runuser -u "$user" -- "$@"; else "$@"; fi
}

# wait_for NAME LOG COMMAND...: until the command succeeds, at most a minute
wait_for() {
  local name=$1 log=$2 tries=0
  shift 2
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { tail -n 20 "$log" >&2; die "$name did not come up; its log is $log."; }
    sleep 0.2
  done
}

# background PIDFILE LOG COMMAND...: a process that outlives this script and does not hold our lock
background() {
  local pid=$1 log=$2
  shift 2
  setsid nohup "$@" >"$log" 2>&1 </dev/null 9>&- &
  echo $! >"$pid"
}

# end_process PIDFILE: at once, for nothing here is kept
end_process() {
  local pid
  pid=$(cat "$1" 2>/dev/null) || return 0
  kill -9 "$pid" 2>/dev/null || return 0
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
}

find_postgres() { pgbin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1); [ -x "$pgbin/initdb" ]; }

# --- PostgreSQL ------------------------------------------------------------------------------------
postgres_packages() { find_postgres || echo postgresql; have runuser || echo util-linux; }
postgres_up() { find_postgres && "$pgbin/pg_isready" -q -h 127.0.0.1 -p 7432; }

postgres_start() {
  local home=$root/postgres
  mkdir -p "$home"
  [ "$(id -u)" != 0 ] || chown postgres "$home"
  as postgres test -w "$home" ||
    die "the user postgres cannot reach $home; set FASTCLIP_SERVICES to a folder that everybody may enter."
  as postgres "$pgbin/initdb" -D "$home/data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
  # Nothing here has to survive a power cut, so nothing waits for the disk.
  as postgres "$pgbin/pg_ctl" -D "$home/data" -w -t 60 -l "$home/log" start -o "-p 7432 -k $home \
    -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
    -c shared_buffers=128MB -c max_connections=200" >/dev/null 9>&-
  as postgres "$pgbin/createdb" -h 127.0.0.1 -p 7432 -U postgres fastclip
}

postgres_stop() { as postgres "$pgbin/pg_ctl" -D "$root/postgres/data" -m immediate stop >/dev/null 2>&1 || true; }

# --- Redis -----------------------------------------------------------------------------------------
redis_packages() { have redis-server || echo redis-server; }
redis_up() { have redis-cli && [ "$(redis-cli -h 127.0.0.1 -p 7379 ping 2>/dev/null)" = PONG ]; }

redis_start() {
  local home=$root/redis
  mkdir -p "$home"
  background "$home/pid" "$home/log" redis-server --port 7379 --bind 127.0.0.1 --dir "$home" --save '' --appendonly no
  wait_for Redis "$home/log" redis_up
}

redis_stop() { end_process "$root/redis/pid"; }

# --- S3: OpenStack Swift with its s3api, in a Python environment of its own ------------------------
swift_packages() { have curl || echo curl; find_python >/dev/null || echo "python3 python3-venv"; }
swift_up() { curl -fs -m 5 -o /dev/null http://127.0.0.1:7503/healthcheck; }

install_swift() {
  [ -e "$swift_venv/.installed" ] && "$swift_venv/bin/python" -c '' 2>/dev/null && return 0
  say "S3 for tests: installing Swift into $swift_venv"
  rm -rf "$swift_venv"
  mkdir -p "$(dirname "$swift_venv")"
  "$(find_python)" -m venv "$swift_venv"
  "$swift_venv/bin/pip" -q install --disable-pip-version-check --no-input swift==2.38.3 'setuptools<81'
  touch "$swift_venv/.installed"
}

swift_base() {
  printf '[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = %s\nworkers = 0\nuser = %s\nswift_dir = %s\n' \
    "$1" "$(id -un)" "$root/swift/conf"
}

swift_filter() { printf '[filter:%s]\nuse = egg:swift#%s\n' "$1" "$1"; }

# swift_store NAME PORT: the settings and the ring of an account, container or object server
swift_store() {
  local name=$1 port=$2 conf=$root/swift/conf
  {
    swift_base "$port"
    printf 'devices = %s\nmount_check = false\ndisable_fallocate = true\n' "$root/swift/srv"
    printf '[pipeline:main]\npipeline = %s-server\n[app:%s-server]\nuse = egg:swift#%s\n' "$name" "$name" "$name"
  } >"$conf/$name-server.conf"
  (
    cd "$conf"
    "$swift_venv/bin/swift-ring-builder" "$name.builder" create 4 1 0
    "$swift_venv/bin/swift-ring-builder" "$name.builder" add \
      --region 1 --zone 1 --ip 127.0.0.1 --port "$port" --device d1 --weight 1
    "$swift_venv/bin/swift-ring-builder" "$name.builder" rebalance
  ) >/dev/null
}

swift_proxy() {
  local name
  swift_base 7503
  printf '%s\n' '[pipeline:main]' \
    'pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo dlo proxy-server' \
    '[app:proxy-server]' 'use = egg:swift#proxy' 'account_autocreate = true' 'allow_account_management = true' \
    'cors_allow_origin = *' 'cors_expose_headers = etag'
  for name in catch_errors gatekeeper healthcheck listing_formats bulk copy dlo; do swift_filter $name; done
  printf '[filter:cache]\nuse = egg:swift#memcache\nmemcache_servers = 127.0.0.1:7611\n'  # nobody listens there
  swift_filter slo && echo 'allow_async_delete = false'
  swift_filter tempauth && echo 'user_test_tester = testing .admin'
  swift_filter s3api && printf '%s\n' 's3_acl = false' 'location = us-east-1' \
    'dns_compliant_bucket_names = true' 'allow_multipart_uploads = true' 'cors_preflight_allow_origin = *'
}

swift_start() {
  local home=$root/swift name
  install_swift
  mkdir -p "$home/conf" "$home/srv/d1"
  printf '[swift-hash]\nswift_hash_path_suffix = fastclip\n[storage-policy:0]\nname = one\ndefault = yes\n' \
    >"$home/conf/swift.conf"
  swift_store account 7602
  swift_store container 7601
  swift_store object 7600
  swift_proxy >"$home/conf/proxy-server.conf"
  for name in account container object proxy; do
    background "$home/$name.pid" "$home/$name.log" "$swift_venv/bin/swift-$name-server" "$home/conf/$name-server.conf"
  done
  wait_for Swift "$home/proxy.log" swift_up
}

swift_stop() {
  local name
  for name in proxy object container account; do end_process "$root/swift/$name.pid"; done
}

# --- All of them -----------------------------------------------------------------------------------
start_one() {
  if "${1}_up"; then
    say "$1: running already"
    return 0
  fi
  "${1}_stop"  # what a crash left half alive
  rm -rf "${root:?}/$1"
  "${1}_start"
  say "$1: started"
}

stop_one() {
  [ -d "$root/$1" ] || { say "$1: not started from here"; return 0; }
  [ "$1" != postgres ] || find_postgres
  "${1}_stop"
  rm -rf "${root:?}/$1"
  say "$1: stopped"
}

status_one() {
  if "${1}_up"; then say "$1: running"; else say "$1: not running"; fi
}

# What the wanted services lack, in Debian's names; install_packages asks this instead of the product's list.
missing_packages() {
  local name
  have flock || echo util-linux
  for name in $wanted; do "${name}_packages"; done | sort -u
}

action=${1:-}
[ $# = 0 ] || shift
wanted=${*:-$ALL}
for name in $wanted; do
  case " $ALL " in *" $name "*) ;; *) die "no service is called $name; there are: $ALL." ;; esac
done
case $action in
  start) install_packages ;;
  install) install_packages; exit 0 ;;
  stop) ;;
  status) for name in $wanted; do status_one "$name"; done; exit 0 ;;
  *) die "say start, stop, status or install; then, if not all, which of: $ALL." ;;
esac
mkdir -p "$root"
exec 9>"$root/.lock"
flock 9  # two callers at once start one set
for name in $wanted; do "${action}_one" "$name"; done
