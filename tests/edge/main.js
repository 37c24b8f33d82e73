// The edge for a person: `node tests/edge/main.js [--port N] [--rules FILE]`. Prints each request as it is answered.
// FILE is a JSON list of rules, shaped as in `rules.js`.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { startEdge } from "./edge.js";
import { describe } from "./log.js";

const { values } = parseArgs({
  options: { port: { type: "string", default: "8443" }, rules: { type: "string" } },
});

const edge = await startEdge({
  port: Number(values.port),
  rules: values.rules ? JSON.parse(readFileSync(values.rules, "utf8")) : [],
  onAnswer: (entry) => console.log(describe(entry)),
});

console.log(`The edge listens on 127.0.0.1:${edge.port} for any host name, with ${edge.rules.length} rules.
A browser whose every host leads here, with a profile of its own:

  chromium --user-data-dir="$(mktemp -d)" --ignore-certificate-errors \\
    --host-resolver-rules="MAP * 127.0.0.1:${edge.port}" ${edge.url("chatgpt.com")}
`);

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => edge.close());
