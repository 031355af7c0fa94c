// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {RsaPssHarness} from "../../../contracts/mocks/RsaPssHarness.sol";

/// @title What RsaPss does with any bytes
contract RsaPssTest {
    RsaPssHarness private _harness;

    function setUp() external {
        _harness = new RsaPssHarness();
    }

    /// @dev Whatever the lengths, it answers, and no signature that nobody made is valid.
    function testFuzz_NoBytesAreASignature(
        bytes32 digest,
        bytes calldata signature,
        uint256 exponent,
        bytes calldata modulus
    ) external view {
        assert(!_harness.isValid(digest, signature, exponent, modulus));
    }

    /// @dev The same with a key that could be one, and a signature below its modulus.
    function testFuzz_NoNumberIsASignature(bytes32 digest, uint256[8] memory s, uint256[8] memory n) external view {
        n[0] |= 1 << 255;
        n[7] |= 1;
        s[0] >>= 1;
        bytes memory modulus = abi.encode(n);
        assert(_harness.isKey(65_537, modulus));
        assert(!_harness.isValid(digest, abi.encode(s), 65_537, modulus));
    }

    /// @dev A key has 256 bytes, a first bit and an odd end, and an odd exponent from 3 on.
    function testFuzz_IsKey(uint256 exponent, uint256[8] memory n) external view {
        bool expected = exponent > 2 && exponent % 2 == 1 && n[0] >> 255 == 1 && n[7] % 2 == 1;
        assert(_harness.isKey(exponent, abi.encode(n)) == expected);
    }
}
