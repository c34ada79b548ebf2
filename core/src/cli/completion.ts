import type { Command } from "commander";
import { IdganError } from "../contract/error.js";

/** What completes after a command: its long options. */
interface Words {
  readonly command: string;
  readonly doc: string;
  readonly options: readonly { readonly flag: string; readonly doc: string }[];
}

/** A script for the shell, made from the commands themselves; files complete wherever no option does. */
export function completionScript(program: Command, shell: string): string {
  const words = program.commands.map((command): Words => ({
    command: command.name(),
    doc: command.description(),
    options: command.options.flatMap(({ long, description }) => (typeof long === "string" ? [{ flag: long, doc: description }] : [])),
  }));
  switch (shell) {
    case "bash":
      return bash(words);
    case "zsh":
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(words)}`;
    case "fish":
      return fish(words);
    default:
      throw new IdganError("USAGE", `completion: there is no script for "${shell}". Use bash, zsh or fish.`);
  }
}

function bash(words: readonly Words[]): string {
  const cases = words.map(({ command, options }) => `    ${command}) words="${["--help", ...options.map(({ flag }) => flag)].join(" ")}" ;;`);
  return `_idgan() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
    *) words="" ;;
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="${words.map(({ command }) => command).join(" ")} --help --version"
  case "$current" in -*) ;; *) [ "$COMP_CWORD" -gt 1 ] && words="" ;; esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _idgan idgan`;
}

function fish(words: readonly Words[]): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "\\'")}'`;
  return words
    .flatMap(({ command, doc, options }) => [
      `complete -c idgan -n __fish_use_subcommand -a ${command} -d ${quoted(doc)}`,
      ...options.map((option) => `complete -c idgan -n '__fish_seen_subcommand_from ${command}' -l ${option.flag.slice(2)} -d ${quoted(option.doc)}`),
    ])
    .join("\n");
}
