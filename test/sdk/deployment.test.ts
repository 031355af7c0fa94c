import { expect } from "chai";
import { contractNames, parseDeployment } from "../../sdk/deployment.ts";

const transactionHash = `0x${"ab".repeat(32)}`;
const address = "0x5fbdb2315678afecb367f032d93f642f64180aa3";
const contracts = Object.fromEntries(contractNames.map((name) => [name, { address, transactionHash }]));
const good = { chainId: 31337, startBlock: 0, contracts };

describe("deployment", () => {
  const refused: [string, unknown, string][] = [
    ["no object", null, "The deployment is null; it must be a JSON object."],
    ["a list", [], "The deployment is []; it must be a JSON object."],
    ["no chainId", { ...good, chainId: undefined }, "chainId is missing"],
    ["a chainId of zero", { ...good, chainId: 0 }, "chainId is 0"],
    ["a chainId as text", { ...good, chainId: "1" }, 'chainId is "1"'],
    ["a negative startBlock", { ...good, startBlock: -1 }, "startBlock is -1"],
    ["no contracts", { ...good, contracts: 7 }, "The deployment's contracts is 7"],
    ["a missing contract", { ...good, contracts: { ...contracts, Quorum: undefined } }, "names no Quorum"],
    [
      "a malformed address",
      { ...good, contracts: { ...contracts, Bonds: { address: "0x12", transactionHash } } },
      'Bonds has the address "0x12"; that is not an address.',
    ],
    [
      "an address with a wrong checksum",
      { ...good, contracts: { ...contracts, Bonds: { address: address.replace("fb", "FB"), transactionHash } } },
      "that is not an address.",
    ],
    [
      "a malformed transaction hash",
      { ...good, contracts: { ...contracts, Campaign: { address, transactionHash: "0xzz" } } },
      'Campaign has the transactionHash "0xzz"',
    ],
  ];
  for (const [what, value, sentence] of refused)
    it(`refuses ${what}`, () => {
      expect(() => parseDeployment(value)).to.throw(sentence);
    });

  it("does without a contract that a deployment may be without, but takes none that is malformed", () => {
    expect(parseDeployment(good).contracts.FraudProof).to.equal(undefined);
    const fraudProof = { address, transactionHash };
    const parsed = parseDeployment({ ...good, contracts: { ...contracts, FraudProof: fraudProof } });
    expect(parsed.contracts.FraudProof?.address).to.equal("0x5FbDB2315678afecb367f032d93F642f64180aa3");
    expect(() => parseDeployment({ ...good, contracts: { ...contracts, FraudProof: { address } } })).to.throw(
      "FraudProof has the transactionHash missing",
    );
  });

  it("checksums addresses and leaves out contracts it doesn't know", () => {
    const parsed = parseDeployment({ ...good, contracts: { ...contracts, Standings: {} } });
    expect(parsed.contracts.Quorum.address).to.equal("0x5FbDB2315678afecb367f032d93F642f64180aa3");
    expect(Object.keys(parsed.contracts)).to.have.members([...contractNames]);
  });
});
