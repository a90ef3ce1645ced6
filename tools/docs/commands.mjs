// Whether the commands of a page exist: verbs, options and their choices as the program itself knows them; scripts and files
// of this repository that a page starts.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {import("commander").Command} Command */

/** A checker over the tree of commands. */
export function commandChecker(/** @type {Command} */ program, /** @type {string} */ root) {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  /** What is wrong with a piece of shell. `whole`: a command that could be run, so its arguments are counted. */
  return (/** @type {string} */ code, { whole = true } = {}) =>
    simpleCommands(code).flatMap((words) => {
      const at = words.findIndex(isProgram);
      const rest = words.slice(at + 1);
      const isOther = at > 0 && !program.commands.some((command) => command.name() === rest[0]);
      if (at >= 0 && !isOther) return faultsOf(program, rest, whole);
      return otherFaults(words, scripts, root);
    });
}

function isProgram(word) {
  return word === "cellwright" || word.endsWith("packages/cli/dist/main.js");
}

/** Commands as lists of words: no pipes, loops or variables are understood, and none are needed. */
export function simpleCommands(/** @type {string} */ code) {
  const joined = code.replace(/\\\n\s*/g, " ");
  return joined.split("\n").flatMap((line) => commandsOf(line));
}

function commandsOf(line) {
  const found = [[]];
  for (const [, operator, single, double, bare, comment] of line.matchAll(
    /(&&|\|\|?|;|>|<|\$\(|\))|'([^']*)'|"([^"]*)"|((?:[^\s'"&|;<>()#]|(?<=\S)#)+)|(#.*)/g,
  )) {
    if (comment !== undefined) break;
    if (operator !== undefined) found.push([]);
    else found.at(-1)?.push(single ?? double ?? bare);
  }
  return found.filter((words) => words.length > 0);
}

function faultsOf(/** @type {Command} */ program, words, whole) {
  let command = program;
  const rest = [...words];
  while (rest.length > 0) {
    const next = command.commands.find((child) =>
      [child.name(), ...child.aliases()].includes(rest[0]),
    );
    if (!next) break;
    command = next;
    rest.shift();
  }
  if (command === program && (rest.length === 0 || rest[0] === "help")) return [];
  if (command.commands.length > 0 && !rest[0]?.startsWith("-"))
    return rest.length === 0 || rest[0] === "…" ? [] : [`there is no command "${words.join(" ")}"`];
  const { faults, positional, asked } = sorted(command, program, rest);
  const most = command.registeredArguments.some(({ variadic }) => variadic)
    ? Number.POSITIVE_INFINITY
    : command.registeredArguments.length;
  const least = command.registeredArguments.filter(({ required }) => required).length;
  if (positional.length > most)
    faults.push(`${command.name()} takes ${most} arguments, not ${positional.join(" ")}`);
  if (whole && !asked && positional.length < least)
    faults.push(`${command.name()} wants ${least} arguments`);
  return faults;
}

/** Options checked, and what is left. */
function sorted(command, program, words) {
  const known = [...command.options, ...program.options];
  const faults = [];
  const positional = [];
  let asked = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (!/^-{1,2}[a-zA-Z]/.test(word)) {
      positional.push(word);
      continue;
    }
    const [name, given] = word.split("=");
    if (["-h", "--help", "-V", "--version"].includes(name)) {
      asked = true;
      continue;
    }
    const option = known.find(({ short, long }) => name === short || name === long);
    if (!option) faults.push(`${command.name()} has no option ${name}`);
    else if (option.required || option.optional) {
      const value = given ?? words[++i];
      const isPlace = value === undefined || /^[A-Z…]+$/.test(value);
      if (option.argChoices && !isPlace && !option.argChoices.includes(value))
        faults.push(`${name} takes ${option.argChoices.join(", ")}, not ${value}`);
    }
  }
  return { faults, positional: positional.filter((word) => word !== "…"), asked };
}

/** `npm run NAME` and `node PATH` of this repository. */
function otherFaults(words, scripts, root) {
  const [first, second, third] = words.filter((word) => !/^\w+=/.test(word));
  if (first === "npm" && second === "run" && !(third in scripts))
    return [`there is no npm script ${third}`];
  if (first === "npm" && second === "test" && !("test" in scripts))
    return ["there is no npm script test"];
  const path = first === "node" ? second : first?.startsWith("tools/") ? first : undefined;
  if (
    path &&
    /^(tools|benchmarks|examples|packages)\//.test(path) &&
    !path.includes("/dist/") &&
    !existsSync(join(root, path))
  )
    return [`there is no ${path}`];
  return [];
}

/** Commands in scripts of other programs: lists of texts that begin with "cellwright"; other items stand for a word each. */
export function listedCommands(/** @type {string} */ code) {
  return [...code.matchAll(/[[(]\s*"cellwright"\s*,([^\])]*)[\])]/g)].map(([, list]) =>
    list.split(",").map((item) => /"([^"]*)"/.exec(item)?.[1] ?? "VALUE"),
  );
}
