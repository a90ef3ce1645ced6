/**
 * The viewer as users get it, built from the sources as they are: once for all tests that look at it, kept in a temporary
 * folder until a source changes.
 *
 * @module
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { type Find, fileIn, openBrowser, type Site, serveSite } from "./page.js";

const packages = fileURLToPath(new URL("../../", import.meta.url));

/** Longer than any build takes: whoever holds the lock so long has died. */
const patience = 300_000;

/** The folder of the built page; builds it where the sources have changed since. */
export async function builtApp(): Promise<string> {
  return builtOf({ root: "viewer", made });
}

/** A page that is built for tests. */
export interface BuiltPage {
  /** The package with its `vite.config.ts`. */
  readonly root: string;
  /** Folders and files that it is made from, beside the packages. */
  readonly made: readonly string[];
  /** What the configuration reads out of the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The folder of a built page; builds it where the sources have changed since. */
export async function builtOf(page: BuiltPage): Promise<string> {
  const folder = join(tmpdir(), `cellwright-app-${fingerprint(page)}`);
  const lock = `${folder}.lock`;
  while (!existsSync(folder)) {
    if (!takeLock(lock)) {
      await wait(250);
      continue;
    }
    try {
      if (!existsSync(folder)) await buildInto(folder, page);
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
  return folder;
}

/** How {@link openApp} serves the page. */
export interface AppOptions {
  /** Other addresses beside the page's own files, such as `/data/a.tif`. */
  readonly find?: Find;
  readonly isolated?: boolean;
  /** Hears of each answer: the bytes of its body. */
  readonly onAnswer?: (path: string, byteLength: number) => void;
}

/** Serves the built page as a web host would, and starts a browser. */
export async function openApp(options: AppOptions = {}): Promise<Site> {
  const folder = await builtApp();
  const own = (path: string) => (path === "/" ? "/index.html" : path);
  const served = await serveSite({
    ...options,
    find: (path) => fileIn(folder, own(path)) ?? options.find?.(path),
    findSmaller: (path) => fileIn(folder, `${own(path)}.br`),
  });
  const browsing = await openBrowser(served.origin);
  return {
    ...browsing,
    close: async () => {
      await browsing.close();
      await served.close();
    },
  };
}

async function buildInto(folder: string, page: BuiltPage): Promise<void> {
  forgetOldBuilds();
  const outDir = `${folder}.${process.pid}`;
  const root = join(packages, page.root);
  Object.assign(process.env, page.env);
  try {
    await build({
      root,
      configFile: join(root, "vite.config.ts"),
      logLevel: "error",
      build: { outDir, emptyOutDir: true, reportCompressedSize: false },
    });
    renameSync(outDir, folder);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

/** A build takes tens of megabytes: those of an hour ago are of sources that have changed since. */
function forgetOldBuilds(): void {
  for (const name of readdirSync(tmpdir()).filter((name) => name.startsWith("cellwright-app-"))) {
    const path = join(tmpdir(), name);
    const status = statSync(path, { throwIfNoEntry: false });
    if (status && Date.now() - status.mtimeMs > 3_600_000)
      rmSync(path, { recursive: true, force: true });
  }
}

/** Whether this process may build now: `lock` is a folder that only one can make. Remove it afterwards. */
export function takeLock(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > patience) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

/** Folders and files that the viewer's page is made from. */
export const made: readonly string[] = [
  "core/src",
  "engine-onnx/src",
  "models",
  "viewer/src",
  "viewer/build",
  "viewer/index.html",
  "viewer/vite.config.ts",
  "viewer/package.json",
  "../package-lock.json",
];

/** Changes with every file that a page is made from. */
function fingerprint({ root, made: files, env = {} }: BuiltPage): string {
  const hash = createHash("sha256").update(JSON.stringify([root, env]));
  for (const file of files.flatMap(filesAt))
    hash.update(`${file}\0`).update(readFileSync(join(packages, file)));
  return hash.digest("hex").slice(0, 24);
}

/** A file itself, or all files in a folder, tests left out. */
function filesAt(path: string): string[] {
  const place = join(packages, path);
  if (statSync(place).isFile()) return [path];
  return readdirSync(place, { recursive: true })
    .map((entry) => `${path}/${entry}`)
    .filter(
      (file) => statSync(join(packages, file)).isFile() && !/\.(test|bench)\.tsx?$/.test(file),
    )
    .sort();
}
