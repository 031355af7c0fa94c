import { formatEther } from "viem";
import type { SeasonFinding } from "../../participant/season/check.ts";
import { SeasonFileError } from "../../participant/season/file.ts";
import type { Plan, Step } from "../../participant/season/plan.ts";
import type { Command, Invocation, Outcome } from "../command.ts";
import { grouped, quoted, table, wrap } from "../format.ts";

/** Makes of what is wrong with a season file an outcome like any other finding's. */
export const orFileOutcome =
  (run: Command["run"]): Command["run"] =>
  async (invocation: Invocation) => {
    try {
      return await run(invocation);
    } catch (error) {
      if (!(error instanceof SeasonFileError)) throw error;
      const findings = error.problems.map((detail) => ({ about: "file", result: "refused", detail }) as const);
      return outcomeOf(null, findings, undefined);
    }
  };

/** Everything that was found. */
export function outcomeOf(
  organiser: string | null,
  findings: readonly SeasonFinding[],
  plan: Plan | undefined,
): Outcome {
  const good = findings.every(({ result }) => result !== "refused");
  return {
    good,
    text: [...seasonFindingLines(findings), ...(plan ? ["", ...costLines(plan)] : [])].join("\n"),
    json: { good, organiser, checks: findings, plan: plan ? planJson(plan) : null },
  };
}

/** A plan without the bytes of its tasks. */
export const planJson = ({ draft: { tasks, ...draft }, ...plan }: Plan) => ({
  ...plan,
  found: plan.found ?? null,
  draft: {
    ...draft,
    rewards: draft.rewards ?? null,
    tasks: tasks.map(({ inputs: _, model, ...task }) => ({ ...task, modelId: model.modelId })),
  },
});

/** The table of transactions and their sum. */
export const costLines = ({ steps, gas, gasPrice, cost }: Plan): string[] => [
  stepsTable(steps, gasPrice),
  `All: ${grouped(gas)} gas, ${formatEther(cost)} ETH at ${grouped(gasPrice)} wei a gas.`,
];

/** A line for each finding; what a file holds can't write to the terminal. */
export const seasonFindingLines = (findings: readonly SeasonFinding[]): string[] =>
  findings.map(({ about, result, detail }) => `${about.padEnd(7)}  ${result.padEnd(7)}  ${wrap(quoted(detail), 18)}`);

/** A line for each transaction. */
const stepsTable = (steps: readonly Step[], gasPrice: bigint): string =>
  table<Step>(
    [
      { title: "Transaction", cell: ({ name }) => name },
      { title: "Gas", right: true, cell: ({ gas, isDone }) => (isDone ? "done" : grouped(gas)) },
      { title: "", cell: ({ isMeasured }) => (isMeasured ? "measured" : "") },
      { title: "Gwei", right: true, cell: ({ gas }) => grouped((gas * gasPrice) / 10n ** 9n) },
      { title: "About", cell: ({ detail }) => (detail.length > 52 ? `${detail.slice(0, 50)} …` : detail) },
    ],
    steps,
  );
