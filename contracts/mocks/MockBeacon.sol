// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IBeacon} from "../interfaces/IBeacon.sol";

/// @title A beacon whose values are set
/// @notice For tests: a block's value is the hash of its number until another is set. Asks for no proof.
contract MockBeacon is IBeacon {
    mapping(uint256 blockNumber => bytes32) private _values;

    /// @notice Sets a block's value.
    /// @param blockNumber The block.
    /// @param value Its value; not zero.
    function set(uint256 blockNumber, bytes32 value) external {
        _values[blockNumber] = value;
    }

    /// @inheritdoc IBeacon
    function randomnessOf(uint256 blockNumber, bytes calldata) external view returns (bytes32) {
        require(blockNumber < block.number, NotYet(blockNumber));
        bytes32 value = _values[blockNumber];
        return value == 0 ? keccak256(abi.encode(blockNumber)) : value;
    }
}
