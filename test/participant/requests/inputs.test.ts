import { expect } from "chai";
import { keccak256 } from "viem";
import { UnavailableError } from "../../../inference/content.ts";
import type { Content } from "../../../participant/content.ts";
import { withShownInputs } from "../../../participant/requests/inputs.ts";
import { cidOfKeccak256, cidOfSha256, WrongHashError } from "../../../sdk/content.ts";
import { type AskedRequest, noRequests, type Requests } from "../../../sdk/requests/fold.ts";
import { refusal } from "../refusal.ts";

const shown = Uint8Array.of(1, 2, 3);
const stored = Uint8Array.of(4);
const content: Content = {
  put: async () => "",
  get: async (cid) => {
    if (cid !== cidOfKeccak256(keccak256(stored))) throw new UnavailableError(`Content ${cid} is unavailable.`);
    return stored;
  },
};

const requests: Requests = noRequests();
const add = (input: Uint8Array, inputHash = keccak256(input)) =>
  requests.byId.set(inputHash, { request: { inputHash }, input } as AskedRequest);

describe("inputs that requests show", () => {
  const reader = withShownInputs(content, () => requests);

  it("aren't found where no request shows them, or by another hash", async () => {
    add(new Uint8Array(0), keccak256("0x05"));
    expect(await refusal(reader.get(cidOfKeccak256(keccak256("0x05"))))).to.contain("is unavailable");
    add(shown);
    expect(await refusal(reader.get(cidOfSha256(keccak256(shown))))).to.contain("is unavailable");
    expect(await refusal(reader.get("nonsense"))).to.contain("is not a base32 CIDv1");
  });

  it("are hashed again: an RPC may tell of others", async () => {
    add(shown, keccak256("0x07"));
    const error = await reader.get(cidOfKeccak256(keccak256("0x07"))).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(WrongHashError);
  });

  it("are found beside the content", async () => {
    expect(await reader.get(cidOfKeccak256(keccak256(shown)))).to.deep.equal(shown);
    expect(await reader.get(cidOfKeccak256(keccak256(stored)))).to.deep.equal(stored);
  });
});
