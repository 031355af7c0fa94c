import { expect } from "chai";
import fc from "fast-check";
import { type Address, getAddress, type Hex, toHex } from "viem";
import { contextKind } from "../../../sdk/contexts.ts";
import {
  decodeRequest,
  encodeRequest,
  Finality,
  finalityName,
  methodBits,
  methodsIn,
  type Request,
  RequestState,
  requestContext,
  requestId,
  requestIdOf,
  requestStateName,
} from "../../../sdk/requests/request.ts";
import vectors from "../../vectors/requests.json" with { type: "json" };

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => toHex(bytes));
const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => getAddress(toHex(bytes)));
const uint = (bits: bigint) => fc.bigInt({ min: 0n, max: 2n ** bits - 1n });

const anyRequest: fc.Arbitrary<Request> = fc.record({
  ...{ requester: address, modelId: hash, inputHash: hash, methods: uint(256n), finality: fc.constantFrom(0, 1) },
  ...{ token: address, fee: uint(128n), cover: uint(128n), beneficiary: address, callback: address, nonce: uint(256n) },
  deadline: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
  answerWindow: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  callbackGas: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  provers: fc.array(address, { maxLength: 32 }),
});

const requests = vectors.requests.map(({ request, ...rest }) => {
  const { methods, fee, cover, nonce } = request;
  const asked = { ...request, methods: BigInt(methods), fee: BigInt(fee), cover: BigInt(cover), nonce: BigInt(nonce) };
  return { request: asked as Request, ...(rest as Record<keyof typeof rest, Hex>) };
});

describe("a request", () => {
  const contract = vectors.contract as Address;
  const [{ request }] = requests as [(typeof requests)[0]];

  it("is refused with an address whose capitals aren't its checksum", () => {
    const requester = request.requester.replace("C", "c") as Address;
    expect(() => encodeRequest({ ...request, requester })).to.throw("checksum");
  });

  it("is refused with a number that its field can't hold", () => {
    for (const change of [{ fee: 2n ** 128n }, { deadline: 2 ** 40 }, { callbackGas: 2 ** 32 }, { cover: -1n }])
      expect(() => encodeRequest({ ...request, ...change }), Object.keys(change)[0]).to.throw();
  });

  it("can't be read from bytes that are cut", () => {
    for (const { encoded } of requests) expect(() => decodeRequest(encoded.slice(0, -64) as Hex)).to.throw();
  });

  it("has the vectors' bytes, name and context", () => {
    for (const { request, encoded, requestId: id, context } of requests) {
      expect(encodeRequest(request)).to.equal(encoded);
      expect(requestId(vectors.chainId, contract, request)).to.equal(id);
      expect(requestIdOf(vectors.chainId, contract, encoded)).to.equal(id);
      expect(requestContext(id)).to.equal(context);
    }
  });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(anyRequest, (asked) => {
        expect(decodeRequest(encodeRequest(asked))).to.deep.equal(asked);
      }),
    );
  });

  it("has another name on another chain, at another contract, and with any other field", () => {
    const name = requestId(1, contract, request);
    expect(requestId(2, contract, request)).not.to.equal(name);
    expect(requestId(1, request.requester, request)).not.to.equal(name);
    fc.assert(
      fc.property(anyRequest, fc.constantFrom(...Object.keys(request)), (other, field) => {
        const changed = { ...request, [field]: other[field as keyof Request] };
        fc.pre(encodeRequest(changed) !== encodeRequest(request));
        expect(requestId(1, contract, changed)).not.to.equal(name);
      }),
    );
  });

  it("has a context of kind 2 with the low 31 bytes of its name", () => {
    fc.assert(
      fc.property(hash, (id) => {
        const context = requestContext(id);
        expect(contextKind(context)).to.equal(2);
        expect(context.slice(4)).to.equal(id.slice(4));
      }),
    );
  });

  it("holds methods as bits", () => {
    expect(methodBits([])).to.equal(0n);
    expect(methodBits([2, 1, 2])).to.equal(6n);
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 255 })), (methods) => {
        expect(methodsIn(methodBits(methods))).to.deep.equal([...methods].sort((a, b) => a - b));
      }),
    );
  });

  it("names finalities and states", () => {
    expect(finalityName(Finality.covered)).to.equal("covered");
    expect(finalityName(2)).to.equal(undefined);
    expect(requestStateName(RequestState.fallen)).to.equal("fallen");
    expect(requestStateName(8)).to.equal("unknown");
  });
});
