#!/usr/bin/env bash
# Stops what start.sh started in a folder, and what still runs under it. The folder stays, with its logs.
#   tools/cluster/stop.sh FOLDER
set -euo pipefail
PATH="$PATH:/usr/sbin"

if [ $# != 1 ] || [ ! -d "$1" ]; then
  echo "usage: stop.sh FOLDER" >&2
  exit 2
fi
folder=$(cd "$1" && pwd -P)

# Whether a process is there, and more than an entry that nobody has taken away.
alive() {
  grep -q '^State:[[:space:]]*[^ZX]' "/proc/$1/status" 2>/dev/null
}

runs() {
  [ -s "$folder/$1.pid" ] && alive "$(cat "$folder/$1.pid")"
}

# Asks servers to end, then makes them.
end() {
  local server ids=() id
  for server in "$@"; do
    runs "$server" && ids+=("$(cat "$folder/$server.pid")")
  done
  [ ${#ids[@]} = 0 ] && return
  kill "${ids[@]}" 2>/dev/null || true
  for id in "${ids[@]}"; do
    for _ in $(seq 50); do
      alive "$id" || continue 2
      sleep 0.1
    done
    echo "process $id does not end: killed" >&2
    kill -KILL "$id" 2>/dev/null || true
  done
}

export SLURM_CONF=$folder/slurm.conf
if runs slurmctld && runs slurmd; then
  scancel --full --signal=KILL --user=root 2>/dev/null || true
  scancel --user=root 2>/dev/null || true
  for _ in $(seq 50); do
    [ -z "$(squeue --noheader --states=running,completing 2>/dev/null)" ] && break
    sleep 0.1
  done
fi
end slurmd slurmctld redis
end munged
rm -f "$folder"/*.pid "$folder"/munge.socket* "$folder"/munge.key
