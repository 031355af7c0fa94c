import { expect } from "chai";
import fc from "fast-check";
import type { Hex } from "viem";
import { createDecoder, MalformedLog } from "../../../indexer/decode/events.ts";
import { modelRegistryAbi } from "../../../sdk/abi.ts";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import { accountOf, asRead, chaptersOf, deployment, type Emitted, emit, FraudProof, Quorum } from "../story.ts";
import { added, JUDGE, judged, register, TOY, unregister } from "../toy.ts";

const decoder = createDecoder(deployment);
const location = { blockNumber: 7, logIndex: 3 };
const decode = (log: Emitted) => decoder.decode({ ...asRead(log), ...location });
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
    const address = Quorum.address.toLowerCase() as Hex;
    expect(() => decode({ ...hint("x"), address })).to.throw(MalformedLog, "no event");
  });

  it("refuses FraudProof's events where the deployment has no FraudProof, and reads all others", () => {
    const { FraudProof: fraudProof, ...contracts } = deployment.contracts;
    const without = createDecoder({ ...deployment, contracts });
    const address = fraudProof?.address.toLowerCase();
    expect(without.filter.addresses).to.have.members(decoder.filter.addresses.filter((each) => each !== address));
    const logs = chaptersOf([[21, 22, 24]]).flatMap((chapter) => chapter.logs);
    expect(logs.some((log) => log.address === address)).to.equal(true);
    for (const log of logs) {
      const decodeWithout = () => without.decode({ ...asRead(log), ...location });
      if (log.address === address) expect(decodeWithout).to.throw(MalformedLog, "no event");
      else expect(decodeWithout()).to.deep.equal(decode(log));
    }
  });

  describe("of a method's contract that the registry names", () => {
    const others = createDecoder(deployment);
    const stored = { id: 7, address: TOY.toLowerCase() as Hex, blockNumber: 4 };
    const log = judged(ZERO_HASH, 5);
    const read = (each: Emitted) => others.decode({ ...asRead(each), ...location });
    const inBlock = (each: Emitted) => ({
      ...{ ...asRead(each), ...location, blockHash: ZERO_HASH, transactionHash: ZERO_HASH },
    });
    beforeEach(() => others.follow([]));
    afterEach(unregister);

    it("refuses a log of a contract that isn't added, and once it is no more", () => {
      expect(() => read(log)).to.throw(MalformedLog, "no event");
      others.follow([stored]);
      read(log);
      expect(others.follow([])).to.equal(false);
      expect(() => read(log)).to.throw(MalformedLog, "no event");
      expect(others.filter).to.deep.equal(decoder.filter);
    });

    it("wants more logs with a method that is stored, or that these logs add, and once only", () => {
      expect(others.follow([], [inBlock(log), inBlock(added)])).to.equal(true);
      expect(others.filter.whole).to.deep.equal([stored.address]);
      expect(others.filter.since).to.deep.equal(new Map([[stored.address, location.blockNumber]]));
      expect(others.follow([], [inBlock(added)])).to.equal(false);
      expect(others.follow([stored])).to.equal(true);
      expect(others.follow([stored])).to.equal(false);
      expect(others.follow([{ ...stored, blockNumber: 9 }])).to.equal(false);
      expect(others.filter.since).to.deep.equal(new Map([[stored.address, 9]]));
    });

    it("wants no more logs with a method that the deployment names, or that another contract adds", () => {
      const address = FraudProof.address.toLowerCase() as Hex;
      expect(others.follow([{ ...stored, address }], [inBlock({ ...added, address })])).to.equal(false);
      expect(others.filter).to.deep.equal(decoder.filter);
    });

    it("gives any log as the chain holds it where nobody here knows the method", () => {
      others.follow([stored]);
      const { address, topics, data } = asRead(log);
      const args = { contract: address, numbers: [7], topics, data };
      expect(read(log)).to.deep.equal({ method: undefined, eventName: "unknown", args, subject: ZERO_HASH, location });
      expect(read({ ...log, topics: [] })).to.have.property("subject", null);
      expect(read({ ...log, data: `0x${"00".repeat(4096)}` })).to.have.property("subject", ZERO_HASH);
      expect(read({ ...log, data: `0x${"00".repeat(4097)}` })).to.have.property("subject", null);
    });

    it("reads a registered method's events, and refuses what is none of them unless it was stored", () => {
      register();
      others.follow([stored]);
      expect(others.filter.whole).to.deep.equal([]);
      const event = read(log);
      expect(event).to.deep.include({ method: "toy", eventName: "Judged", subject: ZERO_HASH });
      expect(event.args).to.deep.equal({ id: ZERO_HASH, judge: JUDGE, score: 5 });
      for (const wrong of [
        { ...log, topics: [ZERO_HASH, ZERO_HASH] },
        { ...log, data: "0x05" as const },
      ]) {
        expect(() => read(wrong)).to.throw(MalformedLog);
        expect(others.decodeStored({ ...asRead(wrong), ...location })).to.include({ eventName: "unknown" });
      }
    });

    it("reads the events of a contract that the deployment names by a registered method's name", () => {
      register();
      const Toy = { ...FraudProof, address: TOY };
      const named = createDecoder({ ...deployment, contracts: { ...deployment.contracts, Toy } });
      expect(named.decode({ ...asRead(log), ...location })).to.include({ method: "toy", eventName: "Judged" });
    });
  });

  it("refuses a log with a topic more or less", () => {
    const log = hint("x");
    expect(() => decode({ ...log, topics: log.topics.slice(0, -1) })).to.throw(MalformedLog, "no well-formed UriAdded");
    expect(() => decode({ ...log, topics: [...log.topics, ZERO_HASH] })).to.throw(MalformedLog);
  });

  it("refuses any log whose data or topics no contract can have emitted", () => {
    const logs = chaptersOf([Array.from({ length: 40 }, (_, i) => i * 97)]).flatMap((chapter) => chapter.logs);
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

  it("reads every event of a story, with its location and subject", () => {
    for (const log of chaptersOf([Array.from({ length: 60 }, (_, i) => i * 131)]).flatMap((chapter) => chapter.logs)) {
      const event = decode(log);
      expect(event.location).to.deep.equal(location);
      const indexed = event.eventName.startsWith("Points") ? log.topics[3] : log.topics[1];
      const large = ["BatchAttested", "Requested", "RequestAnswered", "RowsPublished"];
      const apart = [...large, "TaskAdded", "Transfer", "Locked", "Credited", "Withdrawn", "RegistrarsSet"].includes(
        event.eventName,
      );
      const none = apart || /^(Season|Standings|Reward|Poster|Profile)/.test(event.eventName);
      expect(event.subject, event.eventName).to.equal(none ? null : indexed);
    }
  });
});
