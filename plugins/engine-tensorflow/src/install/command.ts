import { spawn } from "node:child_process";

/** What a program said, and how it ended; `code` is `undefined` where it could not be started. */
export interface Outcome {
  readonly code: number | string | undefined;
  readonly output: string;
  readonly errors: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called four times a second while the program runs. */
  readonly meanwhile?: () => void;
}

/** Runs a program to its end. */
export async function runCommand(program: string, args: readonly string[], { cwd, env, meanwhile }: CommandOptions = {}): Promise<Outcome> {
  const child = spawn(program, [...args], { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const said = { output: "", errors: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.errors += chunk.toString()));
  const timer = meanwhile && setInterval(meanwhile, 250);
  try {
    return await new Promise((resolve) => {
      child.on("error", (error) => resolve({ code: undefined, output: "", errors: error.message }));
      child.on("close", (code, signal) => resolve({ code: code ?? signal ?? undefined, ...said }));
    });
  } finally {
    clearInterval(timer);
  }
}

/** The last lines that a program wrote, for a message. */
export function tailOf({ output, errors }: Outcome, lines = 6): string {
  return `${output}\n${errors}`.trim().split("\n").slice(-lines).join("\n").trim();
}

/** The first of these programs that starts and says its version. */
export async function firstOf(programs: readonly string[], args: readonly string[] = ["--version"]): Promise<string | undefined> {
  for (const program of programs) if ((await runCommand(program, args)).code === 0) return program;
  return undefined;
}
