#!/usr/bin/env bash
# Starts servers of this machine alone, without systemd: a Slurm of one node, or Redis. All they write is in one folder.
# Started again where they run, it changes nothing. Prints the lines that a shell needs to use them.
#   eval "$(tools/cluster/start.sh slurm FOLDER)"     port: CLUSTER_PORT, default 6817 (and the next one)
#   eval "$(tools/cluster/start.sh redis FOLDER)"     port: CLUSTER_PORT, default 6399
set -euo pipefail
PATH="$PATH:/usr/sbin"

usage() {
  echo "usage: start.sh slurm|redis FOLDER" >&2
  exit 2
}

fail() {
  echo "error: $1" >&2
  tail -n 20 "$folder"/*.log >&2 2>/dev/null || true
  "$(dirname "$0")/stop.sh" "$folder" >&2 || true
  exit 1
}

need() {
  for command in "$@"; do
    command -v "$command" >/dev/null || fail "$command is missing: run tools/cluster/install.sh"
  done
}

# Waits until a command succeeds, at most 30 s.
until_true() {
  for _ in $(seq 150); do
    "$@" >/dev/null 2>&1 && return 0
    sleep 0.2
  done
  return 1
}

runs() {
  [ -s "$folder/$1.pid" ] && grep -q '^State:[[:space:]]*[^ZX]' "/proc/$(cat "$folder/$1.pid")/status" 2>/dev/null
}

[ $# = 2 ] || usage
mkdir -p "$2"
folder=$(cd "$2" && pwd -P)

write_slurm_conf() {
  cat >"$folder/slurm.conf" <<CONF
ClusterName=cellwright
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
# Without cgroups, memory is looked at once a second, and a job that has more than it asked for is killed.
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
JobCompType=jobcomp/filetxt
JobCompLoc=$folder/finished-jobs.txt
AccountingStorageType=accounting_storage/none
MailProg=/bin/true
ReturnToService=2
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,bf_interval=1
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
MaxArraySize=100001
KillWait=1
MpiDefault=none
NodeName=$node NodeAddr=127.0.0.1 CPUs=${CLUSTER_CPUS:-$(nproc)} RealMemory=$memory State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP DefMemPerCPU=500
CONF
}

start_slurm() {
  need munged slurmctld slurmd sinfo
  [ "$(id -u)" = 0 ] || fail "slurmd must be started as root"
  port=${CLUSTER_PORT:-6817}
  node=$(hostname -s)
  memory=$(awk '/^MemTotal/ { print int($2 / 1024 * 0.9) }' /proc/meminfo)
  export SLURM_CONF=$folder/slurm.conf
  if ! runs slurmctld || ! runs slurmd; then
    mkdir -p "$folder/state" "$folder/spool"
    write_slurm_conf
    if ! runs munged; then
      (umask 077 && head -c 1024 /dev/urandom >"$folder/munge.key")
      # --force: also where a folder above can be written by others, as /tmp can.
      munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" \
        --pid-file="$folder/munged.pid" --log-file="$folder/munged.log" \
        --seed-file="$folder/munged.seed" 2>>"$folder/start.log" || fail "munged does not start"
    fi
    runs slurmctld || slurmctld -c || fail "slurmctld does not start"
    until_true scontrol ping || fail "slurmctld does not answer"
    runs slurmd || slurmd -N "$node" || fail "slurmd does not start"
  fi
  until_true sh -c 'sinfo -h -o %t | grep -qE "^(idle|mix|alloc)$"' || fail "the node is not ready"
  echo "export SLURM_CONF=$SLURM_CONF"
}

start_redis() {
  need redis-server redis-cli
  port=${CLUSTER_PORT:-6399}
  if ! runs redis; then
    redis-server --port "$port" --bind 127.0.0.1 --daemonize yes --dir "$folder" \
      --pidfile "$folder/redis.pid" --logfile "$folder/redis.log" \
      --appendonly yes --save "" --maxmemory-policy noeviction >&2 || fail "redis-server does not start"
  fi
  until_true redis-cli -p "$port" ping || fail "Redis does not answer"
  runs redis || fail "port $port is in use by another server"
  echo "export CELLWRIGHT_REDIS_URL=redis://127.0.0.1:$port"
}

case $1 in
  slurm) start_slurm ;;
  redis) start_redis ;;
  *) usage ;;
esac
