/**
 * How the units of a job follow each other: merge waits for all that segments, check for all that finalizes. A unit that
 * failed holds none of them up: merge and check look at what is on the disk, and say what is missing.
 *
 * @module
 */
import type { FlowJob, JobsOptions } from "bullmq";
import { finalShards } from "./final-shards.js";
import { idOf, type Unit, unitsOf } from "./unit.js";

/** The units up to merge. */
export function segmentFlow(queue: string, job: string, shards: number): FlowJob {
  return flow(queue, { verb: "merge", job, shard: { index: 0, count: shards } }, "segment");
}

/** The units after merge, where so many shards were segmented. */
export function finalizeFlow(queue: string, job: string, shards: number): FlowJob {
  const count = finalShards(shards);
  return flow(queue, { verb: "check", job, shard: { index: 0, count } }, "finalize");
}

function flow(queueName: string, last: Unit, before: "segment" | "finalize"): FlowJob {
  const children = unitsOf(before, last.job, last.shard.count).map((unit) =>
    message(queueName, unit, { ignoreDependencyOnFailure: true }),
  );
  return { ...message(queueName, last, {}), children };
}

function message(queueName: string, unit: Unit, more: JobsOptions): Omit<FlowJob, "children"> {
  const { verb, ...data } = unit;
  return {
    name: verb,
    queueName,
    data,
    opts: {
      jobId: idOf(unit),
      attempts: 3,
      backoff: { type: "exponential", delay: 1000 },
      // What was done is on the disk; what failed is kept for a month, to be looked at.
      removeOnComplete: { age: 24 * 3600 },
      removeOnFail: { age: 30 * 24 * 3600 },
      ...more,
    },
  };
}
