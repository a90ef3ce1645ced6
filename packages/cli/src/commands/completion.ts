/**
 * `cellwright completion`: a script that makes the shell complete commands and options, made from the command tree.
 *
 * @module
 */
import { Argument, Command } from "commander";
import type { Context } from "../context.js";

/** What can be completed after a command. */
interface Words {
  readonly name: string;
  readonly description: string;
  readonly options: readonly { flag: string; description: string; choices: readonly string[] }[];
  /** Words that may follow: subcommands, and the choices of arguments. */
  readonly follow: readonly { word: string; description: string }[];
}

/** The `completion` command of a program. */
export function completionCommand(context: Context, program: Command): Command {
  const writers: Readonly<Record<string, (tree: Words[]) => string>> = { bash, zsh, fish };
  return new Command("completion")
    .description("print a script that makes the shell complete commands and options")
    .addArgument(new Argument("<shell>").choices(Object.keys(writers)))
    .addHelpText("after", installing)
    .action((shell: string) => context.stdout(writers[shell](treeOf(program))));
}

const installing = `
  bash   cellwright completion bash > ~/.local/share/bash-completion/completions/cellwright
  zsh    cellwright completion zsh > "\${fpath[1]}/_cellwright"
  fish   cellwright completion fish > ~/.config/fish/completions/cellwright.fish`;

/** The program itself first, then every command, then theirs; names are paths: "models list". */
function treeOf(command: Command, path = ""): Words[] {
  const children = command.commands.filter((child) => child.name() !== "help");
  const words: Words = {
    name: path,
    description: command.description(),
    options: [
      ...command.options
        .filter((option) => !option.hidden)
        .map((option) => ({
          flag: option.long ?? option.short ?? "",
          description: option.description,
          choices: option.argChoices ?? [],
        })),
      { flag: "--help", description: "print this help", choices: [] },
    ],
    follow: [
      ...children.map((child) => ({ word: child.name(), description: child.description() })),
      ...command.registeredArguments
        .flatMap((argument) => argument.argChoices ?? [])
        .map((word) => ({ word, description: "" })),
    ],
  };
  return [words, ...children.flatMap((child) => treeOf(child, `${path} ${child.name()}`.trim()))];
}

function bash(tree: Words[]): string {
  const cases = tree.map(({ name, options, follow }) => {
    const values = options
      .filter((option) => option.choices.length > 0)
      .map(
        ({ flag, choices }) =>
          `      [[ $before == ${flag} ]] && words="${choices.join(" ")}" && value=1`,
      );
    const offered = [...follow.map(({ word }) => word), ...options.map(({ flag }) => flag)];
    return [`    "${name}")`, `      words="${offered.join(" ")}"`, ...values, "      ;;"].join(
      "\n",
    );
  });
  return `# bash completion of cellwright; made by "cellwright completion bash"
_cellwright() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  local path="" words="" value="" i next
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${path:+$path }\${COMP_WORDS[i]}"
    case "$next" in
      ${tree
        .filter(({ name }) => name)
        .map(({ name }) => `"${name}"`)
        .join("|")}) path="$next" ;;
    esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ $current == -* || $value || \${#COMPREPLY[@]} -gt 0 && -n $current ]] || COMPREPLY+=($(compgen -f -- "$current"))
}
complete -o filenames -o bashdefault -F _cellwright cellwright
`;
}

function zsh(tree: Words[]): string {
  const cases = tree.map(({ name, options, follow }) => {
    const offered = [
      ...follow.map(({ word, description }) => `${word}:${description}`),
      ...options.map(({ flag, description }) => `${flag}:${description}`),
    ];
    return `    "${name}")
      offered=(${offered.map(quoted).join(" ")})
${options
  .filter((option) => option.choices.length > 0)
  .map(({ flag, choices }) => `      [[ $before == ${flag} ]] && offered=(${choices.join(" ")})\n`)
  .join("")}      ;;`;
  });
  return `#compdef cellwright
# zsh completion of cellwright; made by "cellwright completion zsh"
_cellwright() {
  local path_="" before="\${words[CURRENT-1]}" next word
  local -a offered
  for word in "\${(@)words[2,CURRENT-1]}"; do
    next="\${path_:+$path_ }$word"
    case "$next" in
      ${tree
        .filter(({ name }) => name)
        .map(({ name }) => `"${name}"`)
        .join("|")}) path_="$next" ;;
    esac
  done
  case "$path_" in
${cases.join("\n")}
  esac
  _describe cellwright offered
  _files
}
if [[ "$funcstack[1]" == _cellwright ]]; then _cellwright "$@"; else compdef _cellwright cellwright; fi
`;
}

function fish(tree: Words[]): string {
  const lines = ['# fish completion of cellwright; made by "cellwright completion fish"'];
  for (const { name, options, follow } of tree) {
    const when = fishCondition(name, tree);
    for (const { word, description } of follow)
      lines.push(`complete -c cellwright -n '${when}' -a ${word} -d ${fishQuoted(description)}`);
    for (const { flag, description, choices } of options) {
      const values = choices.length > 0 ? ` -x -a '${choices.join(" ")}'` : "";
      lines.push(
        `complete -c cellwright -n '${when}' -l ${flag.replace(/^-+/, "")} -d ${fishQuoted(description)}${values}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

/** When the words of a command are to be offered: its name was typed, and none of its subcommands yet. */
function fishCondition(name: string, tree: Words[]): string {
  if (name === "") return "__fish_use_subcommand";
  const seen = name.split(" ").map((word) => `__fish_seen_subcommand_from ${word}`);
  const below = tree.filter((other) => other.name.startsWith(`${name} `));
  const words = below.map((other) => other.name.slice(name.length + 1));
  const unseen = words.length > 0 ? [`not __fish_seen_subcommand_from ${words.join(" ")}`] : [];
  return [...seen, ...unseen].join("; and ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
