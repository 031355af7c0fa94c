import { fileURLToPath } from "node:url";
import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatEthersChaiMatchers from "@nomicfoundation/hardhat-ethers-chai-matchers";
import hardhatMocha from "@nomicfoundation/hardhat-mocha";
import hardhatNetworkHelpers from "@nomicfoundation/hardhat-network-helpers";
import hardhatTypechain from "@nomicfoundation/hardhat-typechain";
import { defineConfig } from "hardhat/config";

/**
 * @param runs What the optimizer expects of a contract's life: more of them make calls cheaper and the code longer.
 * @param viaIR The slower way of compiling, which makes cheaper code.
 */
const compilerWith = (runs: number, viaIR = false) => ({
  version: "0.8.34",
  // From npm: nothing is downloaded at build time.
  path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
  settings: { evmVersion: "osaka", optimizer: { enabled: true, runs }, viaIR },
});

export default defineConfig({
  plugins: [hardhatEthers, hardhatEthersChaiMatchers, hardhatMocha, hardhatNetworkHelpers, hardhatTypechain],
  solidity: {
    compilers: [compilerWith(10_000)],
    overrides: {
      // A claim costs 5,500 gas less.
      "contracts/Rewards.sol": compilerWith(10_000, true),
      // An attestation that is verified at once costs 1,100 gas less.
      "contracts/AttestationRegistry.sol": compilerWith(10_000, true),
      "contracts/methods/Enclave.sol": compilerWith(10_000, true),
      // So it is within the 24,576 bytes, and its moves are cheap.
      "contracts/methods/DisputeGame.sol": compilerWith(200, true),
      // The fewest runs keep Quorum within the 24,576 bytes that a contract may have.
      "contracts/methods/Quorum.sol": compilerWith(1),
    },
    npmFilesToBuild: ["@openzeppelin/contracts/access/manager/AccessManager.sol"],
  },
  test: { solidity: { fuzz: { runs: 256 }, invariant: { runs: 20, depth: 100, failOnRevert: true } } },
  // So much for every transaction, the most that one may have: none is estimated first.
  networks: { default: { type: "edr-simulated", gas: 2 ** 24 } },
  coverage: { skipFiles: ["contracts/mocks/**"] },
  paths: { tests: { mocha: "test/contracts", solidity: "test/contracts" } },
});
