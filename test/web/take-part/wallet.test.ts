import { expect } from "chai";
import { type PublicClient, padHex, UserRejectedRequestError, WaitForTransactionReceiptTimeoutError } from "viem";
import { send, type Wallet, walletSentence } from "../../../web/take-part/wallet.ts";

const account = padHex("0x0b", { size: 20 });
const call = { name: "commit", to: account, data: "0x", value: 0n } as const;

const hash = padHex("0x01", { size: 32 });

/** Sends by a wallet that notes the gas; the chain estimates and mines as it is told, or never. */
async function sendBy(estimate: bigint, status: string | undefined, reason?: string): Promise<string> {
  const asked: bigint[] = [];
  const wallet: Wallet = {
    kind: "injected",
    account,
    async submit(_, gas) {
      asked.push(gas);
      return hash;
    },
  };
  const rpc = {
    estimateGas: async () => estimate,
    async waitForTransactionReceipt({ onReplaced }: { onReplaced(replacement: { reason: string }): void }) {
      if (status === undefined) throw new WaitForTransactionReceiptTimeoutError({ hash });
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

  it("says what to do where no block takes a call, and names the transaction", async () => {
    expect(await sendBy(50_000n, undefined)).to.equal(
      `"commit" was sent as ${hash}, and no block has it yet: speed it up or cancel it in the wallet, if it offers that.`,
    );
  });
});

describe("what a wallet refused", () => {
  it("is said in words of ours, by its code, however deep it is", () => {
    const declined = Object.assign(new Error("MetaMask Tx Signature: User denied."), { code: 4001 });
    expect(walletSentence(declined)).to.equal("You declined that in the wallet: nothing was sent.");
    expect(walletSentence(new UserRejectedRequestError(declined))).to.equal(walletSentence(declined));
    expect(walletSentence(new Error("Outer.", { cause: declined }))).to.equal(walletSentence(declined));
    const pending = Object.assign(new Error("Already processing eth_requestAccounts."), { code: -32002 });
    expect(walletSentence(pending)).to.match(/^Your wallet still waits for an answer/);
  });

  it("names no library where the wallet was locked", () => {
    const locked = Object.assign(new Error("Connector not connected.\n\nVersion: @wagmi/core@3"), {
      name: "ConnectorNotConnectedError",
    });
    expect(walletSentence(locked)).to.equal("Your wallet was locked or disconnected: connect it again.");
  });

  it("is anything else's own sentence", () => {
    expect(walletSentence(new Error("It is refused."))).to.equal("It is refused.");
    expect(walletSentence("refused")).to.equal("refused");
  });
});
