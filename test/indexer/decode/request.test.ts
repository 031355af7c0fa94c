import { expect } from "chai";
import fc from "fast-check";
import { encodeAbiParameters, getAddress, type Hex, keccak256, stringToHex, toHex } from "viem";
import { Refusal } from "../../../indexer/decode/abi-words.ts";
import { decodeRequest, requestIdOf } from "../../../indexer/decode/request.ts";
import { contextKind } from "../../../sdk/contexts.ts";
import { type Request, requestContext } from "../../../sdk/requests/request.ts";
import { encodeRequest } from "../asked.ts";

const bytes = (length: number): fc.Arbitrary<Hex> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => toHex(array));
const address = bytes(20).map((hex) => getAddress(hex));
const number = (bits: number) => fc.nat({ max: 2 ** bits - 1 });
const big = (bits: bigint) => fc.bigInt({ min: 0n, max: 2n ** bits - 1n });
const request: fc.Arbitrary<Request> = fc.record({
  ...{ requester: address, modelId: bytes(32), inputHash: bytes(32), methods: big(256n), finality: number(1) },
  ...{ token: address, fee: big(128n), cover: big(128n), beneficiary: address, deadline: number(40) },
  ...{ answerWindow: number(32), callback: address, callbackGas: number(32), nonce: big(256n) },
  provers: fc.array(address, { maxLength: 32 }),
});
const [one] = fc.sample(request, { seed: 1, numRuns: 1 }) as [Request];

describe("a request", () => {
  it("is refused with more provers than the contract takes, or a finality that there isn't", () => {
    const provers = Array.from({ length: 33 }, () => one.requester);
    expect(() => decodeRequest(encodeRequest({ ...one, provers }))).to.throw(Refusal);
    expect(() => decodeRequest(encodeRequest({ ...one, finality: 2 }))).to.throw(Refusal);
  });

  it("is refused where no contract encodes it so, and only there", () => {
    fc.assert(
      fc.property(request, fc.nat(), fc.integer({ min: 1, max: 255 }), (values, at, change) => {
        const changed = Buffer.from(encodeRequest(values).slice(2), "hex");
        changed[at % changed.length] = (changed[at % changed.length] as number) ^ change;
        const hex = toHex(changed);
        try {
          expect(encodeRequest(decodeRequest(hex))).to.equal(hex);
        } catch (error) {
          expect(error).to.be.instanceOf(Refusal);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("is refused cut short or with anything behind it", () => {
    fc.assert(
      fc.property(request, fc.nat(), (values, length) => {
        const encoded = encodeRequest(values);
        const cut = encoded.slice(0, 2 + 2 * (length % (encoded.length / 2 - 1))) as Hex;
        expect(() => decodeRequest(cut)).to.throw(Refusal);
        expect(() => decodeRequest(`${encoded}00`)).to.throw(Refusal);
      }),
    );
  });

  it("is read as viem reads it", () => {
    fc.assert(
      fc.property(request, (values) => {
        expect(decodeRequest(encodeRequest(values))).to.deep.equal(values);
      }),
    );
  });

  it("is named by its bytes, its contract and its chain, as Solidity hashes them", () => {
    fc.assert(
      fc.property(request, number(48), address, (values, chainId, contract) => {
        const encoded = encodeRequest(values);
        const tag = stringToHex("REQUEST_V1", { size: 32 });
        const types = [{ type: "bytes32" }, { type: "uint256" }, { type: "address" }, { type: "bytes32" }] as const;
        const words = encodeAbiParameters(types, [tag, BigInt(chainId), contract, keccak256(encoded)]);
        const requestId = requestIdOf(chainId, contract, encoded);
        expect(requestId).to.equal(keccak256(words));
        const context = requestContext(requestId);
        expect([contextKind(context), context.slice(4)]).to.deep.equal([2, requestId.slice(4)]);
      }),
    );
  });
});
