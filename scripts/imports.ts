import { readFileSync, writeFileSync } from "node:fs";

// Who may import whom, in one table. `npm run imports` writes it into biome.json, which lints it.

/** The rooms that a room may import, besides itself. */
interface Room {
  /** Rooms, or files of rooms. */
  imports: readonly string[];
  /** It runs in a browser, so it imports nothing of Node. */
  browser?: boolean;
}

/** The stages of the indexer, each with those that it builds on. */
const stages: Record<string, readonly string[]> = {
  ingest: [],
  decode: ["ingest"],
  methods: ["ingest", "decode", "fold"],
  fold: ["ingest", "decode", "methods"],
  store: ["ingest", "decode", "methods", "fold"],
  rank: ["ingest", "decode", "methods", "fold", "store"],
  sync: ["ingest", "decode", "methods", "fold", "store", "rank"],
  serve: ["ingest", "decode", "methods", "fold", "store", "rank", "sync"],
};

/** The rooms that are held to this. Tests, scripts and benchmarks import what they need. */
export const rooms: Record<string, Room> = {
  sdk: { imports: [], browser: true },
  inference: { imports: ["sdk"], browser: true },
  participant: { imports: ["sdk", "inference"] },
  cli: { imports: ["sdk", "inference", "participant"] },
  "enclave-program": { imports: ["sdk", "inference", "participant"] },
  models: { imports: ["sdk", "inference"] },
  web: {
    imports: ["sdk", "inference", "models/card.ts", "models/*/card.json", "models/*/data.ts", "models/*/graph.ts"],
    browser: true,
  },
  indexer: { imports: ["sdk"] },
  ...Object.fromEntries(
    Object.entries(stages).map(([stage, before]): [string, Room] => [
      `indexer/${stage}`,
      { imports: ["sdk", ...before.map((other) => `indexer/${other}`)] },
    ]),
  ),
};

const others = ["deployments", "scripts", "bench", "test"];

/** Biome's override that holds a room to the table. */
export function overrideOf(room: string) {
  const { imports, browser = false } = rooms[room] as Room;
  const [house] = room.split("/") as [string];
  const isStage = (name: string) => name.includes("/");
  const known = [...Object.keys(rooms), ...others].filter((name) => name !== room && name !== house);
  const refused = known.filter((name) => !imports.includes(name) && (!isStage(name) || isStage(room)));
  const group = [
    ...(browser ? ["node:*"] : []),
    "ethers",
    ...refused.map((name) => `**/${name.split("/").at(-1)}/**`),
    // Only at the top: sdk has a folder methods, too.
    ...imports
      .filter((name) => !name.startsWith("indexer/"))
      .map((name) => `!**/${/\.\w+$/.test(name) ? name : `${name}/**`}`),
  ];
  const message = `${room} imports ${imports.length === 0 ? "nothing" : `only ${imports.join(", ")}`} of the house${browser ? ", and runs in a browser" : ""}.`;
  const options = { patterns: [{ group, message }] };
  return {
    includes: [`${room}/**`],
    linter: { rules: { style: { noRestrictedImports: { level: "error", options } } } },
  };
}

const isOfTable = (override: object): boolean => JSON.stringify(override).includes("noRestrictedImports");

/** Biome's configuration with the table in it: an override a line. */
export function withTable(config: { overrides: object[] }): string {
  const overrides = [...Object.keys(rooms).map(overrideOf), ...config.overrides.filter((each) => !isOfTable(each))];
  const lines = overrides.map((override) => `    ${JSON.stringify(override)}`).join(",\n");
  return `${JSON.stringify({ ...config, overrides: [] }, null, 2).replace(/\[\](?=\n\}$)/, () => `[\n${lines}\n  ]`)}\n`;
}

if (import.meta.main) {
  const file = new URL("../biome.json", import.meta.url);
  writeFileSync(file, withTable(JSON.parse(readFileSync(file, "utf8"))));
}
