import { readFileSync } from "node:fs";
import type { HardhatEthers } from "@nomicfoundation/hardhat-ethers/types";
import { installPeer } from "./peer.ts";
import type { Measurement } from "./report.ts";
import { gasOf } from "./site.ts";

const SCHEMA = "address prover,bytes32 modelId,bytes32 inputHash,bytes32 outputHash,bytes32 context,bytes32 salt";
const ITEMS = 50;

/** EAS as its npm package compiled it: one attestation of 192 bytes, and many in one transaction by the item. */
export async function measureEas(ethers: HardhatEthers): Promise<Measurement[]> {
  const { name: peer, file } = await installPeer("@ethereum-attestation-service/eas-contracts");
  const [attester, recipient] = (await ethers.getSigners()).slice(-2) as [Signer, Signer];
  const deploy = async (name: string, ...args: string[]) => {
    const { abi, bytecode } = JSON.parse(readFileSync(file(`artifacts/contracts/${name}.sol/${name}.json`), "utf8"));
    const contract = await new ethers.ContractFactory(abi, bytecode, attester).deploy(...args);
    return new ethers.Contract(await contract.getAddress(), abi, attester);
  };
  const schemas = await deploy("SchemaRegistry");
  const eas = await deploy("EAS", await schemas.getAddress());
  await call(schemas, "register", SCHEMA, ethers.ZeroAddress, true);
  const schema = ethers.solidityPackedKeccak256(["string", "address", "bool"], [SCHEMA, ethers.ZeroAddress, true]);

  const item = (i: number) => ({
    recipient: recipient.address,
    expirationTime: 0n,
    revocable: true,
    refUID: ethers.ZeroHash,
    data: ethers.concat(Array.from({ length: 6 }, (_, k) => ethers.id(`${i} ${k}`))),
    value: 0n,
  });
  const one = await call(eas, "attest", { schema, data: item(0) });
  const data = Array.from({ length: ITEMS }, (_, i) => item(i + 1));
  const many = await call(eas, "multiAttest", [{ schema, data }]);
  return [
    { name: "eas-attest-192", value: one, unit: "gas", peer },
    { name: "eas-multiattest-per-item", value: Math.ceil(many / ITEMS), unit: "gas", peer },
  ];
}

type Signer = Awaited<ReturnType<HardhatEthers["getSigners"]>>[number];
type Contract = InstanceType<HardhatEthers["Contract"]>;

const call = async (contract: Contract, name: string, ...args: unknown[]): Promise<number> =>
  gasOf((await contract.getFunction(name).send(...args)) as Parameters<typeof gasOf>[0]);
