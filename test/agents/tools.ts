/**
 * The tools of the three agents, by the names under which a request offers them, for the three things the task needs.
 *
 * An agent's own file tools go before its shell, because their results and checks are what a real model meets.
 * It must not invent a tool: when none of the known ones is on offer, that is an error of this table.
 */
export interface ToolCall {
  name: string;
  /** JSON text, as the APIs carry it. */
  arguments: string;
}

/** In order of preference. */
type Choices = [name: string, input: object][];

export function callWrite(tools: string[], file: string, content: string): ToolCall {
  const shell = `printf %s ${quote(content)} > ${file}`;
  return choose(tools, "write a file", [
    ["Write", { file_path: file, content }],
    ["write", { filePath: file, content }],
    ...shellChoices(shell),
  ]);
}

export function callRead(tools: string[], file: string): ToolCall {
  return choose(tools, "read a file", [
    ["Read", { file_path: file }],
    ["read", { filePath: file }],
    ...shellChoices(`cat ${file}`),
  ]);
}

export function callEdit(tools: string[], file: string, old: string, replacement: string): ToolCall {
  return choose(tools, "edit a file", [
    ["Edit", { file_path: file, old_string: old, new_string: replacement }],
    ["edit", { filePath: file, oldString: old, newString: replacement }],
    ...shellChoices(`sed -i.old ${quote(`s/${old}/${replacement}/`)} ${file} && rm ${file}.old`),
  ]);
}

function shellChoices(command: string): Choices {
  return [
    ["exec_command", { cmd: command }],
    ["bash", { command, description: "Works on the task's files" }],
  ];
}

function choose(tools: string[], purpose: string, choices: Choices): ToolCall {
  const choice = choices.find(([name]) => tools.includes(name));
  if (!choice) throw new Error(`no known tool to ${purpose} among: ${tools.join(", ")}`);
  return { name: choice[0], arguments: JSON.stringify(choice[1]) };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
