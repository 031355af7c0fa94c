import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { Addressable } from "ethers";
import { type Hex, keccak256, toHex } from "viem";
import { type Attestation, answerHash, type Answer as Opened } from "../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../sdk/contexts.ts";
import { encodeLayout, encodeRows, INT8, type Layout, type Row, UINT8 } from "../../sdk/layouts.ts";

/** A recognisable 32-byte value. */
export const hash = (text: string): Hex => keccak256(toHex(text));

/** A contract's or signer's address, as viem types it. */
export const addressOf = (contract: { target: unknown } | { address: string }): Hex =>
  ("address" in contract ? contract.address : contract.target) as Hex;

/** Wei that a test's accounts have plenty of. */
export const ETHER = 10n ** 18n;

/** Quorum's parameters in tests: panels of 3 and 5, a minute for everything. */
export const quorumParameters = {
  firstPanel: 3,
  firstThreshold: 2,
  decidingPanel: 5,
  decidingThreshold: 3,
  load: 4,
  drawDelay: 1,
  drawWindow: 60,
  commitWindow: 60,
  revealWindow: 60,
  appealWindow: 60,
  verifierBond: ETHER,
  voteLoss: ETHER / 10n,
  absenceLoss: ETHER / 25n,
  stake: ETHER / 16n,
  seatFee: ETHER / 100n,
};

/** FraudProof's window in seconds and its bonds in wei, in tests. */
export const WINDOW = 300;
export const BOND_PER_ATTESTATION = 5000n;
export const BOND_PER_UNIT = 1001n;

/** Campaign's closing margin in tests, in seconds. */
export const CLOSING_MARGIN = 60;

/** The AccessManager's role that may draft and open seasons in tests. */
const ORGANISER = 1n;

/** Layers of widths 4, 3, 2. */
export const integerLayout: Layout = {
  widths: [4, 3, 2],
  input: { name: "input", dtype: INT8, dims: [1, 4] },
  output: { name: "output", dtype: INT8, dims: [1, 2] },
};

/** A float model that takes int8 elements. */
export const floatLayout: Layout = {
  widths: [],
  input: { name: "input", dtype: INT8, dims: [1, 4] },
  output: { name: "output", dtype: UINT8, dims: [1, 2] },
};

/** Rows that fit a layout's widths and the integer profile's bounds. */
export const rowsOf = (widths: readonly number[]): Row[][] =>
  widths.slice(1).map((width, layer) =>
    Array.from({ length: width }, (_, i) => ({
      shift: 7,
      lo: layer === widths.length - 2 ? -128 : 0,
      bias: 100 * layer - i,
      weights: Int8Array.from({ length: widths[layer] as number }, (_, k) => ((31 * k + 17 * i + layer) % 255) - 127),
    })),
  );

/** What a publisher says of a test model. */
export const publication = {
  artifactHash: hash("model.onnx"),
  runtimeId: hash("runtime"),
  verifyingKeyHash: FREE_CONTEXT,
  measurement: FREE_CONTEXT,
};

/** An answer whose parts are recognisable. */
export const opened = { outputHash: hash("output"), traceHash: FREE_CONTEXT, salt: hash("salt") } satisfies Opened;

/** A free attestation of `prover`; give what differs. */
export const attestationOf = (prover: HardhatEthersSigner, fields: Partial<Attestation>): Attestation => ({
  prover: prover.address as Hex,
  method: 0,
  modelId: hash("unpublished model"),
  inputHash: hash("input"),
  context: FREE_CONTEXT,
  answer: answerHash(prover.address as Hex, opened),
  ...fields,
});

/** A FraudProof with the window and bonds of these tests, on nobody's list yet. */
export const deployFraudProof = (
  ethers: HardhatEthers,
  { campaign, bonds }: { campaign: Addressable; bonds: Addressable },
) => ethers.deployContract("FraudProof", [campaign, bonds, WINDOW, BOND_PER_ATTESTATION, BOND_PER_UNIT]);

/** The contracts that every method builds on: `admin` may do everything, `organiser` draft and open seasons. */
export async function core(ethers: HardhatEthers) {
  const [admin, organiser, prover, other, ...accounts] = (await ethers.getSigners()) as [
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    ...HardhatEthersSigner[],
  ];
  const manager = await ethers.deployContract("AccessManager", [admin]);
  const models = await ethers.deployContract("ModelRegistry");
  const registry = await ethers.deployContract("AttestationRegistry", [models, manager]);
  const campaign = await ethers.deployContract("Campaign", [registry, CLOSING_MARGIN, manager]);
  const bonds = await ethers.deployContract("Bonds");

  const selectors = (["draft", "open"] as const).map((name) => campaign.interface.getFunction(name).selector);
  await manager.setTargetFunctionRole(campaign, selectors, ORGANISER);
  await manager.grantRole(ORGANISER, organiser, 0);
  return { admin, organiser, prover, other, accounts, manager, models, registry, campaign, bonds };
}

/**
 * The whole protocol: `quorum` is method 1, `method` (a MockMethod) method 2, `fraud` is no method yet; an integer and a float
 * model are published.
 */
export async function protocol(ethers: HardhatEthers) {
  const contracts = await core(ethers);
  const { models, registry, campaign, bonds } = contracts;
  const beacon = await ethers.deployContract("MockBeacon");
  const fraud = await deployFraudProof(ethers, { campaign, bonds });
  const quorum = await ethers.deployContract("Quorum", [campaign, bonds, beacon, fraud, quorumParameters]);
  const method = await ethers.deployContract("MockMethod");
  await registry.addMethod(quorum);
  await registry.addMethod(method);

  const publish = async (layout: Layout): Promise<Hex> => {
    await models.publish(publication, encodeLayout(layout), encodeRows(rowsOf(layout.widths)), "ipfs://model");
    const [published] = await models.queryFilter(models.filters.ModelPublished(), "latest");
    return published?.args.modelId as Hex;
  };
  const integerModel = await publish(integerLayout);
  const floatModel = await publish(floatLayout);
  return { ...contracts, beacon, fraud, quorum, method, integerModel, floatModel };
}
