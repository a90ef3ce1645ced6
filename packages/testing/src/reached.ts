/**
 * Which of our code a step reached that none before did, as V8 counts it: what guides the choice of files to damage further.
 *
 * @module
 */
import { type Profiler, Session } from "node:inspector/promises";

/** Starts to watch. What it returns answers whether new code was reached since it was last called. */
export async function watchReached(): Promise<() => Promise<boolean>> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  const known = new Set<string>();
  return async () => {
    const { result } = await session.post("Profiler.takePreciseCoverage");
    const before = known.size;
    for (const script of result)
      if (isOurs(script)) for (const place of placesOf(script)) known.add(place);
    return known.size > before;
  };
}

function isOurs({ url }: Profiler.ScriptCoverage): boolean {
  return /\/packages\/(core|imjoy-plugin)\/dist\//.test(url);
}

/** The pieces of code that ran: once, a few times, or often. */
function* placesOf({ url, functions }: Profiler.ScriptCoverage): Generator<string> {
  for (const { ranges } of functions)
    for (const { startOffset, endOffset, count } of ranges)
      if (count > 0)
        yield `${url} ${startOffset} ${endOffset} ${count > 99 ? 2 : count > 3 ? 1 : 0}`;
}
