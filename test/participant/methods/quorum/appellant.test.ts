import { expect } from "chai";
import {
  type Abi,
  type Address,
  bytesToHex,
  encodeErrorResult,
  type Hex,
  numberToHex,
  type TransactionReceipt,
} from "viem";
import { UnavailableError } from "../../../../inference/content.ts";
import { forward } from "../../../../inference/integer.ts";
import { traceOf } from "../../../../inference/methods/fraudProof/evidence.ts";
import { hashTensor } from "../../../../inference/tensors.ts";
import type { ChainState } from "../../../../participant/chainState.ts";
import { ensureDeposit } from "../../../../participant/deposits.ts";
import { runJobs } from "../../../../participant/jobs.ts";
import { createKeeper } from "../../../../participant/keeper.ts";
import { appealable, createAppellant } from "../../../../participant/methods/quorum/appellant.ts";
import { type Sender, TryAgainError } from "../../../../participant/sender.ts";
import { lieAfter } from "../../../../scripts/demo/accounts.ts";
import { type AttestationState, detailOf, type SingleState } from "../../../../sdk/attestations.ts";
import { callOf } from "../../../../sdk/calls.ts";
import { contractOf } from "../../../../sdk/client.ts";
import { RevertError } from "../../../../sdk/errors.ts";
import { decodeLayout } from "../../../../sdk/layouts.ts";
import { fraudProof } from "../../../../sdk/methods/fraudProof.ts";
import { type QuorumDetail, quorum } from "../../../../sdk/methods/quorum.ts";
import { Status } from "../../../../sdk/protocol.ts";
import { NO_INPUT } from "../../../../sdk/units.ts";
import { UNAVAILABLE } from "../../../../sdk/votes.ts";
import { type Site, startSite } from "../../chain.ts";
import { attestByHand, imageOf } from "./attestByHand.ts";
import { startVerifiers } from "./verifiers.ts";

const PROVER = 1;
const APPELLANT = 5;

describe("appellant", () => {
  let site: Site;
  let stopVerifying: () => void;
  before(async () => {
    site = await startSite(6, { appeal: 80 });
    runJobs(
      site.follower,
      [createKeeper(site.client, site.senderOf(0)), createAppellant({ ...site, sender: site.senderOf(APPELLANT) })],
      site,
    ).catch((error: Error) => site.report(`Fatal: ${error.message}`));
    stopVerifying = await startVerifiers(site);
  });
  after(() => site.close());

  const appellant = (): Address => site.senderOf(APPELLANT).account.address;
  const detail = (attestation: SingleState): QuorumDetail => detailOf(quorum, attestation) as QuorumDetail;
  const said = (what: string) => site.reports.filter((sentence) => sentence.includes(what));
  /** A free attestation on an image that everybody finds; returns it settled. */
  const attest = async (value: number, outputHash?: Hex): Promise<SingleState> => {
    const image = await imageOf(site, value);
    await site.content.put(image.bytes, "keccak-256");
    return attestByHand(site, site.senderOf(PROVER), { ...image, outputHash: outputHash ?? image.outputHash });
  };

  describe("whose work is one attestation at a time", () => {
    const at = (more: Partial<QuorumDetail>): QuorumDetail => {
      const votes = new Map([1n, 2n].map((n) => [numberToHex(n, { size: 20 }) as Address, RIGHT]));
      const panel = [...votes.keys()];
      return { ...quorum.begin(), round: 1, panel, committed: new Set(panel), revealUntil: 100n, votes, ...more };
    };
    const RIGHT = numberToHex(8, { size: 32 });

    it("may appeal only from the round's end, for as long as the window, and only once", () => {
      const times = [99n, 100n, 149n, 150n].map((now) => appealable(at({}), now, 2, 50));
      expect(times).to.deep.equal([undefined, RIGHT, RIGHT, undefined]);
      expect(appealable(at({ round: 2 }), 100n, 2, 50)).to.equal(undefined);
      const shown = { until: 400n, trace: new Uint8Array(1) };
      expect(appealable(at({ shown }), 100n, 2, 50)).to.equal(undefined);
    });

    it("may not appeal what isn't decided", () => {
      expect(appealable(at({}), 100n, 3, 50)).to.equal(undefined);
      const unavailable = new Map([...at({}).panel.map((member) => [member, UNAVAILABLE] as const)]);
      expect(appealable(at({ votes: unavailable }), 100n, 2, 50)).to.equal(undefined);
    });

    const first = numberToHex(1, { size: 32 });
    const second = numberToHex(2, { size: 32 });

    /** An appellant that finds only the second of two attestations, both wrongly decided, and how its appeals end. */
    async function workOf(sent: (name: string) => Error | undefined) {
      const image = await imageOf(site, 1);
      await site.content.put(image.bytes, "keccak-256");
      const { modelId } = site.digits.model;
      const appeals: string[] = [];
      const sender: Sender = {
        account: site.senderOf(APPELLANT).account,
        async send({ name }) {
          appeals.push(name);
          const refused = sent(name);
          if (refused) throw refused;
          return {} as TransactionReceipt;
        },
      };
      const byId = new Map(
        [first, second].map((id) => {
          const inputHash = id === first ? numberToHex(77, { size: 32 }) : image.inputHash;
          const message = { method: quorum.id, modelId, inputHash, context: numberToHex(0, { size: 32 }) };
          return [id, { id, kind: "single", status: Status.pending, message, detail: at({}) } as AttestationState];
        }),
      );
      const { attestations, head } = site.follower.state;
      const state = {
        ...site.follower.state,
        head: { ...head, timestamp: 110n },
        attestations: { ...attestations, byId },
      };
      const appellant = createAppellant({ ...site, sender, report: () => undefined });
      await appellant.due(state as ChainState)[0]?.run();
      const jobs = appellant.due(state as ChainState);
      const results = await Promise.all(
        jobs.map(({ run }) =>
          run().then(
            () => "done",
            (error: unknown) => error,
          ),
        ),
      );
      return { keys: jobs.map(({ key }) => key), results, appeals };
    }

    it("isn't kept from others by one whose input it doesn't find, which it tries again", async () => {
      const { keys, results, appeals } = await workOf(() => undefined);
      expect(keys).to.deep.equal([`review ${first}`, `review ${second}`]);
      expect(results[0]).to.be.instanceOf(TryAgainError);
      expect((results[0] as Error).cause).to.be.instanceOf(UnavailableError);
      expect(results[1]).to.equal("done");
      expect(appeals.at(-1)).to.equal("appeal");
    });

    it("is done where somebody else was faster, but not after any other refusal", async () => {
      const refusedBy = (errorName: string, args: unknown[]) =>
        workOf((name) =>
          name === "appeal"
            ? new RevertError(name, encodeErrorResult({ abi: quorum.abi as Abi, errorName, args }))
            : undefined,
        );
      for (const [error, args] of [
        ["NothingToAppeal", [second]],
        ["NotVoting", [second, 1]],
        ["CaseClosed", [second]],
      ] as const)
        expect((await refusedBy(error, [...args])).results[1]).to.equal("done");
      expect((await refusedBy("UnknownCase", [second])).results[1]).to.be.instanceOf(RevertError);
    });
  });

  it("leaves alone what the first panel decided rightly, for the prover or against it", async () => {
    const [right, wrong] = [await attest(2), await attest(3, numberToHex(1, { size: 32 }))];
    expect([right.status, wrong.status]).to.deep.equal([Status.verified, Status.refuted]);
    for (const each of [right, wrong]) expect(detail(each)).to.deep.include({ round: 1, appellant: undefined });
    expect(said("the own run gave")).to.deep.equal([]);
  });

  it("appeals what the first panel decided wrongly, and gets its bond back", async () => {
    stopVerifying();
    stopVerifying = await startVerifiers(site, { strangers: lieAfter(0, site.strangers) });
    const settling = attest(4);
    const heard = await site.until(() => said("the own run gave")[0]);
    stopVerifying();
    stopVerifying = await startVerifiers(site);
    const settled = await settling;

    expect(settled.status).to.equal(Status.verified);
    expect(detail(settled)).to.deep.include({ round: 2, appellant: appellant() });
    expect(heard).to.contain(`appellant ${appellant()}: the first panel decided for 0x`);
    const { bonds } = site.client.contracts;
    const args = [contractOf(site.client, quorum).address, appellant()] as const;
    const bond = await site.client.rpc.readContract({ ...bonds, functionName: "bondOf", args });
    expect(bond).to.deep.include({ free: 40n, locked: 0n });
  });

  it("refutes a wrong row of a run that is shown", async () => {
    const { layers, layout } = await site.models.open(site.digits.model.modelId);
    const activations = forward(layers, new Int8Array(64).fill(5));
    const trace = traceOf(activations);
    const { input, output } = decodeLayout(site.digits.layout);
    const at = trace.length - (activations.at(-1) as Int8Array).length;
    trace[at] = (trace[at] as number) ^ 1;
    expect(layout.input).to.deep.equal(input);
    const settling = attest(5, hashTensor({ spec: output, data: trace.slice(at) }));
    const { message, answer } = await site.until(() =>
      [...site.follower.state.attestations.byId.values()].find((each): each is SingleState => {
        const isOwn = each.kind === "single" && each.status === Status.pending && each.answer !== undefined;
        return isOwn && (detailOf(quorum, each)?.votes.size ?? 0) > 0;
      }),
    );
    const sender = site.senderOf(PROVER);
    const fraud = contractOf(site.client, fraudProof);
    await ensureDeposit(site.client, sender, fraud.address, 1_000n);
    if (answer === undefined) throw new Error("The answer is hidden.");
    const args = [message, answer, bytesToHex(site.digits.layout), bytesToHex(trace), NO_INPUT] as const;
    await sender.send(callOf({ ...fraud, functionName: "show", args }));
    const settled = await settling;

    expect([settled.status, settled.settledBy]).to.deep.equal([Status.refuted, appellant()]);
    expect(said(`the run shown for ${settled.id} claims`)).to.have.lengthOf(1);
  });

  it("never failed otherwise", () => {
    expect(said("Fatal")).to.deep.equal([]);
  });
});
