import { expect } from "chai";
import { network } from "hardhat";
import { encodeAbiParameters, getAbiItem, keccak256, toHex } from "viem";
import { inferenceRequestsAbi } from "../../../sdk/abi.ts";
import { hash } from "../fixtures.ts";
import { FRAUD } from "../fraud.ts";
import {
  ask,
  calling,
  ETH,
  HOUR,
  input,
  MOCK,
  request,
  requestOf,
  requestsProtocol,
  State,
  verified,
} from "./asked.ts";

const { ethers, networkHelpers } = await network.create();

const bit = (method: number) => 1n << BigInt(method);

describe("InferenceRequests.request", () => {
  const fixture = () => requestsProtocol(ethers, networkHelpers);

  it("refuses another account's request", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);

    await expect(p.requests.connect(p.stranger).request(asked, "0x", { value: asked.fee }))
      .to.be.revertedWithCustomError(p.requests, "NotTheRequester")
      .withArgs(p.stranger, p.requester);
  });

  const covered: Record<string, [string, object]> = {
    "no cover": ["cover", { cover: 0n, fee: 0n }],
    "cover below its fee": ["cover", { fee: 20_001n }],
    "no beneficiary": ["beneficiary", { beneficiary: ETH }],
  };
  for (const [what, [field, fields]] of Object.entries(covered))
    it(`refuses a covered request with ${what}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);

      await expect(ask(p, await requestOf(p, fields)))
        .to.be.revertedWithCustomError(p.requests, "InvalidRequest")
        .withArgs(field);
    });

  it("refuses cover or a beneficiary where nothing is covered", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    for (const [field, value] of [
      ["cover", 20_000n],
      ["beneficiary", p.requester.address],
    ] as const)
      await expect(ask(p, await requestOf(p, { ...verified, [field]: value })))
        .to.be.revertedWithCustomError(p.requests, "InvalidRequest")
        .withArgs(field);
  });

  it("refuses a finality that there isn't", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await expect(ask(p, await requestOf(p, { finality: 2 }))).to.be.revertedWithoutReason(ethers);
  });

  it("refuses an answer window of nothing, of more than 30 days, or that ends after the deadline", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const late = { deadline: BigInt((await networkHelpers.time.latest()) + 40 * 24 * HOUR) };

    for (const answerWindow of [0n, BigInt(30 * 24 * HOUR + 1)])
      await expect(ask(p, await requestOf(p, { ...late, answerWindow })))
        .to.be.revertedWithCustomError(p.requests, "InvalidRequest")
        .withArgs("answerWindow");
    await ask(p, await requestOf(p, { ...late, answerWindow: BigInt(30 * 24 * HOUR) }));

    const deadline = BigInt(await networkHelpers.time.latest()) + 1_000n;
    const asked = await requestOf(p, { deadline, answerWindow: 500n });
    await networkHelpers.time.setNextBlockTimestamp(deadline - 499n);
    await expect(ask(p, asked)).to.be.revertedWithCustomError(p.requests, "InvalidRequest").withArgs("deadline");
  });

  it("takes an answer window that ends with the deadline", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const deadline = BigInt(await networkHelpers.time.latest()) + 1_000n;
    await networkHelpers.time.setNextBlockTimestamp(deadline - 500n);

    await ask(p, await requestOf(p, { deadline, answerWindow: 500n }));
  });

  it("refuses a callback without gas, gas without a callback, and more than 8,000,000", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    for (const fields of [calling(p, 0n), { callback: ETH, callbackGas: 1n }])
      await expect(ask(p, await requestOf(p, fields)))
        .to.be.revertedWithCustomError(p.requests, "InvalidRequest")
        .withArgs("callback");
    await expect(ask(p, await requestOf(p, calling(p, 8_000_001n))))
      .to.be.revertedWithCustomError(p.requests, "InvalidRequest")
      .withArgs("callbackGas");
    await ask(p, await requestOf(p, calling(p, 8_000_000n)));
  });

  it("refuses more than 32 provers", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const provers = Array.from({ length: 33 }, () => p.prover.address);

    await expect(ask(p, await requestOf(p, { provers })))
      .to.be.revertedWithCustomError(p.requests, "InvalidRequest")
      .withArgs("provers");
    await ask(p, await requestOf(p, { provers: provers.slice(1) }));
  });

  it("refuses a model that isn't published", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const modelId = hash("unpublished model");

    await expect(ask(p, await requestOf(p, { modelId })))
      .to.be.revertedWithCustomError(p.models, "UnknownModel")
      .withArgs(modelId);
  });

  it("refuses no methods, none's bit, and methods that aren't on the list", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    for (const methods of [0n, bit(0), bit(FRAUD) | bit(0), bit(FRAUD + 1), bit(FRAUD) | bit(255)])
      await expect(ask(p, await requestOf(p, { ...verified, methods })))
        .to.be.revertedWithCustomError(p.requests, "InvalidRequest")
        .withArgs("methods");
  });

  it("refuses to have covered what a method may end Void", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    for (const methods of [bit(MOCK), bit(MOCK) | bit(FRAUD)])
      await expect(ask(p, await requestOf(p, { methods })))
        .to.be.revertedWithCustomError(p.cover, "MethodCanVoid")
        .withArgs(ethers.ZeroHash, MOCK);
    const last = await ethers.deployContract("MockMethod");
    await last.setCanVoid(true);
    await p.registry.addMethod(last);
    await expect(ask(p, await requestOf(p, { methods: bit(FRAUD) | bit(FRAUD + 1) })))
      .to.be.revertedWithCustomError(p.cover, "MethodCanVoid")
      .withArgs(ethers.ZeroHash, FRAUD + 1);
    await p.method.setCanVoid(false);
    await ask(p, await requestOf(p, { methods: bit(MOCK) | bit(FRAUD) }));
  });

  it("refuses an input that is another, or longer than 32 KiB", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const requestOn = async (bytes: `0x${string}`, inputHash = keccak256(bytes)) => {
      const asked = await requestOf(p, { inputHash });
      return p.requests.connect(p.requester).request(asked, bytes, { value: asked.fee });
    };
    const longest = toHex(new Uint8Array(32 * 1024));

    await expect(requestOn(`${input}00`, keccak256(input)))
      .to.be.revertedWithCustomError(p.requests, "InputMismatch")
      .withArgs(keccak256(`${input}00`), keccak256(input));
    await expect(requestOn(`${longest}00`))
      .to.be.revertedWithCustomError(p.requests, "InvalidRequest")
      .withArgs("input");
    await requestOn(longest);
  });

  it("refuses the same request twice, also once it has ended", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    const requestId = await ask(p, asked);

    await expect(ask(p, asked)).to.be.revertedWithCustomError(p.requests, "WrongState").withArgs(requestId, State.Open);
    await p.requests.connect(p.requester).cancel(asked);
    await expect(ask(p, asked))
      .to.be.revertedWithCustomError(p.requests, "WrongState")
      .withArgs(requestId, State.Cancelled);
    await ask(p, { ...asked, nonce: 2n });
  });

  it("refuses another value than the fee, and any where the fee is in a token", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    const inToken = await requestOf(p, { token: p.token.target });
    const requests = p.requests.connect(p.requester);

    for (const value of [asked.fee - 1n, asked.fee + 1n])
      await expect(requests.request(asked, "0x", { value }))
        .to.be.revertedWithCustomError(requests, "WrongValue")
        .withArgs(value, asked.fee);
    await expect(requests.request(inToken, "0x", { value: 1 }))
      .to.be.revertedWithCustomError(requests, "WrongValue")
      .withArgs(1, 0);
  });

  it("lets nobody squat a request: its name is its requester's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    const squatted = { ...asked, requester: p.stranger.address };
    await p.requests.connect(p.stranger).request(squatted, "0x", { value: asked.fee });

    expect(await p.requests.requestIdOf(squatted)).to.not.equal(await p.requests.requestIdOf(asked));
    await ask(p, asked);
  });

  it("says all of it, and names it by chain, contract and fields", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p, { ...calling(p), provers: [p.prover.address, p.rival.address] });
    const [tuple] = getAbiItem({ abi: inferenceRequestsAbi, name: "request" }).inputs;
    const encoded = encodeAbiParameters([tuple], [asked as never]);
    const requestId = keccak256(
      encodeAbiParameters(
        [{ type: "bytes32" }, { type: "uint256" }, { type: "address" }, { type: "bytes32" }],
        [toHex("REQUEST_V1", { size: 32 }), 31337n, p.requests.target as `0x${string}`, keccak256(encoded)],
      ),
    );

    await expect(p.requests.connect(p.requester).request(asked, input, { value: asked.fee }))
      .to.emit(p.requests, "Requested")
      .withArgs(requestId, p.requester, p.integerModel, encoded, input);
    expect(await p.requests.requestIdOf(asked)).to.equal(requestId);
    expect(await p.requests.recordOf(requestId)).to.deep.equal([BigInt(State.Open), ETH, 0n, ethers.ZeroHash]);
  });

  it("holds the fee, in ETH or a token", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const inToken = await requestOf(p, { token: p.token.target });

    await expect(request(p, await requestOf(p))).to.changeEtherBalance(ethers, p.requests, 5_000);
    await expect(request(p, inToken)).to.changeTokenBalances(
      ethers,
      p.token,
      [p.requester, p.requests],
      [-5_000, 5_000],
    );
  });

  it("takes cover that is no more than the fee", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await ask(p, await requestOf(p, { fee: 20_000n, cover: 20_000n }));
  });

  it("takes a request without a fee", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await expect(request(p, await requestOf(p, { fee: 0n, token: p.token.target }))).to.not.emit(p.token, "Transfer");
  });
});
