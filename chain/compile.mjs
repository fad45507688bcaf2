// Compiles chain/contracts/ with the pinned solc and OpenZeppelin contracts, offline, into
// chain/artifacts/. The result is committed: Python reads it and never needs Node for it.
//
//   node chain/compile.mjs          writes the artifacts
//   node chain/compile.mjs --check  exit 1 when a committed artifact is not what the sources give

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));
const CONTRACTS = ["NudgePoints"];

// The EVM version is the one that chain/node.py and chain/nodes/besu/network.json run. No metadata in
// the bytecode: the same code gives the same bytes (and so the same hash) whatever the comments say.
const SETTINGS = {
  evmVersion: "cancun",
  optimizer: { enabled: true, runs: 1000000 },
  metadata: { appendCBOR: false, bytecodeHash: "none" },
};

let solc;
try {
  solc = require("solc");
} catch {
  console.error("chain: the compiler is not installed; run: npm ci");
  process.exit(2);
}

function source(path) {
  const local = join(here, "contracts", path);
  return readFileSync(existsSync(local) ? local : require.resolve(path), "utf8");
}

function compile(name) {
  const input = {
    language: "Solidity",
    sources: { [`${name}.sol`]: { content: source(`${name}.sol`) } },
    settings: {
      ...SETTINGS,
      outputSelection: {
        "*": {
          "*": ["abi", "devdoc", "userdoc", "evm.bytecode.object", "evm.deployedBytecode.object"],
        },
      },
    },
  };
  const imports = (path) => {
    try {
      return { contents: source(path) };
    } catch {
      return { error: `${path}: not found; run: npm ci` };
    }
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: imports }));
  // A warning about our own source counts as an error; one about a pinned package is its authors'.
  const problems = (output.errors ?? []).filter(
    (p) => p.severity === "error" || !p.sourceLocation?.file.startsWith("@"),
  );
  for (const problem of problems) console.error(problem.formattedMessage);
  if (problems.length > 0) process.exit(1);
  const contract = output.contracts[`${name}.sol`][name];
  const runtime = contract.evm.deployedBytecode.object;
  const packages = JSON.parse(readFileSync(join(here, "..", "package.json"), "utf8"));
  return {
    contract: name,
    compiler: {
      solc: solc.version(),
      openzeppelin: packages.devDependencies["@openzeppelin/contracts"],
      settings: SETTINGS,
    },
    runtime_sha256: createHash("sha256").update(Buffer.from(runtime, "hex")).digest("hex"),
    abi: contract.abi,
    // NatSpec, for people's tools; a test wants it for every external function.
    userdoc: contract.userdoc,
    devdoc: contract.devdoc,
    bytecode: `0x${contract.evm.bytecode.object}`,
  };
}

const check = process.argv.includes("--check");
let drift = false;
for (const name of CONTRACTS) {
  const path = join(here, "artifacts", `${name}.json`);
  const wanted = `${JSON.stringify(compile(name), null, 2)}\n`;
  const found = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (check) {
    if (found !== wanted) {
      console.error(`chain/artifacts/${name}.json is not what chain/contracts/${name}.sol gives.`);
      drift = true;
    }
  } else if (found !== wanted) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, wanted);
    console.log(`chain/artifacts/${name}.json written`);
  }
}
if (drift) {
  console.error("Run: npm run compile   (and commit chain/artifacts/)");
  process.exit(1);
}
