/**
 * Images whose channels lie in files of their own, put together by their names.
 * In: files and a name pattern a channel. Out: images of several files, and the files that lack a partner.
 *
 * @module
 */
import { basename, join } from "node:path";
import { UsageError } from "./context.js";
import { type Found, type Item, imageName, type Problem, stemOf } from "./inputs.js";
import { matchName } from "./name-pattern.js";

/**
 * Images whose channels are in files of their own: `patterns` says which names are which channel, and files belong
 * together where what the stars stand for is the same. `phase_01.tif` and `nuclear_01.tif` make the image `01`.
 */
export function pairs(
  files: readonly Found[],
  patterns: Readonly<Record<string, string>>,
): { items: Item[]; problems: Problem[] } {
  const channels = Object.keys(patterns);
  const groups = new Map<string, { folder: string; rest: string; paths: Map<string, string> }>();
  for (const file of files) {
    const fit = fitOf(file, patterns);
    if (!fit) continue;
    const key = JSON.stringify([file.folder, ...fit.rest]);
    const group = groups.get(key) ?? {
      folder: file.folder,
      rest: joined(fit.rest),
      paths: new Map(),
    };
    const other = group.paths.get(fit.channel);
    if (other)
      throw new UsageError(`${other} and ${file.path} both fit as the ${fit.channel} of one image`);
    group.paths.set(fit.channel, file.path);
    groups.set(key, group);
  }
  const items: Item[] = [];
  const problems: Problem[] = [];
  for (const { folder, rest, paths } of groups.values()) {
    const missing = channels.filter((channel) => !paths.has(channel));
    const inOrder = channels.flatMap((channel) => paths.get(channel) ?? []);
    if (missing.length > 0)
      problems.push({ input: inOrder[0], message: lacking(missing, patterns) });
    else items.push({ name: join(folder, rest || stemOf(inOrder[0])), files: inOrder });
  }
  return { items, problems };
}

/** Which channel a file shows by its name, and what is left of the name; `undefined` where it fits no pattern. */
function fitOf(
  file: Found,
  patterns: Readonly<Record<string, string>>,
): { channel: string; rest: string[] } | undefined {
  const fits = Object.entries(patterns).flatMap(([channel, pattern]) => {
    const rest = restOf(pattern, file.path);
    return rest ? [{ channel, rest }] : [];
  });
  if (fits.length > 1)
    throw new UsageError(
      `${file.path} fits the patterns of ${fits.map(({ channel }) => channel).join(" and ")}: make them tell the files apart`,
    );
  return fits[0];
}

function lacking(channels: readonly string[], patterns: Readonly<Record<string, string>>): string {
  const wanted = channels.map((channel) => patterns[channel]).join(", ");
  return `has no ${channels.join(" and no ")} file beside it (looked for ${wanted})`;
}

/** What the stars stand for in a file's name; the pattern may or may not spell out the extension. */
function restOf(pattern: string, path: string): string[] | undefined {
  const whole = matchName(pattern, basename(path));
  const rest = matchName(pattern, stemOf(path)) ?? whole;
  return rest?.map((part, i) => (i === rest.length - 1 ? part.replace(imageName, "") : part));
}

/** What is left of a name without the channel's word: `p1_` and `_a` make `p1_a`. */
function joined(rest: readonly string[]): string {
  const both = rest.reduce((left, right) =>
    /[\s_.-]$/.test(left) ? left + right.replace(/^[\s_.-]/, "") : left + right,
  );
  return both.replace(/^[\s_.-]+|[\s_.-]+$/g, "");
}
