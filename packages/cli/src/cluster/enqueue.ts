/**
 * Gives a job to a queue, and waits for it where asked to.
 *
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Queue } from "bullmq";
import type { EnqueueOptions } from "../commands/enqueue.js";
import { type Context, exit } from "../context.js";
import { segmentFlow } from "./flow.js";
import { jobAt, placeOf } from "./job-place.js";
import { connect, loadQueue, redisAddress } from "./redis.js";
import { idOf, type Unit } from "./unit.js";

/** States of a unit that will still come to an end by itself. */
const onTheWay = ["waiting", "waiting-children", "active", "delayed", "prioritized", "paused"];

/** Puts the units of a job into the queue, unless they are in it. */
export async function enqueue(
  path: string,
  options: EnqueueOptions,
  context: Context,
): Promise<void> {
  const { name } = placeOf(await jobAt(path, context));
  const packages = await loadQueue();
  const address = redisAddress(options.redis, context.env);
  const connection = await connect(address, packages);
  const { FlowProducer, Queue } = packages.bullmq;
  const queue = new Queue(options.queue, { connection });
  const flows = new FlowProducer({ connection });
  // The connection is made anew; what fails for good is thrown where it is awaited.
  queue.on("error", () => {});
  flows.on("error", () => {});
  const say = (line: Record<string, unknown>) =>
    context.stdout(
      options.json ? `${JSON.stringify(line)}\n` : `${Object.values(line).join("\t")}\n`,
    );
  try {
    const last = lastUnits(name, options.shards);
    if (await isOnTheWay(queue, last)) say({ job: name, state: "already in the queue" });
    else {
      await roomFor(options.shards, queue, options, context);
      for (const id of last) await queue.remove(id, { removeChildren: true });
      await flows.add(segmentFlow(options.queue, name, options.shards));
      say({ job: name, state: "in the queue", units: options.shards });
    }
    if (options.wait) await waitFor(name, queue, last, say, context);
  } finally {
    await queue.close();
    await flows.close();
    connection.disconnect();
  }
}

/** The names of the units that end the two halves of a job. */
function lastUnits(job: string, count: number): string[] {
  const last = (verb: Unit["verb"]) => idOf({ verb, job, shard: { index: 0, count } });
  return [last("merge"), last("check")];
}

async function isOnTheWay(queue: Queue, ids: readonly string[]): Promise<boolean> {
  const states = await Promise.all(ids.map((id) => queue.getJobState(id)));
  return states.some((state) => onTheWay.includes(state));
}

/** A queue that is full takes no more: with `--wait` until there is room, else it says so. */
async function roomFor(
  units: number,
  queue: Queue,
  { limit, wait }: EnqueueOptions,
  context: Context,
): Promise<void> {
  for (;;) {
    const waiting = await queue.getWaitingCount();
    if (waiting === 0 || waiting + units <= limit) return;
    if (!wait)
      throw new Error(
        `the queue must hold no more than ${limit} units (--limit), ${waiting} wait already: try again later, or --wait`,
      );
    await sleep(1000, undefined, { signal: context.signal });
  }
}

async function waitFor(
  job: string,
  queue: Queue,
  [merge, check]: readonly string[],
  say: (line: Record<string, unknown>) => void,
  context: Context,
): Promise<void> {
  for (;;) {
    const [first, second] = await Promise.all([queue.getJobState(merge), queue.getJobState(check)]);
    if (second === "completed") {
      say({ job, state: "done" });
      return;
    }
    const ended = [merge, check][[first, second].indexOf("failed")];
    if (ended !== undefined || (first === "unknown" && second === "unknown")) {
      const reason = ended && (await queue.getJob(ended))?.failedReason;
      say({ job, state: "failed", reason: reason ?? "its units were taken out of the queue" });
      context.exitCode = exit.failed;
      return;
    }
    await sleep(500, undefined, { signal: context.signal });
  }
}
