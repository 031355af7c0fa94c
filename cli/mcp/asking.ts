import { getAddress, parseEther } from "viem";
import { z } from "zod";
import type { Client } from "../../sdk/client.ts";
import { readModel } from "../../sdk/client.ts";
import { RevertError } from "../../sdk/errors.ts";
import { gasFor } from "../../sdk/gas.ts";
import { decodeLayout } from "../../sdk/layouts.ts";
import { type Asked, prepareRequest, sendRequest, type Wish } from "../../sdk/requests/ask.ts";
import { requestCall } from "../../sdk/requests/contracts.ts";
import { readRequest } from "../../sdk/requests/read.ts";
import { waitForAnswer } from "../../sdk/requests/wait.ts";
import type { CallSender } from "../../sdk/sending.ts";
import { receiptOf, requestJson } from "../answers.ts";
import { parseModel } from "../modelNames.ts";
import { describeStep } from "../steps.ts";
import type { Budget } from "./budget.ts";
import { address, bytes, elements, inputBytes, model } from "./reading.ts";
import { type AnyTool, defineTool } from "./tool.ts";

const ether = z.string().regex(/^[0-9]{1,9}(\.[0-9]{1,18})?$/, "must be an amount of ETH, as in 0.05");

/** Who asks, and what it may spend. */
interface Asker {
  client: Client;
  sender: CallSender;
  budget: Budget;
}

/** The tool that spends money. */
export function askingTools({ client, sender, budget }: Asker): Record<string, AnyTool> {
  // One at a time: each counts what the one before it spent.
  let last: Promise<unknown> = Promise.resolve();
  const request = (wish: Wish): Promise<Asked> => {
    const sent = last.then(() => send(wish));
    last = sent.catch(() => undefined);
    return sent;
  };

  const send = async (wish: Wish): Promise<Asked> => {
    const { rpc } = client;
    const account = sender.account.address;
    const prepared = await prepareRequest(client, account, wish);
    const call = requestCall(client, prepared.request, prepared.input);
    const gas = await gasFor(rpc, account, call);
    // A sender offers at most twice the base fee and a tip.
    const gasCost = gas * 2n * (await rpc.getGasPrice());
    const reservation = budget.reserve(wish.fee + gasCost);
    try {
      const asked = await sendRequest(client, sender, prepared);
      const { gasUsed, effectiveGasPrice } = await rpc.getTransactionReceipt({ hash: asked.transactionHash });
      reservation.spent(wish.fee + gasUsed * effectiveGasPrice);
      return asked;
    } catch (error) {
      // What a contract refuses costs gas at the most; of anything else it isn't known whether it was sent.
      if (error instanceof RevertError) reservation.spent(gasCost);
      throw error;
    }
  };

  return {
    ask: defineTool({
      title: "Ask for an inference",
      description:
        "Asks provers to run a model, pays the fee, waits for the answer and checks it. With a cover, a covered answer comes first: it isn't final, but its prover's money goes to the beneficiary if it turns out wrong. Without, it waits until the answer is verified. If it takes longer than the timeout, the request goes on: show_request tells more.",
      input: {
        ...{ model, elements, bytes },
        fee: ether.describe("what the prover gets, in ETH"),
        cover: ether.describe("what the prover locks behind a covered answer, in ETH: at least the fee").optional(),
        beneficiary: address
          .describe("who gets the cover of a wrong answer; defaults to the asking account")
          .optional(),
        provers: z.array(address).max(32).describe("who may answer; defaults to anybody").optional(),
        timeout: z.number().int().min(1).max(3_600).describe("seconds to wait; defaults to 55").optional(),
      },
      spends: true,
      async run({ fee, cover, beneficiary, provers, timeout = 55, ...given }, { signal, tell }) {
        const modelId = await parseModel(given.model);
        const { layout } = await readModel(client, modelId);
        const asked = await request({
          ...{ modelId, input: inputBytes(decodeLayout(layout).input, given), fee: parseEther(fee) },
          ...{ finality: cover === undefined ? "verified" : "covered", cover: cover && parseEther(cover) },
          ...{ beneficiary: beneficiary && getAddress(beneficiary), provers: provers?.map((each) => getAddress(each)) },
        } as Wish);
        const { requestId, blockNumber } = asked;
        tell(`Asked as ${requestId}.`);
        const enough = AbortSignal.timeout(timeout * 1_000);
        const answer = await waitForAnswer(client, requestId, {
          ...{ fromBlock: blockNumber, pollMs: 500, signal: AbortSignal.any([signal, enough]) },
          onProgress: (step) => tell(describeStep(step)),
        }).catch((error: unknown) => {
          if (enough.aborted && !signal.aborted) return undefined;
          throw error;
        });
        const now = await readRequest(client, requestId, blockNumber);
        const receipt = answer && (await receiptOf(client, now, answer));
        const { used, limits } = budget;
        return {
          ...requestJson(now),
          ...(receipt ? { finality: answer?.finality, answer: receipt.json } : { answer: null, note: STILL_OPEN }),
          ...{ spent: used, spendTotal: limits.total },
        };
      },
    }),
  };
}

const STILL_OPEN = "There is no such answer yet. The request goes on: show_request tells what becomes of it.";
