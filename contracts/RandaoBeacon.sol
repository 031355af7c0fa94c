// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {BlockHeader} from "@openzeppelin/contracts/utils/BlockHeader.sol";
import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {IBeacon} from "./interfaces/IBeacon.sol";

/// @title Ethereum's RANDAO as a beacon
/// @notice A block's value is its `prevrandao` (EIP-4399), field `mixHash` of its header; the proof is the header in RLP,
/// which must have the block's hash. The chain knows the hashes of the last 8,191 blocks (EIP-2935), or of the last 256
/// where it lacks that contract. Useful only where consensus fixes the field, as on Ethereum: a rollup's operator may choose it.
contract RandaoBeacon is IBeacon {
    /// @inheritdoc IBeacon
    function randomnessOf(uint256 blockNumber, bytes calldata proof) external view returns (bytes32) {
        require(blockNumber < block.number, NotYet(blockNumber));
        bytes32 hash = blockhash(blockNumber);
        if (hash == 0) hash = _fromHistory(blockNumber);
        require(keccak256(proof) == hash, WrongProof(blockNumber));

        // What has a block's hash is a block's header: only such a one is taken apart.
        return BlockHeader.getPrevRandao(proof);
    }

    /// @dev OpenZeppelin's `Blockhash` would take what a contract reverts with for a hash.
    function _fromHistory(uint256 blockNumber) private view returns (bytes32 hash) {
        bool answered;
        (answered, hash, ) = LowLevelCall.staticcallReturn64Bytes(
            Blockhash.HISTORY_STORAGE_ADDRESS,
            abi.encode(blockNumber)
        );
        require(answered && LowLevelCall.returnDataSize() == 32 && hash != 0, HashGone(blockNumber));
    }
}
