#!/usr/bin/env bash
# Installs what the tests of the cluster doors need from Debian's packages: Slurm, munge, Snakemake, Redis. Starts nothing.
set -euo pipefail

commands=(slurmctld slurmd sbatch munged snakemake redis-server)

missing() {
  for command in "${commands[@]}"; do
    PATH="$PATH:/usr/sbin" command -v "$command" >/dev/null || echo "$command"
  done
}

[ -z "$(missing)" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "error: missing: $(missing | xargs): install them, or run this as root on Debian" >&2
  exit 1
fi

# Debian's packages start their services; here they must not.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi

export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=600 update -qq
apt-get -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-unsafe-io install -y -qq --no-install-recommends \
  slurm-wlm slurm-wlm-basic-plugins munge snakemake redis-server >/dev/null

left=$(missing)
if [ -n "$left" ]; then
  echo "error: still missing after the installation: $(echo "$left" | xargs)" >&2
  exit 1
fi
