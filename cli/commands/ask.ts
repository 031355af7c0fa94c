import { readModel } from "../../sdk/client.ts";
import { decodeLayout } from "../../sdk/layouts.ts";
import { knownMethods } from "../../sdk/methods/index.ts";
import { ask as sendRequest, type Wish } from "../../sdk/requests/ask.ts";
import { readRequest } from "../../sdk/requests/read.ts";
import type { FinalityName } from "../../sdk/requests/request.ts";
import { waitForAnswer } from "../../sdk/requests/wait.ts";
import { receiptOf, requestJson, requestLines } from "../answers.ts";
import type { Command } from "../command.ts";
import { modelTitle, parseModel } from "../modelNames.ts";
import { parseEth } from "../money.ts";
import { listOf } from "../options.ts";
import { withSender } from "../sending.ts";
import { openConnection, openSettingsAccount } from "../settings.ts";
import { describeStep } from "../steps.ts";
import { readInput } from "../tensors.ts";
import { parseAddress, parseCount, parseHash, UsageError } from "../usage.ts";

export const ask: Command = {
  positionals: ["MODEL"],
  summary: "ask provers for an inference, and wait for the answer",
  details: `Pays the fee in, waits for an answer, checks it against the chain, and says what it proves and what not. A covered answer comes first: it isn't final, but its prover's money goes to the beneficiary if it turns out wrong. A verified answer was found right by its method. MODEL is an id, or the name on its card. Needs a key. Ctrl-C ends the waiting, not the request: \`request show\` goes on, \`request cancel\` gets the fee back while nobody has accepted.
Exit code 1 if the answer is wrong, or none will come.
JSON: requestId, state, request, accepted (or null), steps, blockNumber, transactionHash; with an answer also finality and answer (uid, prover, method, status, outputHash, output, cover in wei, coverage, proven, notProven).`,
  options: {
    input: { value: "FILE", help: "the input: a JSON array in a file named .json, otherwise raw bytes" },
    "input-hash": { value: "HASH", help: "instead: the hash of an input that provers get as content" },
    fee: { value: "ETH", help: "what the prover gets" },
    cover: { value: "ETH", help: "ask for a covered answer, with this cover: at least the fee" },
    beneficiary: { value: "A", help: "who gets the cover of a wrong answer; defaults to the key's account" },
    verified: { help: "with --cover: wait until the answer is verified, too" },
    method: { value: "NAME[,NAME]", help: "accepted methods; defaults to all that can settle the model" },
    prover: { value: "A[,A]", help: "who may answer; defaults to anybody" },
    window: {
      value: "SECONDS",
      help: "time from acceptance to answer; defaults to 600, or as long as the methods need",
    },
    within: { value: "SECONDS", help: "until when an answer may come; defaults to three windows" },
    "no-wait": { help: "end when the request is made" },
  },
  async run({ positionals: [name], options, switches, settings, progress }) {
    const modelId = await parseModel(name as string);
    if ((options.input === undefined) === (options["input-hash"] === undefined))
      throw new UsageError("ask needs either --input FILE or --input-hash HASH.");
    if (options.fee === undefined) throw new UsageError("ask needs --fee ETH.");
    if (switches.has("verified") && switches.has("no-wait"))
      throw new UsageError('"--verified" says how long to wait, and "--no-wait" not to.');
    const cover = options.cover === undefined ? undefined : parseEth("--cover", options.cover);
    const wish: Omit<Wish, "input"> = {
      ...{ modelId, fee: parseEth("--fee", options.fee), cover },
      finality: cover === undefined ? "verified" : "covered",
      beneficiary: options.beneficiary === undefined ? undefined : parseAddress("--beneficiary", options.beneficiary),
      methods: options.method?.split(",").map(parseMethod),
      provers: options.prover?.split(",").map((each) => parseAddress("--prover", each)),
      answerWindow: options.window === undefined ? undefined : Number(parseCount("--window", options.window, 1n)),
      within: options.within === undefined ? undefined : Number(parseCount("--within", options.within, 1n)),
    };
    const hash = options["input-hash"] === undefined ? undefined : parseHash("--input-hash", options["input-hash"]);
    const { client } = await openConnection(settings);
    const { layout } = await readModel(client, modelId);
    const input = hash ? { inputHash: hash } : await readInput(options.input as string, decodeLayout(layout).input);
    const account = await openSettingsAccount(settings);
    const { requestId, blockNumber, transactionHash } = await withSender(client, account, progress, (sender) =>
      sendRequest(client, sender, { ...wish, input }),
    );
    progress.say(`Asked as ${requestId}.`);
    const wanted: FinalityName = switches.has("verified") ? "verified" : wish.finality;
    const answer = switches.has("no-wait")
      ? undefined
      : await waitForAnswer(client, requestId, {
          ...{ finality: wanted, fromBlock: blockNumber, pollMs: 500 },
          onProgress: (step) => step.step !== "asked" && progress.say(describeStep(step)),
        });
    const asked = await readRequest(client, requestId, blockNumber);
    const receipt = answer && (await receiptOf(client, asked, answer));
    return {
      good: true,
      text: [
        ...requestLines(asked, await modelTitle(modelId)),
        `Transaction  ${transactionHash}`,
        ...(answer && receipt ? [`Finality     ${answer.finality}`, ...receipt.lines] : []),
      ].join("\n"),
      json: {
        ...{ ...requestJson(asked), transactionHash },
        ...(answer && receipt && { finality: answer.finality, answer: receipt.json }),
      },
    };
  },
};

/** Reads a method's name, in any case. */
function parseMethod(text: string): number {
  const found = knownMethods().find(([, { name }]) => name.toLowerCase() === text.toLowerCase());
  if (found === undefined)
    throw new UsageError(
      `--method is "${text}"; the methods are ${listOf(knownMethods().map(([, { name }]) => name))}.`,
    );
  return found[1].id;
}
