import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type Abi, type AbiParameter, parseAbi } from "viem";
import * as core from "../../sdk/abi.ts";
import { knownMethods } from "../../sdk/methods/index.ts";

/** The interface that each ABI is of: `abi.ts`'s by their names there, the methods' by their contracts'. */
const sources = {
  modelRegistryAbi: "interfaces/IModelRegistry.sol/IModelRegistry",
  attestationRegistryAbi: "interfaces/IAttestationRegistry.sol/IAttestationRegistry",
  bondsAbi: "interfaces/IBonds.sol/IBonds",
  campaignAbi: "interfaces/ICampaign.sol/ICampaign",
  standingsAbi: "interfaces/IStandings.sol/IStandings",
  rewardsAbi: "interfaces/IRewards.sol/IRewards",
  badgesAbi: "interfaces/IBadges.sol/IBadges",
  coverAbi: "interfaces/ICover.sol/ICover",
  inferenceRequestsAbi: "interfaces/IInferenceRequests.sol/IInferenceRequests",
  profilesAbi: "interfaces/IProfiles.sol/IProfiles",
  agentVaultAbi: "interfaces/IAgentVault.sol/IAgentVault",
  erc8183EvaluatorAbi: "interfaces/IERC8183Evaluator.sol/IERC8183Evaluator",
  erc8004ValidatorAbi: "interfaces/IERC8004Validator.sol/IERC8004Validator",
  verificationMethodAbi: "interfaces/IVerificationMethod.sol/IVerificationMethod",
  beaconAbi: "interfaces/IBeacon.sol/IBeacon",
  Quorum: "interfaces/IQuorum.sol/IQuorum",
  FraudProof: "interfaces/IFraudProof.sol/IFraudProof",
  ZkProof: "interfaces/IZkProof.sol/IZkProof",
  Enclave: "interfaces/IEnclave.sol/IEnclave",
} as const;

const abis: Record<string, Abi> = {
  ...core,
  ...Object.fromEntries(knownMethods().map(([, { name, abi }]) => [name, abi])),
};

function compiled(source: string): Abi {
  const url = new URL(`../../artifacts/contracts/${source}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")).abi;
}

/** An ABI entry as one line: kind, name, mutability and every parameter's type, name and indexing. */
function lineOf(entry: Abi[number]): string {
  const {
    type,
    name = "",
    inputs = [],
    outputs = [],
    stateMutability = "",
  } = entry as {
    type: string;
    name?: string;
    inputs?: readonly AbiParameter[];
    outputs?: readonly AbiParameter[];
    stateMutability?: string;
  };
  return `${type} ${name}(${parametersOf(inputs)}) ${stateMutability} (${parametersOf(outputs)})`;
}

function parametersOf(parameters: readonly (AbiParameter & { indexed?: boolean })[]): string {
  return parameters
    .map((parameter) => {
      const components = "components" in parameter ? `{${parametersOf(parameter.components)}}` : "";
      return `${parameter.type}${components}${parameter.indexed ? " indexed" : ""} ${parameter.name ?? ""}`;
    })
    .join(", ");
}

const linesOf = (abi: Abi) => abi.map(lineOf).sort();

describe("abi", () => {
  it("distinguishes what differs only in a name or an index", () => {
    const [event, renamed, indexed] = [
      "event Moved(uint256 from, uint256 to)",
      "event Moved(uint256 from, uint256 until)",
      "event Moved(uint256 indexed from, uint256 to)",
    ].map((signature) => linesOf(parseAbi([signature])).join());

    expect(new Set([event, renamed, indexed]).size).to.equal(3);
  });

  it("has an entry here for every export and every method", () => {
    expect(Object.keys(sources)).to.have.members(Object.keys(abis));
  });

  it("gives every method what every verification method has", () => {
    const shared = linesOf(core.verificationMethodAbi);
    for (const [, { abi }] of knownMethods()) expect(linesOf(abi)).to.include.members(shared);
  });

  for (const [name, abi] of Object.entries(abis)) {
    const source = sources[name as keyof typeof sources];

    it(`declares ${name} as the compiler sees ${source}`, () => {
      expect(linesOf(abi)).to.deep.equal(linesOf(compiled(source)));
    });
  }
});
