// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Groth16} from "../libraries/Groth16.sol";

/// @title Groth16Harness
/// @notice Lets tests call the library.
contract Groth16Harness {
    function arePoints(bytes calldata points) external view returns (bool) {
        return Groth16.arePoints(points);
    }

    function verify(
        bytes memory points,
        bytes calldata packed,
        uint256 last,
        bytes calldata proof
    ) external view returns (bool) {
        uint256 at;
        assembly ("memory-safe") {
            at := add(points, 0x20)
        }
        return Groth16.verify(at, packed, last, proof);
    }
}
