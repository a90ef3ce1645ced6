/**
 * File name patterns: `*` stands for any run of characters, `?` for one, `[a-c]` for one of a set, and `**` for any
 * depth of folders. Shells expand them where they can; quoted patterns, pairs and Windows come here.
 *
 * @module
 */
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UsageError } from "./context.js";

/** Whether a text is a pattern rather than a plain name. */
export function isPattern(text: string): boolean {
  return /[*?[]/.test(text);
}

/**
 * What the stars of a pattern stood for in a name, or `undefined` where it does not fit. `*` takes as little as it can,
 * so that `*nuclear*` splits at the first "nuclear".
 */
export function matchName(pattern: string, name: string): string[] | undefined {
  return compile(pattern).exec(name)?.slice(1);
}

/** The files that a pattern with folders names, such as `run1/*.tif`. Hidden ones need a dot in the pattern. */
export async function expand(pattern: string, cwd: string): Promise<string[]> {
  const parts = pattern.split(/[/\\]/).filter((part, i) => part !== "" || i === 0);
  const rooted = parts[0] === "";
  return walk(rooted ? "/" : "", rooted ? parts.slice(1) : parts, cwd);
}

async function walk(folder: string, parts: readonly string[], cwd: string): Promise<string[]> {
  const [part, ...rest] = parts;
  if (part === undefined) return [];
  if (!isPattern(part) && rest.length > 0) return walk(join(folder, part), rest, cwd);
  const entries = await readdir(resolve(cwd, folder), { withFileTypes: true }).catch(() => []);
  const shown = entries.filter(({ name }) => part.startsWith(".") || !name.startsWith("."));
  const found: string[] = [];
  if (part === "**") {
    // No folder at all counts too; and `**` at the end means every file below.
    found.push(...(await walk(folder, rest.length > 0 ? rest : ["*"], cwd)));
    for (const entry of shown)
      if (entry.isDirectory()) found.push(...(await walk(join(folder, entry.name), parts, cwd)));
    return found;
  }
  for (const { name } of shown.filter((entry) => matchName(part, entry.name)))
    if (rest.length === 0) found.push(join(folder, name));
    else found.push(...(await walk(join(folder, name), rest, cwd)));
  return found;
}

function compile(pattern: string): RegExp {
  const source = pattern.replace(/\[[^\]]+\]|[\s\S]/g, (sign) => {
    if (sign === "*") return "(.*?)";
    if (sign === "?") return "(.)";
    if (sign.length > 1) return `(${sign.replace(/^\[!/, "[^").replaceAll("\\", "\\\\")})`;
    return sign.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
  });
  try {
    return new RegExp(`^${source}$`, "su");
  } catch {
    throw new UsageError(`"${pattern}" is not a pattern: a set such as [a-c] must run upwards`);
  }
}
