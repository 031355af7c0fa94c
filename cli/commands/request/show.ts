import { Status } from "../../../sdk/protocol.ts";
import { readAnswer, readRequest } from "../../../sdk/requests/read.ts";
import { receiptOf, requestJson, requestLines } from "../../answers.ts";
import type { Command } from "../../command.ts";
import { wrap } from "../../format.ts";
import { modelTitle } from "../../modelNames.ts";
import { openConnection } from "../../settings.ts";
import { describeStep } from "../../steps.ts";
import { parseHash } from "../../usage.ts";

export const showRequest: Command = {
  positionals: ["REQUEST"],
  summary: "a request, what became of it, and its answer",
  details: `Reads a request and its answer from the chain, checks the answer's name, model, input, context and output, and says what it proves and what not. Exit code 1 if the answer was refuted.
JSON: requestId, state, request, accepted (or null), steps, blockNumber, answer (uid, prover, method, status, outputHash, output, cover in wei, coverage, proven, notProven; or null).`,
  options: {},
  async run({ positionals: [text], settings }) {
    const requestId = parseHash("REQUEST", text as string);
    const { client } = await openConnection(settings);
    const asked = await readRequest(client, requestId);
    const answer = await readAnswer(client, asked);
    const receipt = answer && (await receiptOf(client, asked, answer));
    return {
      good: answer?.status !== Status.refuted,
      text: [
        ...requestLines(asked, await modelTitle(asked.request.modelId)),
        ...asked.steps.map((step) => `  block ${step.blockNumber}  ${wrap(describeStep(step), 10)}`),
        ...(receipt?.lines ?? []),
      ].join("\n"),
      json: { ...requestJson(asked), answer: receipt?.json ?? null },
    };
  },
};
