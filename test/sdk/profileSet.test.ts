import { expect } from "chai";
import { decodeFunctionData } from "viem";
import { profilesAbi } from "../../sdk/abi.ts";
import { connect } from "../../sdk/client.ts";
import { setProfileCall } from "../../sdk/profileSet.ts";
import { deployment } from "../indexer/story.ts";

describe("setProfileCall", () => {
  const client = connect(deployment, "http://127.0.0.1:1");
  const refusal = (name: string, link = "", of = client): string => {
    try {
      setProfileCall(of, name, link);
    } catch (error) {
      return (error as Error).message;
    }
    return "taken";
  };

  it("refuses what the contract refuses, or what would be shown otherwise", () => {
    expect(refusal("é".repeat(33))).to.equal("The name has 66 bytes; it may have at most 64.");
    expect(refusal("Ada", `https://${"a".repeat(200)}`)).to.equal("The link has 208 bytes; it may have at most 200.");
    expect(refusal("", "https://a.org")).to.equal("A link is shown beside a name: without a name there is none.");
    expect(refusal("Ada ")).to.equal('The name "Ada " would be shown as "Ada": choose another.');
    expect(refusal("0xa11ce0f1")).to.equal('The name "0xa11ce0f1" would be shown as "": choose another.');
    expect(refusal("Ada", "example.org")).to.equal(
      'The link "example.org" would not be shown: it must be an http or https URL without a password, of at most 200 characters as browsers write it.',
    );
  });

  it("refuses a deployment without the contract", () => {
    const { Profiles: _, ...contracts } = deployment.contracts;
    const without = connect({ ...deployment, contracts: contracts as never }, "http://127.0.0.1:1");
    expect(refusal("Ada", "", without)).to.equal("The deployment on chain 31337 has no Profiles contract.");
  });

  it("sets name and link, or takes both away", () => {
    for (const [name, link] of [
      ["Zoe\u0308", "https://example.org/zoë"],
      ["Ada", ""],
      ["", ""],
    ] as const) {
      const call = setProfileCall(client, name, link);
      expect(call).to.include({ name: "set", value: 0n });
      expect(call.to).to.equal(deployment.contracts.Profiles?.address);
      expect(decodeFunctionData({ abi: profilesAbi, data: call.data })).to.deep.equal({
        functionName: "set",
        args: [name, link],
      });
    }
  });
});
