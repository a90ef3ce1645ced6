#!/usr/bin/env node
// Reads Vitest's JSON report and fails where a test was skipped, or a package ran none at all.
import { readFileSync } from "node:fs";

/** Packages whose tests must have run. */
const packages = ["core", "engine-onnx", "engine-tfjs", "cli"];
/** Root may write everywhere, so this one cannot be tried as root. */
const notAsRoot = ["a folder that may not be written to is named"];
const allowed = process.getuid?.() === 0 ? notAsRoot : [];

const { testResults, numPassedTests, numFailedTests } = JSON.parse(
  readFileSync(process.argv[2], "utf8"),
);
const problems = [];
for (const { name, assertionResults } of testResults)
  for (const { status, fullName } of assertionResults)
    if (status !== "passed" && !allowed.includes(fullName))
      problems.push(`${status}: ${fullName} (${name})`);
for (const one of packages)
  if (!testResults.some(({ name }) => name.includes(`packages/${one}/`)))
    problems.push(`no test of ${one} ran`);
for (const problem of problems) console.error(problem);
console.log(`${numPassedTests} passed, ${Math.max(numFailedTests, problems.length)} failed`);
process.exitCode = problems.length === 0 ? 0 : 1;
