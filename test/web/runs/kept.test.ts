import { expect } from "chai";
import type { Hex } from "viem";
import type { Found } from "../../../web/check/messages.ts";
import { ask, openAhead } from "../../../web/runs/kept.ts";
import type { Asked, Place, Ran, RunMessage, Told } from "../../../web/runs/messages.ts";

/** A worker that does nothing by itself. */
class StillWorker {
  static readonly all: StillWorker[] = [];
  readonly asked: Asked[] = [];
  isEnded = false;
  onmessage: ((event: { data: Told }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;

  constructor() {
    StillWorker.all.push(this);
  }

  postMessage(asked: Asked): void {
    this.asked.push(asked);
  }

  terminate(): void {
    this.isEnded = true;
  }

  tell(...told: Told[]): void {
    for (const data of told) this.onmessage?.({ data });
  }
}

const found = (output: Found["output"]): Told => ({ kind: "found", found: { output } as Found });
const text = { spec: { name: "text", dtype: 3, dims: [1] }, data: Uint8Array.of(1) };
const ran: Told = { kind: "ran", ran: {} as Ran };

describe("the worker that is kept", () => {
  const { Worker } = globalThis;
  before(() => Object.assign(globalThis, { Worker: StillWorker }));
  after(() => Object.assign(globalThis, { Worker }));

  let models = 0;
  let place: Place;
  beforeEach(() => {
    // Another model each time: what another test left is of no use.
    place = placeOf(++models);
    StillWorker.all.length = 0;
  });

  const placeOf = (model: number, rpcUrl = "http://127.0.0.1:8545"): Place => {
    const modelId: Hex = `0x${model.toString(16).padStart(64, "0")}`;
    return { modelId, deployment: {}, rpcUrl, origin: "http://127.0.0.1:4000" };
  };
  const run = (at = place, told: RunMessage[] = []) =>
    ask(at, "run", { inputs: [], isTraced: false }, (message) => told.push(message));
  const check = () => ask(place, "check", { uid: "0x12", unit: undefined }, () => {});
  const newest = () => StillWorker.all.at(-1) as StillWorker;
  const count = () => StillWorker.all.length;

  it("does the next thing that is asked of its model, once the model has run", () => {
    const told: RunMessage[] = [];
    run(place, told);
    newest().tell({ kind: "wrote", byte: 7 }, ran);
    expect(told).to.deep.equal([{ kind: "wrote", byte: 7 }, ran]);
    check();
    newest().tell(found(text));
    run();
    expect(newest().asked.map(({ kind }) => kind)).to.deep.equal(["run", "check", "run"]);
    expect([count(), newest().isEnded]).to.deep.equal([1, false]);
  });

  it("opens a model ahead, once", () => {
    openAhead(place);
    openAhead(place);
    run();
    expect(newest().asked).to.deep.equal([
      { kind: "open", place },
      { kind: "run", place, request: { inputs: [], isTraced: false } },
    ]);
    expect(count()).to.equal(1);
  });

  it("is never shared: what is asked meanwhile has a worker of its own, and one is kept", () => {
    run();
    const first = newest();
    run();
    const second = newest();
    expect(second).to.not.equal(first);
    first.tell(ran);
    second.tell(ran);
    expect([first.isEnded, second.isEnded]).to.deep.equal([true, false]);
  });

  it("makes room for another model, or the same one elsewhere", () => {
    for (const other of [placeOf(++models), placeOf(models, "http://127.0.0.1:8546")]) {
      run();
      const before = newest();
      before.tell(ran);
      run(other);
      expect(newest()).to.not.equal(before);
      newest().tell(ran);
      expect([before.isEnded, newest().isEnded]).to.deep.equal([true, false]);
    }
  });

  it("is ended if the model didn't run", () => {
    for (const end of [found(undefined), { kind: "failed", message: "No RPC." }] as Told[]) {
      check();
      newest().tell(end);
      expect(newest().isEnded).to.equal(true);
    }
  });

  it("is ended when what it does is left, and nothing more is told", () => {
    const told: RunMessage[] = [];
    const cancel = run(place, told);
    cancel();
    newest().tell({ kind: "wrote", byte: 7 }, ran);
    expect([told, newest().isEnded]).to.deep.equal([[], true]);
    run();
    expect(count()).to.equal(2);
  });

  it("isn't ended by leaving what is done", () => {
    const cancel = run();
    newest().tell(ran);
    cancel();
    expect(newest().isEnded).to.equal(false);
  });

  it("tells of its own failure", () => {
    for (const [message, sentence] of [
      ["It broke.", "It broke."],
      ["", "The code that runs models could not be loaded."],
    ] as const) {
      const told: RunMessage[] = [];
      run(place, told);
      newest().onerror?.({ message });
      expect(told).to.deep.equal([{ kind: "failed", message: sentence }]);
      expect(newest().isEnded).to.equal(true);
    }
  });

  it("isn't kept if the model couldn't be opened ahead, which who asks for it isn't told", () => {
    for (const fail of [
      (worker: StillWorker) => worker.tell({ kind: "unopened" }),
      (worker: StillWorker) => worker.onerror?.({ message: "" }),
    ]) {
      openAhead(place);
      fail(newest());
      expect(newest().isEnded).to.equal(true);
    }
    openAhead(place);
    const told: RunMessage[] = [];
    run(place, told);
    newest().tell({ kind: "unopened" });
    expect([told, newest().isEnded]).to.deep.equal([[], false]);
  });
});
