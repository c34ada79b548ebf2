#!/usr/bin/env node
// Plain JavaScript, so that a Node too old for the rest can still read the message.
import { existsSync } from "node:fs";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const built = new URL("../dist/cli/main.js", import.meta.url);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`error: idgan needs Node 20.19 or later, and this is ${process.versions.node}. Install a newer one: https://nodejs.org`);
  process.exitCode = 1;
} else if (!existsSync(built)) {
  console.error("error: idgan is not built yet. In the folder of the repository, run: npm run setup");
  process.exitCode = 1;
} else {
  const { main } = await import(built.href);
  process.exitCode = await main(process.argv.slice(2));
}
