"""Completion scripts for bash, zsh and fish.

What they offer of accounts and mailboxes is printed by ``tidings completion --names``. A mailbox may be called
anything, ``$(…)``, too: no name is ever given to a shell to be expanded, only whole lines to be compared and quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tui.cli.grammar import Command, Kind, Word

MOST_SAID = 90
"""Characters of a description."""


def _quoted(text: str) -> str:
    """Return a text as one word of a POSIX shell."""
    return "'" + text.replace("'", "'\\''") + "'"


def _fish(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _brief(text: str) -> str:
    return text if len(text) <= MOST_SAID else f"{text[: MOST_SAID - 1]}…"


def _offer(word: Word) -> str:
    """Return what the functions of bash and zsh take: what is offered, and the choices."""
    choices = " ".join(_quoted(choice) for choice in word.choices)
    return f"{word.kind or Kind.ANYTHING} {choices}".strip()


def _paths(root: Command) -> str:
    return "|".join(_quoted(" ".join(each.path)) for each in root.walk()[1:])


def _values(root: Command) -> list[str]:
    """Return a line for every option that takes a value, for ``case "$path:$before" in``."""
    lines = []
    for command in root.walk():
        for word in command.options:
            if word.kind is not Kind.NONE:
                patterns = "|".join(_quoted(f"{' '.join(command.path)}:{name}") for name in word.names)
                lines.append(f"    {patterns}) _tidings_offer {_offer(word)}; return;;")
    return lines


def _operands(root: Command) -> list[str]:
    """Return a line for every command that takes an operand that can be offered, for ``case "$path" in``."""
    found = ((command, command.operand) for command in root.walk())
    return [f"    {_quoted(' '.join(each.path))}) _tidings_offer {_offer(word)};;" for each, word in found if word]


def bash(root: Command) -> str:
    """Return the script for bash 4 and newer."""
    options = [
        f"    {_quoted(' '.join(each.path))}) _tidings_offer choice "
        + " ".join(name for word in each.options for name in word.names)
        + ";;"
        for each in root.walk()
    ]
    commands = [
        f"    {_quoted(' '.join(each.path))}) _tidings_offer choice "
        + " ".join(command.path[-1] for command in each.commands)
        + ";;"
        for each in root.walk()
        if each.commands
    ]
    return "\n".join(
        [
            "# bash completion for tidings: tidings completion bash",
            "_tidings_offer() {",
            "  local kind=$1 each as; shift",
            "  case $kind in",
            '    files) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$word"); return;;',
            "    accounts|mailboxes)",
            '      while IFS= read -r each; do set -- "$@" "$each"; done < <(',
            '        "${COMP_WORDS[0]}" completion --names "$kind" 2>/dev/null);;',
            "    choice) ;;",
            "    *) return;;",
            "  esac",
            "  for each; do",
            "    case $quote in",  # what is inserted stands behind the quote that was typed
            r"      \') as=${each//\'/\'\\\'\'};;",
            "      '\"') case $each in *'!'*) continue;; esac",  # of the history: nothing keeps it off there
            r"        as=${each//\\/\\\\} as=${as//\"/\\\"} as=${as//\$/\\\$} as=${as//\`/\\\`};;",
            '      *) printf -v as %q "$each";;',
            "    esac",
            '    if [[ $each == "$word"* || $as == "$word"* ]]; then COMPREPLY+=("$as"); fi',
            "  done",
            "}",
            "_tidings() {",
            "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} path= quote= try i",
            "  COMPREPLY=()",
            '  if [[ $word == "=" ]]; then word=',
            '  elif [[ $before == "=" ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi',
            "  case $word in [\\\"\\']*) quote=${word:0:1} word=${word:1};; esac",
            "  for ((i = 1; i < COMP_CWORD; i++)); do",
            "    try=${path:+$path }${COMP_WORDS[i]}",
            f"    case $try in {_paths(root)}) path=$try;; esac",
            "  done",
            "  case $path:$before in",
            *_values(root),
            "  esac",
            "  if [[ $word == -* ]]; then case $path in",
            *options,
            "  esac; return; fi",
            "  case $path in",
            *commands,
            *_operands(root),
            "  esac",
            "}",
            "complete -F _tidings tidings",
            "",
        ]
    )


def _described(pairs: Iterable[tuple[str, str]]) -> str:
    return " ".join(_quoted(f"{name}:{_brief(says)}") for name, says in pairs)


def zsh(root: Command) -> str:
    """Return the script for zsh: a file ``_tidings`` in ``fpath``, or to be read by ``source`` after compinit."""
    options = [
        f"    {_quoted(' '.join(each.path))})"
        f" offers=({_described((name, word.says) for word in each.options for name in word.names)});;"
        for each in root.walk()
    ]
    commands = [
        f"    {_quoted(' '.join(each.path))}) offers=({_described((c.path[-1], c.says) for c in each.commands)})"
        " && _describe -t commands command offers;;"
        for each in root.walk()
        if each.commands
    ]
    return "\n".join(
        [
            "#compdef tidings",
            "# zsh completion for tidings: tidings completion zsh",
            "_tidings_offer() {",
            "  local kind=$1; shift",
            "  local -a names",
            "  case $kind in",
            "    files) _files;;",
            '    accounts|mailboxes) names=("${(@f)$("${words[1]}" completion --names $kind 2>/dev/null)}")',
            "      compadd -a names;;",
            '    choice) compadd -- "$@";;',
            "    *) return 1;;",
            "  esac",
            "}",
            "_tidings() {",
            "  local path_= try i before=${words[CURRENT-1]}",
            "  local -a offers",
            "  if [[ $PREFIX == --*=* ]]; then before=${PREFIX%%=*}; compset -P '*='; fi",
            "  for ((i = 2; i < CURRENT; i++)); do",
            "    try=${path_:+$path_ }${words[i]}",
            f"    case $try in ({_paths(root)}) path_=$try;; esac",
            "  done",
            "  case $path_:$before in",
            *(line.replace("    ", "    (", 1) for line in _values(root)),
            "  esac",
            "  if [[ $PREFIX == -* ]]; then case $path_ in",
            *(line.replace("    ", "    (", 1) for line in options),
            "  esac; _describe -o -t options option offers; return; fi",
            "  case $path_ in",
            *(line.replace("    ", "    (", 1) for line in (*commands, *_operands(root))),
            "  esac",
            "}",
            'if [ "$funcstack[1]" = _tidings ]; then _tidings "$@"; else compdef _tidings tidings; fi',
            "",
        ]
    )


def _fish_values(word: Word) -> str:
    if word.kind is Kind.FILE:
        return " -F"
    if word.kind is Kind.CHOICE:
        return f" -a {_fish(' '.join(word.choices))}"
    if word.kind in (Kind.ACCOUNT, Kind.MAILBOX):
        return f" -a '(tidings completion --names {word.kind} 2>/dev/null)'"
    return ""


def fish(root: Command) -> str:
    """Return the script for fish 3 and newer."""
    paths = " ".join(_fish(" ".join(each.path)) for each in root.walk()[1:])
    lines = [
        "# fish completion for tidings: tidings completion fish",
        "function __tidings_at",
        "  set -l at ''",
        "  for each in (commandline -opc)[2..-1]",
        '    set -l try (string trim -- "$at $each")',
        f"    contains -- $try {paths}; and set at $try",
        "  end",
        '  test "$at" = "$argv"',
        "end",
        "complete -c tidings -f",
    ]
    for command in root.walk():
        at = f"complete -c tidings -n {_fish('__tidings_at ' + ' '.join(command.path))}"
        for sub in command.commands:
            lines.append(f"{at} -a {sub.path[-1]} -d {_fish(_brief(sub.says))}")
        for word in command.options:
            names = " ".join(f"-l {each[2:]}" if each.startswith("--") else f"-s {each[1:]}" for each in word.names)
            takes = "" if word.kind is Kind.NONE else " -r" if word.kind is Kind.FILE else " -x"
            lines.append(f"{at} {names}{takes}{_fish_values(word)} -d {_fish(_brief(word.says))}")
        if command.operand is not None:
            lines.append(f"{at}{_fish_values(command.operand)}")
    return "\n".join([*lines, ""])


SHELLS: dict[str, Callable[[Command], str]] = {"bash": bash, "zsh": zsh, "fish": fish}
