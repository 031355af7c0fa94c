import { expect } from "chai";
import fc from "fast-check";
import {
  type Abi,
  type AbiEvent,
  type AbiParameter,
  bytesToHex,
  decodeAbiParameters,
  decodeEventLog,
  encodeAbiParameters,
  encodeEventTopics,
  getAddress,
  type Hex,
  parseAbiItem,
  toHex,
} from "viem";
import { Refusal } from "../../../indexer/decode/abi-words.ts";
import { compile } from "../../../indexer/decode/event-reader.ts";
import * as abis from "../../../sdk/abi.ts";
import { knownMethods } from "../../../sdk/methods/index.ts";

interface Encoded {
  topics: Hex[];
  data: Hex;
}

const eventOf = (text: string): AbiEvent => parseAbiItem([text] as never) as unknown as AbiEvent;

// Vaults and adapters are others' contracts: the indexer doesn't follow them.
const { agentVaultAbi: _, erc8183EvaluatorAbi: __, ...followed } = abis;
const all: Abi[] = [...Object.values(followed), ...knownMethods().map(([, { abi }]) => abi)];
const events: AbiEvent[] = [
  ...all.flatMap((abi) => abi.filter((item) => item.type === "event")),
  eventOf("event Kept(bytes32 indexed uid, bool indexed first, bool kept, bool[] others)"),
];
const readers = new Map(events.map((event) => [event, compile(event)]));
const read = (event: AbiEvent, { topics, data }: Encoded) => readers.get(event)?.(topics, bytesIn(data));
const bytesIn = (data: Hex) => Buffer.from(data.slice(2), "hex");
const plain = (event: AbiEvent): AbiParameter[] => event.inputs.filter((input) => !input.indexed);

const bytesOf = (constraints: fc.IntArrayConstraints) =>
  fc.uint8Array(constraints).map((bytes): Hex => bytesToHex(bytes));
const whole = (max: bigint) => fc.oneof(fc.bigInt({ min: 0n, max }), fc.constantFrom(0n, 1n, max - 1n, max));

function valuesOf(type: string): fc.Arbitrary<unknown> {
  if (type.endsWith("[]")) return fc.array(valuesOf(type.slice(0, -2)), { maxLength: 5 });
  if (type === "address") return bytesOf({ minLength: 20, maxLength: 20 }).map((each) => getAddress(each));
  if (type === "bytes32") return bytesOf({ minLength: 32, maxLength: 32 });
  if (type === "bytes") return bytesOf({ maxLength: 70 });
  if (type === "bool") return fc.boolean();
  if (type === "string") return fc.string({ unit: "binary", maxLength: 40 });
  const bits = BigInt(/\d+$/.exec(type)?.[0] ?? fail(type));
  const number = type.startsWith("u")
    ? whole(2n ** bits - 1n)
    : whole(2n ** bits - 1n).map((value) => value - 2n ** (bits - 1n));
  return bits <= 48 ? number.map(Number) : number;
}

const fail = (type: string): never => {
  throw new Error(`No values of ${type} are known.`);
};

const argsOf = (event: AbiEvent) => fc.tuple(...event.inputs.map((input) => valuesOf(input.type)));

function encode(event: AbiEvent, args: readonly unknown[]): Encoded {
  const named = Object.fromEntries(event.inputs.map((input, i) => [input.name, args[i]]));
  return {
    topics: encodeEventTopics({ abi: [event], args: named as never }) as Hex[],
    data: encodeAbiParameters(
      plain(event),
      args.filter((_, i) => !event.inputs[i]?.indexed),
    ),
  };
}

const emitted = fc
  .constantFrom(...events)
  .chain((event) => argsOf(event).map((args) => ({ event, args, log: encode(event, args) })));

// What viem reads of a log, undefined where it can't, or where the log isn't what it writes for what it has read. Strings
// are compared as bytes: not every one is UTF-8.
function byViem(event: AbiEvent, { topics, data }: Encoded): unknown {
  const types = plain(event).map((input) => (input.type === "string" ? { ...input, type: "bytes" } : input));
  try {
    const { args } = decodeEventLog({ abi: [event], topics: topics as [Hex, ...Hex[]], data });
    const sameTopics = encodeEventTopics({ abi: [event], args: args as never }).join() === topics.join();
    return sameTopics && encodeAbiParameters(types, decodeAbiParameters(types, data)) === data ? args : undefined;
  } catch {
    return undefined;
  }
}

function ours(event: AbiEvent, log: Encoded): unknown {
  try {
    return read(event, log);
  } catch (error) {
    expect(error).to.be.instanceOf(Refusal);
    return undefined;
  }
}

const at = (text: string, index: number, put: string): string =>
  text.slice(0, index) + put + text.slice(index + put.length);

/** Ways to falsify words of a log, each chosen by two numbers. */
const falsify: ((words: string[], where: number, what: number) => void)[] = [
  (words, where, what) => {
    const word = words[where] as string;
    words[where] = at(word, what % 64, "0123456789abcdef"[(what >> 6) % 16] as string);
  },
  (words, where, what) => {
    const small = [0, 1, 31, 32, 33, 64, 96, 128, 160, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53][what % 13] as number;
    words[where] = BigInt(small).toString(16).padStart(64, "0");
  },
  (words, where, what) => {
    words[where] = BigInt.asUintN(256, BigInt(`0x${words[where]}`) + BigInt((what % 200) - 100))
      .toString(16)
      .padStart(64, "0");
  },
  (words, where) => words.splice(where, 1),
  (words, where, what) => words.splice(where, 0, words[what % words.length] as string),
  (words, where) => {
    words[where] = "f".repeat(64);
  },
  (words, where, what) => {
    const other = what % words.length;
    [words[where], words[other]] = [words[other] as string, words[where] as string];
  },
  (words) => words.push("0".repeat(64)),
];

const falsified = fc
  .tuple(emitted, fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { minLength: 1, maxLength: 2 }))
  .map(([{ event, log }, changes]) => {
    const topics = log.topics.slice(1).map((topic) => topic.slice(2));
    const data = log.data.slice(2).match(/.{64}/g) ?? [];
    for (const [how, where, what] of changes) {
      const words = (how & 7) === 0 ? topics : data;
      if (words.length > 0) falsify[(how >> 3) % falsify.length]?.(words, where % words.length, what);
    }
    const changed: Encoded = {
      topics: [log.topics[0] as Hex, ...topics.map((word): Hex => `0x${word}`)],
      data: `0x${data.join("")}`,
    };
    return { event, log: changed };
  });

describe("the reader of events", () => {
  const hint = eventOf("event UriAdded(bytes32 indexed modelId, address indexed by, string uri)");
  const values = [`0x${"11".repeat(32)}`, getAddress(`0x${"ab".repeat(20)}`), "ipfs://x"];
  const log = encode(hint, values);
  const readHint = compile(hint);
  const refuses = (change: Partial<Encoded>) => {
    expect(() => readHint((change.topics ?? log.topics) as Hex[], bytesIn(change.data ?? log.data))).to.throw(Refusal);
  };
  const topic = (index: number, put: (word: Hex) => Hex): Partial<Encoded> => ({
    topics: log.topics.map((each, i) => (i === index ? put(each) : each)),
  });

  it("refuses to be compiled for a type that it doesn't know", () => {
    for (const type of ["int256", "uint56", "bytes4", "string[]", "uint8[2]", "bytes32[][]"])
      expect(() => compile(eventOf(`event E(${type} a)`)), type).to.throw(`no reader for "${type} a"`);
    expect(() => compile(eventOf("event E(uint8)"))).to.throw('no reader for "uint8 "');
  });

  it("refuses an indexed text: its topic is only a hash", () => {
    expect(() => compile(eventOf("event E(string indexed a)"))).to.throw('no reader for "string a"');
  });

  it("refuses topics that are no words", () => {
    refuses(topic(1, (word) => `${word}00`));
    refuses(topic(1, (word) => word.slice(0, -2) as Hex));
  });

  it("refuses data that are no words", () => {
    refuses({ data: `${log.data}00` });
    refuses({ data: log.data.slice(0, -2) as Hex });
    refuses({ data: "0x" });
  });

  it("refuses a length beyond the data, however large", () => {
    const lengthAt = 2 + 64;
    for (const length of [65, 2 ** 31, 2 ** 32 - 1, 2 ** 32 + 8, 2 ** 53])
      refuses({ data: at(log.data, lengthAt, toHex(length, { size: 32 }).slice(2)) as Hex });
    refuses({ data: log.data.slice(0, lengthAt) as Hex });
  });

  it("refuses bytes after a text that are not zero", () => {
    refuses({ data: log.data.replace(/0$/, "1") as Hex });
  });

  it("reads texts that are no UTF-8 as viem does", () => {
    for (const bytes of ["ff", "efbbbf61", "00", "c3", "eda080", "f09f9880"]) {
      const changed = encode(
        { ...hint, inputs: hint.inputs.map((each) => ({ ...each, type: each.type.replace("string", "bytes") })) },
        [...values.slice(0, 2), `0x${bytes}`],
      );
      const { args } = decodeEventLog({ abi: [hint], topics: log.topics as [Hex], data: changed.data });
      expect(readHint(log.topics, bytesIn(changed.data))).to.deep.equal(args);
    }
  });

  it("reads what viem reads of every event of the ABIs", () => {
    for (const event of events)
      fc.assert(
        fc.property(argsOf(event), (args) => {
          const encoded = encode(event, args);
          const expected = byViem(event, encoded);
          expect(expected).to.not.equal(undefined);
          expect(read(event, encoded)).to.deep.equal(expected);
        }),
        { numRuns: 60 },
      );
  });

  it("refuses exactly the logs that viem can't read or writes otherwise", () => {
    let refused = 0;
    let accepted = 0;
    fc.assert(
      fc.property(falsified, ({ event, log: changed }) => {
        const expected = byViem(event, changed);
        expect(ours(event, changed)).to.deep.equal(expected);
        if (expected === undefined) refused++;
        else accepted++;
      }),
      { numRuns: 6000 },
    );
    expect(refused).to.be.above(600);
    expect(accepted).to.be.above(600);
  });
});
