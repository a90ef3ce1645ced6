/**
 * The tree of commands. Each brings its own options and loads what it needs only when it is run.
 *
 * @module
 */
import { Command, CommanderError } from "commander";
import { budgetOptions, withBudget } from "./budget.js";
import { benchCommand } from "./commands/bench.js";
import { completionCommand } from "./commands/completion.js";
import { convertCommand } from "./commands/convert.js";
import { enqueueCommand } from "./commands/enqueue.js";
import { finalizeCommand } from "./commands/finalize.js";
import { infoCommand } from "./commands/info.js";
import { measureCommand } from "./commands/measure.js";
import { mergeCommand } from "./commands/merge.js";
import { modelsCommand } from "./commands/models.js";
import { planCommand } from "./commands/plan.js";
import { scoreCommand } from "./commands/score.js";
import { segmentCommand } from "./commands/segment.js";
import { serveCommand } from "./commands/serve.js";
import { slurmCommand } from "./commands/slurm.js";
import { synthCommand } from "./commands/synth.js";
import { trackCommand } from "./commands/track.js";
import { trainCommand } from "./commands/train.js";
import { verifyCommand } from "./commands/verify.js";
import { viewCommand } from "./commands/view.js";
import { workerCommand } from "./commands/worker.js";
import { type Context, exit, UsageError } from "./context.js";
import { oneLine, reportError } from "./report.js";
import { lookAgain } from "./temporary.js";
import { version } from "./version.js";

/** The whole command, ready to be parsed. */
export function createProgram(context: Context): Command {
  const program = new Command("cellwright")
    .description("Find, follow, measure and score cells in microscope images.")
    .version(version(), "-V, --version", "print the version")
    .option("--debug", "print the stack of an error")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command");
  for (const create of [
    segmentCommand,
    trainCommand,
    trackCommand,
    scoreCommand,
    measureCommand,
    convertCommand,
    verifyCommand,
    viewCommand,
    serveCommand,
    planCommand,
    mergeCommand,
    finalizeCommand,
    modelsCommand,
    synthCommand,
    slurmCommand,
    enqueueCommand,
    workerCommand,
    infoCommand,
    benchCommand,
  ])
    program.addCommand(create(context));
  program.addCommand(completionCommand(context, program));
  budgetOptions(program).addHelpText("after", exitCodes);
  adopt(program, context);
  return program;
}

/**
 * Runs the command with its arguments (without `node` and the script) and returns the exit code.
 * Never throws and never ends the process.
 */
export async function run(argv: readonly string[], context: Context): Promise<number> {
  const program = createProgram(context);
  lookAgain();
  try {
    await withBudget(() => program.parseAsync([...argv], { from: "user" }));
  } catch (error) {
    return codeOf(error, context, argv.includes("--debug"));
  }
  return context.signal.aborted ? exit.interrupted : context.exitCode;
}

const exitCodes = `
Exit codes: 0 all well, 1 all failed, 2 wrong usage, 3 some failed, 130 interrupted.
Results go to stdout, progress and errors to stderr. "cellwright help COMMAND" tells more.`;

function codeOf(error: unknown, context: Context, debug: boolean): number {
  // Commander has already written its message; help and version come as "errors" of code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.done : exit.usage;
  if (context.signal.aborted) return exit.interrupted;
  reportError(context, error, debug);
  return error instanceof UsageError ? exit.usage : exit.failed;
}

/** Gives every command of the tree the context's outputs, and no right to end the process. */
function adopt(command: Command, context: Context): void {
  command
    .exitOverride()
    .configureOutput({
      writeOut: context.stdout,
      writeErr: context.stderr,
      // A suggestion stands on a line of its own; whatever else breaks a line came from the user.
      outputError: (text, write) =>
        write(`${text.trimEnd().split(suggestion).map(shortened).join("\n")}\n`),
    })
    .showHelpAfterError(`(see "${pathOf(command)} --help")`)
    .showSuggestionAfterError();
  for (const child of command.commands) adopt(child, context);
}

/** What Commander adds to an error about a word that it does not know. */
const suggestion = /\n(?=\(Did you mean )/;

/** An error about a word of the command line, which may be of any length. */
function shortened(text: string): string {
  const line = oneLine(text);
  return line.length > 500 ? `${line.slice(0, 300)} … ${line.slice(-100)}` : line;
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
