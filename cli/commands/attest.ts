import type { Address } from "viem";
import { readAssignment } from "../../inference/assignment.ts";
import { attestFree } from "../../participant/attest.ts";
import { openJournal } from "../../participant/journal.ts";
import { withModels } from "../../participant/models.ts";
import type { Client, TaskInputs } from "../../sdk/client.ts";
import { unitOf } from "../../sdk/contexts.ts";
import { methodName, partOf } from "../../sdk/methods/index.ts";
import { Status } from "../../sdk/protocol.ts";
import { readRanges } from "../../sdk/ranges.ts";
import type { Command, Invocation, Outcome } from "../command.ts";
import { cliMethods, offeredMethods } from "../methods/index.ts";
import type { BatchCommand, CliMethod } from "../methods/method.ts";
import { parseModel } from "../modelNames.ts";
import { withSender } from "../sending.ts";
import { openConnection, openSettingsAccount, openSettingsContent, readOwnAddress } from "../settings.ts";
import { readInput, showTensor } from "../tensors.ts";
import { parseRange, parseTask, UsageError } from "../usage.ts";

export const attest: Command = {
  positionals: ["[MODEL]"],
  summary: "run a model and record an attestation, or a batch of units",
  get details() {
    const batches = batchMethods();
    return [
      "With MODEL and --input it records a free attestation by method 0: it proves only who signed it; it stays pending and earns no points. The salt is saved in the journal and the input in the content directory before anything is sent.",
      ...batches.map(
        ([name, { means }]) =>
          `With --batch and --units it runs the key's own units of a ${name} task and records them as one batch, ${means}`,
      ),
      `Needs a key.`,
      `JSON: uid, prover, modelId, inputHash, outputHash, output (bytes), transactionHash${batches.map(([name, { keys }]) => `; of a batch under ${name}: ${keys}`).join("")}.`,
    ].join("\n");
  },
  options: {
    input: { value: "FILE", help: "the input: a JSON array in a file named .json, otherwise raw bytes" },
    batch: { value: "SEASON/TASK", help: "the task whose units are attested, as in 1/3" },
    units: { value: "FIRST..LAST", help: "the units, both ends included, as in 0..199" },
  },
  run(invocation) {
    const { positionals, options } = invocation;
    const [name] = positionals;
    if (options.batch === undefined && options.units === undefined) return attestOne(name, invocation);
    if (options.batch === undefined || options.units === undefined)
      throw new UsageError("A batch needs both --batch SEASON/TASK and --units FIRST..LAST.");
    if (name !== undefined || options.input !== undefined)
      throw new UsageError(
        "A batch takes neither MODEL nor --input: the task says which model, and assigns the inputs.",
      );
    return attestUnits(options.batch, options.units, invocation);
  },
};

/** The methods that take batches, each by the name that people know. */
const batchMethods = (): [name: string, batch: BatchCommand][] =>
  offeredMethods().flatMap(([name, { batch }]) => (batch ? [[name, batch]] : []));

/** Attests consecutive units of the key's account at once, in the way of the task's method. */
async function attestUnits(batchText: string, unitsText: string, invocation: Invocation): Promise<Outcome> {
  const { seasonId, taskId } = parseTask(batchText);
  const { first, count } = parseRange(unitsText);
  const { client } = await openConnection(invocation.settings);
  const campaign = client.contracts.campaign.address;
  const assignment = await readAssignment(client, { campaign, seasonId, taskId, unit: first });
  if (typeof assignment === "string") throw new Error(assignment);
  const { method, unitsPerAccount } = assignment.task;
  const batch = partOf<CliMethod>(cliMethods, method)?.batch;
  if (batch === undefined) {
    const names = batchMethods().map(([name]) => name);
    throw new Error(
      `Task ${taskId} of season ${seasonId} is verified by ${methodName(method)}; a batch needs ${names.join(" or ")}.`,
    );
  }
  const last = first + BigInt(count) - 1n;
  if (last >= BigInt(unitsPerAccount))
    throw new Error(`Task ${taskId} has no unit ${last}: the units are 0 to ${unitsPerAccount - 1}.`);
  const own = await readOwnAddress(invocation.settings);
  if (own !== undefined) await refuseAttested(client, own, assignment.task, [first, last]);
  return batch.run({ client, assignment, first, count }, invocation);
}

/** Throws a sentence if any of an account's units of a task, both ends included, are attested and not refuted or void. */
async function refuseAttested(client: Client, prover: Address, task: TaskInputs, [first, last]: [bigint, bigint]) {
  const { rpc, contracts, deployment } = client;
  const { attestationRegistry } = contracts;
  const read = async (fromBlock: bigint, toBlock: bigint) => {
    const range = { ...attestationRegistry, strict: true, fromBlock, toBlock, args: { prover } } as const;
    const [singles, batches] = await Promise.all([
      rpc.getContractEvents({ ...range, eventName: "Attested" }),
      rpc.getContractEvents({ ...range, eventName: "BatchAttested" }),
    ]);
    return [
      ...singles.map(({ args: { uid, context } }) => ({ id: uid, context, count: 1 })),
      ...batches.map(({ args: { id, context, count } }) => ({ id, context, count })),
    ];
  };
  for (const { id, context, count } of await readRanges(
    BigInt(deployment.startBlock),
    await rpc.getBlockNumber(),
    read,
  )) {
    const unit = unitOf(context);
    if (unit?.seasonId !== task.seasonId || unit.taskId !== task.taskId) continue;
    const [from, to] = [unit.unit, unit.unit + BigInt(count) - 1n];
    if (to < first || last < from) continue;
    const status = await rpc.readContract({ ...attestationRegistry, functionName: "statusOf", args: [id] });
    if (status !== Status.pending && status !== Status.verified) continue;
    throw new Error(
      `Units ${from} to ${to} of task ${task.taskId} are attested already, by ${id}: a unit is paid once.`,
    );
  }
}

async function attestOne(name: string | undefined, { options, settings, progress }: Invocation): Promise<Outcome> {
  if (name === undefined)
    throw new UsageError("attest needs MODEL and --input FILE, or --batch SEASON/TASK and --units FIRST..LAST.");
  const modelId = await parseModel(name);
  const { input: file } = options;
  if (file === undefined) throw new UsageError("attest needs --input FILE.");
  const { client } = await openConnection(settings);
  const content = openSettingsContent(settings);
  const account = await openSettingsAccount(settings);
  const journal = openJournal(settings.journal);
  try {
    const made = await withModels(client, content, async (models) => {
      const model = await models.open(modelId);
      const input = await readInput(file, model.layout.input);
      return withSender(client, account, progress, (sender) =>
        attestFree({ client, sender, journal, content, model, input }),
      );
    });
    const { uid, inputHash, output, outputHash, transactionHash } = made;
    return {
      good: true,
      text: [
        `Attestation  ${uid}`,
        `Prover       ${account.address}`,
        `Output       ${showTensor(output, 13)}`,
        `Transaction  ${transactionHash}`,
        "It proves only who signed it; it stays pending and earns no points. `verify` runs it again.",
      ].join("\n"),
      json: {
        ...{ uid, prover: account.address, modelId, inputHash, outputHash },
        ...{ output: output.data, transactionHash },
      },
    };
  } finally {
    journal.close();
  }
}
