import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { createProgram, memoryContext, run } from "./index.js";

/** A context that loads no engine. */
const quiet = () =>
  memoryContext({ openEngine: () => Promise.reject(new Error("no engine is needed here")) });

async function cellwright(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const context = quiet();
  const code = await run(argv, context);
  return { code, out: context.out(), err: context.err() };
}

/** Every command as a path of words, and itself. */
function commandsOf(command: Command, path: string[] = []): [string[], Command][] {
  return command.commands.flatMap((child) => {
    const words = [...path, child.name()];
    return [[words, child] as [string[], Command], ...commandsOf(child, words)];
  });
}

test("help and version go to stdout with exit code 0", async () => {
  for (const argv of [["--help"], ["help"], ["segment", "--help"], ["help", "segment"]]) {
    const { code, out, err } = await cellwright(...argv);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^Usage: cellwright/);
  }
  expect(await cellwright("--version")).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^\d/),
  });
});

test("every command has help that says what it does", async () => {
  const commands = commandsOf(createProgram(quiet()));
  expect(commands.map(([words]) => words.join(" "))).toEqual(
    expect.arrayContaining([
      "segment",
      "train",
      "score",
      "measure",
      "models list",
      "synth",
      "info",
    ]),
  );
  for (const [words, command] of commands) {
    expect(command.description()).not.toBe("");
    const { code, out } = await cellwright(...words, "--help");
    expect(code).toBe(0);
    expect(out).toContain(`Usage: cellwright ${words.join(" ")}`);
  }
});

test("wrong usage ends with exit code 2 and says so on stderr", async () => {
  for (const argv of [
    [],
    ["segmnet"],
    ["segment"],
    ["segment", "a.tif"],
    ["--nothing"],
    ["models"],
  ]) {
    const { code, out, err } = await cellwright(...argv);
    expect({ argv, code, out }).toEqual({ argv, code: 2, out: "" });
    expect(err).not.toBe("");
  }
  expect((await cellwright("segmnet")).err).toMatch(/Did you mean segment/);
});

test("asking for help loads no engine and nothing of core", () => {
  const root = fileURLToPath(new URL("./main.ts", import.meta.url));
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    // Imports of types alone are gone when it runs; imports in functions come later.
    const text = readFileSync(file, "utf8");
    for (const [, clause, name] of text.matchAll(/^(?:import|export)\s([^;]*?)from "([^"]+)";/gms))
      if (!clause.startsWith("type ") && !onlyTypes(clause))
        if (name.startsWith(".")) visit(join(dirname(file), name.replace(/\.js$/, ".ts")));
        else packages.add(name);
  };
  visit(root);
  expect(seen.size).toBeGreaterThan(10);
  expect([...packages].filter((name) => !name.startsWith("node:"))).toEqual(["commander"]);
});

function onlyTypes(clause: string): boolean {
  const names = clause
    .replace(/[{}]/g, "")
    .split(",")
    .filter((name) => name.trim());
  return names.length > 0 && names.every((name) => name.trim().startsWith("type "));
}

test("completion scripts of all shells know every command and option", async () => {
  const commands = commandsOf(createProgram(quiet()));
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, out } = await cellwright("completion", shell);
    expect(code).toBe(0);
    for (const [words, command] of commands.filter(([words]) => words.at(-1) !== "help")) {
      for (const word of words) expect(out).toContain(word);
      for (const option of command.options.filter(({ hidden }) => !hidden))
        expect(out).toContain(shell === "fish" ? `-l ${option.long?.slice(2)}` : option.long);
    }
  }
  expect((await cellwright("completion", "tcsh")).code).toBe(2);
});

test.skipIf(!existsSync("/bin/bash"))(
  "bash completes commands, options and their values",
  async () => {
    const { out } = await cellwright("completion", "bash");
    const script = join(mkdtempSync(join(tmpdir(), "cellwright-")), "completion.bash");
    writeFileSync(script, out);
    const complete = (...words: string[]): string[] => {
      const list = words.map((word) => `'${word}'`).join(" ");
      const program = `source ${script}; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _cellwright; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return execFileSync("/bin/bash", ["-c", program], { encoding: "utf8", cwd: dirname(script) })
        .trim()
        .split("\n");
    };
    expect(complete("cellwright", "seg")).toEqual(["segment"]);
    expect(complete("cellwright", "segment", "--ov")).toEqual(["--overwrite"]);
    expect(complete("cellwright", "segment", "--device", "")).toEqual(["cpu", "gpu", "auto"]);
    expect(complete("cellwright", "models", "li")).toEqual(["list"]);
    expect(complete("cellwright", "segment", "compl")).toEqual(["completion.bash"]);
  },
);

test("info says what is here, for people and for programs", async () => {
  const { code, out } = await cellwright("info", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    node: process.versions.node,
    engines: [{ name: "onnx" }, { name: "tfjs" }, { name: "reference", available: true }],
  });
  expect((await cellwright("info")).out).toMatch(/GPU\n {2}--device gpu/);
});
