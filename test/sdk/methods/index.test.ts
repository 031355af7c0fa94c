import { expect } from "chai";
import type { AbiEvent } from "viem";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import { knownMethods, methodById, methodName, methods } from "../../../sdk/methods/index.ts";
import { quorum } from "../../../sdk/methods/quorum.ts";
import { zkProof } from "../../../sdk/methods/zkProof.ts";

/** Events of a method's contract that are about no attestation. */
const APART = ["Joined", "Left", "VerifyingKeyAdmitted", "RegistrarsSet"];

describe("methods", () => {
  it("knows no method of a number that isn't on its list, and says so", () => {
    for (const id of [0, 7, 255]) expect(methodById(id)).to.equal(undefined);
    expect([0, 7].map(methodName)).to.deep.equal(["none", "unknown method 7"]);
  });

  it("has the protocol's numbers and names", () => {
    expect(knownMethods().map(([registered, { id, name }]) => [registered, id, name])).to.deep.equal([
      ["quorum", 1, "Quorum"],
      ["fraudProof", 2, "FraudProof"],
      ["zkProof", 3, "ZkProof"],
      ["enclave", 4, "Enclave"],
    ]);
    expect([methodById(1), methodById(2), methodById(3)]).to.deep.equal([quorum, fraudProof, zkProof]);
    expect([1, 2, 3].map(methodName)).to.deep.equal(["Quorum", "FraudProof", "ZkProof"]);
  });

  it("gives every method a number and a name of its own, and numbers from 1 on", () => {
    const known = knownMethods().map(([, method]) => method);
    expect(new Set(known.map(({ id }) => id)).size).to.equal(known.length);
    expect(new Set(known.map(({ name }) => name)).size).to.equal(known.length);
    for (const { id } of known) expect(id).to.be.within(1, 255);
  });

  it("finds an attestation's id first among the indexed parameters of every event about one", () => {
    for (const [, { name, abi }] of knownMethods()) {
      const events = abi.filter((item): item is AbiEvent => item.type === "event" && !APART.includes(item.name));
      for (const { name: event, inputs } of events)
        expect([inputs[0]?.type, inputs[0]?.indexed], `${name}.${event}`).to.deep.equal(["bytes32", true]);
    }
  });

  it("looks a method up when it is asked for it", () => {
    const toy = { ...quorum, id: 7, name: "Toy" };
    Object.assign(methods, { toy });
    try {
      expect(methodById(7)).to.equal(toy);
      expect(methodName(7)).to.equal("Toy");
    } finally {
      delete (methods as { toy?: unknown }).toy;
    }
    expect(methodName(7)).to.equal("unknown method 7");
  });
});
