/**
 * Whether a job is finished, as what is on its disk says: `info JOB --json` looks at that, never at who said so.
 *
 * @module
 */

/** Undefined where the job is finished, else what is missing. */
export function missingOf(info: string): string | undefined {
  const line = info.trim().split("\n").at(-1) ?? "";
  let said: Record<string, unknown>;
  try {
    said = Object(JSON.parse(line));
  } catch {
    return "info said nothing that can be read";
  }
  return said.complete === true ? undefined : `the job is not finished: ${line.slice(0, 500)}`;
}
