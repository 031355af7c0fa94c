import { mkdir, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { bytesToHex, http, parseEther } from "viem";
import { startIndexer } from "../indexer/main.ts";
import { asGraph } from "../models/asGraph.ts";
import { readModel } from "../models/read.ts";
import type { ChainState } from "../participant/chainState.ts";
import { openContent } from "../participant/content.ts";
import { followChain } from "../participant/follow.ts";
import { type Participant, runJobs } from "../participant/jobs.ts";
import { openJournal } from "../participant/journal.ts";
import { createKeeper } from "../participant/keeper.ts";
import { createKeystore } from "../participant/keystore.ts";
import { createRootBatcher } from "../participant/methods/disputeGame/batcher.ts";
import { createDisputeChallenger } from "../participant/methods/disputeGame/challenger.ts";
import { createEnclaveProver, ENCLAVE_URL } from "../participant/methods/enclave/prover.ts";
import { createBatcher } from "../participant/methods/fraudProof/batcher.ts";
import { createChallenger } from "../participant/methods/fraudProof/challenger.ts";
import { createAppellant } from "../participant/methods/quorum/appellant.ts";
import { createProver } from "../participant/methods/quorum/prover.ts";
import { createVerifier } from "../participant/methods/quorum/verifier.ts";
import { createZkProver } from "../participant/methods/zkProof/prover.ts";
import { openLanes } from "../participant/models.ts";
import { admitGraph, type CircuitFiles, publishCircuit, publishModel } from "../participant/publish.ts";
import { withShownInputs } from "../participant/requests/inputs.ts";
import { createRequestKeeper } from "../participant/requests/keeper.ts";
import { createRequestProver } from "../participant/requests/prover.ts";
import type { SeasonDraft } from "../participant/season/send.ts";
import { createSender, type Sender } from "../participant/sender.ts";
import { verificationMethodAbi } from "../sdk/abi.ts";
import { connect, contractOf } from "../sdk/client.ts";
import { sentenceOf } from "../sdk/errors.ts";
import { disputeGame } from "../sdk/methods/disputeGame.ts";
import { enclave } from "../sdk/methods/enclave.ts";
import { fraudProof } from "../sdk/methods/fraudProof.ts";
import { quorum } from "../sdk/methods/quorum.ts";
import { zkProof } from "../sdk/methods/zkProof.ts";
import { type DemoAccounts, demoAccounts, lieAfter, lying } from "./demo/accounts.ts";
import { playAgent, sparing } from "./demo/agent.ts";
import { countWork, startChain } from "./demo/chain.ts";
import { disputeStory, FORGER_MIN_FEE } from "./demo/dispute.ts";
import { openEnclave } from "./demo/enclave.ts";
import { endSeason, promiseRewards } from "./demo/end.ts";
import { nameAccounts } from "./demo/names.ts";
import { choosePort } from "./demo/ports.ts";
import { printLine, showProgress } from "./demo/progress.ts";
import { askOnce } from "./demo/request.ts";
import { askForStory } from "./demo/story.ts";
import { type Guest, summarise } from "./demo/summary.ts";
import { untilClosed, untilIndexed, untilSettled } from "./demo/wait.ts";
import { deploy, writeDeployment } from "./deploy.ts";
import { methodDeployments } from "./methods/index.ts";
import { openInTime, openSeason } from "./season.ts";

const ROOT = join(import.meta.dirname, "..");

export interface DemoOptions {
  /** Ends when season 1 is final, rather than at the signal. */
  once: boolean;
  /** Ports as text, from the environment; undefined for the usual ones. */
  port: string | undefined;
  rpcPort: string | undefined;
  /** Where the demo keeps what it makes; emptied at the start. */
  directory: string;
  contentDirectory: string;
  deploymentsDirectory: string;
  /** Length of season 1 in seconds. */
  seasonSeconds: number;
  /** Each of Quorum's four windows, and FraudProof's, in seconds; DisputeGame's are a few times as long. */
  windowSeconds: number;
  signal: AbortSignal;
  print: (line: string) => void;
}

/** A public network's parameters with a first panel of 3 and short windows. */
const parametersOf = (windowSeconds: number) => ({
  closingMargin: 10n,
  quorum: {
    ...methodDeployments.quorum.production,
    ...{ firstPanel: 3, firstThreshold: 2, load: 32, drawDelay: 1, drawWindow: windowSeconds },
    ...{ commitWindow: windowSeconds, revealWindow: windowSeconds, appealWindow: windowSeconds },
  },
  fraudProof: { ...methodDeployments.fraudProof.production, window: windowSeconds },
  disputeGame: { ...methodDeployments.disputeGame.production, window: 2 * windowSeconds, clock: 3 * windowSeconds },
});

/** Units of the honest batch, and of each of the forger's two. */
const BATCH_UNITS = 240;
const FORGER_UNITS = 64;
/** Units that are attested by one root. */
const ROOT_UNITS = 4_096;
/** Units that are proven. */
const ZK_UNITS = 3;
/** Units that the simulated enclave signs. */
const ENCLAVE_UNITS = 6;

/**
 * A local chain, contracts, models, participants that run real inference, one of them a cheat, and the indexer: the
 * whole of Proofboard in this process until the signal. Everything that was started has ended when it returns, but for
 * connections to the chain that others keep busy.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { print } = options;
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const closing: (() => unknown)[] = [];
  try {
    const chain = Promise.withResolvers<never>();
    await Promise.race([play({ ...options, signal }, (close) => closing.unshift(close), chain.reject), chain.promise]);
  } catch (error) {
    if (!options.signal.aborted) throw error;
  } finally {
    ending.abort();
    for (const close of closing) await close();
    if (options.signal.aborted) print("Ended.");
  }
}

/** @param fail Told why no more blocks are mined: then nothing that waits for one would end. */
async function play(
  options: DemoOptions,
  onEnd: (close: () => unknown) => void,
  fail: (error: unknown) => void,
): Promise<void> {
  const { directory, signal, print } = options;
  const rpcPort = await choosePort("RPC_PORT", options.rpcPort, 8545, print);
  const work = countWork();
  const { url: rpcUrl, mining } = await startChain(rpcPort, work, onEnd);
  mining.catch(fail);
  print(`A local chain runs at ${rpcUrl}.`);
  const port = await choosePort("PORT", options.port, 4000, print);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });

  const accounts = demoAccounts();
  const parameters = parametersOf(options.windowSeconds);
  const deployment = await deploy({ rpcUrl, account: accounts.organiser, parameters, report: print });
  const deploymentFile = await writeDeployment(deployment, options.deploymentsDirectory);
  print(`Where the contracts stand is written to ${relative(ROOT, deploymentFile)}.`);
  signal.throwIfAborted();

  const indexer = await startIndexer({
    ...{ deployment, rpcs: [rpcUrl], publicRpc: rpcUrl, port, content: options.contentDirectory, logLevel: "warn" },
    db: join(directory, "index.sqlite"),
  });
  onEnd(() => indexer.close());
  print(`The indexer serves ${indexer.url}.`);
  print(`Open ${indexer.url} in a browser to watch.`);

  const client = connect(deployment, work.transport(http(rpcUrl)));
  const follower = await followChain(client, { signal, report: print });
  const content = withShownInputs(openContent(options.contentDirectory), () => follower.state.requests);
  const journal = openJournal(join(directory, "journal.sqlite"));
  onEnd(() => journal.close());
  const { close, ...lanes } = await openLanes(client, content);
  onEnd(close);
  const [models, strangers] = [work.models(lanes.models), work.models(lanes.strangers)];
  const senders = new Map<string, Sender>();
  const senderOf = (account: Sender["account"]): Sender => {
    const sender =
      senders.get(account.address) ?? createSender(client.rpc, deployment.chainId, follower.heads, account);
    senders.set(account.address, sender);
    return sender;
  };

  const organiser = senderOf(accounts.organiser);
  await nameAccounts(client, accounts, senderOf);
  const [digits, risk, risk8] = [await readModel("digits"), await readModel("risk"), await readModel("risk8")];
  const [stripes, story] = [await readModel("stripes"), await readModel("story")];
  const graph = asGraph(digits);
  for (const { name, model, artifact } of [digits, risk, risk8, stripes, story, graph]) {
    await publishModel(client, organiser, content, model, artifact);
    print(`Model "${name}" is published as ${model.modelId}.`);
  }
  await publishCircuit(client, organiser, content, stripes.model, stripes.circuit as CircuitFiles);
  print('The TEST key of "stripes" is admitted: whoever made it could forge proofs.');
  for (const { model } of [graph, story]) await admitGraph(client, organiser, model);
  const sealed = await openEnclave(client, organiser, content, digits);
  onEnd(sealed.close);
  print(`A SIMULATED enclave runs it as ${sealed.model.model.modelId}; a TEST registrar admitted its key.`);
  const spared = new Set([accounts.agentForger.address, accounts.storyForger.address]);
  // Nine verifiers have hundreds of seats.
  const tools = { client, journal, models, strangers, content, report: print, reportSeats: () => {} };
  const failures: Promise<never>[] = [];
  const run = (participants: Participant[], until: AbortSignal = signal) =>
    failures.push(
      runJobs(follower, participants, { signal: until, report: print }).then(() => new Promise<never>(() => {})),
    );
  run([
    createKeeper(client, senderOf(accounts.keeper)),
    createRequestKeeper(client, senderOf(accounts.keeper)),
    sparing(createChallenger({ client, sender: senderOf(accounts.challenger), report: print }), spared),
    sparing(createDisputeChallenger({ ...tools, sender: senderOf(accounts.challenger) }), spared),
    createAppellant({ ...tools, sender: senderOf(accounts.challenger) }),
    ...accounts.verifiers.map((account) => createVerifier({ ...tools, sender: senderOf(account) })),
    createRequestProver({
      ...{ ...tools, models: strangers, sender: senderOf(accounts.responder) },
      ...{ minFee: 0n, maxCover: parseEther("10") },
    }),
  ]);
  // Both answer whoever challenges what they attested by a root.
  run([
    createRootBatcher({ ...tools, sender: senderOf(accounts.responder), maxUnits: 0 }),
    createRootBatcher({ ...tools, sender: senderOf(accounts.storyForger), maxUnits: 0, runOf: lying }),
    createRequestProver({
      ...{ ...tools, models: lieAfter(0, strangers), sender: senderOf(accounts.storyForger) },
      ...{ minFee: FORGER_MIN_FEE, maxCover: parseEther("1") },
    }),
  ]);
  failures.push(indexer.ended.then((error) => (error ? Promise.reject(error) : new Promise<never>(() => {}))));
  const orFailure = <T>(work: Promise<T>): Promise<T> => Promise.race([work, ...failures]);

  const durations = [quorum, fraudProof, zkProof, enclave, disputeGame].map(({ name }) =>
    client.rpc.readContract({
      ...contractOf(client, { name, abi: verificationMethodAbi }),
      functionName: "longest",
    }),
  );
  const longest = Math.max(...(await Promise.all(durations)).map(Number));
  const draft = (lead: number, seconds: number, unitsPerAccount: readonly number[]): SeasonDraft => {
    const startsAt = Number(follower.heads.latest.timestamp) + lead;
    const endsAt = startsAt + seconds;
    const closesAt = endsAt + longest + Number(parameters.closingMargin) + 1;
    const rules = [
      { ...digits, method: quorum.id, points: 10n },
      { ...risk, method: quorum.id, points: 15n },
      { ...digits, method: fraudProof.id, points: 1n },
      { ...stripes, method: zkProof.id, points: 5n },
      { ...sealed.model, method: enclave.id, points: 2n },
      { ...graph, method: disputeGame.id, points: 1n },
    ];
    const tasks = rules.map(({ model, inputs, card, method, points }, i) => ({
      ...{ model, inputs, method, points, noise: card.noise },
      unitsPerAccount: unitsPerAccount[i] as number,
    }));
    const uri = "https://example.org/demo";
    return { startsAt, endsAt, closesAt, verifierCap: 10_000n, uri, tasks };
  };
  const open = (seconds: number, unitsPerAccount: readonly number[], rewards: Pick<SeasonDraft, "rewards"> = {}) =>
    orFailure(
      openInTime((lead) => openSeason(client, organiser, { ...draft(lead, seconds, unitsPerAccount), ...rewards })),
    );

  const rewards = await promiseRewards(organiser);
  const seasonId = await open(options.seasonSeconds, [6, 4, 256, ZK_UNITS, ENCLAVE_UNITS, ROOT_UNITS], { rewards });
  print(
    `Season ${seasonId} is open: ${accounts.provers.length} provers, one of them a cheat, ${accounts.verifiers.length} verifiers; ` +
      "two that attest batches, one of them a forger and one that also proves units and attests thousands by one root, and a challenger.",
  );
  const first = new AbortController();
  const until = AbortSignal.any([signal, first.signal]);
  const forger = { ...tools, sender: senderOf(accounts.forger), seasonId };
  const forging = createBatcher({ ...forger, models: lieAfter(FORGER_UNITS / 2, models), maxUnits: 2 * FORGER_UNITS });
  run(
    [
      createBatcher({ ...tools, sender: senderOf(accounts.batcher), seasonId, maxUnits: BATCH_UNITS }),
      createZkProver({ ...tools, sender: senderOf(accounts.batcher), seasonId, maxUnits: ZK_UNITS }),
      createRootBatcher({ ...tools, sender: senderOf(accounts.batcher), seasonId, maxUnits: ROOT_UNITS }),
      createEnclaveProver({
        ...{ ...tools, sender: senderOf(accounts.batcher), seasonId },
        means: { [ENCLAVE_URL]: sealed.url },
      }),
      createBatcher({ ...forger, maxUnits: FORGER_UNITS }),
      {
        name: `forger ${accounts.forger.address}`,
        due: (state) => (hasPoints(state, accounts.forger) ? forging.due(state) : []),
      },
    ],
    until,
  );
  run(
    accounts.provers.map((account, i) =>
      createProver({
        ...tools,
        sender: senderOf(account),
        seasonId,
        // The cheat earns points first, then loses them.
        ...(account === accounts.cheat
          ? { models: lieAfter(3, models), parallel: 2, maxUnits: 5 }
          : { parallel: 4, maxUnits: 3 + i }),
      }),
    ),
    until,
  );
  // They open what they hid from the panels of requests.
  run(
    [accounts.agentProver, accounts.responder].map((account) =>
      createProver({ ...tools, sender: senderOf(account), seasonId, maxUnits: 0 }),
    ),
    until,
  );
  const moves = playAgent({
    ...{ follower, accounts, senderOf, journal, content, risk8, risk, spared, signal, print },
    open: (modelId) => models.open(modelId),
  });
  const request = askOnce(follower, senderOf(accounts.market), digits, signal, print);
  const told = askForStory(follower, senderOf(accounts.market), story, signal, print);
  const disputed = disputeStory({ follower, accounts, senderOf, story, spared, signal, print });
  const agents = Promise.all([moves, request, told, disputed]);
  agents.catch(() => {});
  const hide = showProgress(follower, seasonId, print);
  await orFailure(agents);
  await orFailure(untilSettled(follower, seasonId, signal));
  await orFailure(untilIndexed(follower, indexer.url, seasonId));
  first.abort();

  const where = port === 4000 && rpcPort === 8545 ? "" : ` --api ${indexer.url} --rpc ${rpcUrl}`;
  const guest = options.once ? undefined : await keepGuest(accounts, directory);
  print(await summarise({ state: follower.state, seasonId, accounts, apiUrl: indexer.url, rpcUrl, guest, where }));

  const end = async (): Promise<void> => {
    await untilClosed(follower, seasonId, signal);
    hide();
    await endSeason({ follower, accounts, senderOf, seasonId, rpcUrl, deploymentFile, signal, print });
    print(`season ${seasonId} finalised`);
  };
  if (options.once) return orFailure(end());
  // Nobody needs to wait for the close.
  const ending = end();
  ending.catch(() => {});
  const next = await open(86_400, [2_880, 2_880, 2_880, 2_880, 2_880, ROOT_UNITS]);
  print(`Season ${next} runs for a day at a gentle pace. Ctrl-C ends everything.`);
  run(
    accounts.provers.map((account, i) =>
      createProver({ ...tools, sender: senderOf(account), seasonId: next, pace: 30n + BigInt(i) }),
    ),
  );
  await orFailure(ending);
  const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  await orFailure(aborted);
}

/** Whether an account was paid for a batch. */
const hasPoints = ({ attestations }: ChainState, { address }: Sender["account"]): boolean =>
  [...attestations.byId.values()].some(({ message, inLedger }) => message.prover === address && inLedger);

/** Writes the guest's keystore for the commands to be tried. */
async function keepGuest(accounts: DemoAccounts, directory: string): Promise<Guest> {
  const file = join(directory, "guest.json");
  const password = "proofboard";
  await createKeystore(file, password, bytesToHex(accounts.guest.getHdKey().privateKey as Uint8Array));
  return { keystore: relative(ROOT, file), password };
}

const USAGE = `Usage: npm start [-- --once]

Runs the demo on a chain of its own until Ctrl-C; with --once until season 1 is final. PORT and RPC_PORT in the
environment say where the API and the chain listen; else 4000 and 8545, or free ports where those are taken.`;

async function main(): Promise<void> {
  const values = readOptions();
  if (values.help) return console.log(USAGE);
  const ending = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const)
    process.on(name, () => {
      if (ending.signal.aborted) process.exit(1);
      printLine("Ending …");
      ending.abort();
    });
  await runDemo({
    once: values.once,
    port: process.env.PORT,
    rpcPort: process.env.RPC_PORT,
    directory: join(ROOT, ".proofboard/demo"),
    contentDirectory: join(ROOT, ".proofboard/content"),
    deploymentsDirectory: join(ROOT, "deployments"),
    seasonSeconds: 60,
    windowSeconds: 20,
    signal: ending.signal,
    print: printLine,
  });
}

function readOptions() {
  const options = { once: { type: "boolean", default: false }, help: { type: "boolean", short: "h" } } as const;
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new Error(`${(error as Error).message}.\n\n${USAGE}`);
  }
}

if (import.meta.main)
  main().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(sentenceOf(error));
      process.exit(1);
    },
  );
