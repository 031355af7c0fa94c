import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { encodeTensor, hashTensor } from "../../../inference/tensors.ts";
import { cidOfKeccak256 } from "../../../sdk/content.ts";
import { fetchTensor } from "../../../web/texts/fetchTensor.ts";

describe("a tensor that is fetched by its hash", () => {
  const tensor = { spec: { name: "story.text", dtype: 3, dims: [1, 3] }, data: Uint8Array.of(72, 105, 33) };
  const hash = hashTensor(tensor);
  let sent: Uint8Array | undefined;
  const server = createServer(({ url }, response) => {
    const isThere = sent !== undefined && url === `/ipfs/${cidOfKeccak256(hash)}`;
    response.writeHead(isThere ? 200 : 404).end(sent);
  });
  let source: string;
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    source = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  const refusal = () =>
    fetchTensor(source, hash).then(
      () => "none",
      ({ message }: Error) => message,
    );

  it("is refused where the server sends another, or has none", async () => {
    sent = encodeTensor({ ...tensor, data: Uint8Array.of(72, 105, 34) });
    expect(await refusal()).to.match(/^Content .* is not what its address names/);
    sent = undefined;
    expect(await refusal()).to.equal(`${source} answered 404.`);
  });

  it("is read with its shape", async () => {
    sent = encodeTensor(tensor);
    expect(await fetchTensor(source, hash)).to.deep.equal(tensor);
  });
});
