import { expect } from "chai";
import { zeroAddress } from "viem";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import { methods } from "../../../sdk/methods/index.ts";
import { defineMethod } from "../../../sdk/methods/method.ts";
import type { Step } from "../../../sdk/wire.ts";
import { stepSentence } from "../../../web/components/stepSentence.ts";
import { webMethodOf, webMethods } from "../../../web/methods/index.ts";
import type { WebMethod } from "../../../web/methods/method.ts";
import { sentence, who } from "../../../web/sentence.ts";
import { textOf } from "../text.ts";

const toss = { step: "tossed", by: zeroAddress } as const;

const toy = defineMethod({
  ...{ id: 7, name: "Toy", abi: [], begin: () => ({}), fold: () => {} },
  stepOf: () => toss,
  assurance: () => undefined,
});

const webToy: WebMethod<typeof toss> = {
  describe: ({ step, by }) => (step === "tossed" ? sentence`${who(by)} tossed a coin.` : undefined),
  rulesOf: () => ({ earnings: [], penalties: [] }),
  refutationOf: () => ({ by: sentence`the coin`, evidence: sentence`tails`, also: [] }),
};

describe("the page's methods", () => {
  it("are not found by a number that nobody registered, nor by none", () => {
    expect([0, 7].map(webMethodOf)).to.deep.equal([undefined, undefined]);
  });

  it("are all that the sdk knows, each by its number", () => {
    expect(Object.values(methods).map(({ id }) => webMethodOf(id))).to.deep.equal(Object.values(webMethods));
  });

  it("are looked up when they are asked for: one that is registered later is known from then on", () => {
    const at = { blockNumber: 1, timestamp: 1, transactionHash: ZERO_HASH, logIndex: 0 };
    const words = () =>
      textOf(stepSentence({ ...toss, at } as unknown as Step, { method: { id: 7, name: "Toy" }, outputHash: null }));
    Object.assign(methods, { toy });
    Object.assign(webMethods, { toy: webToy });
    try {
      expect(webMethodOf(7)).to.equal(webToy);
      expect(words()).to.equal(`${zeroAddress} tossed a coin.`);
    } finally {
      for (const list of [methods, webMethods]) delete (list as { toy?: unknown }).toy;
    }
    expect(words()).to.contain("doesn't know");
  });
});
