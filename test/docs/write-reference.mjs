#!/usr/bin/env node
// Writes every page of docs/reference from what the code says of itself. Run it after `npm run build`.
import { writeFileSync } from "node:fs";
import { referencePages } from "../dist/docs/reference-pages.js";

for (const { name, render } of referencePages) {
  writeFileSync(new URL(`../../docs/reference/${name}`, import.meta.url), await render());
}
