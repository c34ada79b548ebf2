const number = (value, digits = 0) => (Number.isFinite(value) ? value.toFixed(digits) : "–");
const percent = (value) => `${number(100 * value)} %`;

function updates(rows) {
  const lines = rows.map((row) =>
    row.error
      ? `| ${row.model} | ${row.name} | failed: ${row.error} | | | | | |`
      : `| ${row.model}, ${row.batch} | ${row.name === "idgan" ? "idgan" : row.version} | ${number(row.medianMs)} | ${number(row.timesOurs, 2)} (${number(row.lowestRatio, 2)}–${number(row.highestRatio, 2)}) | ${number(row.processorTimesOurs, 2)} | ${number(row.gflops)} | ${percent(row.sgemmShare)} | ${number(row.peakMiB)} |`,
  );
  return ["| update, batch | who | median ms | time / ours (range) | processor time / ours | GFLOP/s | of sgemm | peak MiB |", "|---|---|---|---|---|---|---|---|", ...lines].join("\n");
}

function reads(rows) {
  const what = (row) => (row.model.includes("vae") ? "encoding" : "sampling");
  const lines = rows.map((row) =>
    row.error
      ? `| ${what(row)}, ${row.model} | ${row.name} | failed: ${row.error} | | |`
      : `| ${what(row)}, ${row.model}, ${row.batch} | ${row.name === "idgan" ? "idgan" : row.version} | ${number(row.perSecond)} | ${number(row.timesOurs, 2)} (${number(row.lowestRatio, 2)}–${number(row.highestRatio, 2)}) | ${number(row.processorTimesOurs, 2)} |`,
  );
  return ["| task, network, batch | who | images a second | time / ours (range) | processor time / ours |", "|---|---|---|---|---|", ...lines].join("\n");
}

/** The report of a benchmark as Markdown. */
export function tablesOf({ machine, node, threads, rows, missing, data }) {
  const of = (task) => rows.filter((row) => row.task === task);
  const rates = [...new Set(rows.map((row) => Math.round(row.sgemm)))].filter(Number.isFinite);
  const rounds = [...new Set(rows.filter((row) => !row.error).map((row) => `${row.rounds} rounds of ${row.calls}`))];
  const versions = [...new Set(rows.flatMap((row) => (row.name === "idgan" && row.version ? [row.version] : [])))];
  const compiling = of("update").filter((row) => row.compileMs !== undefined);
  return [
    `${machine}; Node ${node}; ${versions.join(", ")}; ${threads} threads. ${rounds.join(" or ")} calls; the machine's sgemm rate in these rounds: ${rates.join(", ")} GFLOP/s.`,
    ...(missing.length > 0 ? [`Not in this checkout, so not measured: ${missing.join(", ")}.`] : []),
    ...(of("update").length > 0 ? [updates(of("update"))] : []),
    ...(of("read").length > 0 ? [reads(of("read"))] : []),
    ...(compiling.length > 0 ? [["| compiling, of | seconds |", "|---|---|", ...compiling.map((row) => `| ${row.model} | ${number(row.compileMs / 1000, 1)} |`)].join("\n")] : []),
    ...(data ? [["| data | images a second |", "|---|---|", ...data.map(({ name, perSecond }) => `| ${name} | ${number(perSecond)} |`)].join("\n")] : []),
  ].join("\n\n") + "\n";
}
