import { expect } from "chai";
import hre from "hardhat";
import { type Address, bytesToHex, createWalletClient, type Hex, http, numberToHex, publicActions } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { deploy } from "../../../scripts/deploy.ts";
import { connect, contractOf } from "../../../sdk/client.ts";
import { type Attestation, answerHash, attestationUid } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { encodeHeader } from "../../../sdk/headers.ts";
import { encodeLayout } from "../../../sdk/layouts.ts";
import { quorum } from "../../../sdk/methods/quorum.ts";
import { type Anvil, startAnvil } from "../../simulator/anvil.ts";
import { floatLayout, hash, opened, publication, quorumParameters } from "../fixtures.ts";

const accountOf = (addressIndex: number) =>
  mnemonicToAccount("test test test test test test test test test test test junk", { addressIndex });

// Anvil has EIP-2935's contract, which Hardhat's chain lacks. What counts lines for the coverage is too large for it.
(hre.globalOptions.coverage ? describe.skip : describe)("Quorum.draw, more than 256 blocks later", () => {
  let anvil: Anvil;
  before(async () => {
    anvil = await startAnvil(1_700_000_000);
  });
  after(() => anvil.stop());

  it("draws the panel of the committed block, by its header", async () => {
    const parameters = { quorum: { ...quorumParameters, firstPanel: 1, firstThreshold: 1, drawWindow: 3_600 } };
    const deployment = await deploy({
      rpcUrl: anvil.url,
      account: accountOf(0),
      parameters,
      report: () => {},
      pollMs: 20,
    });
    const { contracts } = connect(deployment, anvil.url);
    const contract = contractOf(connect(deployment, anvil.url), quorum);
    const sent = async (by: number, call: object) => {
      const client = createWalletClient({ account: accountOf(by), transport: http(anvil.url) }).extend(publicActions);
      const transaction = await client.writeContract({ chain: null, ...call } as never);
      const receipt = await client.waitForTransactionReceipt({ hash: transaction, pollingInterval: 20 });
      expect(receipt.status).to.equal("success");
    };
    const holder = (account: Address) => [contract.address, account] as const;

    const layout = bytesToHex(encodeLayout(floatLayout));
    await sent(0, { ...contracts.modelRegistry, functionName: "publish", args: [publication, layout, "0x", ""] });
    const { rpc } = connect(deployment, anvil.url);
    const [published] = await rpc.getContractEvents({ ...contracts.modelRegistry, eventName: "ModelPublished" });
    const modelId = published?.args.modelId as Hex;
    for (const by of [1, 2, 3]) {
      const args = holder(accountOf(by).address);
      await sent(by, { ...contracts.bonds, functionName: "deposit", args, value: quorumParameters.verifierBond });
      await sent(by, { ...contract, functionName: "join" });
    }
    const prover = accountOf(4).address;
    await sent(4, {
      ...contracts.bonds,
      functionName: "deposit",
      args: holder(prover),
      value: quorumParameters.verifierBond,
    });
    const attestation: Attestation = {
      ...{ prover, method: quorum.id, modelId, inputHash: hash("input"), context: FREE_CONTEXT },
      answer: answerHash(prover, opened),
    };
    const { method, inputHash, context, answer } = attestation;
    const args = [method, modelId, inputHash, context, answer];
    await sent(4, { ...contracts.attestationRegistry, functionName: "commit", args });
    const uid = attestationUid(deployment.chainId, contracts.attestationRegistry.address, attestation);
    const { drawBlock } = await rpc.readContract({ ...contract, functionName: "caseOf", args: [uid] });

    await anvil.request("anvil_mine", numberToHex(300));
    const block = await rpc.request({
      method: "eth_getBlockByNumber",
      params: [numberToHex(BigInt(drawBlock)), false],
    });
    if (block === null) throw new Error("The block is not there.");
    await sent(5, { ...contract, functionName: "draw", args: [uid, encodeHeader(block)] });

    const seats = await rpc.readContract({ ...contract, functionName: "seatsOf", args: [uid] });
    expect(seats).to.have.length(1);
    expect([1, 2, 3].map((by) => accountOf(by).address)).to.include(seats[0]?.member);
  });
});
