/**
 * A job as a shell script for Slurm, to be read and changed by whoever runs it.
 * In: where the job is, in how many shards, what it may use. Out: the text of the script.
 *
 * Every verb is an array of tasks, and is run once for every size of memory: the first time does the work, and each
 * later one looks at what is on the disk, finds all of it done and ends, or does with more memory what is missing.
 *
 * @module
 */
import { perFinal } from "./final-shards.js";
import { shellWord, shellWords } from "./shell-words.js";

/** What a job may use of a cluster. */
export interface SlurmPlan {
  /** The job's folder, by its full path on the shared disk. */
  readonly job: string;
  /** Into how many tasks the work is cut. */
  readonly shards: number;
  /** Tasks that may run at the same time. */
  readonly atOnce: number;
  /** Memory of a task as Slurm writes it (`4G`), then more for those that were killed. */
  readonly memory: readonly string[];
  /** Processor cores of a task. */
  readonly cores: number;
  /** Where the network runs: `cpu` or `gpu`. */
  readonly device: string;
  /** The longest a task may take, as Slurm writes it (`04:00:00`). */
  readonly time: string;
  /** Further options of sbatch. */
  readonly sbatch: readonly string[];
  /** Whether to go on without the blocks that could not be done. */
  readonly partial: boolean;
  /** The words that start Cellwright on a node. */
  readonly command: readonly string[];
}

/** The script. `bash SCRIPT` submits the job; Slurm runs it again with the name of a verb. */
export function slurmScript(plan: SlurmPlan): string {
  return `#!/bin/bash
# Cellwright on Slurm, made by "cellwright slurm". Change what you like, then submit it: bash THIS_FILE
# It may be submitted again at any time: what is done is not done again. How far it is: cellwright info JOB
set -eo pipefail

job=${shellWord(plan.job)}
shards=${plan.shards}
finals=$(((shards + ${perFinal - 1}) / ${perFinal}))
at_once=${plan.atOnce}
memory=(${shellWords(plan.memory)})
cores=${plan.cores}
device=${shellWord(plan.device)}
time=${shellWord(plan.time)}
partial=${plan.partial ? "yes" : "no"}
options=(${shellWords(plan.sbatch)})
cellwright=(${shellWords(plan.command)})
# shards   tasks of segment; each should take some minutes. finals: of finalize, which has less to do
# at_once  tasks at the same time, at most
# memory   of a task; then of those that were killed, for want of memory or otherwise
# cores    of a task; device: cpu or gpu; time: the longest a task may take
# partial  yes: go on without the blocks that could not be done
# options  further ones of sbatch

# A process that was killed is started again and goes on where it was. An error would come again.
attempt() {
  local try code
  for try in 1 2; do
    code=0
    "\${cellwright[@]}" "$@" || code=$?
    [ "$code" -le 130 ] && return "$code"
    echo "$(hostname): $1 was killed (code $code), attempt $try" >&2
  done
  return "$code"
}

# Submits a verb as an array of tasks, once for every size of memory, and prints the number of the last array.
# Only that one's code counts, for it has looked at all that is on the disk.
submit() { # verb, tasks, what it waits for
  local size after id
  for size in "\${memory[@]}"; do
    after=\${3:-}\${id:+\${3:+,}afterany:$id}
    id=$(sbatch --parsable --job-name="cellwright-$1" --chdir="$job" --array="0-$(($2 - 1))%$at_once" \\
      --mem="$size" --cpus-per-task="$cores" --time="$time" --requeue --open-mode=append \\
      --output="\${job//%/%%}/logs/$1-%A-%a.log" \${after:+--dependency="$after" --kill-on-invalid-dep=yes} \\
      "\${options[@]}" "$script" "$1") || exit 1
    id=\${id%%;*}
    echo "$1: array $id, $2 task(s) of $size\${after:+, $after}" >&2
  done
  echo "$id"
}

case \${1:-} in
segment) attempt segment --job "$job" --shard "$SLURM_ARRAY_TASK_ID/$shards" --threads "$cores" --device "$device" ;;
merge) if [ $partial = yes ]; then attempt merge "$job" --partial; else attempt merge "$job"; fi ;;
finalize) attempt finalize "$job" --shard "$SLURM_ARRAY_TASK_ID/$finals" ;;
*)
  script=\${BASH_SOURCE[0]:-}
  [ -f "$script" ] || { echo "error: save this as a file, then: bash FILE" >&2; exit 2; }
  mkdir -p "$job/logs"
  if [ $partial = yes ]; then well=afterany; else well=afterok; fi
  segment=$(submit segment "$shards")
  merge=$(submit merge 1 "$well:$segment")
  submit finalize "$finals" "$well:$merge"
  ;;
esac
`;
}
