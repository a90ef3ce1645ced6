#!/bin/sh
# What Snakemake asks of a batch job: running, success or failed. Asks the controller, so it needs no accounting.
state=$(scontrol show job --oneliner "$1" 2>/dev/null | sed -n 's/.*JobState=\([A-Z_]*\).*/\1/p')
case $state in
  COMPLETED) echo success ;;
  PENDING | CONFIGURING | RUNNING | COMPLETING | SUSPENDED | REQUEUED | PREEMPTED | RESIZING) echo running ;;
  # A controller that does not answer, for a moment: ask again. A job it no longer knows has ended, not well.
  "") if scontrol ping >/dev/null 2>&1; then echo failed; else echo running; fi ;;
  *) echo failed ;;
esac
