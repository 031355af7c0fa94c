import { expect } from "chai";
import { coreContractNames, parseDeployment } from "../../sdk/deployment.ts";
import { knownMethods } from "../../sdk/methods/index.ts";

const transactionHash = `0x${"ab".repeat(32)}`;
const address = "0x5fbdb2315678afecb367f032d93f642f64180aa3";
const contracts = Object.fromEntries(coreContractNames.map((name) => [name, { address, transactionHash }]));
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
    ["a missing contract", { ...good, contracts: { ...contracts, Campaign: undefined } }, "names no Campaign"],
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
    [
      "an explorer without TLS",
      { ...good, explorer: "http://e.example" },
      'explorer is "http://e.example"; it must be',
    ],
    ["an explorer that is a script", { ...good, explorer: "javascript:alert(1)" }, "it must be an https URL."],
    ["an explorer with a password", { ...good, explorer: "https://a:b@e.example" }, "it must be an https URL."],
  ];
  for (const [what, value, sentence] of refused)
    it(`refuses ${what}`, () => {
      expect(() => parseDeployment(value)).to.throw(sentence);
    });

  it("refuses a malformed contract that it doesn't know", () => {
    for (const [malformed, sentence] of [
      [{ address }, "Standings has the transactionHash missing"],
      [{ transactionHash }, "Standings has the address missing"],
      [null, "The deployment's Standings is null; it must be a JSON object."],
    ] as const)
      expect(() => parseDeployment({ ...good, contracts: { ...contracts, Standings: malformed } })).to.throw(sentence);
  });

  it("needs no contract of a method", () => {
    expect(Object.keys(parseDeployment(good).contracts)).to.have.members([...coreContractNames]);
    for (const [, { name }] of knownMethods()) expect(parseDeployment(good).contracts[name]).to.equal(undefined);
  });

  it("keeps an explorer, and needs none", () => {
    const explorer = "https://e.example/net";
    expect(parseDeployment({ ...good, explorer }).explorer).to.equal(explorer);
    for (const none of [good, { ...good, explorer: null }])
      expect(parseDeployment(none)).to.not.have.property("explorer");
  });

  it("checksums addresses and keeps contracts it doesn't know", () => {
    const more = Object.fromEntries(["Quorum", "Standings"].map((name) => [name, { address, transactionHash }]));
    const parsed = parseDeployment({ ...good, contracts: { ...contracts, ...more } });
    expect(Object.keys(parsed.contracts)).to.have.members([...coreContractNames, "Quorum", "Standings"]);
    for (const { address } of Object.values(parsed.contracts))
      expect(address).to.equal("0x5FbDB2315678afecb367f032d93F642f64180aa3");
  });
});
