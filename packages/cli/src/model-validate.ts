/**
 * Whether models are in order for others to use, in words.
 *
 * @module
 */
import { validateModel } from "@cellwright/core";
import type { Context } from "./context.js";
import { exit } from "./context.js";
import { openModelFiles, sha256 } from "./model-folder.js";
import { messageOf, oneLine } from "./report.js";

/** Prints what is wrong with each model, a line each. The exit code says whether all, some or none are in order. */
export async function validateModels(
  names: readonly string[],
  json: boolean,
  context: Context,
): Promise<void> {
  let sound = 0;
  for (const name of names) {
    context.signal.throwIfAborted();
    try {
      const problems = await validateModel(await openModelFiles(name, context.cwd), sha256);
      const valid = problems.every(({ level }) => level !== "error");
      if (valid) sound++;
      if (json) context.stdout(`${JSON.stringify({ model: name, valid, problems })}\n`);
      else {
        context.stdout(`${name}: ${valid ? "in order" : "not in order"}\n`);
        for (const { level, field, message } of problems)
          context.stdout(`  ${level}${field && ` ${field}`}: ${oneLine(message)}\n`);
      }
    } catch (error) {
      const message = oneLine(messageOf(error));
      context.stdout(
        json
          ? `${JSON.stringify({ model: name, valid: false, error: message })}\n`
          : `${name}: not in order: ${message}\n`,
      );
    }
  }
  if (sound < names.length) context.exitCode = sound === 0 ? exit.failed : exit.partly;
}
