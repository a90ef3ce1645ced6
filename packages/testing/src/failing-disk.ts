/**
 * A disk that fails at a chosen step, or whose process is ended there: `node:fs/promises` with every change below one folder
 * counted. For tests that replace the module by this one and then try each step in turn.
 *
 * @module
 */

/** What is replaced. */
type Files = typeof import("node:fs/promises");
type Handle = Awaited<ReturnType<Files["open"]>>;
// biome-ignore lint/suspicious/noExplicitAny: stands for functions of any kind
type Call = (...given: any[]) => Promise<any>;

/** What happens at a step. */
export type Fault =
  /** The process is no more: what was being written is there by half, and nothing more is done. */
  | "kill"
  /** An error of the system, once: `EIO`, `ESTALE`, `EXDEV`. */
  | { readonly once: string }
  /** An error of the system, at this and all later writes: `ENOSPC`. Files can still be removed. */
  | { readonly from: string };

/** The disk, as a test sees it. */
export interface FailingDisk {
  /** The module in place of `node:fs/promises`. */
  readonly files: Files;
  /** What was done since {@link start}: names of functions, in order. */
  readonly steps: readonly string[];
  /** Resolves when the process was "killed". */
  readonly killed: Promise<void>;
  /** Counts from 0; changes below `root` fail from step `at` on. Without a fault they are only counted. */
  start(root: string, fault?: Fault, at?: number): void;
  /** From here on all goes well, and nothing is counted. */
  stop(): void;
}

/** Functions that change something, with what their first arguments name. */
const changing = ["mkdir", "rename", "rm", "rmdir", "unlink", "link", "copyFile", "truncate"];
const writing = new Set(["open", "write", "writeFile", "mkdir", "link", "copyFile"]);

/** A failing disk around the real one. */
export function failingDisk(real: Files): FailingDisk {
  let root: string | undefined;
  let fault: Fault | undefined;
  let at = 0;
  let dead = false;
  let steps: string[] = [];
  const open = new Set<Handle>();
  let tell = () => {};
  let killed = new Promise<void>(() => {});
  const forever = () => new Promise<never>(() => {});
  const concerns = (path: unknown) => root !== undefined && String(path).startsWith(root);

  /** One step; `half` does what a killed process would have done of it. */
  async function step<T>(
    name: string,
    path: string | undefined,
    work: () => Promise<T>,
    half?: () => Promise<unknown>,
  ): Promise<T> {
    if (dead) return forever();
    const n = steps.length;
    steps.push(name);
    if (fault === "kill" && n === at) {
      dead = true;
      await half?.();
      for (const handle of open) await handle.close();
      open.clear();
      tell();
      return forever();
    }
    const code =
      typeof fault === "object" &&
      (("once" in fault && n === at && fault.once) ||
        ("from" in fault && n >= at && writing.has(name) && fault.from));
    if (code) throw systemError(code, name, path);
    return work();
  }

  const around = (handle: Handle): Handle => {
    const replaced: Record<string, Call> = {
      sync: () => step("sync", undefined, () => handle.sync()),
      close: async () => {
        open.delete(handle);
        await handle.close();
        return step("close", undefined, async () => {});
      },
      write: (bytes: Uint8Array, start = 0, length = bytes.length - start, place?: number) => {
        const write = (count: number) => handle.write(bytes, start, count, place);
        return step(
          "write",
          undefined,
          () => write(length),
          () => write(length >> 1),
        );
      },
      writeFile: (content) => writeTo(handle, content),
    };
    return new Proxy(handle, {
      get: (target, name) => {
        const own = replaced[String(name)];
        if (own) return own;
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  };
  const inner = new WeakMap<object, Handle>();
  const writeTo = (handle: Handle, content: Parameters<Files["writeFile"]>[1]) =>
    step(
      "write",
      undefined,
      () => real.writeFile(handle, content),
      async () => {
        if (typeof content === "string" || ArrayBuffer.isView(content))
          await real.writeFile(handle, Buffer.from(content as Uint8Array).subarray(0, 5));
      },
    );

  const files: Record<string, Call> = {};
  for (const name of changing)
    files[name] = (path, ...more) => {
      const call = () => (real as unknown as Record<string, Call>)[name](path, ...more);
      return concerns(path) ? step(name, String(path), call) : call();
    };
  files.open = async (path, flags, ...more) => {
    const opened = () => real.open(path, flags, ...more);
    if (!concerns(path) || !/[wax+]/.test(String(flags ?? "r"))) return opened();
    const handle = await step("open", String(path), opened);
    open.add(handle);
    const proxy = around(handle);
    inner.set(proxy, handle);
    return proxy;
  };
  files.writeFile = (path, content, ...more) => {
    const handle = typeof path === "object" ? inner.get(path) : undefined;
    if (handle) return writeTo(handle, content);
    const call = () => real.writeFile(path, content, ...more);
    return concerns(path) ? step("writeFile", String(path), call) : call();
  };
  return {
    files: { ...real, ...files } as Files,
    get steps() {
      return steps;
    },
    get killed() {
      return killed;
    },
    start(folder, what, when = 0) {
      [root, fault, at, dead, steps] = [folder, what, when, false, []];
      killed = new Promise((resolve) => {
        tell = resolve;
      });
    },
    stop() {
      [root, fault] = [undefined, undefined];
    },
  };
}

function systemError(code: string, syscall: string, path: string | undefined): Error {
  const error = new Error(`${code}: fault, ${syscall}${path === undefined ? "" : ` '${path}'`}`);
  return Object.assign(error, { code, syscall, ...(path !== undefined && { path }) });
}
