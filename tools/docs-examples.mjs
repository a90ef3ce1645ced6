#!/usr/bin/env node
// Runs the code of the documentation: each page's blocks in their order, in a folder of its own, with the command as it is
// built here. What cannot run here says so in the page (tools/docs/blocks.mjs) and is looked at: its verbs and options must be
// the program's. Prints a line a page; ends with 1 where anything failed. Build first: `npx tsc -b packages/cli`.
//
//   node tools/docs-examples.mjs [PAGE…] [--verbose]
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { transformWithOxc } from "vite";
import { memoryContext } from "../packages/cli/dist/memory-context.js";
import { createProgram } from "../packages/cli/dist/program.js";
import { readYaml } from "../packages/core/dist/index.js";
import { readPage } from "./docs/blocks.mjs";
import { commandChecker, listedCommands } from "./docs/commands.mjs";
import { pagesOf } from "./docs/pages.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { verbose: { type: "boolean", default: false } },
});
const limit = 120_000;
const work = mkdtempSync(join(tmpdir(), "cellwright-docs-"));
const check = commandChecker(createProgram(memoryContext()), root);
const bin = shims();
const failures = [];
const table = [];

async function runPage(page) {
  const { blocks, inline } = readPage(readFileSync(join(root, page), "utf8"));
  for (const { code, line } of inline)
    if (/^(cellwright|npm|node) /.test(code))
      for (const fault of check(code, { whole: false })) failures.push(`${page}:${line}: ${fault}`);
  if (blocks.length === 0) return;
  const folder = join(work, page.replaceAll("/", "+"));
  mkdirSync(folder);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const row = { page, blocks: blocks.length, run: 0, why: new Set(), seconds: 0 };
  const started = performance.now();
  for (const [n, block] of blocks.entries()) {
    const outcome = await runBlock(block, folder, n);
    for (const fault of outcome.faults) failures.push(`${page}:${block.line}: ${fault}`);
    for (const why of outcome.why) row.why.add(why);
    if (outcome.ran) row.run++;
    // Later blocks build on this one.
    if (outcome.faults.length > 0) break;
  }
  row.seconds = (performance.now() - started) / 1000;
  table.push(row);
}

/** @returns {Promise<{ ran: boolean, faults: string[], why: string[] }>} */
async function runBlock(block, folder, n) {
  const { language, notRun } = block;
  const kind = kinds[language];
  if (!kind)
    return {
      ran: false,
      faults: [
        `a block must name its language, one of ${Object.keys(kinds).join(", ")}, is "${language}"`,
      ],
      why: [],
    };
  const faults = await kind.look(block, folder, n);
  if (faults.length > 0 || notRun !== undefined || !kind.run)
    return {
      ran: notRun === undefined && faults.length === 0,
      faults,
      why: notRun === undefined ? [] : [notRun],
    };
  const lines = block.code
    .split("\n")
    .filter((line) => !block.leftOut.some(({ text }) => line.includes(text)));
  let code = lines.join("\n");
  for (const { from, to } of block.replaced) {
    if (!code.includes(from))
      return { ran: false, faults: [`"run as" names what is not there: ${from}`], why: [] };
    code = code.replaceAll(from, to);
  }
  const { missing, fault } = await kind.run({ ...block, code: `${block.first}${code}` }, folder, n);
  const why = [...block.leftOut.map((left) => left.why), ...(missing ? [missing] : [])];
  return { ran: !missing && !fault, faults: fault ? [fault] : [], why };
}

/** What is done with which language: looked at always, run where that is known. */
const kinds = {
  sh: {
    look: async ({ code }) => check(code),
    run: ({ code }, folder) => start("bash", ["-euo", "pipefail", "-c", code], folder),
  },
  js: { look: lookAtProgram, run: runProgram },
  ts: { look: lookAtProgram, run: runProgram },
  python: { look: lookAtPython, run: runPython },
  json: { look: async ({ code }) => faultOf(() => JSON.parse(code)) },
  yaml: {
    look: async ({ code }) => faultOf(() => readYaml("block", new TextEncoder().encode(code))),
  },
  html: { look: async ({ code }) => htmlFaults(code) },
  groovy: { look: async ({ code }) => listFaults(code) },
  nginx: { look: async () => [] },
  text: { look: async () => [] },
};

async function lookAtProgram({ code, language }) {
  try {
    await transformWithOxc(code, `block.${language === "ts" ? "ts" : "mjs"}`);
    return [];
  } catch (error) {
    return [`${error}`];
  }
}

async function runProgram({ code, language }, folder, n) {
  const text = language === "ts" ? (await transformWithOxc(code, "block.ts")).code : code;
  writeFileSync(join(folder, `block-${n}.mjs`), text);
  return start(process.execPath, [`block-${n}.mjs`], folder);
}

async function lookAtPython({ code }) {
  const { status, stderr, error } = spawnSync(
    "python3",
    ["-c", "import ast,sys; ast.parse(sys.stdin.read())"],
    { input: code, encoding: "utf8" },
  );
  return error || status === 0 ? [] : [stderr];
}

async function runPython({ code }, folder) {
  const modules = [...code.matchAll(/^\s*(?:import|from) (\w+)/gm)].map(([, name]) => name);
  const missing = modules.find(
    (name) => spawnSync("python3", ["-c", `import ${name}`]).status !== 0,
  );
  if (missing) return { missing: `no Python with ${missing} here` };
  return start("python3", ["-c", code], folder);
}

/** Whether every element that is opened is closed, in its order. */
function htmlFaults(code) {
  const open = [];
  const alone = /^(area|br|col|hr|img|input|link|meta|source|!doctype)$/;
  const plain = code.replace(/<!--[\s\S]*?-->|(<script\b[^>]*>)[\s\S]*?(?=<\/script>)/g, "$1");
  for (const [, slash, name] of plain.matchAll(/<(\/?)([a-z!][\w-]*)[^>]*>/gi)) {
    if (slash === "" && !alone.test(name.toLowerCase())) open.push(name);
    else if (slash !== "" && open.pop() !== name) return [`</${name}> closes what is not open`];
  }
  return open.map((name) => `<${name}> is not closed`);
}

function listFaults(code) {
  return listedCommands(code).flatMap((words) =>
    check(["cellwright", ...words].map((word) => `'${word}'`).join(" ")),
  );
}

function faultOf(work) {
  try {
    work();
    return [];
  } catch (error) {
    return [`${error}`];
  }
}

/** Scripts of other programs among the examples: they are not run here, their command lines are looked at. */
function checkScripts() {
  const folder = join(root, "examples/extending");
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!/\.(groovy|ijm)$/.test(name)) continue;
    const code = readFileSync(join(folder, name), "utf8");
    if (listedCommands(code).length === 0)
      failures.push(`examples/extending/${name} must call the command`);
    for (const fault of listFaults(code)) failures.push(`examples/extending/${name}: ${fault}`);
    table.push({
      page: `examples/extending/${name}`,
      blocks: 1,
      run: 0,
      why: new Set(["wants its program"]),
      seconds: 0,
    });
  }
}

/** Runs a program; resolves with the end of what it said where it failed. */
function start(command, words, cwd) {
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env.PATH}`,
    XDG_CACHE_HOME: join(work, "cache"),
    NO_COLOR: "1",
    TREE: root,
  };
  return new Promise((resolve) => {
    const child = spawn(command, words, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    const hear = (bytes) => {
      said = `${said}${bytes}`.slice(-4000);
      if (options.verbose) process.stderr.write(bytes);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    const timer = setTimeout(() => child.kill("SIGKILL"), limit);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve(code === 0 ? {} : { fault: `ended with ${code ?? signal}:\n${said}` });
    });
  });
}

/** `cellwright`, alone and after `npx`, is the command of this tree. */
function shims() {
  const folder = join(work, "bin");
  mkdirSync(folder);
  const command = `exec "${process.execPath}" "${join(root, "packages/cli/dist/main.js")}" "$@"`;
  const scripts = {
    cellwright: command,
    npx: `[ "$1" = cellwright ] || { echo "npx $1 is not for here" >&2; exit 1; }\nshift\n${command}`,
  };
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

function report(seconds) {
  table.sort((a, b) => a.page.localeCompare(b.page));
  for (const { page, blocks, run, why, seconds: took } of table)
    console.log(
      [
        page.padEnd(46),
        `${run} of ${blocks} run`.padEnd(14),
        `${took.toFixed(1)} s`.padStart(7),
        [...why].join("; "),
      ].join("  "),
    );
  for (const failure of failures) console.error(`\n${failure}`);
  const sum = (field) => table.reduce((total, row) => total + row[field], 0);
  console.log(
    `${sum("run")} of ${sum("blocks")} blocks run, ${failures.length} failures, ${seconds.toFixed(0)} s`,
  );
}

try {
  const pages = positionals.length > 0 ? positionals : pagesOf(root);
  const queue = [...pages];
  const started = performance.now();
  await Promise.all(
    [1, 2].map(async () => {
      for (let page = queue.shift(); page; page = queue.shift()) await runPage(page);
    }),
  );
  if (positionals.length === 0) checkScripts();
  report((performance.now() - started) / 1000);
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = failures.length > 0 ? 1 : 0;
