import { expect } from "chai";
import fc from "fast-check";
import type { Hex } from "viem";
import { createDecoder, MalformedLog, subjectOf } from "../../../indexer/decode/events.ts";
import { modelRegistryAbi } from "../../../sdk/abi.ts";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import { accountOf, asRead, deployment, type Emitted, emit, tell } from "../story.ts";

const decoder = createDecoder(deployment);
const place = { blockNumber: 7, logIndex: 3 };
const decode = (log: Emitted) => decoder.decode({ ...asRead(log), ...place });
const hint = (uri: string) =>
  emit(deployment.contracts.ModelRegistry.address, modelRegistryAbi, "UriAdded", {
    modelId: ZERO_HASH,
    by: accountOf(1),
    uri,
  });

describe("decoding", () => {
  it("refuses an event that the contract doesn't have", () => {
    const log = hint("x");
    expect(() => decode({ ...log, topics: [ZERO_HASH, ...log.topics.slice(1)] })).to.throw(MalformedLog, "no event");
  });

  it("refuses an event of another contract", () => {
    const address = deployment.contracts.Quorum.address.toLowerCase() as Hex;
    expect(() => decode({ ...hint("x"), address })).to.throw(MalformedLog, "no event");
  });

  it("refuses FraudProof's events where the deployment has no FraudProof, and reads all others", () => {
    const { FraudProof: fraudProof, ...contracts } = deployment.contracts;
    const without = createDecoder({ ...deployment, contracts });
    const address = fraudProof?.address.toLowerCase();
    expect(without.filter.addresses).to.have.members(decoder.filter.addresses.filter((each) => each !== address));
    const logs = tell([[21, 22, 24]]).flatMap((chapter) => chapter.logs);
    expect(logs.some((log) => log.address === address)).to.equal(true);
    for (const log of logs) {
      const decodeWithout = () => without.decode({ ...asRead(log), ...place });
      if (log.address === address) expect(decodeWithout).to.throw(MalformedLog, "no event");
      else expect(decodeWithout()).to.deep.equal(decode(log));
    }
  });

  it("refuses a log with a topic more or less", () => {
    const log = hint("x");
    expect(() => decode({ ...log, topics: log.topics.slice(0, -1) })).to.throw(MalformedLog, "no well-formed UriAdded");
    expect(() => decode({ ...log, topics: [...log.topics, ZERO_HASH] })).to.throw(MalformedLog);
  });

  it("refuses any log whose data or topics no contract can have emitted", () => {
    const logs = tell([Array.from({ length: 40 }, (_, i) => i * 97)]).flatMap((chapter) => chapter.logs);
    fc.assert(
      fc.property(fc.constantFrom(...logs), fc.nat(), fc.nat(), (log, at, how) => {
        const bytes = Buffer.from(log.data.slice(2), "hex");
        const changed =
          how % 3 === 0
            ? bytes.subarray(0, at % (bytes.length + 1))
            : how % 3 === 1
              ? Buffer.concat([bytes, Buffer.alloc(1 + (at % 64))])
              : Buffer.from(bytes.map((byte, i) => (i === at % bytes.length ? byte ^ (1 + (how % 255)) : byte)));
        const data: Hex = `0x${changed.toString("hex")}`;
        fc.pre(data !== log.data);
        let event: ReturnType<typeof decode>;
        try {
          event = decode({ ...log, data });
        } catch (error) {
          expect(error).to.be.instanceOf(MalformedLog);
          return;
        }
        // What is accepted is another event, and the only encoding of it.
        expect(event.args).to.not.deep.equal(decode(log).args);
      }),
      { numRuns: 500 },
    );
  });

  it("reads a text that is no UTF-8: anyone may publish one", () => {
    const log = hint("a".repeat(3));
    const data = log.data.replace("616161", "ff6161") as Hex;
    expect(decode({ ...log, data })).to.have.nested.property("args.uri", "\ufffdaa");
  });

  it("reads every event of a story, with its place and subject", () => {
    for (const log of tell([Array.from({ length: 60 }, (_, i) => i * 131)]).flatMap((chapter) => chapter.logs)) {
      const event = decode(log);
      expect(event.place).to.deep.equal(place);
      const indexed = event.eventName.startsWith("Points") ? log.topics[3] : log.topics[1];
      const apart = ["TaskAdded", "BatchAttested", "Traced"].includes(event.eventName);
      const none = apart || event.eventName.startsWith("Season");
      expect(subjectOf(event), event.eventName).to.equal(none ? null : indexed);
    }
  });
});
