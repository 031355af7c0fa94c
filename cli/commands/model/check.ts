import { checkFiles, type Finding } from "../../../inference/check.ts";
import { openBounded } from "../../../participant/runtime.ts";
import type { Command } from "../../command.ts";
import { quoted, wrap } from "../../format.ts";
import { readModelFiles } from "../../modelFiles.ts";

export const checkCommand: Command = {
  positionals: ["DIR|FILE"],
  summary: "say everything that would fail later with a model",
  details: `Makes the checks of every verifier, by the same code: layout against file, integer rows against file, which graphs run, cost, loading and running; then what publishing and a season's task ask for, and which methods can take the model. DIR is what \`model import\` wrote; of a FILE by itself the layout is what it declares. Needs no chain. Exits 1 if anything is refused; "no" beside a method is none.
JSON: modelId (or null), good, checks (each with name, result: ok, refused or no; by: verifiers, contracts or seasons; detail).`,
  options: {},
  async run({ positionals: [path = ""] }) {
    const files = await readModelFiles(path);
    const opener = await openBounded();
    try {
      const { findings, model } = await checkFiles(files, opener);
      const good = findings.every(({ result }) => result !== "refused");
      return {
        good,
        text: [...(model ? [`Model       ${model.modelId}`] : []), ...findingLines(findings)].join("\n"),
        json: { modelId: model?.modelId ?? null, good, checks: findings },
      };
    } finally {
      opener.close();
    }
  },
};

/** A line for each finding; what comes from the file can't write to the terminal. */
export const findingLines = (findings: readonly Finding[]): string[] =>
  findings.map(({ name, result, detail }) => `${name.padEnd(10)}  ${result.padEnd(7)}  ${wrap(quoted(detail), 21)}`);
