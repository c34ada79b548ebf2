#!/usr/bin/env node
// Runs every test of the workspace on the built output, and ends with one line: `N passed, N failed`.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const avaCommand = join(root, "node_modules", "ava", "entrypoints", "cli.mjs");

const passed = [];
const failed = [];
const skipped = [];
/** `# fail N` of the footer, which also counts the tests that a crashed file never reached; without a footer AVA itself went down. */
let footer;

const child = spawn(process.execPath, [avaCommand, "--tap", ...process.argv.slice(2)], { cwd: root, stdio: ["inherit", "pipe", "pipe"] });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));

const interactive = process.stdout.isTTY === true;
const startedAt = Date.now();

function say(line) {
  process.stdout.write(interactive ? `\r\x1b[2K${line}\n` : `${line}\n`);
}

function progress(title) {
  if (!interactive) return say(`  ok  ${title}`);
  const line = `${passed.length} passed, ${failed.length} failed  ${title}`;
  process.stdout.write(`\r\x1b[2K${line.slice(0, (process.stdout.columns ?? 80) - 1)}`);
}

function readTap(line) {
  const result = /^(not )?ok \d+ - (.*?)(?: # (SKIP|TODO))?$/.exec(line);
  if (result !== null) {
    const [, not, title, directive] = result;
    if (directive === "SKIP") {
      skipped.push(title);
      say(`skip  ${title}`);
    } else if (not === undefined) {
      passed.push(title);
      progress(title);
    } else {
      failed.push(title);
      say(`FAIL  ${title}${directive === "TODO" ? " (declared, not written)" : ""}`);
    }
    return;
  }
  const counted = /^# fail (\d+)/.exec(line);
  if (counted !== null) footer = Number(counted[1]);
  else if (/^(TAP version|1\.\.|# (tests|pass|skip) \d)/.test(line) || line.trim() === "") return;
  else say(`      ${line.replace(/^(#| {2})/, "")}`);
}

/** Leaves out the box in which each worker's tfjs advises to install tfjs-node; everything else passes. */
function createBoxFilter() {
  let inBox = false;
  let held;
  return (line) => {
    const rule = /^=+$/.test(line);
    if (inBox) {
      if (rule) inBox = false;
    } else if (held !== undefined) {
      if (line.includes("running TensorFlow.js in Node.js")) inBox = true;
      else for (const kept of [held, line]) say(`      ${kept}`);
      held = undefined;
    } else if (rule) held = line;
    else if (line.trim() !== "") say(`      ${line}`);
  };
}

const ended = (stream, read) => new Promise((resolve) => createInterface({ input: stream }).on("line", read).on("close", resolve));
const exited = new Promise((resolve) => {
  child.on("error", (error) => resolve(error.message));
  child.on("close", (code, signal) => resolve(signal === null ? code : signal));
});
const [status] = await Promise.all([exited, ended(child.stdout, readTap), ended(child.stderr, createBoxFilter())]);

const faults = [];
if (footer === undefined) faults.push(`AVA ended (${status}) before it had counted its tests: its TAP reporter fails on a test that hangs. \`npx ava\` names that test.`);
if (passed.length + failed.length === 0) faults.push("No test ran. Is the output built? `npm run build`.");
const unreached = Math.max(0, (footer ?? 0) - failed.length);
if (unreached > 0) faults.push(`${unreached} tests were declared and never finished.`);
if (status !== 0 && failed.length === 0 && faults.length === 0) faults.push(`AVA ended with ${status}, though every test that it reported passed.`);

const failures = failed.length + Math.max(unreached, faults.length > 0 ? 1 : 0);
if (failures > 0) {
  say("");
  for (const title of failed) say(`FAIL  ${title}`);
  for (const fault of faults) say(`FAIL  ${fault}`);
}
say("");
say(`${Math.round((Date.now() - startedAt) / 1000)} s`);
say(`${passed.length} passed, ${failures} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`);
process.exitCode = failures > 0 || status !== 0 ? 1 : 0;
