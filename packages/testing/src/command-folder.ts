/**
 * Tests of a command: each begins in a folder of its own that is empty, all of them gone at the end of the file.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach } from "vitest";

/** What a run of the command left: its exit code and what it wrote. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A context that remembers what is written to it. */
interface Remembering {
  readonly out: () => string;
  readonly err: () => string;
}

/** The command under test, and the world that it is handed; `changes` are laid over what a test file always wants. */
export interface TestedCommand<C extends Remembering> {
  readonly run: (argv: readonly string[], context: C) => Promise<number>;
  readonly context: (changes: Partial<C> & { readonly cwd: string }) => C;
}

/** Where the tests of a file work. Names are paths from the folder of the test under way. */
export interface CommandFolder<C> {
  /** Holds the folders of all tests; what they share may lie here. */
  readonly root: string;
  /** The folder of the test under way. */
  readonly cwd: string;
  /** Writes a file, with the folders above it. */
  readonly put: (name: string, content: Uint8Array | string) => void;
  /** The names in a folder, in order. */
  readonly list: (name: string) => string[];
  /** The paths of all that lies below the folder of the test under way, in order. */
  readonly below: () => string[];
  readonly bytes: (name: string) => Uint8Array;
  readonly text: (name: string) => string;
  /** Runs the command in the folder. */
  readonly cellwright: (argv: readonly string[], changes?: Partial<C>) => Promise<Ran>;
}

/** To be called once, at the top of a test file. */
export function commandFolder<C extends Remembering>(command: TestedCommand<C>): CommandFolder<C> {
  const root = mkdtempSync(join(tmpdir(), "cellwright-"));
  let cwd = root;
  beforeEach(() => {
    cwd = mkdtempSync(join(root, "run-"));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return {
    root,
    get cwd() {
      return cwd;
    },
    put: (name, content) => {
      mkdirSync(dirname(join(cwd, name)), { recursive: true });
      writeFileSync(join(cwd, name), content);
    },
    list: (name) => readdirSync(join(cwd, name)).sort(),
    below: () =>
      readdirSync(cwd, { recursive: true, withFileTypes: true })
        .map((entry) => join(entry.parentPath, entry.name))
        .sort(),
    bytes: (name) => new Uint8Array(readFileSync(join(cwd, name))),
    text: (name) => readFileSync(join(cwd, name), "utf8"),
    cellwright: async (argv, changes) => {
      const context = command.context({ ...(changes as Partial<C>), cwd });
      const code = await command.run(argv, context);
      return { code, out: context.out(), err: context.err() };
    },
  };
}
