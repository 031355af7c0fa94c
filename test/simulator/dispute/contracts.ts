import {
  type Abi,
  type Address,
  bytesToHex,
  decodeEventLog,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  hexToBytes,
  keccak256,
  numberToHex,
} from "viem";
import type { BuiltModel } from "../../../inference/graphModel/build.ts";
import type { Move, Openings } from "../../../inference/methods/disputeGame/moves.ts";
import { attestationRegistryAbi, bondsAbi, modelRegistryAbi } from "../../../sdk/abi.ts";
import { callOf } from "../../../sdk/calls.ts";
import {
  type Answer,
  type Attestation,
  answerHash,
  attestationUid,
  modelId as modelIdOf,
} from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { type Opening, positionOf, type Question, Stage } from "../../../sdk/dispute.ts";
import { graphRoot } from "../../../sdk/graphs.ts";
import { encodeLayout } from "../../../sdk/layouts.ts";
import { disputeGameAbi as abi } from "../../../sdk/methods/disputeGame.ts";
import { publication } from "../../contracts/fixtures.ts";
import type { Chain } from "../economy/chain.ts";
import { createDeployer } from "../economy/deployer.ts";

/** The game's window, and each side's clock, in seconds. */
const WINDOW = 3_600;
export const CLOCK = 3_600;

const CHAIN_ID = 31_337;
const ADMIN: Address = `0x${"ad".repeat(20)}`;
export const PROVER: Address = `0x${"b0".repeat(20)}`;
export const CHALLENGER: Address = `0x${"c0".repeat(20)}`;
const GAME = 1;
const PLENTY = 10n ** 21n;

/** What a prover says of one run. */
interface Claim {
  modelId: Hex;
  inputHash: Hex;
  outputHash: Hex;
  traceHash: Hex;
}

export type Contracts = Awaited<ReturnType<typeof deploy>>;

/** Deploys the contracts, with bonds for both sides, and speaks their language. */
export async function deploy(chain: Chain) {
  const { run, create } = await createDeployer(chain, ADMIN);
  const manager = await create("AccessManager", "@openzeppelin/contracts/access/manager", [ADMIN]);
  const models = await create("ModelRegistry", "contracts", []);
  const registry = await create("AttestationRegistry", "contracts", [models, manager]);
  const campaign = await create("Campaign", "contracts", [registry, 60, manager]);
  const bonds = await create("Bonds", "contracts", []);
  const game = await create("DisputeGame", "contracts/methods", [campaign, bonds, WINDOW, CLOCK, 10n, 1_000n]);
  const attestations = { address: registry, abi: attestationRegistryAbi };
  await run(callOf({ ...attestations, functionName: "addMethod", args: [game] }));
  for (const account of [PROVER, CHALLENGER]) {
    await chain.fund(account);
    await run(callOf({ address: bonds, abi: bondsAbi, functionName: "deposit", args: [game, account], value: PLENTY }));
  }
  const openings = new Map<Hex, Map<bigint, Opening>>();
  const ids = new Map<Hex, number>();
  let published = 0;

  /** Sends one call in a block of its own; its gas, undefined if it is refused. */
  async function send(from: Address, to: Address, data: Hex): Promise<bigint | undefined> {
    const [receipt] = await chain.mine(chain.now() + 1, [{ from, to, data, value: 0n }]);
    for (const { address, topics, data: logData } of receipt?.logs ?? []) {
      if (address !== game) continue;
      const event = decodeEventLog({ abi, topics, data: logData });
      if (event.eventName === "NodeOpened") keep(event.args, { children: event.args.children });
      if (event.eventName === "RowsOpened") keep(event.args, { data: hexToBytes(event.args.data) });
      if (event.eventName === "UnitOpened")
        keep(event.args, { input: hexToBytes(event.args.input), output: hexToBytes(event.args.output) });
    }
    return receipt?.ok ? receipt.gas : undefined;
  }

  function keep({ id, position }: { id: Hex; position: bigint }, opening: Opening): void {
    const found = openings.get(id) ?? new Map<bigint, Opening>();
    openings.set(id, found.set(position, { ...found.get(position), ...opening }));
  }

  async function ask(functionName: string, args: readonly unknown[]): Promise<unknown> {
    const data = await chain.call(game, encodeFunctionData({ abi: abi as Abi, functionName, args }));
    return decodeFunctionResult({ abi: abi as Abi, functionName, data });
  }

  return {
    /** Publishes a model and admits it. */
    async publish({ layout }: BuiltModel): Promise<Hex> {
      const graph = encodeLayout(layout);
      // Random graphs may be alike, their files' hashes not.
      const named = { ...publication, artifactHash: numberToHex(++published, { size: 32 }) };
      const args = [named, bytesToHex(graph), "0x", ""] as const;
      await run(callOf({ address: models, abi: modelRegistryAbi, functionName: "publish", args }));
      const modelId = modelIdOf({
        ...named,
        ...{ layoutHash: keccak256(graph), weightsRoot: graphRoot(layout.graph ?? []) },
      });
      await run(callOf({ address: game, abi, functionName: "admit", args: [modelId, bytesToHex(graph)] }));
      return modelId;
    },
    /** Records the prover's attestation. */
    async attest({ modelId, inputHash, outputHash, traceHash }: Claim) {
      const salt = numberToHex(ids.size, { size: 32 });
      const opened: Answer = { outputHash, traceHash, salt };
      const attestation: Attestation = {
        ...{ prover: PROVER, method: GAME, modelId, inputHash, context: FREE_CONTEXT },
        answer: answerHash(PROVER, opened),
      };
      const args = [GAME, modelId, inputHash, FREE_CONTEXT, opened, "0x"] as const;
      const id = attestationUid(CHAIN_ID, registry, attestation);
      ids.set(id, 0);
      if (!(await send(PROVER, registry, encodeFunctionData({ ...attestations, functionName: "attest", args }))))
        throw new Error("An attestation was refused.");
      return { id, attestation, opened };
    },
    async challenge({ id, attestation, opened }: { id: Hex; attestation: Attestation; opened: Answer }) {
      const number = ids.get(id) as number;
      ids.set(id, number + 1);
      const data = encodeFunctionData({ abi, functionName: "challenge", args: [attestation, opened] });
      const gas = await send(CHALLENGER, game, data);
      if (gas === undefined) throw new Error("A challenge was refused.");
      return { number, gas };
    },
    /** Makes a move; its gas, undefined if it is refused. */
    move: (
      from: Address,
      id: Hex,
      number: number,
      { functionName, args }: Move | Demand,
    ): Promise<bigint | undefined> =>
      send(from, game, encodeFunctionData({ abi: abi as Abi, functionName, args: [id, number, ...args] })),
    timeout: (id: Hex, number: number) =>
      send(ADMIN, game, encodeFunctionData({ abi, functionName: "timeout", args: [id, number] })),
    settle: (id: Hex) => send(ADMIN, game, encodeFunctionData({ abi, functionName: "settle", args: [id] })),
    /** Lets so many seconds pass. */
    pass: (seconds: number) => chain.mine(chain.now() + seconds, []),
    async turn(id: Hex, number: number): Promise<{ question: Question; isProvers: boolean }> {
      const game = (await ask("challengeOf", [id, number])) as Question;
      if (game.stage === Stage.none) return { question: game, isProvers: false };
      const [isProvers] = (await ask("turnOf", [id, number])) as [boolean, bigint];
      return { question: game, isProvers };
    },
    async statusOf(id: Hex): Promise<number> {
      const data = encodeFunctionData({ ...attestations, functionName: "statusOf", args: [id] });
      return decodeFunctionResult({
        ...attestations,
        functionName: "statusOf",
        data: await chain.call(registry, data),
      });
    },
    openingsOf:
      (id: Hex): Openings =>
      (question) =>
        openings.get(id)?.get(positionOf(question)),
  };
}

/** The challenger's move that no program makes that has run the model: it asks for an element. */
export interface Demand {
  functionName: "demand";
  args: readonly [row: bigint, column: bigint];
}
