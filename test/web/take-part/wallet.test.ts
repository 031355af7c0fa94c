import { expect } from "chai";
import { type PublicClient, padHex } from "viem";
import { send, type Wallet } from "../../../web/take-part/wallet.ts";

const account = padHex("0x0b", { size: 20 });
const call = { name: "commit", to: account, data: "0x", value: 0n } as const;

/** Sends by a wallet that notes the gas; the chain estimates and mines as it is told. */
async function sendBy(estimate: bigint, status: string, reason?: string): Promise<string> {
  const asked: bigint[] = [];
  const wallet: Wallet = {
    kind: "injected",
    account,
    async submit(_, gas) {
      asked.push(gas);
      return padHex("0x01", { size: 32 });
    },
  };
  const rpc = {
    estimateGas: async () => estimate,
    async waitForTransactionReceipt({ onReplaced }: { onReplaced(replacement: { reason: string }): void }) {
      if (reason !== undefined) onReplaced({ reason });
      return { status };
    },
  } as unknown as PublicClient;
  return send(rpc, wallet, call).then(
    () => `sent with ${asked} gas`,
    ({ message }: Error) => message,
  );
}

describe("sending by a wallet", () => {
  it("tells a call that its owner cancelled, or replaced by another", async () => {
    expect(await sendBy(50_000n, "success", "cancelled")).to.equal(
      '"commit" was cancelled in the wallet: nothing was done.',
    );
    expect(await sendBy(50_000n, "success", "replaced")).to.equal(
      'Another transaction took the place of "commit" in the wallet.',
    );
  });

  it("says that a call was refused in its block", async () => {
    expect(await sendBy(50_000n, "reverted")).to.equal("commit was refused: it reverted without a reason.");
  });

  it("takes a call at another price for sent, and asks for the gas that it needs", async () => {
    expect(await sendBy(50_000n, "success", "repriced")).to.equal("sent with 105000 gas");
    expect(await sendBy(142_905_000n, "success")).to.equal("sent with 214387500 gas");
  });
});
