import type { Address } from "viem";
import { encodeRequest, Finality, type Request, requestContext, requestId } from "../../sdk/requests/request.ts";
import { hash } from "./bytes.ts";

const CONTRACT = "0x2222222222222222222222222222222222222222";
const REQUESTER: Address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const TOKEN: Address = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const VAULT: Address = "0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9";
const NOBODY = "0x0000000000000000000000000000000000000000";

const plain: Request = {
  requester: REQUESTER,
  modelId: hash("model"),
  inputHash: hash("input"),
  methods: 2n,
  finality: Finality.verified,
  token: NOBODY,
  fee: 10n ** 16n,
  cover: 0n,
  beneficiary: NOBODY,
  deadline: 1_800_000_000,
  answerWindow: 600,
  callback: NOBODY,
  callbackGas: 0,
  nonce: 0n,
  provers: [],
};
const covered: Request = {
  ...plain,
  ...{ methods: 4n, finality: Finality.covered, cover: 10n ** 18n, beneficiary: VAULT },
  ...{ callback: VAULT, callbackGas: 200_000, nonce: 7n, provers: [REQUESTER, TOKEN] },
};
const largest: Request = {
  ...{ ...covered, methods: 2n ** 256n - 2n, token: TOKEN, fee: 2n ** 128n - 1n, cover: 2n ** 128n - 1n },
  ...{ deadline: 2 ** 40 - 1, answerWindow: 2 ** 32 - 1, callbackGas: 2 ** 32 - 1, nonce: 2n ** 256n - 1n },
  provers: Array.from({ length: 32 }, () => TOKEN),
};

/** Requests with their encodings, names and contexts: with the fewest fields, with all, and with the largest numbers. */
export const requests = (chainId: number) => ({
  chainId,
  contract: CONTRACT,
  requests: [plain, covered, largest].map((request) => {
    const { methods, fee, cover, nonce } = request;
    const id = requestId(chainId, CONTRACT, request);
    return {
      request: { ...request, methods: `${methods}`, fee: `${fee}`, cover: `${cover}`, nonce: `${nonce}` },
      encoded: encodeRequest(request),
      requestId: id,
      context: requestContext(id),
    };
  }),
});
