// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {RsaPss} from "../libraries/RsaPss.sol";

/// @title The library's functions, callable by tests
contract RsaPssHarness {
    function isKey(uint256 exponent, bytes calldata modulus) external pure returns (bool) {
        return RsaPss.isKey(exponent, modulus);
    }

    function isValid(
        bytes32 digest,
        bytes calldata signature,
        uint256 exponent,
        bytes calldata modulus
    ) external view returns (bool) {
        return RsaPss.isValid(digest, signature, exponent, modulus);
    }
}
