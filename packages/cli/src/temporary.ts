/**
 * Names for what is being written, and the end of what processes left under such names that were killed.
 *
 * @module
 */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

/** The system that gives our process its number: elsewhere the same number is another process. */
const system = systemMark();

/** `SYSTEM-PROCESS-CHANCE`, as {@link mark} makes it. */
const marks = "[0-9a-f]{8}-[0-9]+-[0-9a-f]{12}";
const temporary = new RegExp(`^\\..*\\.(${marks})\\.tmp$`, "s");

/** What another system left is taken for left over when it is this much older than its folder's last change. */
const longestWork = 24 * 60 * 60 * 1000;

/** What this process has under way. */
const unfinished = new Set<string>();

/** The folders that were looked through. */
const tidied = new Set<string>();

/** A word that tells this process and this moment from all others. */
export function mark(): string {
  return `${system}-${process.pid}-${randomBytes(6).toString("hex")}`;
}

/** Whether a word is one of {@link mark}'s. */
export function isMark(word: string): boolean {
  return new RegExp(`^${marks}$`).test(word);
}

/** A hidden name beside `path` for what will be there; this process has it until {@link finished}. */
export function begin(path: string): string {
  const place = join(dirname(path), `.${shortened(basename(path))}.${mark()}.tmp`);
  unfinished.add(place);
  return place;
}

/** What lay under a temporary name is gone, or has been moved, or must stay. */
export function finished(place: string): void {
  unfinished.delete(place);
}

/** The temporary names that this process has under way. */
export function underWay(): readonly string[] {
  return [...unfinished];
}

/** Whether a name in a folder is a temporary one. */
export function isTemporary(name: string): boolean {
  return temporary.test(name);
}

/**
 * Removes what processes that are no more left in a folder: once a folder and run of the command, before the first
 * write there. A folder of which a process moved what is nowhere else (it holds `before`) stays until
 * {@link tidyKept}. What cannot be removed stays.
 */
export async function tidy(folder: string): Promise<void> {
  if (tidied.has(folder)) return;
  tidied.add(folder);
  for (const place of await leftIn(folder))
    if (!(await isKept(place))) await rm(place, { recursive: true, force: true }).catch(() => {});
}

/** The same where the work is done anew and whole, so that nothing of an earlier run is missed. */
export async function tidyKept(folder: string): Promise<void> {
  for (const place of await leftIn(folder))
    await rm(place, { recursive: true, force: true }).catch(() => {});
}

/** Folders are looked through once more; to be called where a run of the command begins. */
export function lookAgain(): void {
  tidied.clear();
}

/** The places in a folder that nobody is at work on. */
async function leftIn(folder: string): Promise<string[]> {
  const left: string[] = [];
  for (const name of await readdir(folder).catch((): string[] => [])) {
    const word = temporary.exec(name)?.[1];
    const place = join(folder, name);
    if (word !== undefined && !unfinished.has(place) && (await isLeft(word, place)))
      left.push(place);
  }
  return left;
}

/**
 * Whether the process of a mark has ended. One of another system cannot be asked: there the times of the file system
 * itself decide, whatever the clocks of the machines say.
 */
export async function isLeft(word: string, place: string): Promise<boolean> {
  const [where, process_] = word.split("-");
  if (where === system) return !runs(Number(process_));
  const times = await Promise.all([stat(place), stat(dirname(place))]).catch(() => undefined);
  return times !== undefined && times[1].mtimeMs - times[0].mtimeMs > longestWork;
}

function runs(id: number): boolean {
  // Ours are known one by one: what is not under way is left of an earlier process of the same number.
  if (id === process.pid) return false;
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function isKept(place: string): Promise<boolean> {
  return stat(join(place, "before")).then(
    () => true,
    () => false,
  );
}

/** Host, start of the machine and, on Linux, the name space of process numbers: containers have their own. */
function systemMark(): string {
  const parts = [
    () => hostname(),
    () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"),
    () => readlinkSync("/proc/self/ns/pid"),
  ];
  const hash = createHash("sha256");
  for (const part of parts)
    try {
      hash.update(part());
    } catch {
      // Not on this system.
    }
  return hash.digest("hex").slice(0, 8);
}

/** File names may have 255 bytes; the temporary one must leave room for what is added. */
function shortened(name: string): string {
  return [...name].slice(0, 40).join("");
}
