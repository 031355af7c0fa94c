import {
  type Abi,
  type Address,
  bytesToHex,
  decodeEventLog,
  encodeAbiParameters,
  encodeFunctionData,
  getAbiItem,
  type Hex,
  keccak256,
  maxUint256,
  parseAbi,
  toHex,
  zeroAddress,
} from "viem";
import { disputeRow } from "../../../inference/methods/fraudProof/dispute.ts";
import { buildTraced } from "../../../inference/methods/fraudProof/evidence.ts";
import {
  attestationRegistryAbi,
  bondsAbi,
  coverAbi,
  inferenceRequestsAbi,
  modelRegistryAbi,
} from "../../../sdk/abi.ts";
import { callOf } from "../../../sdk/calls.ts";
import { attestationUid, modelId as modelIdOf } from "../../../sdk/commitments.ts";
import { encodeLayout, encodeRows, weightsTree } from "../../../sdk/layouts.ts";
import { fraudProofAbi } from "../../../sdk/methods/fraudProof.ts";
import { integerLayout, publication, rowsOf } from "../../contracts/fixtures.ts";
import { input, outputOf, rightTrace, wrongTrace } from "../../contracts/InferenceRequests/asked.ts";
import type { Chain, Log } from "../economy/chain.ts";
import { createDeployer } from "../economy/deployer.ts";
import type { Act, Asked, Holder, Made, Question } from "./acts.ts";

/** Numbers of the methods: FraudProof, a method that may end Void, and one that says that it never does. */
export const FRAUD = 1;
export const VOID = 2;
export const SURE = 3;

/** FraudProof's window, in seconds. */
export const WINDOW = 600;

/** The least deposit, in wei. */
export const FLOOR = 1_000n;

export const ETH = zeroAddress;

const CHAIN_ID = 31_337;
const ADMIN: Address = `0x${"ad".repeat(20)}`;
const PLENTY = 10n ** 24n;

const methodAbi = parseAbi([
  "function setCanVoid(bool canVoid) external",
  "function execute(address target, bytes data) external payable",
]);
const consumerAbi = parseAbi([
  "function setManners(uint8 manners) external",
  "function onNextCall(address target, bytes data) external",
]);
const tokenAbi = parseAbi([
  "function mint(address account, uint256 amount) external",
  "function approve(address spender, uint256 amount) external returns (bool)",
  "function balanceOf(address account) external view returns (uint256)",
  "function setFee(uint256 fee) external",
  "function onNextTransfer(address target, bytes data) external",
]);

export type Contracts = Awaited<ReturnType<typeof deploy>>;

/** Deploys the contracts, publishes an integer model, and speaks their language. */
export async function deploy(chain: Chain) {
  const { run, create } = await createDeployer(chain, ADMIN);
  const manager = await create("AccessManager", "@openzeppelin/contracts/access/manager", [ADMIN]);
  const models = await create("ModelRegistry", "contracts", []);
  const registry = await create("AttestationRegistry", "contracts", [models, manager]);
  const campaign = await create("Campaign", "contracts", [registry, 60, manager]);
  const bonds = await create("Bonds", "contracts", []);
  const fraud = await create("FraudProof", "contracts/methods", [campaign, bonds, WINDOW, 100n, 100n]);
  const voiding = await create("MockMethod", "contracts/mocks", []);
  const sure = await create("MockMethod", "contracts/mocks", []);
  const cover = await create("Cover", "contracts", [registry]);
  const requests = await create("InferenceRequests", "contracts", [cover, FLOOR]);
  const mock = (name: string) => create(name, "contracts/mocks", []);
  const consumers = [await mock("MockConsumer"), await mock("MockConsumer")];
  const [token, hostile] = [await mock("MockToken"), await mock("MockToken")];
  const at = { cover: { address: cover, abi: coverAbi }, requests: { address: requests, abi: inferenceRequestsAbi } };
  const attestations = { address: registry, abi: attestationRegistryAbi };

  for (const method of [fraud, voiding, sure])
    await run(callOf({ ...attestations, functionName: "addMethod", args: [method] }));
  await run(callOf({ address: voiding, abi: methodAbi, functionName: "setCanVoid", args: [true] }));
  const [layout, layers] = [encodeLayout(integerLayout), rowsOf(integerLayout.widths)];
  const published = [publication, bytesToHex(layout), bytesToHex(encodeRows(layers)), ""] as const;
  await run(callOf({ address: models, abi: modelRegistryAbi, functionName: "publish", args: published }));
  const modelId = modelIdOf({ ...publication, layoutHash: keccak256(layout), weightsRoot: weightsTree(layers).root });

  const requestTuple = getAbiItem({ abi: inferenceRequestsAbi, name: "requestIdOf" }).inputs[0];
  const bare = (asked: Asked) => asked as never;

  function question(asked: Asked): Question {
    const types = [{ type: "bytes32" }, { type: "uint256" }, { type: "address" }, { type: "bytes32" }];
    const fields = keccak256(encodeAbiParameters([requestTuple], [bare(asked)]));
    const tag = toHex("REQUEST_V1", { size: 32 });
    return { asked, id: keccak256(encodeAbiParameters(types, [tag, BigInt(CHAIN_ID), requests, fields])) };
  }

  /** The call that an act makes, as one account or contract makes it. */
  function callFor(act: Act): { to: Address; data: Hex; value?: bigint } {
    const call = (to: Address, abi: Abi, functionName: string, args: readonly unknown[], value?: bigint) => ({
      to,
      data: encodeFunctionData({ abi, functionName, args }),
      ...(value === undefined ? {} : { value }),
    });
    const within = (to: Address, abi: Abi, functionName: string, inner: Act) => {
      const { to: target, data } = callFor(inner);
      return call(to, abi, functionName, [target, data]);
    };
    const ofRequests = (functionName: string, args: readonly unknown[], value?: bigint) =>
      call(requests, inferenceRequestsAbi, functionName, args, value);
    switch (act.kind) {
      case "request":
        return ofRequests("request", [act.question.asked, "0x"], act.value);
      case "accept":
        return ofRequests("accept", [act.question.asked], act.value);
      case "cancel":
      case "lapse":
        return ofRequests(act.kind, [act.question.asked]);
      case "answer":
        return ofRequests("answer", [act.question.asked, act.made.attestation, act.made.answer, act.output]);
      case "settle":
        return ofRequests("settle", [act.question.asked, act.made.uid, act.output]);
      case "attest": {
        const { method, modelId: model, inputHash, context } = act.made.attestation;
        const args = [method, model, inputHash, context, act.made.answer, act.made.evidence];
        return call(registry, attestationRegistryAbi, "attest", args);
      }
      case "refute": {
        const row = disputeRow(layout, layers, { layer: 1, row: 1 });
        return call(fraud, fraudProofAbi, "refute", [
          act.made.attestation,
          act.made.answer,
          bytesToHex(act.made.trace),
          row,
        ]);
      }
      case "confirm":
        return call(fraud, fraudProofAbi, "settle", [act.made.uid]);
      case "decide": {
        const method = act.made.attestation.method === VOID ? voiding : sure;
        const settle = call(registry, attestationRegistryAbi, "settle", [act.made.uid, act.status, method]);
        return call(method, methodAbi, "execute", [registry, settle.data]);
      }
      case "lock":
        return call(cover, coverAbi, "lock", [act.made.uid, act.beneficiary, act.token, act.amount], act.value);
      case "settleCover":
        return call(cover, coverAbi, "settle", [act.made.uid, act.beneficiary, act.token]);
      case "withdraw":
        return call(at[act.holder].address, at[act.holder].abi, "withdraw", [act.token, act.account]);
      case "withdrawTo":
        return call(at[act.holder].address, at[act.holder].abi, "withdrawTo", [act.token, act.to]);
      case "behave":
        return call(act.consumer, consumerAbi, "setManners", [act.manners]);
      case "callOn":
        return within(act.consumer, consumerAbi, "onNextCall", act.act);
      case "charge":
        return call(hostile, tokenAbi, "setFee", [act.fee]);
      case "hook":
        return within(hostile, tokenAbi, "onNextTransfer", act.act);
    }
  }

  return {
    addresses: { requests, cover, fraud, consumers, token, hostile, tokens: [ETH, token, hostile] },
    modelId,
    inputHash: keccak256(input),
    callFor,
    question,

    /** Gives an account money, and lets the contracts take it; a prover gets bonds too. */
    async equip(account: Address, isProver: boolean): Promise<void> {
      await chain.fund(account);
      const calls = [token, hostile].flatMap((address) => [
        { from: ADMIN, ...callOf({ address, abi: tokenAbi, functionName: "mint", args: [account, PLENTY] }) },
        ...[cover, requests].map((spender) => ({
          from: account,
          ...callOf({ address, abi: tokenAbi, functionName: "approve", args: [spender, maxUint256] }),
        })),
      ]);
      const deposit = { address: bonds, abi: bondsAbi, functionName: "deposit", args: [fraud, account] } as const;
      if (isProver) calls.push({ from: ADMIN, ...callOf({ ...deposit, value: PLENTY / 1_000n }) });
      const receipts = await chain.mine(chain.now(), calls);
      if (receipts.some(({ ok }) => !ok)) throw new Error(`${account} can't be given money.`);
    },

    /** A prover's attestation that answers a question, right or wrong. */
    make(prover: Address, method: number, { id }: Question, isRight: boolean, salt: Hex): Made {
      const trace = isRight ? rightTrace : wrongTrace;
      const context: Hex = `0x02${id.slice(4)}`;
      const built = buildTraced(layout, { prover, method, modelId, context, salt, trace });
      const uid = attestationUid(CHAIN_ID, registry, built.attestation);
      return { ...built, uid, trace, isRight, output: outputOf(trace) };
    },

    /** An event of one of the two contracts, as `name(argument, …)`; undefined for any other. */
    read({ address, topics, data }: Log): { name: string; args: Record<string, unknown>; text: string } | undefined {
      const holder = (Object.keys(at) as Holder[]).find(
        (name) => at[name].address.toLowerCase() === address.toLowerCase(),
      );
      if (holder === undefined) return undefined;
      const { eventName = "", args } = decodeEventLog({ abi: at[holder].abi as Abi, topics, data });
      const named = args as unknown as Record<string, unknown>;
      return { name: eventName, args: named, text: textOf(holder, eventName, named) };
    },

    /** What the two contracts have of a token. */
    async balanceOf(holder: Holder, contract: Address): Promise<bigint> {
      const { address } = at[holder];
      if (contract === ETH) return chain.balance(address);
      const data = encodeFunctionData({ abi: tokenAbi, functionName: "balanceOf", args: [address] });
      return BigInt(await chain.call(contract, data));
    },

    /** Whether the contract says that an output may be acted on as covered. */
    async isCovered({ id }: Question, { uid, output }: Made): Promise<boolean> {
      const args = [id, uid, output, 0] as const;
      const data = encodeFunctionData({ abi: inferenceRequestsAbi, functionName: "isAnswer", args });
      return BigInt(await chain.call(requests, data)) === 1n;
    },
  };
}

/** An event as text that the rules write too. */
export function textOf(holder: Holder, name: string, args: Record<string, unknown>): string {
  const left = new Set(["request", "input", "output"]);
  const said = Object.entries(args)
    .filter(([key]) => !left.has(key))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `${holder} ${name}(${said.map(([key, value]) => `${key} ${String(value).toLowerCase()}`).join(", ")})`;
}
