#!/usr/bin/env node
// Writes docs/command-line.md out of the program's own help, so that the two never differ; with --check it fails where they
// do. Build first: `npx tsc -b packages/cli`.
import { readFileSync, writeFileSync } from "node:fs";
import { memoryContext } from "../packages/cli/dist/memory-context.js";
import { createProgram } from "../packages/cli/dist/program.js";

const page = new URL("../docs/command-line.md", import.meta.url);
const groups = {
  "Find and follow": ["segment", "track", "measure", "score", "verify"],
  Learn: ["train", "models", "synth"],
  "Look and convert": ["view", "convert"],
  "Past one machine": ["plan", "merge", "finalize", "slurm", "enqueue", "worker", "serve"],
  "The program itself": ["info", "bench", "completion"],
};

const program = createProgram(memoryContext());
const text = pageOf();
if (!process.argv.includes("--check")) writeFileSync(page, text);
else if (readFileSync(page, "utf8") !== text) {
  console.error(
    "docs/command-line.md is not what the program says: run node tools/command-line.mjs",
  );
  process.exitCode = 1;
}

function pageOf() {
  const named = Object.values(groups).flat();
  const missing = program.commands
    .map((command) => command.name())
    .filter((name) => !named.includes(name));
  if (missing.length > 0)
    throw new Error(`tools/command-line.mjs must put ${missing.join(", ")} into a group`);
  const commands = new Map(program.commands.map((command) => [command.name(), command]));
  const list = Object.entries(groups).map(
    ([title, names]) =>
      `| ${title} | ${names.map((name) => `[\`${name}\`](#${anchor(name)})`).join(" ")} |`,
  );
  return `${[
    "# The command line",
    "What `cellwright help` says, all of it; written by `node tools/command-line.mjs`.",
    ["| | |", "|---|---|", ...list].join("\n"),
    fenced(helpOf(program)),
    ...Object.entries(groups).flatMap(([title, names]) => [
      `## ${title}`,
      ...names.flatMap((name) => sectionsOf(commands.get(name))),
    ]),
  ].join("\n\n")}\n`;
}

function sectionsOf(command) {
  return [
    `### cellwright ${pathOf(command)}`,
    fenced(helpOf(command)),
    ...command.commands.flatMap(sectionsOf),
  ];
}

function pathOf(command) {
  return command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

function anchor(name) {
  return `cellwright-${name}`;
}

/** The help as a terminal of 100 columns shows it. */
function helpOf(command) {
  let said = "";
  command.configureOutput({
    writeOut: (part) => (said += part),
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return said.trimEnd();
}

function fenced(body) {
  return `\`\`\`text\n${body.replaceAll("```", "'''")}\n\`\`\``;
}
